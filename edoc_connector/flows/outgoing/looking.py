"""Looks at rows: each is judged and its files are kept, or all is said that is wrong.

Several rows share one look at our database, one at the register and one wait for the
disk.  Nobody names what was kept before the look has ended.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from os import SEEK_END
from typing import BinaryIO, Final

from edoc_connector.dms.port import (
    BrokenRow,
    DmsSource,
    PendingAttachment,
    PendingDocument,
)
from edoc_connector.envelope.check import Circumstances
from edoc_connector.errors import (
    AttachmentTooLarge,
    AttachmentUnreadable,
    NotARecipient,
    Reason,
    RowBroken,
)
from edoc_connector.flows.changes.plan import Wish
from edoc_connector.flows.changes.rows import completed, with_files
from edoc_connector.flows.directory.closures import closures_in, expect
from edoc_connector.flows.judge import circumstances_of, file_problems, row_problems
from edoc_connector.flows.site import Site
from edoc_connector.flows.taken import taken_document
from edoc_connector.model.document import Attachment
from edoc_connector.model.identifiers import MessageId
from edoc_connector.storage import Storage, Work
from edoc_connector.storage.content import ContentBatch
from edoc_connector.storage.records import OutgoingDocument

PIECE_BYTES: Final = 256 * 1024

MOST_BYTES: Final = 16 * 1024 * 1024
"""After so many the look ends: what stands in columns comes into memory, and what
was looked at together is looked at again after a crash."""

MOST_FILES: Final = 100
"""After so many as well: they are all open until then, and again in our store."""


@dataclass(frozen=True, slots=True)
class NewRow:
    """A row that nobody has taken yet, and the key it has at every try."""

    key: MessageId
    row: PendingDocument | BrokenRow


@dataclass(frozen=True, slots=True)
class Ready:
    """A row whose files are durable, and which nobody names yet."""

    it: NewRow
    taken: OutgoingDocument


@dataclass(frozen=True, slots=True)
class Wished:
    """The same of a row that changes what was sent before."""

    it: NewRow
    wish: Wish


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that cannot be sent, and all that is wrong with it."""

    it: NewRow
    problems: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Failed:
    """A row at which something broke: it may be its own fault or nobody's."""

    it: NewRow
    error: Exception


Seen = Ready | Wished | Refused | Failed


def look_at(
    site: Site, source: DmsSource, storage: Storage, rows: Sequence[NewRow]
) -> Sequence[Seen]:
    """Return what was seen of the first of these rows, at least of one, in their order.

    With one that fails the look ends: a transaction in which something failed may be
    of no use to the others.
    """
    with ExitStack() as files:
        with storage.reading() as work, source.reading():
            look = _Look(site, work, files)
            look.expect(rows)
            found = list(look.at_each(rows))
        # Nobody who uses the register waits for our disk.
        with storage.content.batch() as batch:
            return list(_Keeping(site, batch, look.circumstances).each(found))


@dataclass(frozen=True, slots=True)
class _Opened:
    """A row whose files can be read, or not; what it changes, if it does."""

    it: NewRow
    row: PendingDocument
    wish: Wish | None
    files: tuple[tuple[PendingAttachment, BinaryIO | RowBroken], ...]


