"""Facts of the certificates with which we seal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from edoc_connector.ledger.facts.fact import Fact
from edoc_connector.model.identifiers import Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyUsed(Fact):
    """Another certificate of ours seals from here on: `key` is its name in settings.

    `cause` says why; `before` is the one that sealed until now, empty for the first.
    """

    kind: ClassVar[str] = "key:used"
    handle: ClassVar[str] = "certificate"

    certificate: Digest
    key: str
    cause: str
    before: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFoundRevoked(Fact):
    """The authority says that a certificate of ours was revoked: it seals no more."""

    kind: ClassVar[str] = "key:revoked"
    handle: ClassVar[str] = "certificate"

    certificate: Digest
    key: str
    revoked_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFoundRestored(Fact):
    """The authority has taken the revocation back: the certificate was on hold."""

    kind: ClassVar[str] = "key:restored"
    handle: ClassVar[str] = "certificate"

    certificate: Digest
    key: str
