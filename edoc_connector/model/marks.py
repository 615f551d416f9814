"""Marks on letters: how many of them a text may pile up before nobody can sort them.

Unicode orders the marks of a letter when it normalises, and Python does that by
insertion: a letter with a hundred thousand marks takes an hour.  No script needs more
than thirty (Unicode Standard Annex 15, stream-safe text).
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

MOST: Final = 30

OTHERS: Final = re.compile("[^\0-\u02ff\u1e00-\u1eff\u2000-\u206f]")
"""What may be a mark: none of the letters and signs that nearly all is made of."""


def is_overloaded(text: str) -> bool:
    """Whether more than `MOST` marks follow each other; in time that grows with it."""
    if text.isascii() or len(text) <= MOST:
        return False
    if not OTHERS.search(text) or not any(map(unicodedata.combining, text)):
        return False
    count = 0
    for letter in text:
        count = count + 1 if unicodedata.combining(letter) else 0
        if count > MOST:
            return True
    return False
