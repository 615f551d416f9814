"""Take what waits in the DMS: row -> document, durable, or refused with reasons."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import BinaryIO, Final

from edoc_connector.dms.port import (
    BrokenRow,
    DmsSource,
    PendingAttachment,
    PendingDocument,
)
from edoc_connector.errors import (
    AttachmentTooLarge,
    AttachmentUnreadable,
    DmsRefused,
    LostRace,
    NotARecipient,
    Reason,
    RowBroken,
)
from edoc_connector.flows.attempts import Attempts, passes, too_often
from edoc_connector.flows.changes.change import change
from edoc_connector.flows.changes.plan import Wish
from edoc_connector.flows.changes.rows import completed, with_files
from edoc_connector.flows.directory.closures import closures_in
from edoc_connector.flows.judge import circumstances_of, file_problems, row_problems
from edoc_connector.flows.outgoing.refused_row import key_of_row, refuse_row
from edoc_connector.flows.poison import in_hand
from edoc_connector.flows.site import Site
from edoc_connector.flows.taken import add_taken, taken_document
from edoc_connector.flows.together import together
from edoc_connector.model.document import Attachment, BusinessType
from edoc_connector.model.identifiers import MessageId
from edoc_connector.storage import Storage, Work
from edoc_connector.storage.records import OutgoingDocument
from edoc_connector.storage.tries import TriedStep

log = logging.getLogger(__name__)

PIECE_BYTES: Final = 64 * 1024


def take(site: Site, source: DmsSource, storage: Storage, *, limit: int) -> int:
    """Take up to `limit` rows and return how many were new.

    The most urgent first.  A broken row is written down with all that is wrong and
    disturbs no other, also one at which the process ends or a defect shows.  A row
    already taken is passed over: its DMS has not been told yet.
    """
    with storage.reading() as work:
        untold = work.progress.waiting()
    # Rows the DMS has not been told of are still pending, and must not hide the others.
    found = list(source.pending(limit + untold))
    rows = sorted(_unknown(site, storage, found), key=_turn)
    taking = _Taking(site, storage)
    tried = taking.attempts.of([key_of_row(site, row) for row in rows])
    fresh = [row for row in rows if key_of_row(site, row) not in tried]
    done = sum(map(taking.take, in_hand(fresh)))
    for row in rows:
        attempts = tried.get(key_of_row(site, row), 0)
        reason = too_often(attempts)
        if reason is not None:
            done += refuse_row(site, storage, row, (reason,))
        elif attempts:
            done += taking.take([row])
    if taking.refused is not None and not done:
        raise taking.refused
    return done


def _turn(row: PendingDocument | BrokenRow) -> tuple[bool, int]:
    """Let the urgent come first, but no change before what it may be about."""
    return _is_change(row), -row.document.priority if row.document else 0


def _is_change(row: PendingDocument | BrokenRow) -> bool:
    business = row.document.business if row.document else None
    return business is not None and business.type is not BusinessType.NEW


@dataclass(frozen=True, slots=True)
class _Ready:
    """A row whose files are durable, and which nobody names yet."""

    row: PendingDocument
    taken: OutgoingDocument


class _Taking:
    """Takes rows; `refused` is what the register said of the first it did.

    That may be a mapping that fits no row, or one row that is not as it must be:
    nobody's document is refused for it, and none waits for another.
    """

    def __init__(self, site: Site, storage: Storage) -> None:
        self.site, self.storage = site, storage
        self.attempts = Attempts(storage, TriedStep.TAKE)
        self.refused: DmsRefused | None = None

    def take(self, rows: Sequence[PendingDocument | BrokenRow]) -> int:
        """Take these, each counted before; return how many were new."""
        if not rows:
            return 0
        with self.attempts.counted([key_of_row(self.site, row) for row in rows]):
            new = [row for row in rows if not _is_change(row)]
            # What is changed must be written down before, so a change has no company.
            changes = [row for row in rows if _is_change(row)]
            return self._take_together(new) + sum(map(self._take_one, changes))

    def _take_together(self, rows: Sequence[PendingDocument | BrokenRow]) -> int:
        ready: list[_Ready] = []
        done = 0
        try:
            for row in rows:
                found = self._guarded(row, self._prepare)
                if isinstance(found, _Ready):
                    ready.append(found)
                else:
                    done += found
        except Exception:
            self._keep(ready)  # they came before the one that has to wait
            raise
        return done + self._keep(ready)

    def _prepare(self, row: PendingDocument | BrokenRow) -> _Ready | bool:
        return _take_row(self.site, self.storage, row)

    def _take_one(self, row: PendingDocument | BrokenRow) -> int:
        return self._take_together([row])

    def _keep(self, ready: Sequence[_Ready]) -> int:
        alone = 0

        def keep_alone(it: _Ready) -> None:
            nonlocal alone
            alone += bool(self._guarded(it.row, lambda _: self._keep_one(it)))

        kept = together(self.storage, ready, self._write_new, alone=keep_alone)
        for it in kept:
            _say(it)
        return len(kept) + alone

    def _write_new(self, work: Work, it: _Ready) -> None:
        if not _write(self.site, work, it):
            raise LostRace(key=it.taken.key)

    def _keep_one(self, it: _Ready) -> bool:
        with self.storage.work() as work:
            is_new = _write(self.site, work, it)
        if is_new:
            _say(it)
        return is_new

    def _guarded(
        self,
        row: PendingDocument | BrokenRow,
        act: Callable[[PendingDocument | BrokenRow], _Ready | bool],
    ) -> _Ready | bool:
        """Do it to a row; what fails is its own, and it is not taken."""
        key = key_of_row(self.site, row)
        try:
            return act(row)
        except DmsRefused as error:
            self.refused = self.refused or error
            with self.storage.work() as work:
                work.tries.let_go(TriedStep.TAKE, [key])
            extra = {"row": row.row_id, "reason": error.code}
            log.exception("row_not_readable", extra=extra)
            return False
        except Exception as error:
            # Against the rule, knowingly: a defect that one row finds is not to keep
            # all the others from being sent.
            if passes(error):
                raise
            log.exception("take_defect", extra={"row": row.row_id})
            reason = self.attempts.verdict(key, error)
            if reason is None:
                return False
            return refuse_row(self.site, self.storage, row, (reason,))


def _take_row(
    site: Site, storage: Storage, row: PendingDocument | BrokenRow
) -> _Ready | bool:
    """Return what is ready to be written down, or whether something was."""
    try:
        return _take_new(site, storage, *_completed(site, storage, row))
    except (RowBroken, NotARecipient) as error:  # its original does not let it be
        return refuse_row(site, storage, row, (error.reason,))


def _completed(
    site: Site, storage: Storage, row: PendingDocument | BrokenRow
) -> tuple[PendingDocument | BrokenRow, Wish | None]:
    """Return the row with what its original says for it, and what it wishes, if any."""
    if isinstance(row, BrokenRow):
        return row, None
    with storage.reading() as work:
        return completed(site, work, row)


def _take_new(
    site: Site,
    storage: Storage,
    row: PendingDocument | BrokenRow,
    wish: Wish | None,
) -> _Ready | bool:
    with storage.reading() as work:
        circumstances = circumstances_of(site, closures_in(work))
        # Before a file is opened: what may be a secret does not come into our store.
        problems = row_problems(row, circumstances)
    if problems or isinstance(row, BrokenRow):
        return refuse_row(site, storage, row, problems)
    # A crash after this line leaves files that nobody names; the row is still pending.
    files, broken = _stored(site, storage, row, most=circumstances.most_file_bytes)
    problems = (*broken, *file_problems(files, circumstances))
    if problems:
        return refuse_row(site, storage, row, problems)
    if wish is not None:
        return _keep_change(
            site, storage, key_of_row(site, row), with_files(wish, files)
        )
    return _ready(site, row, files)


def _keep_change(site: Site, storage: Storage, key: MessageId, wish: Wish) -> bool:
    """Write the change down; where its original moves at this moment, look again."""
    with suppress(LostRace), storage.work() as work:
        work.tries.end(TriedStep.TAKE, key)
        return change(site, work, wish) is not None
    with storage.work() as work:
        work.tries.let_go(TriedStep.TAKE, [key])
    return False


def _unknown(
    site: Site, storage: Storage, rows: Sequence[PendingDocument | BrokenRow]
) -> Sequence[PendingDocument | BrokenRow]:
    sender = site.organization.code
    with storage.reading() as work:
        known = work.documents.known
        return [it for it in rows if not known(sender, it.row_id, it.revision)]


def _stored(
    site: Site, storage: Storage, row: PendingDocument, *, most: int
) -> tuple[tuple[Attachment, ...], tuple[Reason, ...]]:
    """Return the files that could be read, and why others could not."""
    key = key_of_row(site, row)
    files: list[Attachment] = []
    problems: list[Reason] = []
    for number, attachment in enumerate(row.attachments, start=1):
        try:
            file = _store(storage, attachment, f"{key}-{number}", most)
        except RowBroken as error:  # a file that is named and not there
            problems.append(error.reason)
        else:
            files.append(file)
    return tuple(files), tuple(problems)


def _ready(site: Site, row: PendingDocument, files: tuple[Attachment, ...]) -> _Ready:
    taken = taken_document(
        site,
        replace(row.document, attachments=files),
        row_id=row.row_id,
        revision=row.revision,
    )
    return _Ready(row, taken)


def _write(site: Site, work: Work, it: _Ready) -> bool:
    work.tries.end(TriedStep.TAKE, it.taken.key)
    return add_taken(site, work, it.taken)


def _say(it: _Ready) -> None:
    row = it.row
    if row.code_problems:
        problems = ", ".join(row.code_problems)
        log.warning("codes_cleaned", extra={"row": row.row_id, "reason": problems})
    log.info("document_taken", extra={"document": it.taken.key, "row": row.row_id})


def _store(
    storage: Storage, attachment: PendingAttachment, content_id: str, most: int
) -> Attachment:
    try:
        with attachment.open() as file:
            stored = storage.content.add(_pieces(file, attachment.name, most))
    except OSError as error:  # a disk or a share of the customer's
        raise AttachmentUnreadable(name=attachment.name) from error
    return Attachment(
        content_id=content_id,
        name=attachment.name,
        content_type=attachment.content_type,
        size=stored.size,
        sha256=stored.digest,
        description=attachment.description,
    )


def _pieces(file: BinaryIO, name: str, most: int) -> Iterator[bytes]:
    """Yield a file, and stop where it is too large: it must not fill the disk."""
    size = 0
    while piece := file.read(PIECE_BYTES):
        size += len(piece)
        if size > most:
            raise AttachmentTooLarge(name=name, value=f"{size}+", limit=most)
        yield piece
