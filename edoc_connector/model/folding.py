"""Words as they are looked for: without tones, without capitals, `đ` as `d`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

START_LETTERS: Final = 40
"""How much of a name is kept from each of its words on; the rest is compared later."""

LETTERS: Final = str.maketrans({"đ": "d", "ð": "d"})
NO_WORD: Final = re.compile(r"[^\w]+|_+")


def folded(text: str) -> str:
    """Return `Ủy ban nhân dân xã Đức Huệ` as `uy ban nhan dan xa duc hue`.

    What is no letter and no digit only parts words: `HĐND-UBND` are two.
    """
    if text.isascii():
        plain = text.lower()
    else:
        apart = unicodedata.normalize("NFKD", text).casefold()
        parts = unicodedata.normalize("NFKD", apart.translate(LETTERS))
        plain = "".join(it for it in parts if not unicodedata.combining(it))
    return " ".join(NO_WORD.sub(" ", plain).split())


def starts(name: str) -> Iterator[str]:
    """Yield what a folded name says from each of its words on: each may be asked for.

    >>> list(starts("xa duc hue"))
    ['xa duc hue', 'duc hue', 'hue']
    """
    yield name[:START_LETTERS]
    place = name.find(" ")
    while place >= 0:
        yield name[place + 1 : place + 1 + START_LETTERS]
        place = name.find(" ", place + 1)
