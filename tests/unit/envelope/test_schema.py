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
from edoc_connector.model.document import BusinessType, Priority, SteeringType
from edoc_connector.model.stages import PacketError
from edoc_connector.model.status import StatusCode
from tests.support import builders
from tests.support.golden import FOLDER
from tests.support.profiles import (
    DOCUMENT,
    RELEASED,
    STATUS,
    at,
    packet_of,
    problems,
    said,
    schema,
    tree,
    with_text,
    without,
)

QCVN = f"{{{EDXML}}}"

LIMITS = {
    "From/OrganId": 35,
    "From/OrganizationInCharge": 500,
    "From/OrganName": 200,
    "From/OrganAdd": 500,
    "From/Email": 100,
    "From/Telephone": 20,
    "From/Fax": 20,
    "From/Website": 100,
    "MessageHeader/DocumentId": 100,
    "Code/CodeNumber": 11,
    "Code/CodeNotation": 30,
    "PromulgationInfo/Place": 50,
    "DocumentType/TypeName": 100,
    "Subject": 500,
    "Content": 500,
    "SignerInfo/Competence": 100,
    "SignerInfo/Position": 100,
    "SignerInfo/FullName": 50,
    "OtherInfo/SphereOfPromulgation": 100,
    "OtherInfo/TyperNotation": 10,
    "ResponseFor/OrganId": 35,
    "ResponseFor/Code": 42,
    "ResponseFor/DocumentId": 100,
    "ToPlaces/Place": 150,
    "TraceHeader/OrganId": 35,
    "Bussiness/DocumentId": 100,
    "Bussiness/BussinessDocReason": 500,
    "Receiver/OrganId": 35,
    "ReplacementInfo/DocumentId": 100,
    "OrganIdList/OrganId": 35,
    "StaffInfo/Department": 300,
    "StaffInfo/Staff": 300,
    "StaffInfo/Email": 100,
    "StaffInfo/Mobile": 30,
    "Reference/AttachmentName": 500,
    "Attachment/AttachmentName": 500,
}

UNLIMITED = [
    "OtherInfo/ReplyFors",
    "OtherInfo/ReferenceCodes",
    "Appendixes/Appendix",
    "ResponseForTask/TaskCode",
    "ApplicationType",
    "StaffInfo/DepartmentId",
    "StaffInfo/StaffId",
    "Reference/ContentType",
    "Reference/Description",
    "Attachment/Description",
]

CODES = {
    "OtherInfo/Priority": [f"{int(code)}" for code in Priority],
    "SteeringType": [f"{int(code)}" for code in SteeringType],
    "Bussiness/BussinessDocType": [f"{int(code)}" for code in BusinessType],
    "Bussiness/Paper": ["0", "1"],
    "BussinessDocumentInfo/DocumentInfo": ["0", "1"],
    "BussinessDocumentInfo/DocumentReceiver": ["0", "1"],
    "Receiver/ReceiverType": ["0", "1"],
    "OtherInfo/Direction": ["true", "false"],
}

DAYS = ["PromulgationInfo/PromulgationDate", "DueDate", "ResponseFor/PromulgationDate"]
NUMBERS = ["DocumentType/Type", "DocumentType/TypeDetail"]
COUNTS = ["OtherInfo/PromulgationAmount", "OtherInfo/PageAmount"]

REQUIRED = {
    DOCUMENT: [
        "edXMLEnvelope/edXMLHeader",
        "edXMLHeader/MessageHeader",
        "MessageHeader/From",
        "From/OrganId",
        "From/OrganName",
        "MessageHeader/To",
        "To/OrganId",
        "To/OrganName",
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
        "ResponseFor/DocumentId",
        "ResponseFor/PromulgationDate",
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
    ],
    STATUS: [
        "edXMLEnvelope/edXMLHeader",
        "edXMLHeader/MessageHeader",
        "MessageHeader/From",
        "From/OrganId",
        "From/OrganName",
        "MessageHeader/ResponseFor",
        "ResponseFor/OrganId",
        "ResponseFor/Code",
        "ResponseFor/DocumentId",
        "MessageHeader/StatusCode",
        "MessageHeader/Timestamp",
    ],
}

REPEATED = {
    DOCUMENT: [
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
    ],
    STATUS: [],
}


