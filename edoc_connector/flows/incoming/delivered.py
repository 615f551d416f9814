"""What is written down of documents that are in the register, and what is answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from edoc_connector.flows.requests.arriving import Opened, Placed, write_arrivals
from edoc_connector.flows.site import Site
from edoc_connector.flows.statuses.answer import Given, arrivals, give
from edoc_connector.model.delivery import InboxEvent
from edoc_connector.model.status import StatusCode
from edoc_connector.storage import Storage, Work
from edoc_connector.storage.records import InboxEntry


@dataclass(frozen=True, slots=True)
class InRegister:
    """A document that is in the register, and not yet in our books."""

    opened: Opened
    placed: Placed

    @property
    def entry(self) -> InboxEntry:
        """The packet it came in."""
        return self.opened.entry


@dataclass(frozen=True, slots=True)
class Delivered:
    """One of which nothing is left but to write it down.

    Without an `answer` it was given while the packet waited here.
    """

    document: InRegister
    answer: Given | None

    @property
    def entry(self) -> InboxEntry:
        """The packet it came in."""
        return self.document.entry


def answered(
    site: Site, storage: Storage, documents: Sequence[InRegister]
) -> Sequence[Delivered]:
    """Prepare what their senders are told."""
    told = arrival_answers(site, storage, [it.opened for it in documents])
    return [Delivered(it, told.get(it.entry.id)) for it in documents]


def arrival_answers(
    site: Site, storage: Storage, opened: Sequence[Opened]
) -> Mapping[int, Given]:
    """Prepare the 01 by entry; those that had it while they waited here have none."""
    with storage.reading() as work:
        given = work.answers.of_all([it.entry.id for it in opened])
    told = {it.inbox_id for it in given if it.status == StatusCode.ARRIVED}
    new = [(it.entry, it.document) for it in opened if it.entry.id not in told]
    return {it.inbox_id: it for it in arrivals(site, storage, new)} if new else {}


def write_delivered(site: Site, work: Work, delivered: Sequence[Delivered]) -> None:
    """Write down that these are in the register, each with its 01."""
    if not delivered:
        return
    work.inbox.move_all([it.entry for it in delivered], InboxEvent.DELIVER)
    give(site, work, *(it.answer for it in delivered if it.answer is not None))
    documents = (it.document for it in delivered)
    write_arrivals(site, work, [(it.opened, it.placed) for it in documents])
