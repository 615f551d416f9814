"""A ping and its pong: what proves the way to a body and back without a document."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from edoc_connector.model.identifiers import MessageId
from edoc_connector.model.organization_code import OrganizationCode

PING_BYTES: Final = 8192
"""A ping is filled up to this, and no pong is larger: an answer floods nobody."""

BROKER: Final = re.compile(r"[0-9A-Za-z?][0-9A-Za-z._-]{0,63}")
MOST_BROKERS: Final = 17


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What the body that was asked states of a ping that reached it.

    `account` is the one its own broker named, and `way` the brokers the message said it
    had passed; `asked_at` is the asker's clock and `heard_at` that of who answers.
    """

    ping: MessageId
    sender: OrganizationCode
    recipient: OrganizationCode
    asked_at: datetime
    heard_at: datetime
    account: str
    way: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pong:
    """The same with a signature, as it travels; nothing of it is believed yet."""

    heard: Heard
    algorithm: str
    signature: bytes
    certificate: bytes
