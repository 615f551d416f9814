"""What the profiles demand, rule by rule, and how a problem is told."""

import pytest
from lxml import etree

from edoc_connector.cli.schemas import Profile
from edoc_connector.envelope import schema_words
from edoc_connector.envelope.names import EDXML
from edoc_connector.envelope.schema import (
    CROWDED,
    FAILED,
    LONG_NAME,
    MOST,
    Schema,
    compile_schema,
    schema_problems,
)
from edoc_connector.envelope.xml import local_name
from edoc_connector.language import Language, translate
from edoc_connector.model.fields import FIELDS, FieldKind
from edoc_connector.model.stages import Kind
from tests.support.golden import FOLDER
from tests.support.profiles import (
    RELEASED,
    at,
    each_at,
    kind_with,
    packet_of,
    problems,
    said,
    schema,
    tree,
    whole,
    with_text,
    without,
)

QCVN = f"{{{EDXML}}}"


def fields(*kinds):
    """The fields of the standard whose values are of these kinds."""
    return [
        pytest.param(field, id=field.path)
        for field in FIELDS.values()
        if field.kind in kinds and not field.path.endswith("/ContentId")
    ]


FORMS = (Kind.EDOC, Kind.STATUS)
"""A reconciliation has the form of a document."""

REQUIRED = {
    Kind.EDOC: [
        "edXMLEnvelope/edXMLHeader",
        "edXMLHeader/MessageHeader",
        "MessageHeader/From",
        "From/OrganId",
        "From/OrganName",
        "MessageHeader/To",
        "To/OrganId",
        "MessageHeader/DocumentId",
        "MessageHeader/Code",
        "Code/CodeNumber",
        "Code/CodeNotation",
        "MessageHeader/PromulgationInfo",
        "PromulgationInfo/PromulgationDate",
        "MessageHeader/Subject",
        "OtherInfo/Direction",
        "Appendixes/Appendix",
        "ResponseFor/OrganId",
        "ResponseFor/Code",
        "MessageHeader/SteeringType",
        "ResponseForTask/TaskCode",
        "ToPlaces/Place",
        "TraceHeaderList/TraceHeader",
        "TraceHeader/OrganId",
        "TraceHeader/Timestamp",
        "Bussiness/BussinessDocType",
        "Bussiness/BussinessDocReason",
        "Bussiness/Paper",
        "ReceiverList/Receiver",
        "Receiver/OrganId",
        "Receiver/ReceiverType",
        "ReplacementInfoList/ReplacementInfo",
        "ReplacementInfo/DocumentId",
        "OrganIdList/OrganId",
        "edXMLBody/edXMLManifest",
        "edXMLManifest/Reference",
        "Reference/ContentId",
        "Reference/ContentType",
        "Reference/AttachmentName",
        "AttachmentEncoded/Attachment",
        "Attachment/ContentId",
        "Attachment/AttachmentName",
        "Attachment/ContentType",
        "Attachment/ContentTransferEncoded",
        "ErrorList/Error",
        "Error/Code",
    ],
    Kind.STATUS: [
        "edXMLEnvelope/edXMLHeader",
        "edXMLHeader/MessageHeader",
        "MessageHeader/From",
        "From/OrganId",
        "From/OrganName",
        "MessageHeader/ResponseFor",
        "ResponseFor/OrganId",
        "MessageHeader/StatusCode",
        "MessageHeader/Timestamp",
        "ErrorList/Error",
        "Error/Code",
    ],
}

REPEATED = {
    Kind.EDOC: [
        "MessageHeader/To",
        "Appendixes/Appendix",
        "MessageHeader/ResponseFor",
        "ResponseForTask/TaskCode",
        "ToPlaces/Place",
        "TraceHeaderList/TraceHeader",
        "ReceiverList/Receiver",
        "ReplacementInfoList/ReplacementInfo",
        "OrganIdList/OrganId",
        "edXMLManifest/Reference",
        "AttachmentEncoded/Attachment",
        "ErrorList/Error",
    ],
    Kind.STATUS: ["ErrorList/Error"],
}


