"""One frozen type per stage: whoever holds one knows what has been done to it.

Document -> Envelope -> SealedEnvelope -> ReceivedEnvelope -> VerifiedEnvelope
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from edoc_connector.model.deviations import Deviation
from edoc_connector.model.document import Attachment, Document, Unread
from edoc_connector.model.identifiers import Digest
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.status import Status
from edoc_connector.model.verdict import Verdict


class Kind(StrEnum):
    """What an envelope carries; the first word of its routing key.

    A reconciliation is a document for connectors: no register ever sees it.  A ping and
    its pong carry nothing: they prove the way, and are kept nowhere among the mail.  A
    probe only asks the broker for the way, and is forgotten by who gets it.
    """

    EDOC = "edoc"
    STATUS = "status"
    RECONCILIATION = "reconciliation"
    PING = "ping"
    PONG = "pong"
    PROBE = "probe"


Content = Document | Status
"""What an envelope carries."""


class Contents(Protocol):
    """Where the bytes of attachments are, whatever keeps them."""

    def chunks(self, attachment: Attachment) -> Iterator[bytes]:
        """Yield the file's own bytes in order; memory stays bounded."""
        ...


@dataclass(frozen=True, slots=True)
class TraceStamp:
    """A node was here (TraceHeader): who, and when, aware, to the second."""

    organization: OrganizationCode
    at: datetime | Unread | None


@dataclass(frozen=True, slots=True)
class PacketError:
    """What a node reports to be wrong with the packet (Error): its code and words."""

    code: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Envelope:
    """A document or status ready to be sealed; the sender's own stamp stands first."""

    content: Content
    trace: tuple[TraceStamp, ...] = ()
    errors: tuple[PacketError, ...] = ()


@dataclass(frozen=True, slots=True)
class SealedEnvelope:
    """An envelope with its seal: the `ds:Signature` element, byte for byte."""

    envelope: Envelope
    seal: bytes


@dataclass(frozen=True, slots=True)
class FoundReference:
    """A Reference of a received Signature, as text, nothing believed yet."""

    uri: str
    transforms: tuple[str, ...]
    digest_method: str
    digest_value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundSeal:
    """What was found where a seal stands, as text, nothing believed yet.

    `statement` is the sealer's own copy of the statement, if nodes left it there: leaf
    paths and values in document order (`From/OrganId`, `To[2]/OrganId`).  It only helps
    to say what was changed; no decision rests on it.  `timestamps` are time stamp
    tokens in base64, if nodes left them there.
    """

    canonicalization_method: str
    signature_method: str
    references: tuple[FoundReference, ...]
    signature_value: str
    certificates: tuple[str, ...]
    statement: tuple[tuple[str, str], ...] = ()
    certificate_digest: str = ""
    timestamps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReceivedEnvelope:
    """An envelope as a stranger sent it: readable, and not believed.

    `deviations` say how it departs from the form we write.
    """

    envelope: Envelope
    seal: FoundSeal | None
    contents: Contents = field(repr=False, compare=False)
    deviations: tuple[Deviation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedEnvelope:
    """What was sealed, and by whom.  Only `signature.verify.verify` makes one.

    Of a packet that was accepted without a seal, as the verdict then says, certificate
    and time are not there.
    """

    envelope: Envelope
    contents: Contents = field(repr=False, compare=False)
    statement_digest: Digest
    certificate_digest: Digest | None
    sealed_at: datetime | None
    verified_at: datetime
    verdict: Verdict
