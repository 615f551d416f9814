"""Mutations of the files in a packet: of their base64 text, of the ZIP around them."""

from __future__ import annotations

import base64
import io
import re
import zipfile
from collections.abc import Callable
from random import Random
from typing import Final

BASE64: Final = re.compile(rb"(?<=>)[A-Za-z0-9+/=\s]{40,}(?=<)")
ENTRIES: Final = (
    "0b6f5a1e.pdf",
    "../../x",
    "/x",
    "C:\\x",
    "CON",
    "a\nb",
    "\u202efdp.exe",
    "x" * 300,
    "a/",
    "",
    "[Content_Types].xml",
    "mimetype",
)
RUBBISH: Final = (b"*", b"=", b"====", b"-_", b"\xff", b"\0", b"&#x41;", b"\xc3\xa9")
SPACE: Final = (b" ", b"\r\n", b"\t", b"&#xD;", b"&#13;\n", b"&#x20;", b"&#xd", b"&#")
LARGE_BYTES: Final = 10_000
ENDS: Final = 120
"""Near its ends a ZIP holds what is worth changing."""


def zip_of(chance: Random, data: bytes) -> bytes:
    """Wrap a file, most often in one entry."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        is_large = len(data) > LARGE_BYTES
        for number in range(1 if is_large else chance.choice((1, 1, 1, 2, 40))):
            entry = zipfile.ZipInfo(f"{number or ''}{chance.choice(ENTRIES)}" or "x")
            entry.extra = chance.randbytes(chance.choice((0, 0, 0, 30)))
            method = chance.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))
            method = zipfile.ZIP_DEFLATED if is_large else method
            archive.writestr(entry, data, method)
        archive.comment = chance.randbytes(chance.choice((0, 0, 0, 40)))
    return out.getvalue()


def on_text(change: Callable[[Random, bytes], bytes]) -> Callable[..., bytes]:
    """Make a mutation of a change that is done to the base64 text of one file."""

    def mutate(chance: Random, packet: bytes) -> bytes:
        texts = list(BASE64.finditer(packet))
        if not texts:
            return packet
        text = chance.choice(texts)
        changed = change(chance, text[0])
        return packet[: text.start()] + changed + packet[text.end() :]

    mutate.__name__ = change.__name__
    return mutate


def on_file(change: Callable[[Random, bytes], bytes]) -> Callable[..., bytes]:
    """Make a mutation of a change that is done to the bytes of one file."""

    def mutate(chance: Random, text: bytes) -> bytes:
        try:
            data = base64.b64decode(text)
        except ValueError:
            return text
        return base64.b64encode(change(chance, data))

    mutate.__name__ = change.__name__
    return on_text(mutate)


def spoil(chance: Random, text: bytes) -> bytes:
    """Put something into the text that is no base64, or only half."""
    place = chance.randint(0, len(text))
    return text[:place] + chance.choice(RUBBISH) + text[place:]


def space_out(chance: Random, text: bytes) -> bytes:
    """Put white space into the text, spelled in any way."""
    step = chance.choice((1, 3, 76, 4093))
    space = chance.choice(SPACE)
    return space.join(text[n : n + step] for n in range(0, len(text), step))


def cut(chance: Random, text: bytes) -> bytes:
    """Lose the end of the text, or its beginning, or all of it."""
    place = chance.randint(0, len(text))
    return chance.choice((text[:place], text[place:], b""))


def make_long(chance: Random, data: bytes) -> bytes:
    """Make a small file a large one."""
    return data * chance.choice((2, 100, 1000)) if len(data) < 1000 else data


def wrap(chance: Random, data: bytes) -> bytes:
    """Put the file into a ZIP."""
    return zip_of(chance, data)


def wrap_bomb(chance: Random, data: bytes) -> bytes:
    """Put a file into the ZIP that is as large as anything allowed, or larger."""
    del data
    return zip_of(chance, bytes(chance.choice((1_900_000, 2_000_001, 9_000_000))))


def bend(chance: Random, data: bytes) -> bytes:
    """Change a few bytes near the ends, where a ZIP says what it is."""
    changed = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        near = chance.randrange(min(ENDS, len(data)) or 1)
        place = near if chance.random() < 0.5 else len(data) - 1 - near
        if 0 <= place < len(changed):
            changed[place] = chance.choice((0, 1, 8, 0x7F, 0xFF, chance.randrange(256)))
    return bytes(changed)


MUTATIONS: Final = (
    *map(on_text, (spoil, space_out, cut)),
    *map(on_file, (make_long, wrap, wrap_bomb, bend, bend)),
)
