"""Take what waits in the DMS: row -> document, durable, or refused with reasons."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import BinaryIO, Final

from edoc_connector.dms.port import (
    BrokenRow,
    DmsSource,
    PendingAttachment,
    PendingDocument,
    Step,
)
from edoc_connector.errors import (
    AttachmentTooLarge,
    AttachmentUnreadable,
    DmsRefused,
    LostRace,
    NotARecipient,
    Reason,
    RowBroken,
    told_together,
)
from edoc_connector.flows.attempts import Attempts, passes, too_often
from edoc_connector.flows.changes.change import change
from edoc_connector.flows.changes.plan import Wish
from edoc_connector.flows.changes.rows import completed, with_files
from edoc_connector.flows.directory.closures import closures_in
from edoc_connector.flows.judge import circumstances_of, file_problems, row_problems
from edoc_connector.flows.poison import in_hand
from edoc_connector.flows.site import Site
from edoc_connector.flows.taken import add_taken, taken_document
from edoc_connector.flows.telling import tell
from edoc_connector.ledger.facts import RowRefused
from edoc_connector.model.delivery import DocumentState
from edoc_connector.model.document import NO_DOCUMENT, Attachment, BusinessType
from edoc_connector.model.identifiers import MessageId, message_id_of_row
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
    found = source.pending(limit + untold)
    rows = [row for row in found if not _is_known(site, storage, row)]
    rows.sort(key=_turn)
    taking = _Taking(site, storage)
    tried = taking.attempts.of([_key(site, row) for row in rows])
    fresh = [row for row in rows if _key(site, row) not in tried]
    done = sum(map(taking.take, in_hand(fresh)))
    for row in rows:
        attempts = tried.get(_key(site, row), 0)
        reason = too_often(attempts)
        if reason is not None:
            done += _refuse(site, storage, row, (reason,))
        elif attempts:
            done += taking.take([row])
    if taking.refused is not None and not done:
        raise taking.refused
    return done


def _turn(row: PendingDocument | BrokenRow) -> tuple[bool, int]:
    """Let the urgent come first, but no change before what it may be about."""
    document = row.document
    if document is None:
        return False, 0
    business = document.business
    is_change = business is not None and business.type is not BusinessType.NEW
    return is_change, -document.priority


class _Taking:
    """Takes rows one by one; `refused` is what the register said of the first it did.

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
        with self.attempts.counted([_key(self.site, row) for row in rows]):
            return sum(map(self._take_one, rows))

    def _take_one(self, row: PendingDocument | BrokenRow) -> bool:
        key = _key(self.site, row)
        try:
            return _take_row(self.site, self.storage, row)
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
            return _refuse(self.site, self.storage, row, (reason,))


def _take_row(site: Site, storage: Storage, row: PendingDocument | BrokenRow) -> bool:
    try:
        return _take_new(site, storage, *_completed(site, storage, row))
    except (RowBroken, NotARecipient) as error:  # its original does not let it be
        return _refuse(site, storage, row, (error.reason,))


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
) -> bool:
    with storage.reading() as work:
        circumstances = circumstances_of(site, closures_in(work))
        # Before a file is opened: what may be a secret does not come into our store.
        problems = row_problems(row, circumstances)
    if problems or isinstance(row, BrokenRow):
        return _refuse(site, storage, row, problems)
    # A crash after this line leaves files that nobody names; the row is still pending.
    files, broken = _stored(site, storage, row, most=circumstances.most_file_bytes)
    problems = (*broken, *file_problems(files, circumstances))
    if problems:
        return _refuse(site, storage, row, problems)
    if wish is not None:
        return _keep_change(site, storage, _key(site, row), with_files(wish, files))
    return _keep(site, storage, row, files)


def _keep_change(site: Site, storage: Storage, key: MessageId, wish: Wish) -> bool:
    """Write the change down; where its original moves at this moment, look again."""
    with suppress(LostRace), storage.work() as work:
        work.tries.end(TriedStep.TAKE, key)
        return change(site, work, wish) is not None
    with storage.work() as work:
        work.tries.let_go(TriedStep.TAKE, [key])
    return False


def _is_known(site: Site, storage: Storage, row: PendingDocument | BrokenRow) -> bool:
    with storage.reading() as work:
        return work.documents.known(site.organization.code, row.row_id, row.revision)


def _stored(
    site: Site, storage: Storage, row: PendingDocument, *, most: int
) -> tuple[tuple[Attachment, ...], tuple[Reason, ...]]:
    """Return the files that could be read, and why others could not."""
    key = _key(site, row)
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


def _keep(
    site: Site, storage: Storage, row: PendingDocument, files: tuple[Attachment, ...]
) -> bool:
    taken = taken_document(
        site,
        replace(row.document, attachments=files),
        row_id=row.row_id,
        revision=row.revision,
    )
    if row.code_problems:
        problems = ", ".join(row.code_problems)
        log.warning("codes_cleaned", extra={"row": row.row_id, "reason": problems})
    with storage.work() as work:
        work.tries.end(TriedStep.TAKE, taken.key)
        is_new = add_taken(site, work, taken)
        if is_new:
            extra = {"document": taken.key, "row": taken.row_id}
            log.info("document_taken", extra=extra)
    return is_new


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


def _refuse(
    site: Site,
    storage: Storage,
    row: PendingDocument | BrokenRow,
    problems: Sequence[Reason],
) -> bool:
    reason = told_together(problems)
    refused = OutgoingDocument(
        key=_key(site, row),
        sender=site.organization.code,
        row_id=row.row_id,
        revision=row.revision,
        state=DocumentState.REFUSED,
        reason=reason,
        label=row.label,
        document_id=NO_DOCUMENT,
        priority=0,
        taken_at=site.clock(),
        document=None,
        packet=None,
        packet_bytes=0,
    )
    with storage.work() as work:
        return _write_refused(site, work, refused, reason)


def _write_refused(
    site: Site, work: Work, refused: OutgoingDocument, reason: Reason
) -> bool:
    work.tries.end(TriedStep.TAKE, refused.key)
    if not work.documents.add(refused, ()):
        return False
    fact = RowRefused(
        document=refused.key,
        sender=refused.sender,
        row=refused.row_id,
        revision=refused.revision,
        reason=reason.code,
    )
    work.ledger.append(fact, refused.taken_at)
    tell(site, work, refused.row_id, Step.REFUSED, reason=reason)
    log.warning("row_refused", extra={"row": refused.row_id, "reason": reason.code})
    return True


def _key(site: Site, row: PendingDocument | BrokenRow) -> MessageId:
    return message_id_of_row(site.organization.code, row.row_id, row.revision)
