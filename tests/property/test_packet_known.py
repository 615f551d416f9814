"""Whatever stands in a packet of a known outline, it is what a parser makes of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edoc_connector.envelope import known
from edoc_connector.envelope.read import read
from edoc_connector.errors import EnvelopeRefused
from tests.support import builders
from tests.support.dialects import changed

MOST_BYTES = 1 << 24

SEAL = (
    b'<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignatureValue>'
    b"QUJD</ds:SignatureValue></ds:Signature>"
)
PACKET = builders.packet(seal=SEAL)
VALUES = (
    ">QUJD</ds:",
    f">{builders.document().subject}</edXML:Subject",
    ">2026/12/15</edXML:",
    ">application/pdf</Content",
)
TAGS = ("<", ">", "&amp;", "&lt;x&gt;", "&#xD;", "&#10;", "]]>", "<!--", "-->", "<a/>")
LETTERS = st.characters(codec="utf-8") | st.sampled_from("\r\n\t \u00a0\u0301\ufffe&;")


def said_by(body):
    try:
        received = read(body, max_bytes=MOST_BYTES)
    except EnvelopeRefused as error:
        return type(error), error.details
    return received.envelope, received.seal, set(received.deviations)


@pytest.fixture(scope="module", autouse=True)
def a_known_outline():
    for _ in range(2):
        read(PACKET, max_bytes=MOST_BYTES)


@given(
    st.sampled_from(VALUES),
    st.lists(st.sampled_from(TAGS) | st.text(LETTERS, max_size=9), max_size=5),
)
def test_a_value_is_what_a_parser_makes_of_it(value, parts):
    _, tag = value.split("</")
    body = changed(PACKET, value, f">{''.join(parts)}</{tag}")

    found = said_by(body)
    learnt, known._OUTLINES = known._OUTLINES, {}
    try:
        expected = said_by(body)
    finally:
        known._OUTLINES = learnt

    assert found == expected