def children(root):
    """Every element of the standard inside another, each kind of it once."""
    found = {}
    for child in root.iterdescendants(f"{QCVN}*"):
        place = f"{local_name(child.getparent())}/{local_name(child)}"
        found.setdefault(place, child)
    return found


def places(kind):
    """Every `Parent/Child` inside the envelope and beside it."""
    return [place for place in children(tree(kind)) if not place.startswith("edXML/")]


# --- what fits ----------------------------------------------------------------


@pytest.mark.parametrize("profile", Profile)
@pytest.mark.parametrize("kind", FORMS)
def test_what_we_write_fits_both_profiles(kind, profile):
    assert said(whole(kind), profile) == []


@pytest.mark.parametrize(
    "name", ["every-field.edxml", "usual.edxml", "status.edxml", "status-bare.edxml"]
)
def test_the_golden_packets_fit(name):
    assert said((FOLDER / name).read_bytes()) == []


def test_the_barest_packet_lacks_what_the_standard_requires():
    told = said((FOLDER / "bare.edxml").read_bytes())

    assert told == ["where DocumentType stands, PromulgationInfo must be"]


@pytest.mark.parametrize(
    "path", sorted(RELEASED.glob("*.edxml")), ids=lambda it: it.name
)
def test_a_packet_of_the_last_release_fits(path):
    assert said(path.read_bytes()) == []


def test_a_long_file_is_not_looked_at():
    long = whole(Kind.EDOC).replace(b">JVBE", b">" + b"JVBE" * 2000)

    assert said(long) == []


# --- what must be there, and where --------------------------------------------


@pytest.mark.parametrize("kind", FORMS)
def test_what_is_required_is_missed_by_name_and_nothing_else_is(kind):
    for place in places(kind):
        told = said(without(place, kind))
        if place in REQUIRED[kind]:
            assert place.rpartition("/")[2] in told[0]
        else:
            assert told == [], place


@pytest.mark.parametrize("kind", FORMS)
def test_only_what_may_be_repeated_stands_there_twice(kind):
    for place in places(kind):
        root = tree(kind)
        element = at(root, place)
        element.addnext(etree.fromstring(etree.tostring(element)))
        told = said(packet_of(root))
        if place in REPEATED[kind]:
            assert told == [], place
        else:
            assert "has no place here" in told[0] or "must be" in told[0]


@pytest.mark.parametrize("kind", FORMS)
def test_no_two_neighbours_may_change_places(kind):
    swapped = 0
    for place in children(tree(kind)):
        root = tree(kind)
        element = at(root, place)
        behind = element.getnext()
        if behind is not None and behind.tag != element.tag:
            behind.addnext(element)
            assert said(packet_of(root)), place
            swapped += 1

    assert swapped > 15


@pytest.mark.parametrize("kind", FORMS)
def test_nothing_unknown_stands_in_a_packet(kind):
    for place in places(kind):
        root = tree(kind)
        element = at(root, place)
        holds_elements = len(element) > 0
        element.insert(0, element.makeelement(f"{QCVN}Unknown"))
        told = said(packet_of(root))[0]
        if holds_elements:
            assert "Unknown stands" in told or "Unknown has no place here" in told
        else:
            assert told.endswith("holds elements, not a value")


@pytest.mark.parametrize("kind", FORMS)
def test_no_text_stands_beside_elements(kind):
    groups = [place for place in places(kind) if len(at(tree(kind), place))]
    for place in groups:
        root = tree(kind)
        at(root, place)[-1].tail = "text"
        assert said(packet_of(root))[0].endswith("holds text beside its elements")

    assert "MessageHeader/From" in groups


@pytest.mark.parametrize("kind", FORMS)
def test_no_element_has_an_attribute_of_its_own(kind):
    for place in places(kind):
        root = tree(kind)
        at(root, place).set("note", "1")
        (told,) = said(packet_of(root))
        assert told.endswith("has the attribute note, which is not allowed")


