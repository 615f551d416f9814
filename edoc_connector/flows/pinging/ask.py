"""Asks a body for a sign of life, and judges what comes back."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import uuid4

from edoc_connector.bus.ping import ping_message, read_pong
from edoc_connector.bus.port import Publisher
from edoc_connector.errors import EdocError, PongOfAnother, Reason, SentBack
from edoc_connector.flows.site import Site
from edoc_connector.model.identifiers import MessageId
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.ping import Pong
from edoc_connector.signature.pong import check_pong
from edoc_connector.storage import Storage
from edoc_connector.storage.pings import ReceivedPong, SentPing

GLANCE_SECONDS: Final = 0.05
"""How often the database is asked for what the service has heard."""

BETTER_SECONDS: Final = 2.0
"""How long a proven answer is waited for where one came that nobody can believe."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A pong and what is believed of it.

    `way_there` is what the body that answered says, `way_back` what the pong says;
    `account` brought it here.  `doubt` is why nothing of it is believed; `doubts` are
    what of its seal is not known.  `clock_ahead_seconds` is how far that body's clock
    is before ours, give or take half the `seconds` it took.
    """

    by: OrganizationCode
    seconds: float
    way_there: tuple[str, ...]
    way_back: tuple[str, ...]
    account: str
    clock_ahead_seconds: float
    doubt: Reason | None
    doubts: tuple[Reason, ...] = ()
    is_sent_back: bool = False
    """Whether it is our own ping, for which a broker has no mailbox (the doubt)."""

    @property
    def is_proven(self) -> bool:
        """Whether the body that was asked has signed it."""
        return self.doubt is None


def ask(
    site: Site, publisher: Publisher, storage: Storage, recipient: OrganizationCode
) -> SentPing:
    """Send a ping.  Raises `Unroutable` where our own broker knows no way for it."""
    sent = SentPing(
        ping=MessageId(str(uuid4())), recipient=recipient, asked_at=site.clock()
    )
    with storage.work() as work:
        work.pings.add(sent)
    sender = site.organization.code
    publisher.publish(
        ping_message(
            sent.ping, sender=sender, recipient=recipient, asked_at=sent.asked_at
        )
    )
    return sent


def wait(
    site: Site,
    storage: Storage,
    sent: SentPing,
    *,
    seconds: float,
    meanwhile: Callable[[], object] = lambda: time.sleep(GLANCE_SECONDS),
) -> Answered | None:
    """Return the first answer that is proven, else one that is not, else None.

    `meanwhile` is what is done between two looks: at best to take in the mail.
    """
    deadline = time.monotonic() + seconds
    found: dict[int, Answered] = {}
    while True:
        for number, pong in enumerate(_answers(storage, sent)):
            if number in found:
                continue
            found[number] = judged(site, sent, pong)
            if found[number].is_proven:
                return found[number]
            deadline = min(deadline, time.monotonic() + BETTER_SECONDS)
        if time.monotonic() >= deadline:
            return next(iter(found.values()), None)
        meanwhile()


def _answers(storage: Storage, sent: SentPing) -> tuple[ReceivedPong, ...]:
    with storage.reading() as work:
        return work.pings.answers(sent.ping)


def judged(site: Site, sent: SentPing, received: ReceivedPong) -> Answered:
    """Return what an answer says, and whether the body that was asked has said it."""
    if received.is_sent_back:
        return _sent_back(sent, received)
    try:
        pong = read_pong(received.body)
    except EdocError as error:
        return _answered(sent, received, None, doubt=error.reason)
    try:
        _check_fit(site, sent, pong)
        outcome = check_pong(
            pong, site.policy, now=received.received_at, revocation=site.revocation
        )
    except EdocError as error:
        return _answered(sent, received, pong, doubt=error.reason)
    return _answered(sent, received, pong, doubts=outcome.doubts)


def _sent_back(sent: SentPing, received: ReceivedPong) -> Answered:
    told = SentBack(broker=received.way, recipient=sent.recipient).reason
    bare = replace(received, way="")
    return replace(_answered(sent, bare, None, doubt=told), is_sent_back=True)


def _check_fit(site: Site, sent: SentPing, pong: Pong) -> None:
    """Raise `PongOfAnother` where it answers another ping, or another body's."""
    heard = pong.heard
    if (
        heard.ping != sent.ping
        or not heard.sender.is_same_body(site.organization.code)
        or not heard.recipient.is_same_body(sent.recipient)
        or heard.asked_at != sent.asked_at
    ):
        raise PongOfAnother


def _answered(
    sent: SentPing,
    received: ReceivedPong,
    pong: Pong | None,
    *,
    doubt: Reason | None = None,
    doubts: tuple[Reason, ...] = (),
) -> Answered:
    took = (received.received_at - sent.asked_at).total_seconds()
    return Answered(
        by=pong.heard.recipient if pong else sent.recipient,
        seconds=took,
        way_there=pong.heard.way if pong else (),
        way_back=tuple(received.way.split()),
        account=received.account,
        clock_ahead_seconds=_ahead(sent, pong.heard.heard_at, took) if pong else 0.0,
        doubt=doubt,
        doubts=doubts,
    )


def _ahead(sent: SentPing, heard_at: datetime, took: float) -> float:
    """Return how far the other clock is ahead, if there and back take equally long."""
    return (heard_at - sent.asked_at).total_seconds() - took / 2
