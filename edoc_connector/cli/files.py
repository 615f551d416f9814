"""Files a person names on the command line: read whole, written never twice."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from typing import Final

import click

from edoc_connector.errors import (
    N_,
    AlreadyThere,
    FileTooLarge,
    FileUnreadable,
    NotWritable,
)
from edoc_connector.storage.mapped import MappedFile, map_file

MOST_BYTES: Final = 1 << 30
"""No packet is larger, and memory is what it takes to look at one."""


TO_FILE: Final = click.option(
    "-o",
    "--output",
    required=True,
    metavar=N_("FILE"),
    type=click.Path(allow_dash=True, path_type=Path),
    help=N_("Where to; a file that is there is not overwritten."),
)


def read_argument(path: Path) -> bytes:
    """Return what is in a file, or what standard input says for `-`.

    Raises `FileUnreadable` or `FileTooLarge`.
    """
    if str(path) != "-":
        return read_file(path)
    data = sys.stdin.buffer.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise FileTooLarge(path=path, limit=MOST_BYTES)
    return data


def map_argument(path: Path) -> MappedFile | bytes:
    """Return the same as if it were in memory, where a file takes no room.

    Nobody may make the file shorter meanwhile.  Raises as `read_argument`.
    """
    if str(path) == "-":
        return read_argument(path)
    with _checked(path), path.open("rb") as file:
        return map_file(file)


def read_file(path: Path) -> bytes:
    """Return what is in a file.  Raises `FileUnreadable` or `FileTooLarge`.

    Devices and pipes are none: they may have no end.
    """
    with _checked(path):
        return path.read_bytes()


@contextmanager
def _checked(path: Path) -> Iterator[None]:
    try:
        mode = path.stat()
        if not (S_ISREG(mode.st_mode) or S_ISDIR(mode.st_mode)):
            raise FileUnreadable(path=path, problem=N_("it is no file"))
        if mode.st_size > MOST_BYTES:
            raise FileTooLarge(path=path, limit=MOST_BYTES)
        yield
    except (OSError, ValueError) as error:  # a NUL in a name is a ValueError
        problem = getattr(error, "strerror", None) or str(error)
        raise FileUnreadable(path=path, problem=problem) from error


def write_argument(path: Path, chunks: Iterable[bytes]) -> None:
    """Write a file that is not there yet, or standard output for `-`.

    Raises `AlreadyThere` or `NotWritable`.
    """
    if str(path) != "-":
        write_new(path, chunks)
        return
    sys.stdout.buffer.writelines(chunks)
    sys.stdout.buffer.flush()


def write_new(path: Path, chunks: Iterable[bytes]) -> None:
    """Write a file that is not there yet.  Raises `AlreadyThere` or `NotWritable`."""
    try:
        with path.open("xb") as file:
            file.writelines(chunks)
    except FileExistsError as error:
        raise AlreadyThere(path=path) from error
    except (OSError, ValueError) as error:
        problem = getattr(error, "strerror", None) or str(error)
        raise NotWritable(path=path, problem=problem) from error
