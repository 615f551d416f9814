"""What the reading profile lets pass, dialect by dialect, and what it refuses."""

import random

import pytest
from lxml import etree

from edoc_connector.cli.schemas import Profile
from edoc_connector.envelope.names import EDXML
from edoc_connector.model.stages import Kind
from tests.support.profiles import at, packet_of, said, tree, whole

QCVN = f"{{{EDXML}}}"
NEXT = (
    "DocumentId",
    "Code",
    "PromulgationInfo",
    "DocumentType",
    "Subject",
    "Content",
    "SignerInfo",
    "DueDate",
    "ToPlaces",
)
XLINK = "{http://www.w3.org/1999/xlink}"


def read(root):
    """What the reading profile says of a packet."""
    return said(packet_of(root), Profile.READING)


def put(root, path, *names, text=None):
    """Put an element into the first one at this path, as its first child."""
    element = at(root, path)
    for name in names:
        child = element.makeelement(f"{QCVN}{name}")
        child.text = text
        element.insert(0, child)
        element = child
    return element


# --- structure ----------------------------------------------------------------


@pytest.mark.parametrize("kind", Kind)
def test_elements_stand_in_any_order(kind):
    order = random.Random(102)  # noqa: S311  (an order, not a secret)
    for _ in range(20):
        root = tree(kind)
        for element in root.iter(f"{QCVN}*"):
            element[:] = order.sample([*element], len(element))
        assert read(root) == []


@pytest.mark.parametrize("kind", Kind)
def test_all_that_may_be_missing_may_be_missing(kind):
    needed = {"edXMLEnvelope", "edXMLHeader", "MessageHeader", "From", "OrganId"}
    root = tree(kind)
    for element in [*root.iterdescendants(f"{QCVN}*")]:
        way = {etree.QName(each).localname for each in element.iterancestors()}
        if etree.QName(element).localname not in needed or "To" in way:
            element.getparent().remove(element)

    assert read(root) == []


def test_prefixes_are_a_matter_of_taste():
    unprefixed = whole(Kind.EDOC).replace(b"edXML:", b"").replace(b":edXML=", b"=")
    prefixed = etree.tostring(tree()).replace(b"<Attachment", b"<edXML:Attachment")
    prefixed = prefixed.replace(b"</Attachment", b"</edXML:Attachment")
    prefixed = prefixed.replace(
        b"<edXML ", b'<edXML xmlns:edXML="%s" ' % EDXML.encode()
    )

    assert said(unprefixed, Profile.READING) == []
    assert said(prefixed, Profile.READING) == []


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("edXMLEnvelope", "Envelope"),
        ("edXMLHeader", "Header"),
        ("edXMLBody", "Body"),
        ("edXMLManifest", "Manifest"),
        ("Bussiness", "Business"),
        ("BussinessDocType", "BusinessDocType"),
        ("BussinessDocReason", "BusinessDocReason"),
        ("BussinessDocumentInfo", "BusinessDocumentInfo"),
        ("edXMLHeader/Signature", "Signature"),
        ("edXMLHeader/Signature", "DigitalSignature"),
    ],
)
def test_other_spellings_are_known(path, name):
    root = tree()
    at(root, path).tag = f"{QCVN}{name}"

    assert read(root) == []


def test_a_status_may_be_called_status():
    root = tree(Kind.STATUS)
    at(root, "MessageHeader").tag = f"{QCVN}Status"

    assert read(root) == []


def test_mail_of_an_older_generation_leaves_something_at_the_root():
    root = tree()
    for name in ("Boundary", "ContentId", "ContentType"):
        root.insert(0, root.makeelement(f"{QCVN}{name}"))

    assert read(root) == []


def test_attributes_of_hand_made_packets_are_known():
    root = tree()
    trace = {"id": "3490sdo9", "version": "1.0", "mustUnderstand": "1", "actor": "next"}
    at(root, "TraceHeaderList").attrib.update(trace)
    for name in ("href", "role", "type"):
        at(root, "Reference").set(f"{XLINK}{name}", "x")

    assert read(root) == []


def test_a_seal_of_any_kind_is_let_alone():
    for name in ("OrganId", "Token", "SignedInfo"):
        root = tree()
        at(root, "edXMLHeader/Signature").tag = f"{QCVN}Signature"
        put(root, "edXMLHeader/Signature", "KeyInfo", name, text="x").set("Id", "1")
        assert read(root) == []


def test_a_stamp_may_lack_who_or_when_and_carry_an_invention():
    root = tree()
    at(root, "TraceHeader").clear()
    at(root, "TraceHeader/OrganId").text = "null"
    at(root, "TraceHeader/Timestamp").text = "null"
    put(root, "TraceHeader", "Business", "BusinessName", text="x")
    put(root, "TraceHeaderList", "Paper", text="0")

    assert read(root) == []


def test_business_may_be_missing_or_stand_behind_the_stamps():
    root = tree()
    trace = at(root, "TraceHeaderList")
    trace.append(trace[0])
    assert read(root) == []

    del trace[-1]
    assert read(root) == []


def test_an_attachment_may_have_other_labels():
    root = tree()
    put(root, "Attachment", "Format", text="pdf")
    for path in ("Reference/ContentId", "Attachment/ContentId"):
        at(root, path).text = at(root, path).text.removeprefix("cid:")

    assert read(root) == []


# --- values -------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "DueDate",
        "OtherInfo/Priority",
        "OtherInfo/Direction",
        "SteeringType",
        "Bussiness/BussinessDocType",
        "ResponseFor/PromulgationDate",
        "TraceHeader/Timestamp",
        "To/OrganId",
        "Subject",
    ],
)
def test_empty_means_that_there_is_none(path):
    for text in ("", " \n "):
        root = tree()
        at(root, path).text = text
        assert read(root) == []