def test_every_element_is_of_the_standard():
    root = tree()
    at(root, "Subject").tag = "{urn:other}Subject"

    assert said(packet_of(root)) == [
        "Subject is in another namespace than that of QCVN 102:2016"
    ]


def test_the_seal_is_the_last_child_of_the_header():
    root = tree()
    header = at(root, "edXMLHeader")
    header.insert(0, header[-1])

    assert said(packet_of(root)) == ["where Signature stands, MessageHeader must be"]


def test_a_seal_without_its_namespace_has_no_place():
    root = tree()
    at(root, "edXMLHeader/Signature").tag = f"{QCVN}Signature"

    assert said(packet_of(root)) == ["where Signature stands, ds:Signature must be"]


# --- values -------------------------------------------------------------------


@pytest.mark.parametrize("field", fields(FieldKind.TEXT))
def test_a_text_is_as_long_as_the_table_of_fields_lets_it_be(field):
    kind, limit = kind_with(field.path), field.limit or 4000

    assert said(with_text(field.path, "ộ" * limit, kind)) == []
    assert said(with_text(field.path, "ộ" * (limit + 1), kind)) == (
        [f"{field.path} has {limit + 1} characters, {limit} are allowed"]
        if field.limit
        else []
    )


@pytest.mark.parametrize("field", fields(FieldKind.TEXT))
def test_no_text_is_empty_or_has_white_space_at_its_ends(field):
    kind = kind_with(field.path)

    for text in ("", " ", "\n"):
        assert said(with_text(field.path, text, kind)) == [f"{field.path} is empty"]
    for text in (" a", "a ", "\ta", "a\n", "a  b "):
        assert said(with_text(field.path, text, kind)) == [
            f"{field.path} is {text!r}, and must be {schema_words.FORMS[1]}"
        ]
    assert said(with_text(field.path, "a \t\n b", kind)) == []


@pytest.mark.parametrize("field", fields(FieldKind.CODE, FieldKind.TRUTH))
def test_a_code_is_one_of_its_table(field):
    kind, codes = kind_with(field.path), [*field.codes] or ["true", "false"]

    for code in codes:
        assert said(with_text(field.path, code, kind)) == []
    for other in ("9", "-1", "001", f" {codes[0]}", f"{codes[0]} ", "TRUE", "x"):
        assert said(with_text(field.path, other, kind)) == [
            f"{field.path} is {other!r}, which is none of {', '.join(codes)}"
        ]
    assert said(with_text(field.path, "", kind)) == [f"{field.path} is empty"]


@pytest.mark.parametrize("field", fields(FieldKind.DAY))
def test_a_day_is_written_in_one_way(field):
    for day in ("2026/01/31", "0001/12/01"):
        assert said(with_text(field.path, day)) == []
    for day in (
        "2026-01-31",
        "31/01/2026",
        "2026/1/31",
        "2026/13/01",
        "2026/00/01",
        "2026/01/32",
        "2026/01/00",
        "2026/01/31 ",
        "2026/01/31 08:00:00",
        "\u0662\u0660\u0662\u0666/01/31",
    ):
        assert said(with_text(field.path, day)) == [
            f"{field.path} is {day!r}, and must be a day as yyyy/MM/dd"
        ]


@pytest.mark.parametrize("field", fields(FieldKind.MOMENT))
def test_a_moment_is_written_in_one_way(field):
    kind = kind_with(field.path)

    for moment in ("2026/01/31 00:00:00", "2026/01/31 23:59:59"):
        assert said(with_text(field.path, moment, kind)) == []
    for moment in (
        "2026/01/31",
        "2026/01/31T08:00:00",
        "2026/01/31 8:00:00",
        "2026/01/31 24:00:00",
        "2026/01/31 08:60:00",
        "2026/01/31 08:00:60",
        "2026/01/31 08:00:00+07:00",
        "2026/01/31  08:00:00",
    ):
        assert said(with_text(field.path, moment, kind)) == [
            f"{field.path} is {moment!r}, and must be a moment as yyyy/MM/dd HH:mm:ss"
        ]


