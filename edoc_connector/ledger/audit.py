"""Recompute the ledger from its first entry and name the first one that does not fit.

What it notices: an entry changed in any column, left out, put in, moved, or cut off the
end when the head is known from elsewhere.  What it cannot notice alone: a history
rewritten from some entry to the end together with the head it is compared with.
"""

from __future__ import annotations

from collections.abc import Iterable
from hmac import compare_digest

from edoc_connector.errors import N_, LedgerBroken
from edoc_connector.ledger.canonical import (
    EMPTY,
    Entry,
    Head,
    Record,
    digest_of,
    read,
)


def audit(entries: Iterable[Entry], head: Head | None = None) -> Head:
    """Check all entries in order and return the head they lead to.

    With a `head` the entries must lead to exactly that one.  One entry at a time is in
    memory.  Raises `LedgerBroken` with the position of the first that does not fit.
    """
    reached = EMPTY
    for entry in entries:
        _check(entry, reached)
        reached = Head(entry.position, entry.digest)
    if head is not None:
        _check_end(reached, head)
    return reached


def _check(entry: Entry, before: Head) -> None:
    position = before.position + 1
    if entry.position > position:
        raise LedgerBroken(position=position, problem=N_("the entry is missing"))
    if entry.position < position:
        raise LedgerBroken(
            position=entry.position, problem=N_("the entry is out of order")
        )
    # 1. The text is what was hashed.
    if not compare_digest(digest_of(entry.text).encode(), entry.digest.encode()):
        raise LedgerBroken(position=position, problem=N_("the entry was changed"))
    # 2. The text is the only one its record has.
    record = _read(entry)
    # 3. The columns for searching repeat what was hashed.
    if not _repeats(entry, record):
        raise LedgerBroken(position=position, problem=N_("the entry was mislabelled"))
    # 4. It was written after the entry that stands before it.
    if record.previous != before.digest:
        raise LedgerBroken(
            position=position, problem=N_("the entry before was replaced")
        )


def _read(entry: Entry) -> Record:
    try:
        return read(entry.text)
    except ValueError as error:
        raise LedgerBroken(position=entry.position, problem=f"{error}") from error


def _repeats(entry: Entry, record: Record) -> bool:
    said = (record.position, record.kind, record.subject)
    return said == (entry.position, entry.kind, entry.subject)


def _check_end(reached: Head, head: Head) -> None:
    if reached.position < head.position:
        raise LedgerBroken(
            position=reached.position + 1, problem=N_("the end was cut off")
        )
    if reached.position > head.position:
        raise LedgerBroken(position=head.position + 1, problem=N_("an entry was added"))
    if reached != head:
        raise LedgerBroken(
            position=head.position, problem=N_("the head is another one")
        )
