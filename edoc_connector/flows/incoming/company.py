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
from edoc_connector.flows.evidence.verdict import keep_verdict
from edoc_connector.flows.incoming.delivered import (
    Delivered,
    arrival_answer,
    write_delivered,
)
from edoc_connector.flows.requests.arriving import Opened, place
from edoc_connector.flows.site import Site
from edoc_connector.flows.statuses.receipts import Answered, write_records
from edoc_connector.flows.together import in_bulk, together
from edoc_connector.model.identifiers import DocumentId
from edoc_connector.storage import Storage, Work
from edoc_connector.storage.records import InboxEntry

log = logging.getLogger(__name__)

Guest = Opened | Answered
"""A packet that was judged: a document, or a status of one of ours."""

Ready = Delivered | Answered
"""One of which nothing is left to do but to write it down."""


class Guard(Protocol):
    """Does something to an entry; what fails is handled, and False."""

    def __call__(self, entry: InboxEntry, act: Callable[[], None]) -> bool: ...  # noqa: D102


@dataclass(slots=True)
class Company:
    """Those that wait for each other; `finish` is when they have waited enough."""

    site: Site
    dms: DmsReceiver
    storage: Storage
    guard: Guard
    _guests: list[Guest] = field(default_factory=list)

    def join(self, guest: Guest) -> None:
        """Have a new document, or a status, finished with the others.

        What came before under the same document id is finished first; so nobody joins
        within a guard of its own, to which the failures of others would be its own.
        """
        if isinstance(guest, Opened) and guest.document.document_id in self._ids():
            self.finish()
        self._guests.append(guest)

    def _ids(self) -> set[DocumentId]:
        opened = (it for it in self._guests if isinstance(it, Opened))
        return {it.document.document_id for it in opened}

    def finish(self) -> None:
        """Do what is left for all of them.

        Raises what is no fault of any of them, when those before it are finished.
        """
        guests, self._guests = self._guests, []
        opened = [it for it in guests if isinstance(it, Opened)]
        ready: list[Ready] = [it for it in guests if isinstance(it, Answered)]
        opened = self._with_verdicts(opened)
        # A crash here leaves verdicts; they stand when the packets are opened again.
        try:
            for it in self._delivered(opened):
                ready.append(it)  # noqa: PERF402  (kept before an error too)
        except Exception:
            self._write_down(ready)
            raise
        self._write_down(ready)

    def _with_verdicts(self, opened: Sequence[Opened]) -> list[Opened]:
        """Write the verdicts of documents down, before a register has them."""
        new = [it for it in opened if not it.judged.is_kept]
        failed: list[Opened] = []

        def alone(it: Opened) -> None:
            if not self.guard(it.judged.entry, lambda: self._keep_verdict(it)):
                failed.append(it)

        together(self.storage, new, self._write_verdict, alone=alone)
        return [it for it in opened if it not in failed]

    def _keep_verdict(self, it: Opened) -> None:
        with self.storage.work() as work:
            self._write_verdict(work, it)

    def _write_verdict(self, work: Work, it: Opened) -> None:
        keep_verdict(work, it.judged, at=self.site.clock())

    def _delivered(self, opened: Sequence[Opened]) -> Iterator[Delivered]:
        found: list[Delivered] = []
        for it in opened:
            if self.guard(it.judged.entry, partial(self._deliver, it, found)):
                yield found[-1]

    def _deliver(self, it: Opened, found: list[Delivered]) -> None:
        placed = place(self.site, self.dms, self.storage, it)
        # A crash here does all of it again, which changes nothing.
        answer = arrival_answer(self.site, self.storage, it)
        found.append(Delivered(it, placed, answer))

    def _write_down(self, ready: Sequence[Ready]) -> None:
        for it in in_bulk(self.storage, ready, self._write, alone=self._alone):
            _say(it)

    def _write(self, work: Work, ready: Sequence[Ready]) -> None:
        delivered = [it for it in ready if isinstance(it, Delivered)]
        answered = [it for it in ready if isinstance(it, Answered)]
        write_delivered(self.site, work, delivered)
        write_records(self.site, work, answered)

    def _alone(self, it: Ready) -> None:
        def write() -> None:
            with self.storage.work() as work:
                self._write(work, [it])

        if self.guard(_entry(it), write):
            _say(it)


def _entry(it: Ready) -> InboxEntry:
    judged = it.judged if isinstance(it, Answered) else it.opened.judged
    return judged.entry


def _say(it: Ready) -> None:
    if isinstance(it, Delivered):
        log.info("document_delivered", extra={"message_id": _entry(it).message_id})
