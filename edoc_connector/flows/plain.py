"""Words of a stranger, made fit to be quoted: to a person, a register or a packet."""

from __future__ import annotations

import unicodedata
from typing import Final

ELLIPSIS: Final = "…"
UNFIT: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
"""Controls, directions, what is no letter yet, surrogates and foreign line ends."""


def plain(text: str, most: int) -> str:
    """Return the text on one line, without what obeys nobody, and not too long.

    Every character of the result may stand in XML, in a terminal and in any database.
    """
    shown = text[: 2 * most]
    if not shown.isprintable():  # as nearly all are
        shown = "".join(" " if _is_unfit(letter) else letter for letter in shown)
    line = " ".join(shown.split())
    return line if len(line) <= most else f"{line[: most - 1]}{ELLIPSIS}"


def _is_unfit(letter: str) -> bool:
    return unicodedata.category(letter) in UNFIT
