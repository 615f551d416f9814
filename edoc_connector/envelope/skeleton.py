"""Takes the long texts out of a packet, so that no tree ever holds a file.

One pass over the bytes finds every text of more than `RUN_BYTES` between a tag and the
next `<` (or inside one CDATA section), and puts a processing instruction in its place;
it leaps over whatever is shorter.  No packet can forge that mark: one that has it
already is refused before it is parsed, and the name of a processing instruction cannot
be spelled in another way.
"""

from __future__ import annotations

import mmap
import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from lxml import etree

from edoc_connector.envelope.xml import (
    MAX_BYTES,
    MAX_ELEMENTS,
    TOO_MANY,
    WHITE_SPACE,
    Door,
    local_name,
    read_xml,
)
from edoc_connector.errors import N_, EnvelopeMalformed

Buffer = bytes | mmap.mmap
"""The bytes of a packet, wherever they are; they are only ever sliced and searched."""

MARKER: Final = "edoc-run"
MARK: Final = f"<?{MARKER}"
RUN_BYTES: Final = 4096
TAG_BYTES: Final = 4096
CDATA: Final = b"<![CDATA["

CDATA_END: Final = b"]]>"
OPENING_TAG: Final = re.compile(
    rb"""<[A-Za-z_\x80-\xff](?:[^<>"']|"[^"<]*"|'[^'<]*')*+>"""
)


@dataclass(frozen=True, slots=True)
class Run:
    """A long text: where it is, and what the mark stands for (its CDATA too)."""

    start: int
    end: int
    outer_start: int
    outer_end: int


@dataclass(frozen=True, slots=True)
class Skeleton:
    """The tree of a packet, and the runs that were left out of it, by their number."""

    root: etree._Element
    runs: tuple[Run, ...]


def read_skeleton(body: Buffer, *, element: str, door: Door = read_xml) -> Skeleton:
    """Parse a packet without its files, through one of the doors of `xml`.

    Runs stay out where they are the whole text of an element of this local name; a
    long text anywhere else (a certificate, a time stamp) is put back.  Raises
    `EnvelopeMalformed`.
    """
    runs = tuple(find_runs(body))
    root = door(cut(body, runs), MARKER)
    kept = frozenset(range(len(runs))) - frozenset(_placed(root, element))
    if kept:
        root = door(cut(body, runs, kept), MARKER)
    return Skeleton(root, runs)


def find_runs(body: Buffer) -> Iterator[Run]:
    """Yield the long texts in order."""
    for count, (start, end) in enumerate(_stretches(body), start=1):
        if count > MAX_ELEMENTS:
            raise EnvelopeMalformed(because=TOO_MANY, limit=MAX_ELEMENTS)
        run = _run_between(body, start, end)
        if run and run.end - run.start > RUN_BYTES:
            yield run


def _stretches(body: Buffer) -> Iterator[tuple[int, int]]:
    """Yield each `<` that has no other near behind it, and where the next one is."""
    start = _find(body, b"<", 0, len(body))
    while start < len(body):
        beyond = start + 1 + RUN_BYTES
        near = body.rfind(b"<", start + 1, beyond)
        if near < 0:
            end = _find(body, b"<", beyond, len(body))
            yield start, end
            start = end
        else:  # every text from here to there is short
            start = near


def _find(body: Buffer, mark: bytes, start: int, end: int) -> int:
    """Return where this mark is next, or `end`."""
    found = body.find(mark, start, end)
    return end if found < 0 else found


def _run_between(body: Buffer, start: int, end: int) -> Run | None:
    if body[start : start + len(CDATA)] == CDATA:
        text = start + len(CDATA)
        close = _find(body, CDATA_END, text, end)
        return Run(text, close, start, close + len(CDATA_END)) if close < end else None
    tag = OPENING_TAG.match(body, start, min(end, start + TAG_BYTES))
    # A ">" in the text may be the end of a comment around the tag: hands off.
    if tag is None or _find(body, b">", tag.end(), end) < end:
        return None
    return Run(tag.end(), end, tag.end(), end)


def cut(
    body: Buffer, runs: tuple[Run, ...], kept: AbstractSet[int] = frozenset()
) -> bytes:
    """Return the bytes with marks in place of the runs, but for those that are kept.

    Raises `EnvelopeMalformed` where one of these marks is there already, and for more
    bytes than are ever parsed.
    """
    parts: list[bytes] = []
    size = 0
    for start, end, mark in _pieces(len(body), runs, kept):
        size += end - start + len(mark)
        if size > MAX_BYTES:
            raise EnvelopeMalformed(
                because=N_("more than {limit} bytes of XML beside the files"),
                limit=MAX_BYTES,
            )
        piece = bytes(body[start:end])
        if MARK.encode() in piece:
            raise EnvelopeMalformed(because=N_("{what} is not allowed"), what=MARK)
        parts += piece, mark
    return b"".join(parts)


def _pieces(
    size: int, runs: tuple[Run, ...], kept: AbstractSet[int]
) -> Iterator[tuple[int, int, bytes]]:
    position = 0
    for number, run in enumerate(runs):
        if number not in kept:
            yield position, run.outer_start, f"{MARK} {number}?>".encode()
            position = run.outer_end
    yield position, size, b""


def _placed(root: etree._Element, name: str) -> Iterator[int]:
    # A mark that is not found at all stood inside a comment or a larger CDATA section.
    for mark in root.iter(etree.PI):
        parent = mark.getparent()
        if parent is not None and local_name(parent) == name:
            yield int(mark.text or "")


def mark_of(element: etree._Element) -> int | None:
    """Return the number of the run that was the text of this element, if one was."""
    marks = list(element.iterchildren(etree.PI))
    if not marks:
        return None
    beside = "".join([element.text or "", *(node.tail or "" for node in element)])
    if len(element) > 1 or beside.strip(WHITE_SPACE):
        name = local_name(element)
        because = N_("{name} holds more than one text")
        raise EnvelopeMalformed(because=because, name=name)
    return int(marks[0].text or "")
