"""Where a seal holds, what is delivered is what was sealed, whatever happened since."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import product

import pytest

from edoc_connector.errors import EdocError
from tests.support import seals

PACKET = seals.sealed_packet(seals.every_field())
ODD = (
    *("\u00a0", "\u3000", "\u2028", "\u0085", "\u1680", "\u200b", "\ufeff", "\u202e"),
    *(
        "\u180e",
        "\u2060",
        "\u00ad",
        "\u0301",
        "\uff10",
        " ",
        "\t",
        "&#13;",
        "&#xD;&#xA;",
    ),
    *("<!-- -->", "<![CDATA[]]>", "null", "-", "+", "0", "00"),
)
MOST_BYTES = 500
"""Longer values are files."""


def values() -> list[tuple[int, int]]:
    """Where each value of the packet stands, those of the seal left out."""
    start, end = PACKET.index(b"<ds:Signature"), PACKET.index(b"</ds:Signature>")
    found = re.finditer(rb">([^<>\n]+)<", PACKET)
    return [
        it.span(1)
        for it in found
        if not start < it.start() < end and len(it[1]) < MOST_BYTES
    ]


def delivered(packet: bytes) -> object:
    """What a register gets: nothing of a file but what is sealed."""
    document = seals.opened(packet).envelope.content
    files = (replace(it, content_type="", content_id="") for it in document.attachments)
    return replace(document, attachments=tuple(files))


@pytest.mark.parametrize("odd", ODD, ids=ascii)
def test_a_value_that_somebody_touched_is_refused_or_what_it_was(odd: str) -> None:
    sealed = delivered(PACKET)
    for (start, end), share in product(values(), (0, 1, 2)):
        place = start + (end - start) * share // 2
        try:
            touched = delivered(PACKET[:place] + odd.encode() + PACKET[place:])
        except (EdocError, UnicodeDecodeError):
            continue
        assert touched == sealed