@pytest.mark.parametrize("field", fields(FieldKind.NUMBER))
def test_a_number_is_written_in_one_way(field):
    for number in ("0", "1", "71", "999999999"):
        assert said(with_text(field.path, number)) == []
    for number in ("-1", "01", "1.0", "1 ", "1000000000", "một"):
        told = said(with_text(field.path, number))
        assert told[0].endswith("and must be a whole number of at most nine digits")


@pytest.mark.parametrize("field", fields(FieldKind.COUNT))
def test_a_count_is_written_in_one_way_and_has_a_most(field):
    for number in ("0", "65535"):
        assert said(with_text(field.path, number)) == []
    for number in ("-1", "01", "1.0", "hai"):
        assert said(with_text(field.path, number)) == [
            f"{field.path} is {number!r}, and must be a whole number"
        ]
    assert said(with_text(field.path, "65536")) == [
        f"{field.path} is '65536', and 65535 is the most that is allowed"
    ]


@pytest.mark.parametrize("field", FIELDS.values(), ids=FIELDS)
def test_what_the_table_of_fields_requires_is_required(field):
    kind = kind_with(field.path)
    told = said(without(field.path, kind))

    # Where a group holds one kind of value only, it is not written without one.
    alone = field.group and len(at(tree(kind), field.group)) == len(
        each_at(tree(kind), field.path)
    )
    assert bool(told) == (field.is_required or bool(alone))


@pytest.mark.parametrize("path", ["Reference/ContentId", "Attachment/ContentId"])
def test_a_content_id_begins_with_cid(path):
    for text in ("1", "cid:", "CID:1", "cid:a b", " cid:1"):
        told = said(with_text(path, text))
        assert told[0].endswith("and must be cid: and a name without white space")


def test_a_file_is_base64():
    told = said(with_text("Attachment/ContentTransferEncoded", "JVBER"))

    assert told[0].endswith("ContentTransferEncoded is 'JVBER', and must be base64")


@pytest.mark.parametrize(
    ("version", "problem"),
    [
        (None, "edXMLManifest lacks the attribute version"),
        ("2.0", "edXMLManifest has a wrong value in the attribute version"),
    ],
)
def test_the_manifest_names_its_version(version, problem):
    root = tree()
    manifest = at(root, "edXMLManifest")
    del manifest.attrib["version"]
    if version:
        manifest.set("version", version)

    assert said(packet_of(root)) == [problem]


# --- how it is told -----------------------------------------------------------


def test_a_problem_says_where_it_is():
    code = b"<edXML:OrganId>000.14.00.H58<"
    packet = whole(Kind.EDOC).replace(code, b"<edXML:OrganId><")

    (problem,) = problems(packet)

    line = packet[: packet.index(b"<edXML:OrganId><")].count(b"\n") + 1
    assert problem.line == line
    assert problem.path == "MessageHeader/To[2]/OrganId"
    assert str(problem.sentence) == "To[2]/OrganId is empty"


def test_problems_come_in_document_order():
    root = tree()
    for path in ("Attachment/ContentId", "SignerInfo/FullName", "From/Fax"):
        at(root, path).text = ""
    code = at(root, "Code")
    code.remove(code[1])
    at(root, "Code/CodeNumber").text = ""

    assert said(packet_of(root)) == [
        "From/Fax is empty",
        "Code/CodeNotation is missing",
        "Code/CodeNumber is empty",
        "SignerInfo/FullName is empty",
        "Attachment/ContentId is empty",
    ]


def test_of_many_problems_the_first_are_told():
    root = tree()
    places = at(root, "ToPlaces")
    for _ in range(3 * MOST):
        places.append(places.makeelement(f"{QCVN}Place"))

    told = problems(packet_of(root))

    assert len(told) == MOST
    assert told[0].path == "MessageHeader/ToPlaces/Place[3]"
    assert told[-1].path == f"MessageHeader/ToPlaces/Place[{MOST + 2}]"


def test_an_incomplete_element_says_how_it_may_go_on():
    root = tree()
    reference = at(root, "Reference")
    del reference[2:]

    assert said(packet_of(root)) == [
        "Reference is not complete; it may go on with Description, AttachmentName"
    ]


