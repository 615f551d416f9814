"""Every way a packet is changed in fuzzing: of its bytes, its elements, its files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import Final

from tests.support import fuzz_files, fuzz_xml

MOST_BYTES: Final = 400_000
"""What grows beyond this is cut: fuzzing is about form, not about size."""
AT_ONCE: Final = (1, 1, 1, 2, 2, 3, 6)

LUMPS: Final = (
    *(b"<", b">", b"&", b"/", b'"', b"'", b"\0", b"\xff", b"=", b";", b"\r", b"\t"),
    *(b"]]>", b"<!--", b"-->", b"<![CDATA[", b"<?x ?>", b"<?edoc-run 0?>", b"<?"),
    *(b"<!DOCTYPE a>", b"<!ENTITY", b"&amp;", b"&#0;", b"&#x0;", b"&lt;", b"&x;"),
    *(b"\xef\xbb\xbf", b"\xff\xfe", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xc2\x85"),
    *(b"edXML:", b"cid:", b"xmlns=", b"UEsDB", b"A" * 5000, b"<a>" * 300, b"</"),
)
PREFACES: Final = (
    *(b"\xef\xbb\xbf", b" \n", b"rubbish\n", b"\xff\xfe", b"\0", b"{", b"%PDF-"),
    *(b"PK\x03\x04", b"HTTP/1.1 200 OK\r\n\r\n", b'<?xml version="1.0"?>', b"<a/>"),
    *(b'<?xml version="1.0" encoding="UTF-16"?>', b"<!-- -->", b"<?xml?>", b"<a>"),
)

Mutation = Callable[[Random, bytes], bytes]


def flip(chance: Random, packet: bytes) -> bytes:
    """Some bits are others."""
    changed = bytearray(packet)
    for _ in range(chance.randint(1, 8)):
        if changed:
            changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def cut_out(chance: Random, packet: bytes) -> bytes:
    """A stretch is missing."""
    start, end = _stretch(chance, packet)
    return packet[:start] + packet[end:]


def cut_off(chance: Random, packet: bytes) -> bytes:
    """The end is missing, or the beginning."""
    place = chance.randint(0, len(packet))
    return packet[:place] if chance.random() < 0.8 else packet[place:]


def double(chance: Random, packet: bytes) -> bytes:
    """A stretch stands there again, somewhere."""
    start, end = _stretch(chance, packet)
    place = chance.randint(0, len(packet))
    return packet[:place] + packet[start:end] + packet[place:]


def put_in(chance: Random, packet: bytes) -> bytes:
    """A lump of bytes stands where it does not belong."""
    place = chance.randint(0, len(packet))
    lump = chance.choice(LUMPS) * chance.choice((1, 1, 1, 200))
    return packet[:place] + lump + packet[place:]


def put_over(chance: Random, packet: bytes) -> bytes:
    """A lump of bytes stands in the place of others."""
    place = chance.randint(0, len(packet))
    lump = chance.choice(LUMPS)
    return packet[:place] + lump + packet[place + len(lump) :]


def preface(chance: Random, packet: bytes) -> bytes:
    """Something stands before the packet."""
    return chance.choice(PREFACES) + packet


def _stretch(chance: Random, packet: bytes) -> tuple[int, int]:
    start = chance.randint(0, len(packet))
    longest = chance.choice((4, 40, 400, 40_000))
    return start, min(len(packet), start + chance.randint(1, longest))


OF_BYTES: Final = (flip, cut_out, cut_off, double, put_in, put_over, preface)
FAMILIES: Final[Sequence[tuple[Mutation, ...]]] = (
    OF_BYTES,
    fuzz_xml.MUTATIONS,
    fuzz_xml.MUTATIONS,
    fuzz_files.MUTATIONS,
)


def mutated(chance: Random, packet: bytes, other: bytes) -> bytes:
    """Return the packet after a few changes; one in eight times mixed with another."""
    if chance.random() < 1 / 8:
        packet = spliced(chance, packet, other)
    for _ in range(chance.choice(AT_ONCE)):
        mutation = chance.choice(chance.choice(FAMILIES))
        packet = mutation(chance, packet)[:MOST_BYTES]
    return packet


def spliced(chance: Random, packet: bytes, other: bytes) -> bytes:
    """Begin with one packet and go on with another, or put a part of it in."""
    place = _tag(chance, packet)
    start = _tag(chance, other)
    if chance.random() < 0.5:
        return packet[:place] + other[start:]
    return packet[:place] + other[start : _tag(chance, other)] + packet[place:]


def _tag(chance: Random, packet: bytes) -> int:
    """Return where some tag begins."""
    return max(0, packet.find(b"<", chance.randint(0, len(packet))))