@pytest.mark.parametrize(
    ("path", "texts"),
    [
        ("DocumentType/Type", ["18", "71", "-1", " 2 ", "\n2\n"]),
        ("SteeringType", ["3", "10"]),
        ("OtherInfo/Priority", ["9"]),
        ("OtherInfo/PageAmount", ["70000"]),
        ("OtherInfo/Direction", ["True", "FALSE", "0", "1"]),
        ("Bussiness/BussinessDocType", ["00", "03", "-1"]),
        ("Bussiness/Paper", ["2"]),
        ("DueDate", ["2014/02/30", " 2020/06/02 ", "2020/06/02 00:00:00"]),
        ("DueDate", ["16/09/2020", "6-9-2020", "2020-06-04T08:00:00.5+07:00"]),
        ("TraceHeader/Timestamp", ["2020/06/02", "null", "16/09/2020 8:00"]),
        ("From/OrganId", ["000.00.00.G22", "vxp.saas.03", "null", "x" * 300]),
        ("MessageHeader/DocumentId", ["18661", "GW-20251014073327634-773"]),
        ("Code/CodeNumber", ["20251020104803", "74fass22", "01/2020"]),
        ("Attachment/ContentTransferEncoded", ["", "JVBE\r\n RQ==\n"]),
    ],
)
def test_values_of_the_field_are_let_pass(path, texts):
    for text in texts:
        root = tree()
        at(root, path).text = text
        assert read(root) == []


def test_a_status_code_may_lack_its_zero():
    root = tree(Kind.STATUS)
    for code in ("1", "06", " 13 ", "15", "16"):
        at(root, "StatusCode").text = code
        assert read(root) == []


# --- what is refused ----------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "text", "form"),
    [
        ("DueDate", "hôm qua", "a day as yyyy/MM/dd"),
        ("DueDate", "2020/06", "a day as yyyy/MM/dd"),
        ("DueDate", "2020/06/04(Hạn trả lời của VB)", "a day as yyyy/MM/dd"),
        (
            "TraceHeader/Timestamp",
            "15:48",
            "a moment as yyyy/MM/dd HH:mm:ss",
        ),
        ("SteeringType", "1(Loại)", "a whole number of at most nine digits"),
        ("OtherInfo/PageAmount", "1.5", "a whole number of at most nine digits"),
        ("OtherInfo/Direction", "yes", "true or false"),
        ("Bussiness/BussinessDocType", "4", "a number from 0 to 3"),
        ("Bussiness/BussinessDocType", "44", "a number from 0 to 3"),
        ("Attachment/ContentTransferEncoded", "tệp", "base64"),
    ],
)
def test_a_value_of_no_dialect_is_refused(path, text, form):
    root = tree()
    at(root, path).text = text

    assert read(root) == [f"{path} is {text!r}, and must be {form}"]


@pytest.mark.parametrize("code", ["00", "7", "14", "103", "đã đến"])
def test_a_status_that_nobody_knows_is_refused(code):
    root = tree(Kind.STATUS)
    at(root, "StatusCode").text = code

    assert read(root) == [
        f"StatusCode is {code!r}, and must be one of 01 to 06, 13, 15 and 16"
    ]


@pytest.mark.parametrize("text", ["", " \n "])
def test_a_packet_of_nobody_is_refused(text):
    root = tree()
    at(root, "From/OrganId").text = text

    assert read(root) == ["From/OrganId is empty"]


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("edXMLEnvelope", "edXML is not complete; "),
        ("edXMLHeader", "edXMLEnvelope is not complete; "),
        ("MessageHeader", "edXMLHeader is not complete; "),
        ("MessageHeader/From", "MessageHeader is not complete; "),
        ("From/OrganId", "From/OrganId is missing"),
    ],
)
def test_a_packet_without_what_makes_one_is_refused(path, problem):
    root = tree()
    element = at(root, path)
    element.getparent().remove(element)

    (told,) = read(root)

    assert told.startswith(problem)


@pytest.mark.parametrize(
    "path",
    [
        "edXMLEnvelope",
        "edXMLHeader",
        "MessageHeader",
        "MessageHeader/From",
        "From/OrganId",
        "Code/CodeNumber",
        "edXMLManifest",
    ],
)
def test_what_is_there_twice_is_refused(path):
    root = tree()
    element = at(root, path)
    element.addnext(etree.fromstring(etree.tostring(element)))

    field = path.removeprefix("MessageHeader/")
    assert read(root)[0].startswith(f"{field}[2] has no place here")


@pytest.mark.parametrize(
    "path", ["edXMLBody", "From", "Code", "Bussiness", "MessageHeader", "Attachment"]
)
def test_an_element_that_nobody_knows_is_refused(path):
    root = tree()
    put(root, path, "edXMLAttachments")

    assert "edXMLAttachments" in read(root)[0]


def test_of_what_may_stand_somewhere_the_first_are_named():
    root = tree()
    element = at(root, "From")
    element.addnext(etree.fromstring(etree.tostring(element)))

    (told,) = read(root)

    assert told.endswith("; there may be To, " + ", ".join(NEXT) + ", …")


def test_a_from_inside_a_from_is_refused():
    root = tree()
    sender = at(root, "From")
    sender.append(etree.fromstring(etree.tostring(sender)))

    assert read(root) == ["From/From has no place here"]


def test_another_namespace_is_another_thing():
    other = whole(Kind.EDOC).replace(EDXML.encode(), b"http://www.go.vn/eDoc")

    assert said(other, Profile.READING) == [
        "edXML is not the root element edXML of QCVN 102:2016"
    ]
