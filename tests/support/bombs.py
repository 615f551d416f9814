"""Packets made to cost time or memory, by name; each is built when it is asked for."""

from __future__ import annotations

import mmap
from collections.abc import Callable, Mapping
from typing import Final

from tests.support import builders
from tests.support.dialects import changed

PROLOG: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'
LAUGHS: Final = "".join(
    f'<!ENTITY lol{n} "{f"&lol{n - 1};" * 10}">' for n in range(1, 10)
)
SUBJECT: Final = "<edXML:Subject>"
GIGABYTE: Final = 1 << 30


def with_type(declaration: str, value: str = "a") -> bytes:
    """A packet with a document type, and a value that may use it."""
    packet = changed(builders.packet(), PROLOG, f"{PROLOG}{declaration}")
    return changed(packet, ">UBND-VX<", f">{value}<")


def holding(value: str) -> bytes:
    """A packet with this where the notation stands."""
    return changed(builders.packet(), ">UBND-VX<", f">{value}<")


def nested(levels: int) -> bytes:
    """So many elements, each in the one before."""
    return holding("<a>" * levels + "</a>" * levels)


def attributes(number: int) -> bytes:
    """So many attributes of one element."""
    said = " ".join(f'a{n}=""' for n in range(number))
    return changed(builders.packet(), SUBJECT, f"<edXML:Subject {said}>")


def filled(filler: str, number: int) -> bytes:
    """So many of these before a field of the header."""
    return changed(
        builders.packet(), "<edXML:DueDate>", filler * number + "<edXML:DueDate>"
    )


def gigabyte(element: str) -> mmap.mmap:
    """A packet of more than 1 GB, all of it the text of one element.

    The text is pages that nobody wrote to: they need no memory.
    """
    packet = builders.packet()
    place = packet.index(b">", packet.index(b"<" + element.encode())) + 1
    held = mmap.mmap(-1, GIGABYTE + len(packet), mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    held[:place] = packet[:place]
    held[GIGABYTE + place :] = packet[place:]
    return held


BOMBS: Final[Mapping[str, Callable[[], bytes | mmap.mmap]]] = {
    "a billion laughs": lambda: with_type(
        f'<!DOCTYPE edXML [<!ENTITY lol0 "lol">{LAUGHS}]>', "&lol9;"
    ),
    "an entity of 100 kB, ten thousand times": lambda: with_type(
        f'<!DOCTYPE edXML [<!ENTITY a "{"a" * 100_000}">]>', "&a;" * 10_000
    ),
    "100 000 nested elements": lambda: nested(100_000),
    "a million elements": lambda: holding("<a/>" * 1_000_000),
    "a million attributes": lambda: attributes(1_000_000),
    "a million comments": lambda: filled("<!-- -->", 1_000_000),
    "a million entities": lambda: holding("&a;" * 1_000_000),
    "a million references": lambda: holding("&#0;" * 1_000_000),
    "a million signatures": lambda: filled("<Signature/>", 1_000_000),
    "30 MB of text": lambda: b"<edXML><a>" + b"x" * 30_000_000,
    "30 MB of one name": lambda: b"<edXML><" + b"x" * 30_000_000,
    "30 MB of one comment": lambda: b"<edXML><!--" + b"x" * 30_000_000,
    "1 GB of text": lambda: gigabyte("edXML:Subject"),
    "1 GB of a file": lambda: gigabyte("edXML:ContentTransferEncoded"),
}
"""None of them is accepted, none takes more memory than `MOST_MEGABYTES`."""

MOST_MEGABYTES: Final = 60
"""A few copies of the XML that is allowed beside the files, as text and as a tree."""
