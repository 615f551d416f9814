"""Our broker as our own account sees it: is it there, does it take what we send."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from typing import Final
from uuid import uuid4

from edoc_connector.app.post import publisher_of, rabbit_address, reach_broker
from edoc_connector.axis.description import AxisLimits
from edoc_connector.axis.queues import mailbox_arguments
from edoc_connector.bus.mailbox import Standing, look_at_mailbox
from edoc_connector.bus.message import Message
from edoc_connector.bus.ping import probe_message
from edoc_connector.clock import system_clock
from edoc_connector.doctor.finding import (
    Finding,
    State,
    bad,
    because,
    soon,
    unseen,
    well,
)
from edoc_connector.doctor.patient import Patient
from edoc_connector.errors import (
    N_,
    BusRefused,
    BusUnavailable,
    EdocError,
    MailboxUnsafe,
    MessageTooLarge,
    Unroutable,
)
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.settings import Settings

log = logging.getLogger(__name__)

SECONDS: Final = 10.0


def look(patient: Patient) -> Iterator[Finding]:
    """Yield what our account learns of the broker and of its own mailboxes."""
    settings = patient.settings
    try:
        reach_broker(settings, seconds=SECONDS)
    except EdocError as error:
        yield because("broker-away", State.RED, error)
        for code in ("broker-blocked", "message-limit", "mailbox-unsafe"):
            yield unseen(code, N_("the broker is away"))
        return
    yield well("broker-away", N_("it lets us in"))
    yield _publishing(settings)
    yield _size(settings)
    for queue in (settings.axis.queue, settings.axis.express_queue):
        yield _mailbox(settings, queue)


def _publishing(settings: Settings) -> Finding:
    """Send something small to nobody: while an alarm is on it is not taken."""
    try:
        _send_to_nobody(settings, size=1)
    except BusUnavailable as error:
        return because("broker-blocked", State.RED, error)
    except EdocError as error:
        return because("broker-blocked", State.UNSEEN, error)
    return well("broker-blocked", N_("it takes what we send"))


def _size(settings: Settings) -> Finding:
    """Send as much as one message of ours may have, to nobody."""
    size = settings.axis.segment_bytes
    try:
        _send_to_nobody(settings, size=size)
    except MessageTooLarge as error:
        # The connector learns the limit and cuts anew: slower, and nothing is lost.
        return because("message-limit", State.AMBER, error)
    except BusRefused as error:
        return because("message-limit", State.RED, error)
    except EdocError as error:
        return because("message-limit", State.UNSEEN, error)
    return well("message-limit", N_("it takes messages of {size} bytes"), size=size)


def _send_to_nobody(settings: Settings, *, size: int) -> None:
    message = _to_nobody(settings, size)
    with closing(publisher_of(settings)) as publisher:
        try:
            publisher.publish(message)
        except Unroutable:
            return
    log.warning("probe_taken")  # somebody takes the mail of all codes


def _to_nobody(settings: Settings, size: int) -> Message:
    """Return a probe for a code that no body can have, so that it comes back."""
    sender = OrganizationCode(settings.organization.code)
    nobody = OrganizationCode(f"nobody-{uuid4().hex}")
    probe = probe_message(sender, nobody, system_clock())
    return replace(probe, body=b" " * size, packet_bytes=size)


def _mailbox(settings: Settings, queue: str) -> Finding:
    address = rabbit_address(settings)
    arguments = mailbox_arguments(address.account, AxisLimits().delivery_limit)
    try:
        standing = look_at_mailbox(address, queue, arguments)
    except MailboxUnsafe as error:
        return because("mailbox-unsafe", State.RED, error)
    except EdocError as error:
        return because("mailbox-unsafe", State.UNSEEN, error)
    if standing is Standing.MISSING:
        is_express = queue == settings.axis.express_queue
        told = soon if is_express else bad
        return told("mailbox-unsafe", N_("there is no queue {queue}"), queue=queue)
    if standing is Standing.UNSEEN:
        what = N_("how {queue} is made, our account may not ask")
        return unseen("mailbox-unsafe", what, queue=queue)
    return well("mailbox-unsafe", N_("{queue} loses nothing"), queue=queue)