def children(root):
    """Every element of the standard inside another, each kind of it once."""
    found = {}
    for child in root.iterdescendants(f"{QCVN}*"):
        place = f"{local_name(child.getparent())}/{local_name(child)}"
        found.setdefault(place, child)
    return found


EVERY_PLACE = [
    (name, place)
    for name in (DOCUMENT, STATUS)
    for place in children(tree(name))
    if not place.startswith("edXML/")
]


# --- what fits ----------------------------------------------------------------


@pytest.mark.parametrize("profile", Profile)
@pytest.mark.parametrize("name", [DOCUMENT, "usual.edxml", STATUS, "status-bare.edxml"])
def test_what_we_write_fits_both_profiles(name, profile):
    assert problems((FOLDER / name).read_bytes(), profile) == ()


def test_a_status_of_the_last_release_fits():
    assert said((RELEASED / "sealed-status.edxml").read_bytes()) == []


def test_the_barest_packet_lacks_what_the_standard_requires():
    told = said((FOLDER / "bare.edxml").read_bytes())

    assert told == ["where DocumentType stands, PromulgationInfo must be"]


@pytest.mark.parametrize("name", ["sealed-rsa.edxml", "sealed-p256.edxml"])
def test_a_reply_lacks_the_id_of_the_document_it_answers(name):
    assert said((RELEASED / name).read_bytes()) == ["ResponseFor/DocumentId is missing"]


def test_what_nodes_reported_stands_before_the_seal():
    errors = (PacketError("N.Subject", "Thiếu trích yếu"), PacketError("R.Content"))

    packet = builders.packet_of(builders.envelope(errors=errors))

    assert packet.count(b"Error>") == 4
    assert said(packet) == []


def test_a_file_may_be_labelled_twice():
    file = builders.attachment(field_name="file", mime_type="application/pdf")

    assert said(builders.packet(builders.document(attachments=(file,)))) == []


def test_a_long_file_is_not_looked_at():
    packet = (FOLDER / DOCUMENT).read_bytes()
    long = packet.replace(b">JVBE", b">" + b"JVBE" * 2000)

    assert said(long) == []


# --- what must be there, and where --------------------------------------------


@pytest.mark.parametrize(("name", "place"), EVERY_PLACE)
def test_what_is_required_is_missed_by_name_and_nothing_else_is(name, place):
    told = said(without(place, name))

    if place in REQUIRED[name]:
        assert place.rpartition("/")[2] in told[0]
    else:
        assert told == []


@pytest.mark.parametrize(("name", "place"), EVERY_PLACE)
def test_only_what_may_be_repeated_stands_there_twice(name, place):
    root = tree(name)
    element = at(root, place)
    element.addnext(etree.fromstring(etree.tostring(element)))
    told = said(packet_of(root))

    if place in REPEATED[name]:
        assert told == []
    else:
        assert "has no place here" in told[0] or "must be" in told[0]


@pytest.mark.parametrize("name", [DOCUMENT, STATUS])
def test_no_two_neighbours_may_change_places(name):
    swapped = 0
    for place in children(tree(name)):
        root = tree(name)
        element = at(root, place)
        behind = element.getnext()
        if behind is not None and behind.tag != element.tag:
            behind.addnext(element)
            assert said(packet_of(root)), place
            swapped += 1

    assert swapped > 15


@pytest.mark.parametrize(("name", "place"), EVERY_PLACE)
def test_nothing_unknown_stands_in_a_packet(name, place):
    root = tree(name)
    element = at(root, place)
    holds_elements = len(element) > 0
    element.insert(0, element.makeelement(f"{QCVN}Unknown"))

    told = said(packet_of(root))[0]

    if holds_elements:
        assert "Unknown stands" in told or "Unknown has no place here" in told
    else:
        assert told.endswith("holds elements, not a value")


@pytest.mark.parametrize(("name", "place"), EVERY_PLACE)
def test_no_text_stands_beside_elements(name, place):
    root = tree(name)
    element = at(root, place)
    if len(element):
        element[-1].tail = "text"
        assert said(packet_of(root))[0].endswith("holds text beside its elements")


@pytest.mark.parametrize(("name", "place"), EVERY_PLACE)
def test_no_element_has_an_attribute_of_its_own(name, place):
    root = tree(name)
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

    assert said(packet_of(root)) == [
        "Signature has no place here; there may be ErrorList, ds:Signature"
    ]


# --- values -------------------------------------------------------------------


