"""Judges what is to be sent: by the standard, by this site's limits, by the day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from edoc_connector.clock import VIETNAM
from edoc_connector.dms.port import BrokenRow, PendingAttachment, PendingDocument
from edoc_connector.envelope.check import (
    Circumstances,
    content_problems,
    size_problems,
)
from edoc_connector.envelope.problems import Problem
from edoc_connector.errors import (
    EdocError,
    Reason,
    RecipientMissing,
    StateSecret,
    kind_of,
)
from edoc_connector.flows.site import Site
from edoc_connector.model.closure import ClosureOf, never_closed
from edoc_connector.model.document import Attachment
from edoc_connector.model.identifiers import Digest

NOT_COUNTED: Final = 0
QUOTES: Final = ("{value}", "{name}", "{other}", "{problem}")
"""What a sentence says of a document in the document's own words."""
UNKNOWN: Final = Digest("")


def circumstances_of(site: Site, closure_of: ClosureOf = never_closed) -> Circumstances:
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

    Of a secret nothing is told that quotes the document: reasons are kept.
    """
    told = row.problems if isinstance(row, BrokenRow) else ()
    if row.document is None:
        return told
    found = content_problems(row.document, _files_of(row), circumstances)
    if any(issubclass(it.error, StateSecret) for it in found):
        stamps = (it for it in found if issubclass(it.error, StateSecret))
        others = (replace(it, value="") for it in found if _is_silent(it.error))
        said = (it.reason for it in (*stamps, *others))
        return (*said, *(it for it in told if _is_silent(kind_of(it.code))))
    return (*told, *_untold(found, told))


def _is_silent(error: type[EdocError] | None) -> bool:
    """Whether what it says of a document quotes nothing of it."""
    if error is None or issubclass(error, StateSecret):
        return False
    return not any(quote in error.template for quote in QUOTES)


def file_problems(
    files: Sequence[Attachment], circumstances: Circumstances
) -> tuple[Reason, ...]:
    """Return what is wrong with files that have been read."""
    return tuple(it.reason for it in size_problems(files, circumstances))


def _files_of(row: PendingDocument | BrokenRow) -> Sequence[Attachment]:
    """Return the files of a row as they will be called."""
    return [_label(file, number) for number, file in enumerate(row.attachments, 1)]


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
    bodies = any(f"{path}/".startswith(("To/", "To[")) for path in known)
    for problem in found:
        is_known = problem.field in known
        if not is_known and not (bodies and problem.error is RecipientMissing):
            yield problem.reason


def _path(reason: Reason) -> str:
    return reason.details.get("field", "").partition(" ")[0]
