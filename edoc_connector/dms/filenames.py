"""Names of files that strangers chose, made harmless before anybody opens them.

Guarantee: the result is one path component that Windows and Linux both accept, of at
most `LONGEST` bytes, that shows in the order in which it is stored.  An ordinary name
comes out as it went in.  Residual risk: the kind of a file is not checked; a program
called `report.exe` keeps its name.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import Final

LONGEST: Final = 240
"""Bytes in UTF-8.  File systems take 255; a register may add something of its own."""

NAMELESS: Final = "tep-dinh-kem"

FORBIDDEN: Final = re.compile(r'[<>:"|?*]')

DEVICE: Final = re.compile(
    r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])\s*(\..*)?", re.IGNORECASE
)
"""Windows opens a device by such a name, whatever its extension."""

EXTENSION: Final = re.compile(r"\.[a-z0-9]{1,8}")


def safe_name(name: str) -> str:
    """Return a name that is only a name."""
    visible = "".join(map(_visible, unicodedata.normalize("NFC", name)))
    last = re.split(r"[/\\]", visible)[-1]
    clean = FORBIDDEN.sub("_", " ".join(last.split())).strip(" .")
    if DEVICE.fullmatch(clean):
        clean = f"_{clean}"
    return _shortened(clean) or NAMELESS


def safe_names(names: Iterable[str]) -> Iterator[str]:
    """Yield safe names, no two alike even where capitals do not count."""
    seen: set[str] = set()
    numbers: Counter[str] = Counter()
    for name in names:
        safe = wanted = safe_name(name)
        while safe.casefold() in seen:
            # Counted per name, so that a thousand alike are not a million tries.
            numbers[wanted] += 1
            safe = _numbered(wanted, numbers[wanted] + 1)
        seen.add(safe.casefold())
        yield safe


def stored_name(key: str, position: int, name: str) -> str:
    """Return the name we give a file on disk: nothing of it but the kind is theirs."""
    _, kind = _parted(safe_name(name))
    return f"{key}-{position:03}{kind.lower() or '.bin'}"


def _visible(character: str) -> str:
    """Drop what cannot be seen or turns the reading direction; keep the rest."""
    match unicodedata.category(character):
        case "Cf" | "Cs" | "Co" | "Cn":
            return ""
        case "Cc" | "Zl" | "Zp":
            return " "
        case _:
            return character


def _numbered(name: str, number: int) -> str:
    stem, kind = _parted(name)
    return _cut(stem, f" ({number}){kind}")


def _shortened(name: str) -> str:
    """Cut a name to fit, at the end of its stem rather than of its extension."""
    return _cut(*_parted(name)) if len(name.encode()) > LONGEST else name


def _parted(name: str) -> tuple[str, str]:
    suffix = PurePosixPath(name).suffix
    kind = suffix if EXTENSION.fullmatch(suffix.lower()) else ""
    return name.removesuffix(kind), kind


def _cut(stem: str, ending: str) -> str:
    room = LONGEST - len(ending.encode())
    return stem.encode()[:room].decode(errors="ignore").rstrip(" .") + ending
