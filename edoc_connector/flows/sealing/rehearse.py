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
from edoc_connector.flows.sealing.keys import Standing, choose, sealing_key, standing_of
from edoc_connector.model.identifiers import Digest
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.own_key import DEFAULT_KEY
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
    Where it `is_missed`, nothing more is sealed until a person chooses another key.
    """

    key: str
    certificate: Digest
    until: datetime
    days_left: int
    is_in_use: bool
    others: tuple[str, ...]
    takes_over: str
    is_missed: bool
    failures: tuple[Failure, ...]


def rehearse(ring: KeyRing, work: Work, name: str, *, now: datetime) -> Rehearsal:
    """Think this key away; without a name the one in use.

    Raises `KeyUnknown`, or what is wrong with the key in use where it seals nothing.
    """
    standing = standing_of(ring, work)
    gone = ring.find(name) if name else choose(ring, standing, now)
    if gone is None:
        raise KeyUnknown(name=name)
    sealing = sealing_key(ring, work, now)
    others = tuple(it.name for it in ring.others(gone, now, standing.revoked))
    is_in_use = gone.name == (sealing or _used(standing))
    # A key that seals nothing today had its heir already, if anybody may be one.
    heir = others[0] if sealing and len(others) == 1 else ""
    is_missed = is_in_use and not heir
    term = term_of(gone.opened.certificate)
    return Rehearsal(
        key=gone.name,
        certificate=gone.digest,
        until=term.until,
        days_left=term.days_left(now),
        is_in_use=is_in_use,
        others=others,
        takes_over=heir if is_in_use else "",
        is_missed=is_missed,
        failures=tuple(_failures(work, gone, is_missed=is_missed)),
    )


def _used(standing: Standing) -> str:
    return standing.use.name if standing.use else DEFAULT_KEY


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
