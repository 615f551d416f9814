"""The one document that a person means, with all that happened to it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from edoc_connector.errors import Ambiguous, DocumentUnknown, SeveralDocuments
from edoc_connector.flows.inspecting.order_story import is_only_asking
from edoc_connector.flows.inspecting.received import received_in_full
from edoc_connector.flows.inspecting.sent import sent_in_full
from edoc_connector.flows.inspecting.story import Direction, Story
from edoc_connector.flows.inspecting.surroundings import around_received, around_sent
from edoc_connector.model.delivery import InboxState
from edoc_connector.model.document import BusinessType
from edoc_connector.model.stages import Kind
from edoc_connector.storage import Work
from edoc_connector.storage.records import InboxEntry, OutgoingDocument


def tell_story(
    work: Work,
    text: str,
    only: Direction | None = None,
    *,
    with_copies: bool = False,
) -> Story:
    """Return the one document a person means, with all that happened to it.

    `text` is an id or its beginning, a number and notation, a document id or a DMS row.
    Raises `DocumentUnknown` for none, `Ambiguous` for several.  What was also sent in
    the place of another document is that twice only `with_copies`.
    """
    found: list[Story] = []
    if only is not Direction.INCOMING:
        documents = _documents(work, text)
        documents = documents if with_copies else _for_themselves(documents)
        around = around_sent(work, documents)
        found += [sent_in_full(work, around, it) for it in documents]
    if only is not Direction.OUTGOING:
        found += _arrived(work, text)
    if not found:
        raise DocumentUnknown(what=text)
    if len({story.id for story in found}) > 1:
        raise _ambiguous(text, found)
    return found[0]


def _ambiguous(text: str, found: Sequence[Story]) -> Ambiguous:
    sent = _named(found, Direction.OUTGOING)
    received = _named(found, Direction.INCOMING)
    if sent and received:
        return Ambiguous(text=text, sent=sent, received=received)
    return SeveralDocuments(text=text, found=sent or received)


def _for_themselves(
    documents: tuple[OutgoingDocument, ...],
) -> tuple[OutgoingDocument, ...]:
    """Leave out what repeats one of them in the place of another document."""
    new = {it.document_id for it in documents if it.business_type == BusinessType.NEW}
    return tuple(
        it
        for it in documents
        if it.business_type != BusinessType.REPLACE or it.document_id not in new
    )


def _arrived(work: Work, text: str) -> list[Story]:
    entries = _entries(work, text)
    around = around_received(work, entries)
    found = [received_in_full(work, around, it) for it in entries]
    delivered = [it for it in found if it.state == InboxState.DELIVERED]
    # What others sent under the same names does not hide what is in the register.
    return delivered if len(delivered) == 1 else found


def _documents(work: Work, text: str) -> tuple[OutgoingDocument, ...]:
    """Return what a person may mean; a change bears the names of what it changes."""
    found = work.documents.find(text, MOST)
    keys = {it.key for it in found}
    return tuple(it for it in found if it.key == text or it.changes not in keys)


def _named(stories: Iterable[Story], direction: Direction) -> str:
    names = (f"{it.id[:8]} {it.label}" for it in stories if it.direction is direction)
    return ", ".join(dict.fromkeys(names))


MOST: Final = 20
"""How many documents one text may mean before only a longer text helps."""


def _entries(work: Work, text: str) -> list[InboxEntry]:
    found = {entry.id: entry for entry in work.inbox.find_text(text, MOST)}
    for arrival in work.arrivals.find_text(text, MOST):
        found[arrival.inbox_id] = work.inbox.get(arrival.inbox_id)
    ids = set(found)
    return [
        entry
        for entry in found.values()
        if entry.kind is Kind.EDOC and not is_only_asking(work, entry, ids)
    ]
