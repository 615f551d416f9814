"""What is written is read, field for field and byte for byte; rubbish is refused."""

import io
from dataclasses import replace
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edoc_connector.cli.envelope_files import collected
from edoc_connector.envelope.json_form import (
    contents_of,
    embedded,
    envelope_from_json,
    json_envelope,
    sealed_of,
)
from edoc_connector.envelope.read import read
from edoc_connector.envelope.salvage import salvage
from edoc_connector.envelope.write import write
from edoc_connector.envelope.xml import read_xml, text_escape
from edoc_connector.json_text import to_json
from edoc_connector.model.deviations import Departure
from edoc_connector.model.document import Document
from edoc_connector.model.stages import SealedEnvelope, TraceStamp
from edoc_connector.signature.sign import seal
from tests.support import builders, fuzz_json, fuzz_mutations, golden, strategies
from tests.support.fuzz import targets
from tests.support.fuzz_promises import json_promises, packet_promises
from tests.support.pki import p256_sealer

MAX_BYTES = 10**7
SLOW = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
SEALER = p256_sealer()
ANY = strategies.envelopes() | strategies.odd_envelopes()
OF_VALUES = {
    Departure.MISSING_FIELD,
    Departure.UNKNOWN_VALUE,
    Departure.TOO_LONG,
    Departure.NOT_NFC,
    Departure.CODE_NOT_SPLIT,
    Departure.DOCUMENT_ID_FORM,
    Departure.ORGANIZATION_CODE,
    Departure.DUPLICATE_RECIPIENT,
    Departure.CONTENT_TYPE_LIES,
    Departure.SUSPICIOUS_NAME,
    Departure.MORE,
}
"""What a document can have about it however it is written."""
PACKETS, TEXTS = (target.seeds for target in targets())


def written(sealed, files):
    out = io.BytesIO()
    write(sealed, files, out)
    return out.getvalue()


def files_of(envelope, contents):
    content = envelope.content
    attachments = content.attachments if isinstance(content, Document) else ()
    return [b"".join(contents.chunks(each)) for each in attachments]


@given(ANY)
@SLOW
def test_what_is_read_is_what_was_written(drawn):
    envelope, files = drawn
    packet = written(SealedEnvelope(envelope, golden.SEAL), files)

    received = read(packet, max_bytes=MAX_BYTES)

    assert received.envelope == envelope
    assert files_of(envelope, received.contents) == files_of(envelope, files)


@given(strategies.envelopes())
@SLOW
def test_what_is_written_departs_in_nothing_but_its_values(drawn):
    envelope, files = drawn

    received = read(builders.packet_of(envelope, files=files), max_bytes=MAX_BYTES)

    assert {deviation.kind for deviation in received.deviations} <= OF_VALUES


@given(ANY)
@SLOW
def test_what_was_read_is_written_again_byte_for_byte(drawn):
    packet = written(SealedEnvelope(drawn[0], golden.SEAL), drawn[1])

    received = read(packet, max_bytes=MAX_BYTES)

    again = SealedEnvelope(received.envelope, golden.SEAL)
    assert written(again, received.contents) == packet


@given(strategies.envelopes())
@SLOW
def test_what_was_sealed_is_written_again_byte_for_byte_with_its_seal(drawn):
    """Nothing is handed over but the packet."""
    envelope, files = drawn
    packet = written(seal(stamped(envelope), SEALER), files)

    found = salvage(packet, max_bytes=MAX_BYTES)

    again = SealedEnvelope(found.envelope, found.seal_xml.encode())
    assert written(again, found.contents) == packet


def stamped(envelope):
    """The same by a sender who can seal it."""
    stamp = TraceStamp(builders.SENDER, builders.SENT_AT)
    content = replace(envelope.content, sender=builders.organization())
    return replace(envelope, content=content, trace=(stamp, *envelope.trace))


def test_every_golden_packet_is_written_again_byte_for_byte():
    for path in golden.FOLDER.glob("*.edxml"):
        packet = path.read_bytes()
        found = salvage(packet, max_bytes=MAX_BYTES)

        again = SealedEnvelope(found.envelope, found.seal_xml.encode())

        assert written(again, found.contents) == packet, path.name


@given(ANY)
@SLOW
def test_a_packet_is_the_same_after_it_was_json(drawn):
    packet = written(SealedEnvelope(drawn[0], golden.SEAL), drawn[1])
    said = to_json(told(salvage(packet, max_bytes=MAX_BYTES)))

    found = envelope_from_json(said)

    assert to_json(found) == said
    contents = contents_of(found, collected(found.files, folder=None))
    assert written(sealed_of(found), contents) == packet


def told(found):
    """What `edoc envelope show --json` prints."""
    content = found.envelope.content
    is_document = isinstance(content, Document)
    files = embedded(content, found.contents) if is_document else ()
    return json_envelope(found, files)


@given(st.text(strategies.CHARACTERS))
def test_an_escaped_value_means_what_it_meant(value):
    root = read_xml(f"<a>{text_escape(value)}</a>".encode())

    assert (root.text or "") == value


SEEDS = st.integers(0, 2**32)

# Some are large: they are drawn by number, so that nobody prints them.
ANY_PACKET = st.integers(0, len(PACKETS) - 1)
ANY_TEXT = st.integers(0, len(TEXTS) - 1)


@given(ANY_PACKET, ANY_PACKET, SEEDS)
@SLOW
def test_a_packet_mutated_in_any_way_is_read_or_refused(packet, other, seed):
    chance = Random(seed)  # noqa: S311  (hypothesis draws the seed)

    packet_promises(fuzz_mutations.mutated(chance, PACKETS[packet], PACKETS[other]))


@given(ANY_TEXT, ANY_TEXT, SEEDS)
@SLOW
def test_json_mutated_in_any_way_is_a_packet_or_refused(text, other, seed):
    chance = Random(seed)  # noqa: S311  (hypothesis draws the seed)

    json_promises(fuzz_json.mutated(chance, TEXTS[text], TEXTS[other]))


@given(ANY_PACKET, st.data())
@SLOW
def test_a_packet_with_a_part_moved_is_read_or_refused(number, data):
    packet = PACKETS[number]
    start, end, place = sorted(data.draw(st.integers(0, len(packet))) for _ in range(3))
    part = packet[start:end]
    rest = packet[:start] + packet[end:]

    packet_promises(rest[:place] + part + rest[place:])


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(body):
    packet_promises(body)


@given(st.text(max_size=300))
def test_any_text_is_the_json_of_a_packet_or_refused(text):
    json_promises(text.encode(errors="surrogatepass"))
