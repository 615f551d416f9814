import base64
import hashlib
import io
import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from edoc_connector.envelope.json_form import (
    JsonEnvelope,
    JsonFile,
    contents_of,
    embedded,
    envelope_from_json,
    json_schema,
    sealed_of,
)
from edoc_connector.envelope.write import write
from edoc_connector.errors import (
    ContentMissing,
    EnvelopeJsonInvalid,
    FileNotAsStated,
)
from edoc_connector.json_text import to_json
from edoc_connector.model.document import Unread
from tests.support import builders, golden
from tests.support.dialects import received

SCHEMA = Path(__file__).parents[3] / "schemas/envelope.schema.json"


def as_json(packet):
    """What `show --json` says of a packet that nobody sealed."""
    found = received(packet)
    content = found.envelope.content
    is_document = hasattr(content, "attachments")
    return JsonEnvelope(
        document=content if is_document else None,
        status=None if is_document else content,
        trace=found.envelope.trace,
        errors=found.envelope.errors,
        files=tuple(embedded(content, found.contents)) if is_document else (),
        deviations=found.deviations,
    )


def built(found):
    out = io.BytesIO()
    files = {file.content_id: base64.b64decode(file.base64) for file in found.files}
    write(sealed_of(found), contents_of(found, files), out)
    return out.getvalue()


@pytest.mark.parametrize("name", ["usual", "bare", "status-bare"])
def test_a_packet_goes_there_and_back_byte_for_byte(name):
    packet = (golden.FOLDER / f"{name}.edxml").read_bytes()

    assert built(envelope_from_json(to_json(as_json(packet)))) == packet


def test_what_nobody_could_read_comes_back_as_it_was():
    document = builders.document(
        promulgation_date=Unread("hôm qua"), steering_type=Unread("1(Chỉ đạo)")
    )
    packet = builders.packet(document)

    found = envelope_from_json(to_json(as_json(packet)))

    assert found.document == document
    assert built(found) == packet


def test_the_signature_is_written_again_as_it_was():
    seal = '<ds:Signature xmlns:ds="urn:x">1</ds:Signature>'
    found = replace(as_json(builders.packet()), seal_xml=seal)

    assert built(found) == builders.packet(seal=seal.encode())


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "truncated"),
        ("[]", "Expected `object`"),
        ("{}", "either `document` or `status`"),
        ('{"document": {"sender": 5}}', r"\$\.document\.sender"),
        ('{"trace": [{"organization": "H20", "at": "2026-11-23T08:30:00"}]}', "zone"),
        (b"\xff\xfe", "malformed|invalid|utf-8"),
    ],
)
def test_a_text_that_is_no_envelope_is_refused_with_the_place(text, problem):
    with pytest.raises(EnvelopeJsonInvalid, match=problem):
        envelope_from_json(text)


def test_a_document_and_a_status_at_once_are_refused():
    both = replace(as_json(builders.packet()), status=builders.status())

    with pytest.raises(EnvelopeJsonInvalid, match="either"):
        envelope_from_json(to_json(both))


def test_a_file_that_was_changed_is_refused_with_what_to_correct():
    found = as_json(builders.packet())
    (attachment,) = found.document.attachments
    digest = hashlib.sha256(b"x").hexdigest()

    with pytest.raises(FileNotAsStated, match=f"1 bytes and the SHA-256 {digest}"):
        contents_of(found, {attachment.content_id: b"x"})


def test_a_file_that_is_not_given_is_missed_where_it_is_written():
    found = replace(as_json(builders.packet()), files=())

    with pytest.raises(ContentMissing):
        built(found)


def test_the_shipped_schema_is_that_of_the_model():
    shipped = json.loads(SCHEMA.read_text(encoding="utf-8"))

    assert shipped == json.loads(json.dumps(json_schema()))


@pytest.mark.parametrize("name", sorted(golden.packets()))
def test_what_is_shown_is_valid_by_the_shipped_schema(name):
    shipped = json.loads(SCHEMA.read_text(encoding="utf-8"))
    found = as_json((golden.FOLDER / name).read_bytes())

    jsonschema.validate(json.loads(to_json(found)), shipped)


def test_the_schema_refuses_what_is_no_envelope():
    found = json.loads(to_json(as_json(builders.packet())))
    found["document"]["recipients"] = "H20"

    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(found, json_schema())


def test_a_file_stands_in_json_as_base64():
    found = as_json(builders.packet())

    assert found.files == (
        JsonFile(
            content_id=found.document.attachments[0].content_id,
            base64=base64.b64encode(builders.PDF).decode(),
        ),
    )


@pytest.mark.parametrize(
    ("name", "problem"),
    [("sbject", r"\$\.document\.sbject .* did you mean subject"), ("xyz", "no field")],
)
def test_a_name_that_nobody_reads_is_refused_with_the_nearest(name, problem):
    found = json.loads(to_json(as_json(builders.packet())))
    found["document"][name] = found["document"].pop("subject")

    with pytest.raises(EnvelopeJsonInvalid, match=problem):
        envelope_from_json(json.dumps(found))


@pytest.mark.parametrize(
    ("place", "path"),
    [
        (("document", "recipients", 0), r"\$\.document\.recipients\[0\]\.nme"),
        (("document", "sender"), r"\$\.document\.sender\.nme"),
        (("files", 0), r"\$\.files\[0\]\.nme"),
        (("trace", 0), r"\$\.trace\[0\]\.nme"),
    ],
)
def test_a_name_that_nobody_reads_is_refused_wherever_it_stands(place, path):
    found = json.loads(to_json(as_json(builders.packet())))
    here = found
    for step in place:
        here = here[step]
    here["nme"] = "x"

    with pytest.raises(EnvelopeJsonInvalid, match=path):
        envelope_from_json(json.dumps(found))


def test_text_that_nobody_can_sort_is_refused():
    found = json.loads(to_json(as_json(builders.packet())))
    found["document"]["subject"] = "a" + "\u0301" * 100_000 + "\u0323" * 100_000

    with pytest.raises(EnvelopeJsonInvalid, match=r"\$\.document\.subject piles up"):
        envelope_from_json(json.dumps(found))
