"""Characters that nobody sees, which people paste into codes and names all the same."""

from __future__ import annotations

import re
from typing import Final

INVISIBLE: Final = re.compile(
    "["
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"  # controls that are no white space
    "\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f"  # zero-width space, joiners, direction marks
    "\u202a-\u202e\u2060-\u206f"  # direction overrides, word joiner
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
    "]"
)
"""Unicode's Default_Ignorable_Code_Point, and the controls."""


def without_invisible(text: str) -> str:
    """Return the text as it is seen: `Thanh tra huyện`, without the U+200B in it."""
    return INVISIBLE.sub("", text)
