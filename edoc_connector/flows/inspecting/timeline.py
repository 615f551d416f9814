"""What happened to a document, in order of time: facts, and what others said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from edoc_connector.flows.inspecting.story import Happening

if TYPE_CHECKING:
    from edoc_connector.ledger.canonical import Entry
    from edoc_connector.storage.around import Told
    from edoc_connector.storage.records import InboxEntry, Receipt

TAKEN_FACT: Final = "document:taken"
ACCEPTED_FACT: Final = "envelope:accepted"
RECEIPT_FACT: Final = "receipt:accepted"
STATUS_FACT: Final = "status:given"

# These are no facts: a change that was asked for by command, a receipt not believed.
TYPED: Final = "change:typed"
REFUSED_RECEIPT: Final = "receipt:refused"


def happening_of(entry: Entry) -> Happening:
    """Tell of one fact of the ledger."""
    return Happening(
        at=entry.at,
        kind=_kind(entry),
        organization=recipient_of(entry),
        text=str(entry.details.get("reason") or entry.details.get("indication", "")),
    )


def _kind(entry: Entry) -> str:
    """Call a status that we gave as one that we were given is called."""
    is_status = entry.kind == STATUS_FACT
    return f"status:{entry.details['status']}" if is_status else entry.kind


def recipient_of(entry: Entry) -> str:
    """Return whom a fact is about, if any of the recipients."""
    return str(entry.details.get("recipient", ""))


def told_in(receipt: Receipt, ways: Mapping[Told, tuple[str, ...]]) -> Happening:
    """Tell of one status that a receiver sent."""
    return Happening(
        at=receipt.received_at,
        kind=f"status:{receipt.status}",
        organization=receipt.recipient,
        text=receipt.description,
        way=ways.get((receipt.message_id, receipt.recipient), ()),
    )


def timeline_of(
    recipient: str,
    entries: Iterable[Entry],
    told: Iterable[Happening],
    refused: Iterable[InboxEntry],
) -> tuple[Happening, ...]:
    """Return all that concerns one recipient, in order of time."""
    facts = [
        happening_of(entry)
        for entry in entries
        if recipient_of(entry) == recipient and entry.kind != RECEIPT_FACT
    ]
    said = [it for it in told if it.organization == recipient]
    doubted = [_not_believed(entry) for entry in refused if entry.sender == recipient]
    return tuple(sorted([*facts, *said, *doubted], key=lambda it: it.at))


def _not_believed(entry: InboxEntry) -> Happening:
    """Tell of a receipt that was not believed here: nobody else can see it."""
    return Happening(
        at=entry.accepted_at,
        kind=REFUSED_RECEIPT,
        organization=entry.sender,
        text=entry.reason.code if entry.reason else "",
    )


def as_typed(it: Happening) -> Happening:
    """Call the beginning of a change that was typed what it was: no row was read."""
    return replace(it, kind=TYPED) if it.kind == TAKEN_FACT else it


def with_way(it: Happening, entry: InboxEntry) -> Happening:
    """Say over which brokers a packet came, where it is told that it did."""
    return replace(it, way=entry.way) if it.kind == ACCEPTED_FACT else it
