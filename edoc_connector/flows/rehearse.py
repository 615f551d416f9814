"""What would fail, and for whom, if a certificate of ours were gone tomorrow.

Nothing is changed: who renews a certificate looks here first, and so does who hears
that a key may have been stolen.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from edoc_connector.errors import KeyUnknown
from edoc_connector.flows.keys import sealing_key, standing_of
from edoc_connector.model.identifiers import Digest
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.pki.ring import KeyRing, RingKey
from edoc_connector.pki.term import term_of
from edoc_connector.storage import Work
from edoc_connector.storage.records import UnderWay

MOST: Final = 10_000
"""As many of each kind are listed; whoever has more reads the first ones first."""


class Trouble(StrEnum):
    """What would happen to a packet."""

    NO_SEAL = "no-seal"
    """It waits for a seal, and would wait on."""
    NO_ANSWER = "no-answer"
    """It has arrived, and its answer would wait for a seal."""
    NOT_SENT = "not-sent"
    """It is sealed and not sent: the receiver would refuse it."""
    UNANSWERED = "unanswered"
    """It is sent and nobody has confirmed its arrival: the receiver may refuse it."""


@dataclass(frozen=True, slots=True)
class Failure:
    """One packet for one body that would be in trouble."""

    trouble: Trouble
    packet: str
    document: str
    organization: OrganizationCode
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """The key that is thought away, who would take over, and all that would fail.

    `others` serve today; with one of them alone, that one `takes_over` by itself.
    """

    key: str
    certificate: Digest
    until: datetime
    days_left: int
    is_in_use: bool
    others: tuple[str, ...]
    takes_over: str
    failures: tuple[Failure, ...]


def rehearse(ring: KeyRing, work: Work, name: str, *, now: datetime) -> Rehearsal:
    """Think this key away; without a name the one in use.  Raises `KeyUnknown`."""
    standing = standing_of(ring, work)
    sealing = sealing_key(ring, work, now)
    gone = ring.find(name or sealing)
    if gone is None:
        raise KeyUnknown(name=name or "-")
    others = tuple(it.name for it in ring.others(gone, now, standing.revoked))
    is_in_use = gone.name == sealing
    heir = others[0] if len(others) == 1 else ""
    term = term_of(gone.opened.certificate)
    return Rehearsal(
        key=gone.name,
        certificate=gone.digest,
        until=term.until,
        days_left=term.days_left(now),
        is_in_use=is_in_use,
        others=others,
        takes_over=heir if is_in_use else "",
        failures=tuple(_failures(work, gone, is_missed=is_in_use and not heir)),
    )


def _failures(work: Work, gone: RingKey, *, is_missed: bool) -> Iterator[Failure]:
    if is_missed:
        yield from _of(Trouble.NO_SEAL, work.sealed_with.to_seal(MOST))
        yield from _of(Trouble.NO_ANSWER, work.sealed_with.to_answer(MOST))
    found = work.sealed_with.to_send(gone.digest, MOST)
    yield from _of(Trouble.NOT_SENT, found)
    yield from _of(Trouble.UNANSWERED, work.sealed_with.unanswered(gone.digest, MOST))


def _of(trouble: Trouble, found: tuple[UnderWay, ...]) -> Iterator[Failure]:
    for it in found:
        yield Failure(trouble, it.key, it.label, it.recipient, it.since)
