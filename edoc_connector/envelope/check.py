"""Says all that keeps a document from being sent, before a packet is written.

Everything at once, so that a clerk mends a document in one go: what the table of fields
demands, bodies that cannot be reached, files that cannot be kept, days that make no
sense, and the words of state secrets.  Pure, and no part of the seal: what is sealed
verifies whatever is asked here in later years.  A document without any file passes: the
standard has a file in every packet, but whether one is required the mapping says.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from edoc_connector.envelope import check_bodies, check_fields, check_files
from edoc_connector.envelope.problems import Problem
from edoc_connector.envelope.values import date_text
from edoc_connector.errors import DateInFuture, DateTooEarly
from edoc_connector.model.closure import ClosureOf, never_closed
from edoc_connector.model.document import Attachment, Day, Document

FIRST_DAY: Final = date(1945, 9, 2)
"""No document of this state is older; an earlier year is a slip of the finger."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What a document is judged by beside the standard."""

    today: date
    most_file_bytes: int
    most_bytes: int
    closure_of: ClosureOf = never_closed


def problems_of(
    document: Document, circumstances: Circumstances
) -> tuple[Problem, ...]:
    """Return all problems of a document that is to be sent, its files included."""
    return (
        *content_problems(document, document.attachments, circumstances),
        *size_problems(document.attachments, circumstances),
    )


def content_problems(
    document: Document, files: Sequence[Attachment], circumstances: Circumstances
) -> tuple[Problem, ...]:
    """Return the problems of all that is said, files by their names only.

    They are given apart, for some have not been read yet: whatever attachments the
    document has are not looked at.  Words of state secrets come first, then the fields
    in the order of the packet.
    """
    leaves = check_fields.leaves_of(document)
    of_files = _leaves_of_files(files)
    today = circumstances.today
    return (
        *check_fields.secrecy_problems({**leaves, **of_files}),
        *check_fields.field_problems(leaves, check_fields.ALWAYS),
        *check_bodies.code_problems(leaves),
        *check_bodies.recipient_problems(document, circumstances.closure_of, today),
        *_day_problems(document, today),
        *check_fields.field_problems(of_files, ()),
        *check_files.name_problems(it.name for it in files),
        *check_files.id_problems(it.content_id for it in files),
    )


def size_problems(
    files: Sequence[Attachment], circumstances: Circumstances
) -> tuple[Problem, ...]:
    """Return the problems of files whose bytes have been counted."""
    found = check_files.size_problems(
        files,
        most_file_bytes=circumstances.most_file_bytes,
        most_bytes=circumstances.most_bytes,
    )
    return tuple(found)


def _leaves_of_files(files: Sequence[Attachment]) -> check_fields.Leaves:
    leaves: dict[str, str] = {}
    for number, attachment in enumerate(files, start=1):
        step = check_fields.step_at("Attachment", number)
        leaves.update(check_fields.leaves_of_file(attachment, step))
    return leaves


# --- days ---------------------------------------------------------------------


def _day_problems(document: Document, today: date) -> Iterator[Problem]:
    issued = "PromulgationInfo/PromulgationDate"
    yield from _past(issued, document.promulgation_date, today)
    yield from _due(document.due_date, document.promulgation_date)
    for number, response in enumerate(document.responses, start=1):
        step = check_fields.step_at("ResponseFor", number)
        yield from _past(f"{step}/PromulgationDate", response.promulgation_date, today)


def _past(path: str, day: Day, today: date) -> Iterator[Problem]:
    if not isinstance(day, date):
        return
    if day > today:
        yield Problem(DateInFuture, path, date_text(day), date_text(today))
    if day < FIRST_DAY:
        yield Problem(DateTooEarly, path, date_text(day), date_text(FIRST_DAY))


def _due(due: Day, issued: Day) -> Iterator[Problem]:
    if isinstance(due, date) and isinstance(issued, date) and due < issued:
        yield Problem(DateTooEarly, "DueDate", date_text(due), date_text(issued))
