"""Judges what is to be sent: by the standard, by this site's limits, by the day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from edoc_connector.clock import VIETNAM
from edoc_connector.directory.closures import closure_of
from edoc_connector.dms.port import BrokenRow, PendingAttachment, PendingDocument
from edoc_connector.envelope.check import (
    Circumstances,
    content_problems,
    size_problems,
)
from edoc_connector.envelope.problems import Problem
from edoc_connector.errors import Reason, RecipientMissing, StateSecret
from edoc_connector.flows.site import Site
from edoc_connector.model.document import Attachment, Document
from edoc_connector.model.identifiers import Digest

NOT_COUNTED: Final = 0
UNKNOWN: Final = Digest("")


def circumstances_of(site: Site) -> Circumstances:
    """Return what documents of this site are judged by, now."""
    # Base64 makes four bytes of three; what else is in a packet hardly counts, and a
    # packet that is too large all the same is set aside before it leaves.
    most = site.max_packet_bytes // 4 * 3
    return Circumstances(
        today=site.clock().astimezone(VIETNAM).date(),
        most_file_bytes=most,
        most_bytes=most,
        closure_of=closure_of,
    )


def row_problems(
    row: PendingDocument | BrokenRow, circumstances: Circumstances
) -> tuple[Reason, ...]:
    """Return all that keeps a row from being taken, before any file is opened.

    Of a secret nothing else is told: reasons are kept, and may quote the document.
    """
    told = row.problems if isinstance(row, BrokenRow) else ()
    if row.document is None:
        return told
    found = content_problems(_labelled(row, row.document), circumstances)
    secrets = [it.reason for it in found if issubclass(it.error, StateSecret)]
    return tuple(secrets) or (*told, *_untold(found, told))


def file_problems(
    files: Sequence[Attachment], circumstances: Circumstances
) -> tuple[Reason, ...]:
    """Return what is wrong with files that have been read."""
    return tuple(it.reason for it in size_problems(files, circumstances))


def _labelled(row: PendingDocument | BrokenRow, document: Document) -> Document:
    """Return the document with its files as they will be called.

    Of a broken row the register's own reader has looked at them.
    """
    pending = row.attachments if isinstance(row, PendingDocument) else ()
    files = tuple(_label(file, number) for number, file in enumerate(pending, start=1))
    return replace(document, attachments=files)


def _label(file: PendingAttachment, number: int) -> Attachment:
    return Attachment(
        content_id=str(number),
        name=file.name,
        content_type=file.content_type,
        size=NOT_COUNTED,
        sha256=UNKNOWN,
        description=file.description,
    )


def _untold(found: Iterable[Problem], told: Iterable[Reason]) -> Iterator[Reason]:
    """Yield what the register's own reader has not told of the same field."""
    known = {_path(reason) for reason in told}
    bodies = any(path.startswith("To") for path in known)
    for problem in found:
        is_known = problem.field in known
        if not is_known and not (bodies and problem.error is RecipientMissing):
            yield problem.reason


def _path(reason: Reason) -> str:
    return reason.details.get("field", "").partition(" ")[0]
