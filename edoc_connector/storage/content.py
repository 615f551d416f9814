"""Packets and attachments as files named by their SHA-256: written once, never changed.

A file gets its name only when all its bytes are on the disk, so what is found under a
digest is whole.  Writers that died leave a temporary file, which `sweep` removes.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from hmac import compare_digest
from pathlib import Path
from typing import BinaryIO, Final, cast

from edoc_connector.baton import baton
from edoc_connector.errors import ContentMissing
from edoc_connector.model.identifiers import Digest
from edoc_connector.storage.hashing import (
    CHUNK_BYTES,
    HashingFile,
    Stored,
    disk_errors,
    refused,
)
from edoc_connector.storage.mapped import MappedFile, map_file

DIGEST: Final = re.compile(r"[0-9a-f]{64}")
UNFINISHED: Final = "unfinished"

SHELVES: Final = "0123456789abcdef"
"""What digests begin with.  Few, because each that gets a name is waited for: a batch
waits for all of its names about as long as one content does for its own."""


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


@dataclass(frozen=True, slots=True)
class ContentBatch:
    """Contents that become durable together, when the `with` block of it ends.

    Nothing may name them before.  Each disk has to be waited for once, not once for
    each of them.
    """

    _store: ContentStore
    _ended: list[tuple[HashingFile, Stored]] = field(default_factory=list)

    def add(self, chunks: Iterable[bytes]) -> Stored:
        """Take these bytes and say what they will be called."""
        with self.writer() as writer:
            for chunk in chunks:
                writer.file.write(chunk)
        return writer.stored

    @contextmanager
    def writer(self) -> Iterator[ContentWriter]:
        """Give a file to write to; of it nothing is kept if the block raises."""
        with disk_errors():
            file = self._store.begin()
        writer = ContentWriter(cast("BinaryIO", file))
        try:
            yield writer
            with disk_errors():
                writer._stored = file.end()  # noqa: SLF001  (ours)
        except BaseException:
            _forget(file)
            raise
        self._ended.append((file, writer.stored))

    def keep(self) -> None:
        """Bring all to the disk: first the bytes, then the names."""
        with baton.laid_down():
            for file, _ in self._ended:
                file.sync()
            # A crash before a rename leaves a file without a name, and after it a
            # content that nobody has heard of: the first is swept, the second is never
            # missed.
            self._store.name(self._ended)

    def forget(self) -> None:
        """Let go of everything; what has its name keeps it."""
        for file, _ in self._ended:
            _forget(file)


def _forget(file: HashingFile) -> None:
    with disk_errors():
        try:
            file.close()
        finally:
            file.remove_unnamed()


class ContentStore:
    """A folder of contents, `a/abcd...`, for its owner alone.

    Earlier releases kept them as `ab/cd/abcd...`: there they are still found, and
    nothing is added.  Several threads and processes may share it.  What the disk
    refuses is `StorageUnavailable`.  `root` is the folder, perhaps some way up, that is
    there.
    """

    def __init__(self, folder: Path, root: Path | None = None) -> None:
        self._folder = folder
        self._root = root or folder.parent
        self._is_founded = False

    def add(self, chunks: Iterable[bytes]) -> Stored:
        """Keep these bytes; when this returns they survive a power cut."""
        with self.batch() as batch:
            return batch.add(chunks)

    @contextmanager
    def writer(self) -> Iterator[ContentWriter]:
        """Give a file to write to; nothing is kept if the block raises."""
        with self.batch() as batch, batch.writer() as writer:
            yield writer

    @contextmanager
    def batch(self) -> Iterator[ContentBatch]:
        """Keep several contents; when the block has ended all survive a power cut.

        None of them is kept if the block raises.
        """
        batch = ContentBatch(self)
        try:
            yield batch
            with disk_errors():
                batch.keep()
        finally:
            batch.forget()

    def begin(self) -> HashingFile:
        """Make a file without a name of its own, for a batch."""
        path = f"{self._folder}/{UNFINISHED}/{secrets.token_hex(16)}"
        if self._is_founded:
            # Somebody may have removed what we made.
            with suppress(FileNotFoundError):
                return HashingFile.create(path)
        self._found()
        return HashingFile.create(path)

    def name(self, finished: Iterable[tuple[HashingFile, Stored]]) -> None:
        """Give files that are on the disk their names, and bring these there too."""
        # Also where the content was there: who put it there may not have come so far
        # yet.
        for shelf in {self._named(file, stored) for file, stored in finished}:
            _sync(shelf)

    def _named(self, file: HashingFile, stored: Stored) -> str:
        """Give one file its name, and return the folder it is in now."""
        final = self._path(stored.digest)
        if not _is_whole(final, stored.size):
            try:
                file.rename(final)
            except FileNotFoundError:  # somebody has removed what we made
                self._found()
                file.rename(final)
        return self._shelf(stored.digest)

    def _found(self) -> None:
        """Make the folders, and their names and those of all above them durable.

        Without that a power cut could take all that was ever kept in them.
        """
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in (UNFINISHED, *SHELVES):
            _make(self._folder / name)
        _sync(self._folder)
        place = self._folder
        while place != self._root:
            place = place.parent
            _sync(place)
        self._is_founded = True

    def path(self, digest: Digest) -> Path:
        """Return where this content is.  Raises `ContentMissing`."""
        found = self._find(digest)
        if found is None:
            raise ContentMissing(digest=digest)
        return found

    def has(self, digest: Digest) -> bool:
        """Whether this content is here; what is no digest never is."""
        return self._find(digest) is not None

    def _find(self, digest: Digest) -> Path | None:
        with disk_errors():
            places = map(Path, self._places(digest))
            return next((it for it in places if it.is_file()), None)

    def open(self, digest: Digest) -> BinaryIO:
        """Open a content for reading.  Raises `ContentMissing`."""
        for place in self._places(digest):
            try:
                return open(place, "rb")  # noqa: PTH123  (a Path costs more)
            except (FileNotFoundError, IsADirectoryError):
                continue
            except OSError as error:
                raise refused(error) from error
        raise ContentMissing(digest=digest)

    def chunks(self, digest: Digest) -> Iterator[bytes]:
        """Yield a content in order, a piece in memory at a time.

        Raises `ContentMissing`, after the last piece also where the bytes have become
        others than their name says.
        """
        found = hashlib.sha256()
        with self.open(digest) as file:
            while chunk := _read(file):
                yield chunk  # who only looks at its beginning does not pay for the rest
                found.update(chunk)
        if not compare_digest(found.hexdigest(), digest):
            raise ContentMissing(digest=digest)

    @contextmanager
    def mapped(self, digest: Digest) -> Iterator[MappedFile | bytes]:
        """Give a content as if it were in memory, where it takes no room.

        Views of it may outlive the block; it stays mapped until the last is gone.
        Raises `ContentMissing`.
        """
        with self.open(digest) as file, disk_errors():
            content = map_file(file)
        yield content

    def remove(self, digest: Digest) -> None:
        """Forget a content; what is gone already stays gone."""
        with disk_errors():
            for place in map(Path, self._places(digest)):
                place.unlink(missing_ok=True)

    def digests(self) -> Iterator[Digest]:
        """Yield the name of every content that is here, in no order."""
        with disk_errors():
            for path in self._folder.glob("[0-9a-f]/*"):
                yield Digest(path.name)
            for path in self._folder.glob("??/??/*"):
                if not Path(self._path(path.name)).is_file():
                    yield Digest(path.name)

    def sweep(self) -> int:
        """Remove what died writers left behind and return how many files that were."""
        with disk_errors():
            left = sorted(self._folder.glob(f"{UNFINISHED}/*"))
            return sum(_remove_unless_locked(path) for path in left)

    def _places(self, digest: Digest) -> Iterator[str]:
        """Yield where a content can be; what is no digest can be nowhere."""
        # Digests come from strangers too, and `../..` is not one.
        if DIGEST.fullmatch(digest):
            yield self._path(digest)
            yield f"{self._folder}/{digest[:2]}/{digest[2:4]}/{digest}"

    def _path(self, digest: str) -> str:
        return f"{self._shelf(digest)}/{digest}"

    def _shelf(self, digest: str) -> str:
        return f"{self._folder}/{digest[0]}"


def _make(folder: Path) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)


def _is_whole(path: str, size: int) -> bool:
    try:
        return os.stat(path).st_size == size  # noqa: PTH116  (a Path costs more)
    except FileNotFoundError:
        return False


def _sync(folder: Path | str) -> None:
    number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def _read(file: BinaryIO) -> bytes:
    try:
        return file.read(CHUNK_BYTES)
    except OSError as error:
        raise refused(error) from error


def _remove_unless_locked(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink()
    except (BlockingIOError, FileNotFoundError):  # somebody writes it, or just did
        return False
    return True
