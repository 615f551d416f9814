"""A file becomes a list that can be laid over the directory, with all its flaws."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISREG
from typing import Final

from edoc_connector.directory.normalise import normalised
from edoc_connector.directory.raw import MOST_BYTES, MOST_ROWS, Raw
from edoc_connector.directory.read_csv import read_csv
from edoc_connector.directory.read_json import read_json
from edoc_connector.errors import N_, FileUnreadable, ListUnfit, why
from edoc_connector.model.listing import Flaw, Listed

HEAD_BYTES: Final = 4096
PIECE_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class BodyList:
    """What a file says: the rows that can be used, its flaws, and which file it was.

    `rows` counts all of them, those too that had to be left out.
    """

    path: str
    digest: str
    rows: int
    listed: tuple[Listed, ...]
    flaws: tuple[Flaw, ...]


def read_list(path: Path) -> BodyList:
    """Read a file, CSV or JSON as it begins.

    Raises `FileUnreadable`, or `ListUnfit` for what is no list or has no end.
    """
    try:
        _check(path)
        digest = _digest(path)
        listed, flaws, rows = _sorted_out(_bounded(_raws(path), str(path)))
    except (OSError, ValueError) as error:  # a NUL in a name is a ValueError
        problem = getattr(error, "strerror", None) or str(error)
        raise FileUnreadable(path=path, problem=problem) from error
    return BodyList(str(path), digest, rows, listed, flaws)


def _check(path: Path) -> None:
    state = path.stat()
    if not S_ISREG(state.st_mode):
        raise FileUnreadable(path=path, problem=N_("it is no file"))
    if state.st_size > MOST_BYTES:
        problem = why(N_("it has more than {limit} bytes"), limit=MOST_BYTES)
        raise ListUnfit(path=path, **problem)


def _digest(path: Path) -> str:
    found = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(PIECE_BYTES):
            found.update(piece)
    return found.hexdigest()


def _raws(path: Path) -> Iterator[Raw]:
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES).lstrip()
        file.seek(0)
        if head[:1] in {b"[", b"{"}:
            yield from read_json(file.read(), str(path))
        else:
            yield from read_csv(file, str(path))


def _bounded(raws: Iterable[Raw], path: str) -> Iterator[Raw]:
    for number, raw in enumerate(raws):
        if number >= MOST_ROWS:
            problem = why(N_("it has more than {limit} rows"), limit=MOST_ROWS)
            raise ListUnfit(path=path, **problem)
        yield raw


def _sorted_out(
    raws: Iterable[Raw],
) -> tuple[tuple[Listed, ...], tuple[Flaw, ...], int]:
    listed: list[Listed] = []
    flaws: list[Flaw] = []
    rows = 0
    for raw in raws:
        rows += 1
        row, found = normalised(raw)
        flaws += found
        if row is not None:
            listed.append(row)
    return tuple(listed), tuple(flaws), rows