class _Look:
    """A look at the register and at what we know; the files it opens are `files`."""

    def __init__(self, site: Site, work: Work, files: ExitStack) -> None:
        self.site, self.work, self.files = site, work, files
        self.circumstances = circumstances_of(site, closures_in(work))
        self.opened = self.bytes = 0

    def expect(self, rows: Sequence[NewRow]) -> None:
        """Find out at once who the recipients of all these are today."""
        documents = (it.row.document for it in rows)
        recipients = (to for it in documents if it is not None for to in it.recipients)
        today = self.circumstances.today
        expect(self.work, (it.code for it in recipients), today)

    def at_each(self, rows: Sequence[NewRow]) -> Iterator[_Opened | Refused | Failed]:
        for it in rows:
            try:
                yield self._at(it)
            except Exception as error:  # noqa: BLE001  (raised again where it matters)
                yield Failed(it, error)
                return
            if self.opened >= MOST_FILES or self.bytes >= MOST_BYTES:
                return

    def _at(self, it: NewRow) -> _Opened | Refused:
        try:
            row, wish = self._completed(it.row)
        except (RowBroken, NotARecipient) as error:  # its original does not let it be
            return Refused(it, (error.reason,))
        # Before a file is opened: what may be a secret does not come into our store.
        problems = row_problems(row, self.circumstances)
        if problems or isinstance(row, BrokenRow):
            return Refused(NewRow(it.key, row), problems)
        files = tuple((file, self._open(file)) for file in row.attachments)
        return _Opened(it, row, wish, files)

    def _completed(
        self, row: PendingDocument | BrokenRow
    ) -> tuple[PendingDocument | BrokenRow, Wish | None]:
        """Return the row with what its original says for it, and what it wishes."""
        if isinstance(row, BrokenRow):
            return row, None
        return completed(self.site, self.work, row)

    def _open(self, attachment: PendingAttachment) -> BinaryIO | RowBroken:
        """Return the file, or why it cannot be read."""
        try:
            file = self.files.enter_context(attachment.open())
            self.bytes += file.seek(0, SEEK_END)
            file.seek(0)
        except RowBroken as error:  # a file that is named and not there
            return error
        except OSError as error:  # a disk or a share of the customer's
            return _unreadable(attachment, error)
        self.opened += 1
        return file


@dataclass(frozen=True, slots=True)
class _Keeping:
    """Keeps the files of rows: what is wrong with one shows when it is read."""

    site: Site
    batch: ContentBatch
    circumstances: Circumstances

    def each(self, found: Sequence[_Opened | Refused | Failed]) -> Iterator[Seen]:
        for it in found:
            try:
                yield self._kept(it) if isinstance(it, _Opened) else it
            except Exception as error:  # noqa: BLE001  (raised again where it matters)
                yield Failed(it.it, error)
                return

    def _kept(self, opened: _Opened) -> Seen:
        it, row, wish = opened.it, opened.row, opened.wish
        files, broken = self._files(opened)
        problems = (*broken, *file_problems(files, self.circumstances))
        if problems:
            return Refused(NewRow(it.key, row), problems)
        if wish is not None:
            return Wished(it, with_files(wish, files))
        return Ready(it, _taken(self.site, row, files))

    def _files(
        self, opened: _Opened
    ) -> tuple[tuple[Attachment, ...], tuple[Reason, ...]]:
        """Return the files that could be read, and why others could not."""
        files: list[Attachment] = []
        problems: list[Reason] = []
        for number, (attachment, file) in enumerate(opened.files, start=1):
            kept = self._keep(attachment, file, f"{opened.it.key}-{number}")
            if isinstance(kept, Attachment):
                files.append(kept)
            else:
                problems.append(kept.reason)
        return tuple(files), tuple(problems)

    def _keep(
        self, attachment: PendingAttachment, file: BinaryIO | RowBroken, content_id: str
    ) -> Attachment | RowBroken:
        if isinstance(file, RowBroken):
            return file
        most = self.circumstances.most_file_bytes
        try:
            with file:
                stored = self.batch.add(_pieces(file, attachment.name, most))
        except RowBroken as error:
            return error
        except OSError as error:
            return _unreadable(attachment, error)
        return Attachment(
            content_id=content_id,
            name=attachment.name,
            content_type=attachment.content_type,
            size=stored.size,
            sha256=stored.digest,
            description=attachment.description,
        )


def _unreadable(attachment: PendingAttachment, error: OSError) -> RowBroken:
    unreadable = AttachmentUnreadable(name=attachment.name)
    unreadable.__cause__ = error
    return unreadable


def _taken(
    site: Site, row: PendingDocument, files: tuple[Attachment, ...]
) -> OutgoingDocument:
    document = replace(row.document, attachments=files)
    return taken_document(site, document, row_id=row.row_id, revision=row.revision)


def _pieces(file: BinaryIO, name: str, most: int) -> Iterator[bytes]:
    """Yield a file, and stop where it is too large: it must not fill the disk."""
    size = 0
    while piece := file.read(PIECE_BYTES):
        size += len(piece)
        if size > most:
            raise AttachmentTooLarge(name=name, value=f"{size}+", limit=most)
        yield piece
