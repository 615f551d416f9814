"""Files a person names on the command line: read whole, written never twice."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from edoc_connector.errors import AlreadyThere, FileUnreadable, NotWritable


def read_file(path: Path) -> bytes:
    """Return what is in the file, or what standard input says for `-`.

    Raises `FileUnreadable`.
    """
    if str(path) == "-":
        return sys.stdin.buffer.read()
    try:
        return path.read_bytes()
    except OSError as error:
        raise FileUnreadable(path=path, problem=error.strerror) from error


def write_new(path: Path, chunks: Iterable[bytes]) -> None:
    """Write a file that is not there yet, or standard output for `-`.

    Raises `AlreadyThere` or `NotWritable`.
    """
    if str(path) == "-":
        sys.stdout.buffer.writelines(chunks)
        return
    try:
        with path.open("xb") as file:
            file.writelines(chunks)
    except FileExistsError as error:
        raise AlreadyThere(path=path) from error
    except OSError as error:
        raise NotWritable(path=path, problem=error.strerror) from error
