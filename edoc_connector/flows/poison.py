"""Packets that end the process which judges them, and how they are told from others.

A process that dies says nothing, so what it had in hand is counted before.  After a
start whatever is counted is judged alone, so that the count of the one that kills is
its own; after three it has a trial, because others kill too.  The bytes of a known one
are not judged again, whoever sends them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Final, TypeVar

from edoc_connector.errors import N_, ContentMissing, Poison, Reason
from edoc_connector.flows import trial
from edoc_connector.flows.site import Site
from edoc_connector.model.identifiers import Digest
from edoc_connector.storage import Storage, Work
from edoc_connector.storage.records import InboxEntry

MOST_TRIES: Final = 3
"""After so many failures that nobody foresaw a thing is set aside."""

AT_ONCE: Final = 50
"""How many are counted and begun together: a whole batch, for each commit is shared.

Whatever was counted at a death is tried alone after the start, so who kills is found
among fifty as among four.  What an end from outside makes suspects of is judged all
the same, later than what is new and one by one.
"""

MOST_DEATHS: Final = 2 * MOST_TRIES
"""So often one is begun that can be read: what kills may come after the reading."""

Item = TypeVar("Item")

ENDED: Final = N_("the connector ended while it was in hand")


def in_hand(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    """Yield all in their order, as many at a time as are begun together."""
    for first in range(0, len(items), AT_ONCE):
        yield items[first : first + AT_ONCE]


def died_of(attempts: int) -> Reason:
    """Return the reason of what so many processes have died of."""
    return Poison(attempts=attempts, because=ENDED).reason


def is_poison(reason: Reason | None) -> bool:
    """Whether this, or what it comes from, is that something ended the process."""
    if reason is None:
        return False
    return reason.code == Poison.code or any(map(is_poison, reason.causes))


def known_poison(work: Work, entries: Sequence[InboxEntry]) -> dict[Digest, Reason]:
    """Return which packets of these are bytes that were set aside as such before."""
    packets = {entry.packet for entry in entries}
    found = work.inbox.with_packets(packets) if packets else ()
    return {it.packet: it.reason for it in found if it.reason and is_poison(it.reason)}


def told_apart(
    entries: Sequence[InboxEntry], known: Mapping[Digest, Reason]
) -> tuple[Sequence[InboxEntry], Sequence[InboxEntry]]:
    """Return those that go first, and those of which a process may have died.

    A fresh copy of such bytes is as suspect as they are.
    """
    doubtful = {it.packet for it in entries if it.attempts} | known.keys()
    fresh = [it for it in entries if it.packet not in doubtful]
    return fresh, [it for it in entries if it.packet in doubtful]


def poison_of(
    site: Site, storage: Storage, entry: InboxEntry, known: Mapping[Digest, Reason]
) -> Reason | None:
    """Return why it is not to be judged, if it is not."""
    if entry.packet in known:
        return known[entry.packet]
    if entry.attempts < MOST_TRIES:
        return None
    if entry.attempts >= MOST_DEATHS or _kills(site, storage, entry):
        return died_of(entry.attempts)
    return None


def _kills(site: Site, storage: Storage, entry: InboxEntry) -> bool:
    with suppress(ContentMissing), storage.content.open(entry.packet) as packet:
        return trial.is_deadly(packet, site.max_packet_bytes)
    return False  # who judges it says what is missing
