"""The tags of a packet and the texts between them, as they are written.

Packets with the same tags are the same tree with other texts in it: then nobody needs
to parse the second.  That holds where a text cannot be anything but a text, so of a
packet with comments, sections of CDATA, uncommon references, or characters that XML
does not have, nothing is said here, and a parser is asked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from edoc_connector.envelope.names import ENCODED
from edoc_connector.envelope.skeleton import (
    MARK,
    TAG_BYTES,
    Buffer,
    Run,
    cut,
    find_runs,
)

MOST_BYTES: Final = 96 * 1024
"""Of a packet beside its files; ours have six thousand.

There is no room for `xml.MAX_ATTRIBUTES`, which are counted in texts too.
"""
MOST_TAGS: Final = 1000
MOST_LETTERS: Final = 1024
"""Of a tag: a parser writes out the whole namespace with each name."""

FILE: Final = re.compile(rf"<(?:[^<>:\s]+:)?{ENCODED}[\s>]".encode())
"""How the tag before the bytes of a file begins."""
OTHER_REFERENCE: Final = re.compile("&(?!(?:lt|gt|quot|apos|amp|#xD);)")
REFERENCES: Final = {
    "&lt;": "<",
    "&gt;": ">",
    "&quot;": '"',
    "&apos;": "'",
    "&#xD;": "\r",
    "&amp;": "&",  # the last one: what comes out of it is no reference
}
"""Those of XML, and how canonical XML writes the one letter that parsers change."""
CONTROLS: Final = set(range(32)) - set(b"\t\r\n")
ORDINARY: Final = bytes(set(range(256)) - CONTROLS - set(b"<>"))
LAST_PLANE: Final = b"\xef\xbf"
"""How U+FFFE and U+FFFF begin, which are none, and hardly anything people write."""


@dataclass(frozen=True, slots=True)
class Written:
    """A packet without its files; `texts[n]` stands behind the tag `tags[n]`.

    Tags without their brackets.
    """

    runs: tuple[Run, ...]
    tags: tuple[str, ...]
    texts: tuple[str, ...]

    @property
    def markup(self) -> tuple[str, bytes]:
        """What makes two packets one tree: the tags, and where there is any text."""
        return "<".join(self.tags), bytes(map(bool, map(str.strip, self.texts)))

    def line(self, tag: int) -> int:
        """Return the line in which a tag ends, files left out, as parsers count."""
        before = (*self.texts[:tag], *self.tags[: tag + 1])
        return 1 + sum(part.count("\n") for part in before)


def written(body: Buffer) -> Written | None:
    """Take a packet apart by its tags; None where only a parser can.

    Raises `EnvelopeMalformed` as `read_skeleton` does for marks that are not ours.
    """
    runs = tuple(find_runs(body))
    kept = _kept(body, runs)
    if _bytes_beside(body, runs, kept) > MOST_BYTES:
        return None
    text = _plain(cut(body, runs, kept))
    if text is None:
        return None
    first, *parts = text.replace(">", "<").split("<")
    tags, texts = tuple(parts[::2]), tuple(parts[1::2])
    if first or max(map(len, tags), default=0) > MOST_LETTERS:
        return None
    if "&" in text:
        if "&" in _outside(tags, texts):
            return None
        texts = tuple(map(_said, texts))
    if any(it.isspace() for it in texts if not it.isascii()):
        return None  # white space to some readers, and a value to others
    return Written(runs, tags, texts)


def _kept(body: Buffer, runs: Sequence[Run]) -> frozenset[int]:
    """Return the long texts that are no files: certificates, time stamps."""
    return frozenset(n for n, run in enumerate(runs) if not _is_file(body, run))


def _is_file(body: Buffer, run: Run) -> bool:
    start = body.rfind(b"<", max(0, run.outer_start - TAG_BYTES), run.outer_start)
    return FILE.match(body, max(0, start), run.outer_start) is not None


def _bytes_beside(body: Buffer, runs: Sequence[Run], kept: AbstractSet[int]) -> int:
    """Return how long the packet is without its files."""
    files = (it for number, it in enumerate(runs) if number not in kept)
    return len(body) - sum(it.outer_end - it.outer_start for it in files)


def _plain(data: bytes) -> str | None:
    """Return text that has nothing in it but tags and characters of XML."""
    if b"<!" in data or LAST_PLANE in data:
        return None
    brackets = data.translate(None, ORDINARY)
    if brackets != b"<>" * min(len(brackets) // 2, MOST_TAGS):
        return None  # there is one in a text, or a character that is none
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return None
    if "&" in text and OTHER_REFERENCE.search(text):
        return None
    text = text.replace("\r\n", "\n")  # one end of a line to XML (XML 1.0, 2.11)
    return None if "\r" in text else text  # another one, which no parser counts


def _outside(tags: Sequence[str], texts: Sequence[str]) -> str:
    """Return what stands before and after the root, where no reference may stand."""
    return texts[-1] + (texts[0] if tags[0].startswith("?") else "")


def _said(text: str) -> str:
    for reference, letter in REFERENCES.items():
        text = text.replace(reference, letter)
    return text


def is_opening(tag: str) -> bool:
    """Whether a node of the tree begins with this tag."""
    return not tag.startswith(("/", "?xml "))


def is_closed(tag: str) -> bool:
    """Whether nothing can stand in what begins with it: `<a/>`, and a mark."""
    return tag.endswith("/") or tag.startswith(MARK[1:])
