"""Packets and attachments as files named by their SHA-256: written once, never changed.

A file gets its name only when all its bytes are on the disk, so what is found under a
digest is whole.  Writers that died leave a temporary file, which `sweep` removes.
"""

from __future__ import annotations

import fcntl
import hashlib
import io
import os
import re
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hmac import compare_digest
from pathlib import Path
from typing import BinaryIO, Final, cast

from edoc_connector.errors import ContentMissing, StorageUnavailable
from edoc_connector.model.identifiers import Digest
from edoc_connector.storage.mapped import MappedFile, map_file

DIGEST: Final = re.compile(r"[0-9a-f]{64}")
CHUNK_BYTES: Final = 256 * 1024
UNFINISHED: Final = "unfinished"


@dataclass(frozen=True, slots=True)
class Stored:
    """Bytes that are on the disk."""

    digest: Digest
    size: int


class ContentWriter:
    """Bytes on their way to the disk: write to `file`, then ask what was `stored`."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self._stored: Stored | None = None

    @property
    def stored(self) -> Stored:
        """What was written; known when the `with` block of the writer has ended."""
        if self._stored is None:
            raise RuntimeError("ask after the with block")
        return self._stored


class ContentStore:
    """A folder of contents, `ab/cd/abcd...`, for its owner alone.

    Several threads and processes may share it.  What the disk refuses is
    `StorageUnavailable`.  `root` is the folder, perhaps some way up, that is there.
    """

    def __init__(self, folder: Path, root: Path | None = None) -> None:
        self._folder = folder
        self._root = root or folder.parent
        self._is_founded = False

    def add(self, chunks: Iterable[bytes]) -> Stored:
        """Keep these bytes; when this returns they survive a power cut."""
        with self.writer() as writer:
            for chunk in chunks:
                writer.file.write(chunk)
        return writer.stored

    @contextmanager
    def writer(self) -> Iterator[ContentWriter]:
        """Give a file to write to; nothing is kept if the block raises."""
        with _disk_errors():
            path, file = self._begin()
        try:
            with file:
                writer = ContentWriter(cast("BinaryIO", file))
                yield writer
                with _disk_errors():
                    writer._stored = self._finish(path, file)  # noqa: SLF001  (ours)
        finally:
            with _disk_errors():
                path.unlink(missing_ok=True)

    def _begin(self) -> tuple[Path, _HashingFile]:
        folder = self._make_folders(UNFINISHED)
        path = folder / secrets.token_hex(16)
        number = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        # `sweep` leaves the files of living writers alone.  Between these two lines it
        # may take this one away, and then `_finish` fails and the caller tries again.
        fcntl.flock(number, fcntl.LOCK_EX)
        return path, _HashingFile(io.FileIO(number, "wb"))

    def _finish(self, path: Path, file: _HashingFile) -> Stored:
        stored = file.finish()
        final = self._path(stored.digest)
        # A crash before the rename leaves a file without a name, and after it a content
        # that nobody has heard of: the first is swept, the second is never missed.
        folder = self._make_folders(*final.parts[-3:-1])
        if not _is_whole(final, stored.size):
            path.replace(final)
        # Also when it was there: who put it there may not have come so far yet.
        for changed in (folder, folder.parent, self._folder):
            _sync(changed)
        return stored

    def _found(self) -> None:
        """Make the folder, and its name and those of the folders above it durable.

        Without that a power cut could take all that was ever kept in it.
        """
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self._is_founded:
            return
        place = self._folder
        while place != self._root:
            place = place.parent
            _sync(place)
        self._is_founded = True

    def _make_folders(self, *names: str) -> Path:
        self._found()
        folder = self._folder
        for name in names:
            folder /= name
            folder.mkdir(mode=0o700, exist_ok=True)
        return folder

    def path(self, digest: Digest) -> Path:
        """Return where this content is.  Raises `ContentMissing`."""
        if not self.has(digest):
            raise ContentMissing(digest=digest)
        return self._path(digest)

    def has(self, digest: Digest) -> bool:
        """Whether this content is here; what is no digest never is."""
        # Digests come from strangers too, and `../..` is not one.
        with _disk_errors():
            return bool(DIGEST.fullmatch(digest)) and self._path(digest).is_file()

    def open(self, digest: Digest) -> BinaryIO:
        """Open a content for reading.  Raises `ContentMissing`."""
        path = self.path(digest)
        with _disk_errors():
            return path.open("rb")

    def chunks(self, digest: Digest) -> Iterator[bytes]:
        """Yield a content in order, a piece in memory at a time.

        Raises `ContentMissing`, after the last piece also where the bytes have become
        others than their name says.
        """
        found = hashlib.sha256()
        with self.open(digest) as file:
            while chunk := _read(file):
                found.update(chunk)
                yield chunk
        if not compare_digest(found.hexdigest(), digest):
            raise ContentMissing(digest=digest)

    @contextmanager
    def mapped(self, digest: Digest) -> Iterator[MappedFile | bytes]:
        """Give a content as if it were in memory, where it takes no room.

        Views of it may outlive the block; it stays mapped until the last is gone.
        Raises `ContentMissing`.
        """
        with self.open(digest) as file, _disk_errors():
            content = map_file(file)
        yield content

    def remove(self, digest: Digest) -> None:
        """Forget a content; what is gone already stays gone."""
        if self.has(digest):
            with _disk_errors():
                self._path(digest).unlink(missing_ok=True)

    def digests(self) -> Iterator[Digest]:
        """Yield the name of every content that is here, in no order."""
        with _disk_errors():
            for path in self._folder.glob("??/??/*"):
                yield Digest(path.name)

    def sweep(self) -> int:
        """Remove what died writers left behind and return how many files that were."""
        with _disk_errors():
            left = sorted(self._folder.glob(f"{UNFINISHED}/*"))
            return sum(_remove_unless_locked(path) for path in left)

    def _path(self, digest: Digest) -> Path:
        return self._folder / digest[:2] / digest[2:4] / digest


class _HashingFile(io.BufferedIOBase):
    """A file for writing that knows the digest and size of what went through it."""

    def __init__(self, file: io.FileIO) -> None:
        self._file = io.BufferedWriter(file, CHUNK_BYTES)
        self._hash = hashlib.sha256()
        self._size = 0

    def writable(self) -> bool:
        return True

    def write(self, data: bytes | bytearray | memoryview) -> int:  # type: ignore[override]  # 3.11 has no name for all buffers
        self._hash.update(data)
        self._size += len(data)
        with _disk_errors():
            return self._file.write(data)

    def finish(self) -> Stored:
        """Bring everything to the disk and say what it was."""
        self._file.flush()
        os.fsync(self._file.fileno())
        return Stored(Digest(self._hash.hexdigest()), self._size)

    def close(self) -> None:
        with _disk_errors():
            self._file.close()
        super().close()


@contextmanager
def _disk_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StorageUnavailable(problem=error.strerror or error) from error


def _is_whole(path: Path, size: int) -> bool:
    try:
        return path.stat().st_size == size
    except FileNotFoundError:
        return False


def _sync(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def _read(file: BinaryIO) -> bytes:
    with _disk_errors():
        return file.read(CHUNK_BYTES)


def _remove_unless_locked(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink()
    except (BlockingIOError, FileNotFoundError):  # somebody writes it, or just did
        return False
    return True
