"""Packets that are done together: what each of them waits for, all wait for once.

Verdicts first, then the register, then answers, state and facts: a commit for all of
each.  What fails is done alone or handled alone, and keeps none of the others.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

from edoc_connector.dms.port import DmsReceiver
from edoc_connector.flows.evidence.verdict import Judged, keep_verdict
from edoc_connector.flows.requests.arriving import (
    Opened,
    Placed,
    place,
    write_arrival,
)
from edoc_connector.flows.site import Site
from edoc_connector.flows.statuses.answer import arrival, give
from edoc_connector.flows.statuses.receipts import write_record
from edoc_connector.flows.together import together
from edoc_connector.model.delivery import InboxEvent
from edoc_connector.model.document import Document
from edoc_connector.model.identifiers import DocumentId
from edoc_connector.model.status import Status, StatusCode
from edoc_connector.storage import Storage, Work
from edoc_connector.storage.records import Answer, InboxEntry, OwedAnswer

log = logging.getLogger(__name__)


class Guard(Protocol):
    """Does something to an entry; what fails is handled, and False."""

    def __call__(self, entry: InboxEntry, act: Callable[[], None]) -> bool: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class _Guest:
    """A packet that was judged: a document, or a status of one of ours."""

    judged: Judged
    content: Document | Status

    @property
    def entry(self) -> InboxEntry:
        return self.judged.entry


@dataclass(frozen=True, slots=True)
class _Ready:
    """One of which nothing is left to do but to write it down."""

    guest: _Guest
    write: Callable[[Work], None]


@dataclass(slots=True)
class Company:
    """Those that wait for each other; `finish` is when they have waited enough."""

    site: Site
    dms: DmsReceiver
    storage: Storage
    guard: Guard
    _guests: list[_Guest] = field(default_factory=list)

    def join(self, judged: Judged, content: Document | Status) -> None:
        """Have a new document, or a status, finished with the others.

        What came before under the same document id is finished first.
        """
        if isinstance(content, Document) and content.document_id in self._documents():
            self.finish()
        self._guests.append(_Guest(judged, content))

    def _documents(self) -> set[DocumentId]:
        documents = (it.content for it in self._guests)
        return {it.document_id for it in documents if isinstance(it, Document)}

    def finish(self) -> None:
        """Do what is left for all of them.

        Raises what is no fault of any of them, when those before it are finished.
        """
        guests, self._guests = self._guests, []
        guests = self._with_verdicts(guests)
        # A crash here leaves verdicts; they stand when the packets are opened again.
        ready: list[_Ready] = []
        try:
            for it in self._ready(guests):
                ready.append(it)  # noqa: PERF402  (kept before an error too)
        except Exception:
            self._write_down(ready)
            raise
        self._write_down(ready)

    def _with_verdicts(self, guests: Sequence[_Guest]) -> list[_Guest]:
        """Write the verdicts of documents down, before a register has them."""
        new = [it for it in guests if _needs_verdict(it)]
        failed: list[_Guest] = []

        def alone(guest: _Guest) -> None:
            if not self.guard(guest.entry, lambda: self._keep_verdict(guest)):
                failed.append(guest)

        together(self.storage, new, self._write_verdict, alone=alone)
        return [it for it in guests if it not in failed]

    def _keep_verdict(self, guest: _Guest) -> None:
        with self.storage.work() as work:
            self._write_verdict(work, guest)

    def _write_verdict(self, work: Work, guest: _Guest) -> None:
        keep_verdict(work, guest.judged, at=self.site.clock())

    def _ready(self, guests: Sequence[_Guest]) -> Iterator[_Ready]:
        found: list[_Ready] = []
        for guest in guests:
            if self.guard(guest.entry, partial(self._prepare, guest, found)):
                yield found[-1]

    def _prepare(self, guest: _Guest, found: list[_Ready]) -> None:
        found.append(self._prepared(guest))

    def _prepared(self, guest: _Guest) -> _Ready:
        judged, content = guest.judged, guest.content
        if isinstance(content, Status):
            return _Ready(
                guest, lambda work: write_record(self.site, work, judged, content)
            )
        opened = Opened(judged, content)
        placed = place(self.site, self.dms, self.storage, opened)
        # A crash here does all of it again, which changes nothing.
        arrived = arrival_answer(self.site, self.storage, opened)
        return _Ready(
            guest,
            lambda work: write_delivered(self.site, work, opened, placed, arrived),
        )

    def _write_down(self, ready: Sequence[_Ready]) -> None:
        for it in together(
            self.storage, ready, lambda work, it: it.write(work), alone=self._alone
        ):
            _say(it)

    def _alone(self, ready: _Ready) -> None:
        def write() -> None:
            with self.storage.work() as work:
                ready.write(work)

        if self.guard(ready.guest.entry, write):
            _say(ready)


def _needs_verdict(guest: _Guest) -> bool:
    return isinstance(guest.content, Document) and not guest.judged.is_kept


def _say(ready: _Ready) -> None:
    if isinstance(ready.guest.content, Document):
        extra = {"message_id": ready.guest.entry.message_id}
        log.info("document_delivered", extra=extra)


def write_delivered(
    site: Site,
    work: Work,
    opened: Opened,
    placed: Placed,
    arrived: Answer | OwedAnswer | None,
) -> None:
    """Write down that a document is in the register, with its 01."""
    work.inbox.move(opened.judged.entry.id, InboxEvent.DELIVER)
    if arrived is not None:
        give(site, work, arrived)
    write_arrival(site, work, opened, placed)


def arrival_answer(
    site: Site, storage: Storage, opened: Opened
) -> Answer | OwedAnswer | None:
    """Prepare the 01, unless it was given while the packet waited here."""
    entry = opened.judged.entry
    with storage.reading() as work:
        if any(it.status == StatusCode.ARRIVED for it in work.answers.of(entry.id)):
            return None
    return arrival(site, storage, entry, opened.document)
