"""The words of a stranger, as a message of ours may hold them: short and printable."""

from __future__ import annotations

from typing import Final

SHOWN_CHARACTERS: Final = 60
TOLD_CHARACTERS: Final = 160


def shown(value: str) -> str:
    """Return a value in quotes."""
    return repr(_cut(value, SHOWN_CHARACTERS))


def brief(value: str) -> str:
    """Return a value on one line, without quotes."""
    line = " ".join(value[: 2 * TOLD_CHARACTERS].split())
    return _printable(_cut(line, SHOWN_CHARACTERS))


def told(message: str) -> str:
    """Return words of others (of libxml2, say) that may quote a packet."""
    return _printable(_cut(message, TOLD_CHARACTERS))


def _cut(text: str, most: int) -> str:
    short = text[:most]
    return short if short == text else f"{short}…"


def _printable(text: str) -> str:
    return "".join(
        letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}"
        for letter in text
    )
