"""Files a person names on the command line: read or mapped, written never twice."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from tempfile import TemporaryFile
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

MOST_BYTES: Final = 1 << 32
"""No packet is larger (`axis.max_packet_bytes`)."""

WHOLE_BYTES: Final = 1 << 30
"""What is read whole takes as much memory."""

PIECE_BYTES: Final = 1 << 20


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
    data = sys.stdin.buffer.read(WHOLE_BYTES + 1)
    if len(data) > WHOLE_BYTES:
        raise FileTooLarge(path=path, limit=WHOLE_BYTES)
    return data


def map_argument(path: Path) -> MappedFile | bytes:
    """Return the same as if it were in memory, where it takes no room.

    What standard input says goes into a file without a name.  Nobody may make a file
    shorter meanwhile.  Raises as `read_argument`.
    """
    if str(path) == "-":
        return _mapped_input(path)
    with _checked(path, MOST_BYTES), path.open("rb") as file:
        return map_file(file)


def _mapped_input(path: Path) -> MappedFile | bytes:
    try:
        with TemporaryFile() as file:
            while piece := sys.stdin.buffer.read(PIECE_BYTES):
                if file.tell() + len(piece) > MOST_BYTES:
                    raise FileTooLarge(path=path, limit=MOST_BYTES)
                file.write(piece)
            file.flush()
            return map_file(file)
    except OSError as error:
        problem = error.strerror or str(error)
        raise FileUnreadable(path=path, problem=problem) from error


def read_file(path: Path) -> bytes:
    """Return what is in a file.  Raises `FileUnreadable` or `FileTooLarge`.

    Devices and pipes are none: they may have no end.
    """
    with _checked(path, WHOLE_BYTES):
        return path.read_bytes()


@contextmanager
def _checked(path: Path, most_bytes: int) -> Iterator[None]:
    try:
        mode = path.stat()
        if not (S_ISREG(mode.st_mode) or S_ISDIR(mode.st_mode)):
            raise FileUnreadable(path=path, problem=N_("it is no file"))
        if mode.st_size > most_bytes:
            raise FileTooLarge(path=path, limit=most_bytes)
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