@pytest.mark.parametrize(("path", "limit"), LIMITS.items())
def test_a_text_may_be_as_long_as_the_standard_lets_it(path, limit):
    (told,) = problems(with_text(path, "ộ" * (limit + 1)))

    assert said(with_text(path, "ộ" * limit)) == []
    assert told.sentence.template == schema_words.TOO_LONG
    assert told.sentence.details["length"] == f"{limit + 1}"
    assert told.sentence.details["limit"] == f"{limit}"
    assert told.path.endswith(path.removeprefix("MessageHeader/"))


@pytest.mark.parametrize("path", UNLIMITED)
def test_where_the_standard_names_no_length_there_is_none(path):
    assert said(with_text(path, "ộ" * 4000)) == []


@pytest.mark.parametrize("path", [*LIMITS, *UNLIMITED])
def test_no_text_is_empty_or_has_white_space_at_its_ends(path):
    for text in ("", " ", "\n"):
        assert said(with_text(path, text))[0].endswith(" is empty")
    for text in (" a", "a ", "\ta", "a\n", "a  b "):
        told = said(with_text(path, text))
        assert told[0].endswith(" and must be text without white space at its ends")
    assert said(with_text(path, "a \t\n b")) == []


@pytest.mark.parametrize("path", CODES)
def test_a_code_is_one_of_the_standards_table(path):
    for code in CODES[path]:
        assert said(with_text(path, code)) == []
    for other in ("9", "-1", "01", " 0", "0 ", "TRUE", "x"):
        told = said(with_text(path, other))
        assert told[0].endswith(
            f"is {other!r}, which is none of {', '.join(CODES[path])}"
        )
    assert said(with_text(path, ""))[0].endswith(" is empty")


def test_a_status_is_one_of_nine():
    for code in range(100):
        told = said(with_text("StatusCode", f"{code:02}", STATUS))
        assert bool(told) == (f"{code:02}" not in set(StatusCode))
    assert said(with_text("StatusCode", "1", STATUS)) == [
        "StatusCode is '1', which is none of 01, 02, 03, 04, 05, 06, 13, 15, 16"
    ]


@pytest.mark.parametrize("path", DAYS)
def test_a_day_is_written_in_one_way(path):
    for day in ("2026/01/31", "0001/12/01"):
        assert said(with_text(path, day)) == []
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
        "٢٠٢٦/01/31",
    ):
        told = said(with_text(path, day))
        assert told[0].endswith(f"is {day!r}, and must be a day as yyyy/MM/dd")


@pytest.mark.parametrize(
    ("path", "name"),
    [("TraceHeader/Timestamp", DOCUMENT), ("MessageHeader/Timestamp", STATUS)],
)
def test_a_moment_is_written_in_one_way(path, name):
    for moment in ("2026/01/31 00:00:00", "2026/01/31 23:59:59"):
        assert said(with_text(path, moment, name)) == []
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
        told = said(with_text(path, moment, name))
        assert told[0].endswith("and must be a moment as yyyy/MM/dd HH:mm:ss")


@pytest.mark.parametrize("path", NUMBERS)
def test_a_number_is_written_in_one_way(path):
    for number in ("0", "1", "71", "999999999"):
        assert said(with_text(path, number)) == []
    for number in ("-1", "01", "1.0", "1 ", "1000000000", "một"):
        told = said(with_text(path, number))
        assert told[0].endswith("and must be a whole number of at most nine digits")


@pytest.mark.parametrize("path", COUNTS)
def test_a_count_is_written_in_one_way_and_has_a_most(path):
    for number in ("0", "65535"):
        assert said(with_text(path, number)) == []
    for number in ("-1", "01", "1.0", "hai"):
        assert said(with_text(path, number)) == [
            f"{path} is {number!r}, and must be a whole number"
        ]
    assert said(with_text(path, "65536")) == [
        f"{path} is '65536', and 65535 is the most that is allowed"
    ]


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
    packet = (FOLDER / DOCUMENT).read_bytes()
    packet = packet.replace(b"<edXML:OrganId>000.14.00.H58<", b"<edXML:OrganId><")

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
        "AttachmentEncoded/Attachment/ContentId is empty",
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
    told = said(without("Reference/AttachmentName"))

    assert told[0] == "edXMLManifest/Reference/AttachmentName is missing"
    assert told[1] == (
        "edXMLManifest/Reference[2] is not complete;"
        " it may go on with Description, AttachmentName"
    )


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
