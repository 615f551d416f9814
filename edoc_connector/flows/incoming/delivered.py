"""What is written down of documents that are in the register, and what is answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from edoc_connector.flows.requests.arriving import Opened, Placed, write_arrival
from edoc_connector.flows.site import Site
from edoc_connector.flows.statuses.answer import arrival, give
from edoc_connector.model.delivery import InboxEvent
from edoc_connector.model.status import StatusCode
from edoc_connector.storage import Storage, Work
from edoc_connector.storage.records import Answer, OwedAnswer


@dataclass(frozen=True, slots=True)
class Delivered:
    """A document that is in the register, of which nothing is left but to say so."""

    opened: Opened
    placed: Placed
    answer: Answer | OwedAnswer | None


def write_delivered(site: Site, work: Work, delivered: Sequence[Delivered]) -> None:
    """Write down that these are in the register, each with its 01."""
    for it in delivered:
        _write_one(site, work, it)


def _write_one(site: Site, work: Work, it: Delivered) -> None:
    work.inbox.move(it.opened.judged.entry.id, InboxEvent.DELIVER)
    if it.answer is not None:
        give(site, work, it.answer)
    write_arrival(site, work, it.opened, it.placed)


def arrival_answer(
    site: Site, storage: Storage, opened: Opened
) -> Answer | OwedAnswer | None:
    """Prepare the 01, unless it was given while the packet waited here."""
    entry = opened.judged.entry
    with storage.reading() as work:
        if any(it.status == StatusCode.ARRIVED for it in work.answers.of(entry.id)):
            return None
    return arrival(site, storage, entry, opened.document)
