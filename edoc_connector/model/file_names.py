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
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Final

from edoc_connector.errors import N_

LONGEST: Final = 240
"""Bytes in UTF-8.  File systems take 255; a register may add something of its own."""

MOST_OF_FILE_SYSTEMS: Final = 254

NAMELESS: Final = "tep-dinh-kem"

FORBIDDEN: Final = re.compile(r'[<>:"|?*]')

DEVICE: Final = re.compile(
    r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])\s*(\..*)?", re.IGNORECASE
)
"""Windows opens a device by such a name, whatever its extension."""

CONTROLS: Final = frozenset({"Cc", "Zl", "Zp"})
DIRECTIONS: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""They show `fdp.exe` as `exe.pdf` (Unicode Standard Annex 9)."""
ABSOLUTE: Final = re.compile(r"[/\\]|[A-Za-z]:")

EXTENSION: Final = re.compile(r"\.[a-z0-9]{1,8}")


def safe_name(name: str) -> str:
    """Return a name that is only a name."""
    # Every file is asked for several times, and by names of no length that is bounded.
    return _known_safe(name) if len(name) <= LONGEST else _safe(name)


def _safe(name: str) -> str:
    visible = unicodedata.normalize("NFC", name)
    if not visible.isprintable():
        visible = "".join(map(_visible, visible))
    clean = FORBIDDEN.sub("_", " ".join(_last(visible).split())).strip(" .")
    if DEVICE.fullmatch(clean):
        clean = f"_{clean}"
    return _shortened(clean) or NAMELESS


_known_safe: Final = lru_cache(maxsize=64)(_safe)


def hostility_of(name: str) -> str:
    """Return what no honest software puts into a file's name, as a message; or nothing.

    A name that is only awkward (a path, too long, `a:b`) is honest: see `safe_name`.
    """
    if not name.isprintable():  # as nearly every name is
        if any(unicodedata.category(letter) in CONTROLS for letter in name):
            return N_("it holds control characters")
        if DIRECTIONS.search(name):
            return N_("it turns the reading direction")
    if DEVICE.fullmatch(_last(name).strip()):
        return N_("Windows opens a device by this name")
    if ".." in re.split(r"[/\\]", name):
        return N_("it leads out of its folder")
    return ""


def entry_hostility_of(name: str) -> str:
    """Return the same for the entry of an archive, which has no excuse for a path."""
    if ABSOLUTE.match(name):
        return N_("it leads out of its folder")
    if len(name.encode(errors="replace")) > MOST_OF_FILE_SYSTEMS:
        return N_("it is longer than any file system lets it be")
    return hostility_of(name)


MOST_ALIKE: Final = 99_999
"""More files than a packet can hold."""


def safe_names(names: Iterable[str]) -> Iterator[str]:
    """Yield safe names, no two alike even where capitals do not count."""
    seen: set[str] = set()
    numbers: Counter[str] = Counter()
    for name in names:
        safe = wanted = safe_name(name)
        while safe.casefold() in seen:
            # Counted for all that are cut to one, whatever their capitals, so that a
            # thousand alike are not a million tries.
            shared = _numbered(wanted, MOST_ALIKE).casefold()
            numbers[shared] += 1
            safe = _numbered(wanted, numbers[shared] + 1)
        seen.add(safe.casefold())
        yield safe


def stored_name(key: str, position: int, name: str) -> str:
    """Return the name we give a file on disk: nothing of it but the kind is theirs."""
    _, kind = _parted(safe_name(name))
    return f"{key}-{position:03}{kind.lower() or '.bin'}"


def _last(path: str) -> str:
    return re.split(r"[/\\]", path)[-1]


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
