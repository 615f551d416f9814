"""Family: JSON that is to become a packet, and is no packet, or two of them."""

import io
import json

import pytest

from edoc_connector.envelope.json_form import (
    JsonEnvelope,
    contents_of,
    embedded,
    envelope_from_json,
    sealed_of,
)
from edoc_connector.envelope.write import write
from edoc_connector.errors import EdocError, EnvelopeJsonInvalid
from edoc_connector.json_text import to_json
from tests.support import builders, golden
from tests.support.dialects import received

DOCUMENT = to_json(
    JsonEnvelope(
        document=builders.document(),
        trace=builders.envelope().trace,
        files=tuple(embedded(builders.document(), builders.contents())),
    )
)
STATUS = to_json(JsonEnvelope(status=builders.status()))


def with_value(path, value, text=DOCUMENT):
    """The JSON with one value changed; `path` is as JSON Schema has it."""
    tree = json.loads(text)
    *above, last = path.split("/")
    held = tree
    for step in above:
        held = held[int(step)] if isinstance(held, list) else held[step]
    held[int(last) if isinstance(held, list) else last] = value
    return json.dumps(tree)


def built(text):
    """Make the packet of a JSON text, with the default file."""
    out = io.BytesIO()
    found = envelope_from_json(text)
    write(sealed_of(found), builders.contents(), out)
    return out.getvalue()


def test_json_that_nobody_touched_makes_the_packet():
    assert built(DOCUMENT) == builders.packet()


@pytest.mark.parametrize("opening", ["[", '{"a":', '{"document":', '{"trace":[['])
def test_json_of_100000_levels_is_refused(opening):
    with pytest.raises(EnvelopeJsonInvalid):
        envelope_from_json(opening * 100_000)


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "{", "[]", "null", "1", '"a"', "NaN", "Infinity", "{}", "/* */{}"),
        *('{"document": {}}', '{"document": 1}', '{"status": []}', DOCUMENT + "x"),
        with_value("status", json.loads(STATUS)["status"]),
        with_value("document/steering_type", 777777).replace("777777", "9" * 5000),
        *(DOCUMENT[:-1], "\ufeff" + DOCUMENT, DOCUMENT.replace('"H20"', "'H20'")),
    ],
)
def test_what_is_no_envelope_is_refused(text):
    with pytest.raises(EnvelopeJsonInvalid):
        envelope_from_json(text)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "cp1258"])
def test_json_in_another_encoding_than_utf_8_is_refused(encoding):
    with pytest.raises(EnvelopeJsonInvalid):
        envelope_from_json(DOCUMENT.encode(encoding, "replace"))


@pytest.mark.parametrize(
    "surrogate", [b"\\ud800", b"\\udc00", b"\\udc00\\ud800", b"\xed\xa0\x80", b"\xff"]
)
@pytest.mark.parametrize("place", [b'"subject":"', b'"seal_xml":"', b'"name":"'])
def test_half_a_character_is_refused(surrogate, place):
    with pytest.raises(EnvelopeJsonInvalid):
        envelope_from_json(DOCUMENT.encode().replace(place, place + surrogate))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("document/steering_type", "1"),
        ("document/steering_type", 1.5),
        ("document/steering_type", True),
        ("document/business/type", 9),
        ("document/subject", None),
        ("document/subject", ["a"]),
        ("document/sender", "H20"),
        ("document/sender/code", 20),
        ("document/recipients", {}),
        ("document/attachments/0/size", "12"),
        ("document/promulgation_date", "23/11/2026"),
        ("document/promulgation_date", "2026-02-30"),
        ("document/promulgation_date", "2026-11-23T08:30:00+07:00"),
        ("document/other/direction", 1),
        ("trace/0/at", "2026-11-23T24:30:00+07:00"),
        ("trace/0/organization", None),
        ("files/0/base64", 0),
        ("files/0", None),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused_by_its_place(path, value):
    with pytest.raises(EnvelopeJsonInvalid, match=r"\$\."):
        envelope_from_json(with_value(path, value))


@pytest.mark.parametrize("field", ["trace/0/at", "status/at"])
@pytest.mark.parametrize(
    "moment",
    [
        "2026-11-23T08:30:00",
        "0001-01-01T00:00:00+23:59",
        "9999-12-31T23:59:59-23:59",
    ],
)
def test_a_moment_that_is_none_in_vietnam_is_refused(field, moment):
    text = STATUS if field.startswith("status") else DOCUMENT

    with pytest.raises(EnvelopeJsonInvalid):
        envelope_from_json(with_value(field, moment, text))


@pytest.mark.parametrize(
    "value", [10**30, -(10**400), -1, 0], ids=["large", "small", "negative", "nought"]
)
@pytest.mark.parametrize(
    "path",
    [
        "document/steering_type",
        "document/other/priority",
        "document/business/paper",
        "document/attachments/0/size",
    ],
)
def test_a_number_of_any_size_is_written_or_refused(path, value):
    try:
        packet = built(with_value(path, value))
    except EdocError:
        return
    assert packet.startswith(b"<?xml")


@pytest.mark.parametrize(
    "seal",
    [
        "</edXML:edXMLHeader>",
        "rubbish",
        " ",
        "<Subject>khác</Subject>",
        "<Signature/><Subject/>",
        "<Signature/></edXML:edXMLHeader><edXML:edXMLHeader>",
        "<!-- --><Signature>a</Signature>",
        "<Signature>a</Signature><!-- -->",
        '<?xml version="1.0"?><Signature>a</Signature>',
        "<!DOCTYPE Signature><Signature>a</Signature>",
        "<ds:Signature>a</ds:Signature>",
        "<Signature>a",
        "\ufeff<Signature>a</Signature>",
        "<Signature>\x00</Signature>",
        "<Signature>" + "<a>" * 300 + "</a>" * 300 + "</Signature>",
    ],
)
def test_a_seal_that_is_more_or_less_than_one_signature_is_refused(seal):
    """What stands there goes into the packet as it is, and could say anything."""
    found = envelope_from_json(with_value("seal_xml", seal))

    with pytest.raises(EnvelopeJsonInvalid, match="seal_xml"):
        sealed_of(found)


def test_a_signature_goes_into_the_packet_as_it_is():
    text = with_value("seal_xml", golden.SEAL.decode())

    packet = built(text)

    assert packet == builders.packet(seal=golden.SEAL)
    assert received(packet).seal is not None


def test_a_name_that_stands_there_twice_has_its_last_value():
    """As in every reader of JSON that is used here; see RFC 8259, section 4."""
    found = envelope_from_json('{"seal_xml": "a", ' + DOCUMENT[1:])

    assert found == envelope_from_json(DOCUMENT)


def test_a_file_that_is_not_as_the_json_says_is_refused():
    found = envelope_from_json(DOCUMENT)
    handle = found.files[0].content_id

    with pytest.raises(EdocError, match="not what the JSON states"):
        contents_of(found, {handle: b"khac"})


@pytest.mark.parametrize("letter", ["\x00", "\x1b", "\ud7ff\ufffe", "\uffff", "\x0b"])
@pytest.mark.parametrize(
    "path", ["document/subject", "document/attachments/0/name", "trace/0/organization"]
)
def test_a_character_that_xml_cannot_carry_is_refused(letter, path):
    with pytest.raises(EdocError):
        built(with_value(path, f"a{letter}b"))
