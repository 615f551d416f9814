"""Facts of what others ask about the documents they sent us."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from edoc_connector.ledger.facts.fact import Fact
from edoc_connector.model.identifiers import MessageId


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderAsked(Fact):
    """A request about a received document waits for a person here.

    `original` is the message of that document, empty where it never came; `type` is the
    BussinessDocType of the request.
    """

    kind: ClassVar[str] = "order:asked"
    handle: ClassVar[str] = "message_id"

    message_id: MessageId
    account: str
    original: str
    type: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderDecided(Fact):
    """A person here has decided: in the register, or by command."""

    kind: ClassVar[str] = "order:decided"
    handle: ClassVar[str] = "message_id"

    message_id: MessageId
    account: str
    decision: str
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderApplied(Fact):
    """A request was agreed to; in the register it was about `row`, if about any."""

    kind: ClassVar[str] = "order:applied"
    handle: ClassVar[str] = "message_id"

    message_id: MessageId
    account: str
    original: str
    type: int
    row: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRefused(Fact):
    """A request was refused."""

    kind: ClassVar[str] = "order:refused"
    handle: ClassVar[str] = "message_id"

    message_id: MessageId
    account: str
    original: str
    type: int
    reason: str
