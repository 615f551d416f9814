"""Files that a register keeps beside its database: in one folder, never outside it."""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Final

from edoc_connector.dms.fields import ATTACHMENT
from edoc_connector.errors import (
    N_,
    AttachmentEmpty,
    AttachmentMissing,
    AttachmentUnreadable,
    DmsRefused,
    DmsUnavailable,
    EdocError,
    FieldInvalid,
)

ABSENT: Final = {errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG, errno.ELOOP}
FORBIDDEN: Final = {errno.EACCES, errno.EPERM}


class Folder:
    """The folder from which relative paths of the register start."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def open(self, name: str, path: str) -> BinaryIO:
        """Open the file which the register calls `name`; raises as `look` does."""
        self.look(name, path)
        try:
            return self._inside(path).open("rb")
        except OSError as error:
            raise self._translated(error, name) from error

    def look(self, name: str, path: str) -> str:
        """Return how the file looks now: its size and time.

        Raises `AttachmentMissing`, `AttachmentEmpty`, `AttachmentUnreadable`,
        `FieldInvalid` for a path that leads out of the folder, and `DmsUnavailable`
        where the disk does not answer.
        """
        place = self._inside(path)
        try:
            state = place.stat()
        except OSError as error:
            raise self._translated(error, name) from error
        if not stat.S_ISREG(state.st_mode):
            # Neither a folder nor a pipe, which might never end, is a document.
            raise AttachmentMissing(name=name)
        if not state.st_size:
            raise AttachmentEmpty(name=name)
        return f"{state.st_size} {state.st_mtime_ns}"

    def write(self, path: str, chunks: Iterable[bytes]) -> None:
        """Write a file whole or not at all; the same path again replaces it."""
        self._demand()
        place = self._inside(path)
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            descriptor, temporary = tempfile.mkstemp(dir=place.parent)
        except OSError as error:
            raise DmsUnavailable(problem=error.strerror) from error
        try:
            _fill(descriptor, chunks)
            # A crash after this leaves a file that no row names; the repetition of the
            # same document writes it again.
            Path(temporary).replace(place)
            _settle(place.parent)
        except OSError as error:
            raise DmsUnavailable(problem=error.strerror) from error
        finally:
            with suppress(FileNotFoundError):
                Path(temporary).unlink()

    def _inside(self, path: str) -> Path:
        """Return the place of a relative path, links followed, if it is inside."""
        try:
            place = (self.path / path.replace("\\", "/")).resolve()
        except (ValueError, RuntimeError):  # a NUL; a link to itself
            raise self._outside(path) from None
        if not place.is_relative_to(self.path.resolve()):
            raise self._outside(path)
        return place

    def _outside(self, path: str) -> FieldInvalid:
        return FieldInvalid(field=ATTACHMENT["path"].name, problem=path[:60])

    def _translated(self, error: OSError, name: str) -> EdocError:
        """Tell what is wrong with one file from what is wrong with all of them."""
        self._demand()
        if error.errno in ABSENT:
            return AttachmentMissing(name=name)
        if error.errno in FORBIDDEN:
            return AttachmentUnreadable(name=name)
        return DmsUnavailable(problem=error.strerror)

    def _demand(self) -> None:
        """Raise where a share is not mounted: that is no hundred missing files."""
        if not self.path.is_dir():
            raise DmsUnavailable(problem=N_("the folder of files is not there"))


class NoFolder(Folder):
    """What stands for the folder where the settings name none."""

    def __init__(self) -> None:
        super().__init__(Path())

    def _inside(self, path: str) -> Path:  # noqa: ARG002  (the same for every path)
        raise DmsRefused(statement="attachments", problem=N_("dms.files is not set"))


def _fill(descriptor: int, chunks: Iterable[bytes]) -> None:
    with os.fdopen(descriptor, "wb") as file:
        for chunk in chunks:
            file.write(chunk)
        file.flush()
        os.fchmod(descriptor, 0o640)
        os.fsync(descriptor)


def _settle(folder: Path) -> None:
    """Make the new name as durable as the bytes."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
