"""Hears pings and pongs where the mail comes in: answers the ones, keeps the others.

Nothing of it is mail: no ledger, no inbox, no register.  A ping that cannot be answered
is forgotten, for who asked will ask again.  Mail waits while one is answered: for as
long as the way out is given, and once only where that fails.  Answered is only whom our
broker vouches for, and through a link whoever the link brings: there the limits hold,
and no answer is larger than its question.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

from edoc_connector.bus.message import Delivery, Message
from edoc_connector.bus.ping import asked_at_of, pong_message
from edoc_connector.bus.port import Publisher
from edoc_connector.errors import BusUnavailable, EdocError, MailboxBusy
from edoc_connector.flows.pinging.flood import Flood
from edoc_connector.flows.sealing.keys import key_for_seal
from edoc_connector.flows.site import Site
from edoc_connector.model.identifiers import MessageId
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.ping import PING_BYTES, Heard
from edoc_connector.model.stages import Kind
from edoc_connector.signature.pong import sign_pong
from edoc_connector.storage import Storage
from edoc_connector.storage.pings import ReceivedPong

log = logging.getLogger(__name__)

SIGNALS = frozenset({Kind.PING, Kind.PONG, Kind.PROBE})
"""What proves a way and is no mail."""


REST: Final = timedelta(minutes=1)
"""So long nobody is answered after the way out has failed: mail waits for each try."""


@dataclass(slots=True)
class Answering:
    """The way out of one thread for its answers, and how many it gives.

    There is one for each mailbox, whoever it is for: the limits are those of all.
    """

    publisher: Publisher
    flood: Flood = field(default_factory=Flood)
    failed_at: datetime | None = None

    def admits(self, account: str, sender: OrganizationCode, now: datetime) -> bool:
        """Say whether this one is answered too, and count it if it is."""
        return not self._rests(now) and self.flood.admits(account, sender, now)

    def _rests(self, now: datetime) -> bool:
        failed_at = self.failed_at
        # A clock that was put back must not silence us until it is there again.
        return failed_at is not None and failed_at <= now < failed_at + REST


def hear(
    site: Site, storage: Storage, delivery: Delivery, answering: Answering | None
) -> None:
    """Answer a ping or keep a pong; raises only where our own database is away."""
    message = delivery.message
    if message.kind is Kind.PROBE:
        return  # that it was routed is all it was for
    if len(message.body) > PING_BYTES or not site.serves(message.recipient):
        _pass_over(delivery)
    elif message.kind is Kind.PONG:
        _keep(site, storage, delivery)
    elif answering is not None and _is_admitted(site, delivery, answering):
        _answer(site, storage, delivery, answering)
    else:
        _pass_over(delivery)


def _pass_over(delivery: Delivery) -> None:
    message = delivery.message
    log.warning(
        "ping_unanswered",
        extra={
            "account": delivery.account,
            "sender": message.sender,
            "kind": message.kind,
        },
    )


def _is_admitted(site: Site, delivery: Delivery, answering: Answering) -> bool:
    account, sender = delivery.account, delivery.message.sender
    is_known = account in site.policy.links or site.policy.vouches(account, sender)
    return is_known and answering.admits(account, sender, site.clock())


def _answer(
    site: Site, storage: Storage, delivery: Delivery, answering: Answering
) -> None:
    try:
        pong = _pong(site, storage, delivery)
        if len(pong.body) <= len(delivery.message.body):
            answering.publisher.publish(pong)
    except EdocError as error:
        if error.fatal:
            raise
        log.warning("pong_failed", extra={"reason": error})
        if _is_away(error):
            answering.failed_at = site.clock()
        return
    finally:
        answering.publisher.close()  # there may be no other one for months
    log.info("ping_answered", extra={"sender": delivery.message.sender})


def _is_away(error: EdocError) -> bool:
    """Whether it is the broker, and not one message or the mailbox it is for."""
    return isinstance(error, BusUnavailable) and not isinstance(error, MailboxBusy)


def _pong(site: Site, storage: Storage, delivery: Delivery) -> Message:
    message = delivery.message
    heard = Heard(
        ping=message.message_id,
        sender=message.sender,
        recipient=message.recipient,
        asked_at=asked_at_of(message),
        heard_at=site.clock(),
        account=delivery.account,
        way=delivery.way,
    )
    pong = sign_pong(heard, key_for_seal(site, storage))
    return pong_message(pong, MessageId(str(uuid4())))


def _keep(site: Site, storage: Storage, delivery: Delivery) -> None:
    message = delivery.message
    pong = ReceivedPong(
        ping=MessageId(message.answers),
        account=delivery.account,
        way=" ".join(delivery.way),
        body=message.body.decode(errors="replace"),
        received_at=site.clock(),
    )
    with storage.work() as work:
        is_ours = work.pings.hear(pong)
    if not is_ours:
        _pass_over(delivery)
