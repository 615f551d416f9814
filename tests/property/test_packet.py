import io
from contextlib import suppress
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edoc_connector.envelope.read import read
from edoc_connector.envelope.write import write
from edoc_connector.envelope.xml import attribute_escape, read_xml, text_escape
from edoc_connector.errors import EnvelopeRefused
from edoc_connector.model.document import Document
from edoc_connector.model.stages import SealedEnvelope
from tests.support import builders, golden, strategies

SAMPLES = Path(__file__).parents[2] / "../shared/samples"
MAX_BYTES = 10**7
SLOW = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
PACKETS = [*golden.packets().values(), builders.packet(seal=golden.SEAL)]
BITS = [
    *(b"<", b">", b"&", b"/", b'"', b"\0", b"\xff", b"=", b"]]>", b"<!--", b"-->"),
    *(b"<![CDATA[", b"<?x ?>", b"<?edoc-run 0?>", b"<!DOCTYPE a>", b"&amp;", b"\n"),
    *(
        b"<edXML:To>",
        b"</edXML:To>",
        b"<Signature/>",
        b"edXML:",
        b"UEsDBA==",
        b"A" * 5000,
    ),
]


def written(envelope, files):
    out = io.BytesIO()
    write(SealedEnvelope(envelope, golden.SEAL), files, out)
    return out.getvalue()


@given(strategies.envelopes())
@SLOW
def test_what_is_read_is_what_was_written(drawn):
    envelope, files = drawn

    received = read(written(envelope, files), max_bytes=MAX_BYTES)

    assert received.envelope == envelope
    if isinstance(envelope.content, Document):
        for attachment in envelope.content.attachments:
            there, here = (
                b"".join(each.chunks(attachment)) for each in (files, received.contents)
            )
            assert here == there


@given(strategies.envelopes())
@SLOW
def test_what_was_read_is_written_again_byte_for_byte(drawn):
    packet = written(*drawn)

    received = read(packet, max_bytes=MAX_BYTES)

    assert written(received.envelope, received.contents) == packet


@given(st.text(strategies.CHARACTERS))
def test_an_escaped_value_means_what_it_meant(value):
    xml = f'<a b="{attribute_escape(value)}">{text_escape(value)}</a>'

    root = read_xml(xml.encode())

    assert (root.text or "", root.get("b")) == (value, value)


@given(st.sampled_from(PACKETS), st.data())
@SLOW
def test_a_packet_changed_anywhere_is_read_or_refused(packet, data):
    changed = bytearray(packet)
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(changed)))
        length = data.draw(st.integers(0, 40))
        bit = data.draw(st.sampled_from(BITS) | st.binary(max_size=4))
        changed[start : start + length] = bit

    with suppress(EnvelopeRefused):
        read_all(bytes(changed))


@given(st.sampled_from(PACKETS), st.data())
@SLOW
def test_a_packet_with_a_part_moved_is_read_or_refused(packet, data):
    start, end, place = sorted(data.draw(st.integers(0, len(packet))) for _ in range(3))
    part = packet[start:end]
    rest = packet[:start] + packet[end:]

    with suppress(EnvelopeRefused):
        read_all(rest[:place] + part + rest[place:])


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(body):
    with suppress(EnvelopeRefused):
        read_all(body)


def read_all(body):
    received = read(body, max_bytes=MAX_BYTES)
    if isinstance(received.envelope.content, Document):
        for attachment in received.envelope.content.attachments:
            for _ in received.contents.chunks(attachment):
                pass
