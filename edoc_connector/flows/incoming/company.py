"""Packets that are done together: what each of them waits for, all wait for once.

Verdicts first, then the register, then answers, state and facts: a commit for all of
each.  What fails is done alone or handled alone, and keeps none of the others.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Final, Protocol, TypeVar

from edoc_connector.dms.port import DmsReceiver
from edoc_connector.errors import LostRace
from edoc_connector.flows.attempts import passes
from edoc_connector.flows.evidence.verdict import keep_verdict
from edoc_connector.flows.incoming.delivered import (
    Delivered,
    InRegister,
    answered,
    write_delivered,
)
from edoc_connector.flows.requests.arriving import (
    Opened,
    place,
    place_new,
    unheard_of,
)
from edoc_connector.flows.site import Site
from edoc_connector.flows.statuses.receipts import Answered
from edoc_connector.flows.statuses.recording import write_records
from edoc_connector.flows.together import in_bulk
from edoc_connector.model.identifiers import DocumentId
from edoc_connector.storage import Storage, Work
from edoc_connector.storage.records import InboxEntry

log = logging.getLogger(__name__)

MOST_BYTES: Final = 16 * 1024 * 1024
"""Of packets that wait for each other: for all of them the register is locked once."""

Guest = Opened | Answered
"""A packet that was judged: a document, or a status of one of ours."""

Ready = Delivered | Answered
"""One of which nothing is left but to write it down."""


class _OfEntry(Protocol):
    @property
    def entry(self) -> InboxEntry: ...


Item = TypeVar("Item", bound=_OfEntry)
Done = TypeVar("Done")


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
    _ids: set[DocumentId] = field(default_factory=set)
    _bytes: int = 0

    def join(self, guest: Guest) -> None:
        """Have a new document, or a status, finished with the others.

        What came before under the same document id is finished first; so nobody joins
        within a guard of its own, to which the failures of others would be its own.
        """
        if isinstance(guest, Opened):
            if guest.document.document_id in self._ids or self._bytes > MOST_BYTES:
                self.finish()
            self._ids.add(guest.document.document_id)
            self._bytes += guest.entry.packet_bytes
        self._guests.append(guest)

    def finish(self) -> None:
        """Do what is left for all of them.

        Raises what is no fault of any of them, when those before it are finished.
        """
        guests, self._guests = self._guests, []
        self._ids, self._bytes = set(), 0
        opened = [it for it in guests if isinstance(it, Opened)]
        ready: list[Ready] = [it for it in guests if isinstance(it, Answered)]
        opened = self._with_verdicts(opened)
        # A crash here leaves verdicts; they stand when the packets are opened again.
        documents: list[InRegister] = []
        with _whatever_happens(lambda: self._close_books(documents, ready)):
            self._put_into_register(opened, documents)

    def _with_verdicts(self, opened: list[Opened]) -> list[Opened]:
        """Write the verdicts of documents down, before a register has them."""
        new = [it for it in opened if not it.judged.is_kept]
        failed: set[int] = set()

        def alone(it: Opened) -> None:
            if not self.guard(it.entry, partial(self._keep_verdict, it)):
                failed.add(it.entry.id)

        in_bulk(self.storage, new, self._write_verdicts, alone=alone)
        return [it for it in opened if it.entry.id not in failed]

    def _keep_verdict(self, it: Opened) -> None:
        with self.storage.work() as work:
            self._write_verdicts(work, [it])

    def _write_verdicts(self, work: Work, opened: Sequence[Opened]) -> None:
        keep_verdict(work, *(it.judged for it in opened), at=self.site.clock())

    def _put_into_register(
        self, opened: Sequence[Opened], found: list[InRegister]
    ) -> None:
        """Put those nobody has heard of together, and the others one by one."""
        if not opened:
            return
        with self.storage.reading() as work:
            new = unheard_of(self.site, work, opened)
        self._all_or_each(new, self._placed_new, self._placed, found)
        numbers = {it.entry.id for it in new}
        for it in opened:
            if it.entry.id not in numbers:
                self._alone(it, self._placed, found)

    def _placed_new(self, opened: Sequence[Opened]) -> Sequence[InRegister]:
        placed = place_new(self.site, self.dms, opened)
        return list(map(InRegister, opened, placed))

    def _placed(self, it: Opened) -> InRegister:
        return InRegister(it, place(self.site, self.dms, self.storage, it))

    def _close_books(self, documents: Sequence[InRegister], ready: list[Ready]) -> None:
        # A crash here does all of it again, which changes nothing.
        with _whatever_happens(lambda: self._write_down(ready)):
            self._all_or_each(documents, self._answered, self._answered_alone, ready)

    def _answered(self, documents: Sequence[InRegister]) -> Sequence[Delivered]:
        return answered(self.site, self.storage, documents)

    def _answered_alone(self, it: InRegister) -> Delivered:
        return self._answered([it])[0]

    def _all_or_each(
        self,
        items: Sequence[Item],
        all_of: Callable[[Sequence[Item]], Sequence[Done]],
        one_of: Callable[[Item], Done],
        found: list[Done],
    ) -> None:
        """Do it to all at once; where that fails, to each alone and guarded."""
        if len(items) > 1:
            try:
                found.extend(all_of(items))
            except LostRace:
                pass
            except Exception as error:
                if passes(error):
                    raise
            else:
                return
        for it in items:
            self._alone(it, one_of, found)

    def _alone(
        self, it: Item, one_of: Callable[[Item], Done], found: list[Done]
    ) -> None:
        self.guard(it.entry, lambda: found.append(one_of(it)))

    def _write_down(self, ready: Sequence[Ready]) -> None:
        for it in in_bulk(self.storage, ready, self._write, alone=self._write_alone):
            _say(it)

    def _write(self, work: Work, ready: Sequence[Ready]) -> None:
        delivered = [it for it in ready if isinstance(it, Delivered)]
        told = [it for it in ready if isinstance(it, Answered)]
        write_delivered(self.site, work, delivered)
        write_records(self.site, work, told)

    def _write_alone(self, it: Ready) -> None:
        def write() -> None:
            with self.storage.work() as work:
                self._write(work, [it])

        if self.guard(it.entry, write):
            _say(it)


@contextmanager
def _whatever_happens(act: Callable[[], None]) -> Iterator[None]:
    """Do it after the block, also before what the block raises is raised."""
    try:
        yield
    except Exception:
        act()
        raise
    act()


def _say(it: Ready) -> None:
    if isinstance(it, Delivered):
        log.info("document_delivered", extra={"message_id": it.entry.message_id})
