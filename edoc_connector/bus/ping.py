"""How a ping and its pong are written as messages, and how those of strangers are read.

They are messages of the axis like any other, with a small body of JSON.  A ping is as
large as a pong may be, and who answers sends nothing larger than what was asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final
from uuid import uuid4

import msgspec

from edoc_connector.bus.message import PROBE_BODY, Message, Segment
from edoc_connector.errors import MessageForeign
from edoc_connector.json_text import from_json, to_json
from edoc_connector.model.identifiers import Digest, MessageId
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.ping import PING_BYTES, Pong
from edoc_connector.model.stages import Kind

NO_PRIORITY: Final = 0
NO_BUSINESS: Final = 0
WHOLE: Final = Segment(1, 1)


@dataclass(frozen=True, slots=True)
class _Question:
    """The body of a ping; `filling` gives it its size."""

    asked_at: datetime
    filling: str = ""


def ping_message(
    ping: MessageId,
    *,
    sender: OrganizationCode,
    recipient: OrganizationCode,
    asked_at: datetime,
) -> Message:
    """Return a ping; its id is what the pong must name, and nobody can guess it."""
    bare = to_json(_Question(asked_at))
    body = to_json(_Question(asked_at, " " * (PING_BYTES - len(bare)))).encode()
    return _message(
        Kind.PING,
        ping,
        sender=sender,
        recipient=recipient,
        at=asked_at,
        answers="",
        body=body,
    )


def probe_message(
    sender: OrganizationCode, recipient: OrganizationCode, at: datetime
) -> Message:
    """Return what asks the broker for the way of a document, and carries nothing."""
    return _message(
        Kind.PROBE,
        MessageId(str(uuid4())),
        sender=sender,
        recipient=recipient,
        at=at,
        answers="",
        body=PROBE_BODY,
    )


def asked_at_of(message: Message) -> datetime:
    """Return when it was asked, by the asker's clock.  Raises `MessageForeign`."""
    try:
        at = from_json(message.body, _Question).asked_at
    except msgspec.DecodeError:
        raise MessageForeign(property="body", problem="is no ping") from None
    if at.tzinfo is None:
        raise MessageForeign(property="body", problem="has a time without a zone")
    return at


def pong_message(pong: Pong, message_id: MessageId) -> Message:
    """Return a pong as the message that takes it to who asked."""
    heard = pong.heard
    return _message(
        Kind.PONG,
        message_id,
        sender=heard.recipient,
        recipient=heard.sender,
        at=heard.heard_at,
        answers=heard.ping,
        body=to_json(pong).encode(),
    )


def read_pong(body: str | bytes) -> Pong:
    """Return what it states, nothing believed yet.  Raises `MessageForeign`."""
    try:
        pong = from_json(body, Pong)
    except msgspec.DecodeError:
        raise MessageForeign(property="body", problem="is no pong") from None
    if pong.heard.asked_at.tzinfo is None or pong.heard.heard_at.tzinfo is None:
        raise MessageForeign(property="body", problem="has a time without a zone")
    return pong


def _message(  # noqa: PLR0913  (everything in which the two differ)
    kind: Kind,
    message_id: MessageId,
    *,
    sender: OrganizationCode,
    recipient: OrganizationCode,
    at: datetime,
    answers: str,
    body: bytes,
) -> Message:
    return Message(
        message_id=message_id,
        kind=kind,
        sender=sender,
        recipient=recipient,
        correlation_id="",
        business_type=NO_BUSINESS,
        priority=NO_PRIORITY,
        sent_at=at,
        packet_digest=Digest(sha256(body).hexdigest()),
        packet_bytes=len(body),
        segment=WHOLE,
        answers=answers,
        body=body,
    )
