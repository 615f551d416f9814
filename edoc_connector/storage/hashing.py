"""A file on its way into a store, which knows what it will be called."""

from __future__ import annotations

import fcntl
import hashlib
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Final, Self

from edoc_connector.errors import StorageUnavailable
from edoc_connector.model.identifiers import Digest

CHUNK_BYTES: Final = 256 * 1024

GATHERED_BYTES: Final = 64 * 1024
"""Of small pieces, until they are handed to the system; what is larger goes at once."""


@dataclass(frozen=True, slots=True)
class Stored:
    """Bytes that are on the disk."""

    digest: Digest
    size: int


@contextmanager
def disk_errors() -> Iterator[None]:
    """Say of what our disk refuses that it may be tried again."""
    try:
        yield
    except OSError as error:
        raise refused(error) from error


def refused(error: OSError) -> StorageUnavailable:
    """Return what `disk_errors` raises, for what is done too often for a block."""
    return StorageUnavailable(problem=error.strerror or error)


class HashingFile(io.BufferedIOBase):
    """A file for writing that knows the digest and size of what went through it."""

    def __init__(self, path: str, file: io.FileIO) -> None:
        self._path = path
        self._file = io.BufferedWriter(file, GATHERED_BYTES)
        self._hash = hashlib.sha256()
        self._size = 0

    @classmethod
    def create(cls, path: str) -> Self:
        """Make the file, for its owner alone; it must not be there."""
        number = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        # Who sweeps leaves the files of living writers alone.  Between these two lines
        # it may take this one away: then it gets no name, and the caller tries again.
        fcntl.flock(number, fcntl.LOCK_EX)
        return cls(path, io.FileIO(number, "wb"))

    def writable(self) -> bool:
        """Whether it can be written to: always."""
        return True

    def write(self, data: bytes | bytearray | memoryview) -> int:  # type: ignore[override]  # 3.11 has no name for all buffers
        """Take all of it."""
        self._hash.update(data)
        self._size += len(data)
        try:
            return self._file.write(data)
        except OSError as error:
            raise refused(error) from error

    def end(self) -> Stored:
        """Say what it is, and let the system begin to write: nothing is sure yet."""
        self._file.flush()
        if hasattr(os, "posix_fadvise"):  # Linux begins to write what is not to stay
            with suppress(OSError):
                os.posix_fadvise(self._file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        return Stored(Digest(self._hash.hexdigest()), self._size)

    def sync(self) -> None:
        """Bring all bytes to the disk."""
        os.fsync(self._file.fileno())

    def rename(self, final: str) -> None:
        """Give it the name under which it stays."""
        if self._path:
            os.replace(self._path, final)  # noqa: PTH105  (a Path costs more than it)
            self._path = ""

    def remove_unnamed(self) -> None:
        """Remove it, unless it has the name under which it stays."""
        if self._path:
            with suppress(FileNotFoundError):
                os.unlink(self._path)  # noqa: PTH108  (as above)

    def close(self) -> None:
        """Let go of it, also where the disk has no room for the rest."""
        with disk_errors():
            self._file.close()
        super().close()