@pytest.mark.parametrize(
    ("packet", "name"),
    [
        (f"<edXML xmlns='{EDXML}#'/>", "edXML"),
        ("<edXML/>", "edXML"),
        ("<p:a xmlns:p='urn:a'/>", "a"),
    ],
)
def test_another_root_is_told_by_its_name(packet, name):
    assert said(packet.encode()) == [
        f"{name} is not the root element edXML of QCVN 102:2016"
    ]


def test_a_kind_without_words_of_ours_is_told_in_those_of_libxml2():
    root = tree()
    subject = at(root, "Subject")
    subject.set("{http://www.w3.org/2001/XMLSchema-instance}type", "edXML:Text10")

    (told,) = said(packet_of(root))

    assert told.startswith(
        "Subject: The type definition 'Text10', specified by xsi:type"
    )
    assert "{" not in told


def test_what_a_stranger_wrote_is_quoted_short_and_printable():
    root = tree()
    at(root, "DueDate").text = (
        "\u202e" + "x" * 500 + "' is not accepted by the pattern 'y"
    )
    at(root, "Subject").set(
        "{http://www.w3.org/2001/XMLSchema-instance}type", "a\u202eb" + "c" * 500
    )

    subject, due_date = said(packet_of(root))

    assert due_date.startswith("DueDate is '\\u202exxxxx")
    assert due_date.endswith("…', and must be a day as yyyy/MM/dd")
    assert len(due_date) < 150
    assert "\u202e" not in subject
    assert len(subject) < 250


@pytest.mark.parametrize(
    "path", ["DueDate", "OtherInfo/Priority", "OtherInfo/PageAmount"]
)
def test_where_a_long_value_hides_what_is_allowed_less_is_said(path):
    tail = "is not an element of the set {'of evil'}.pattern 'of evil'.('of evil')"
    (told,) = said(with_text(path, "x" * 70_000 + tail))

    assert told == f"{path} is '{'x' * 60}…', which is not allowed there"


def test_a_problem_can_be_said_in_vietnamese():
    (problem,) = problems(with_text("SignerInfo/FullName", ""))

    sentence = problem.sentence
    told = translate(sentence.template, Language.VIETNAMESE, **sentence.details)

    assert "FullName" not in told


def test_what_a_pattern_says_of_itself_is_in_the_catalogue():
    said_in = {form for each in Profile for form in schema(each).forms.values()}

    assert said_in == {*schema_words.FORMS, *schema_words.BUILT_IN.values()}


# --- packets that are not held against anything -------------------------------


def test_too_many_elements_side_by_side_are_not_checked():
    root = tree()
    places = at(root, "ToPlaces")
    for _ in range(15_000):
        places.append(places.makeelement(f"{QCVN}Place"))

    assert said(packet_of(root)) == [CROWDED]


@pytest.mark.parametrize("prefix", ["p" * 98, "a" + "đ" * 60])
def test_a_name_that_libxml2_would_cut_off_is_not_checked(prefix):
    assert said(f"<{prefix}:edXML xmlns:{prefix}='{EDXML}'/>".encode()) == [LONG_NAME]


def test_a_failure_of_libxml2_is_a_problem_like_others():
    class Broken:
        def validate(self, _):
            raise etree.XMLSchemaValidateError("Internal error")

    (problem,) = schema_problems(tree(), Schema(Broken(), {}))

    assert problem.sentence.template == FAILED
    assert str(problem.sentence).endswith("Internal error")


def test_a_schema_of_anybody_can_be_compiled():
    xsd = b"""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
        <xs:element name="edXML"><xs:simpleType><xs:restriction base="xs:string">
        <xs:pattern value="a+"/></xs:restriction></xs:simpleType></xs:element>
        </xs:schema>"""

    (problem,) = schema_problems(
        etree.fromstring("<edXML>b</edXML>"), compile_schema(xsd)
    )

    assert str(problem.sentence) == "edXML is 'b', which is not allowed there"
