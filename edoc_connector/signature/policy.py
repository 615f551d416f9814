"""Whom to trust, and who may speak for whom: what the operator decides about seals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.signature.binding import Binding
from edoc_connector.signature.choices import SealAlgorithm, Unsealed
from edoc_connector.signature.path import Anchor


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What a seal must satisfy.  Without any anchor nothing is trusted.

    `anchors` are certificates of authorities: self-signed ones end a path, the
    others only lead to one.  `accounts` names the organisations a broker account may
    speak for; `links` are accounts of other brokers, which vouch for nobody: there the
    seal alone proves the sender.  `unsealed` names the organisations that cannot seal
    yet.  A seal may lie `future_tolerance` in our future, because clocks differ.
    `timestamp_anchors` are those of time stamping authorities; without any of their
    own, `anchors` are theirs too.
    """

    anchors: tuple[Anchor, ...]
    accounts: Mapping[str, tuple[OrganizationCode, ...]] = field(default_factory=dict)
    links: frozenset[str] = frozenset()
    binding: Binding = field(default_factory=Binding)
    unsealed: Mapping[OrganizationCode, Unsealed] = field(default_factory=dict)
    algorithms: frozenset[SealAlgorithm] = frozenset(SealAlgorithm)
    future_tolerance: timedelta = timedelta(hours=1)
    timestamp_anchors: tuple[Anchor, ...] = ()

    def speaks_for(self, account: str) -> tuple[OrganizationCode, ...]:
        """Return whose packets this account may bring; unlisted: its own name's."""
        return self.accounts.get(account, (OrganizationCode(account),))

    def vouches(self, account: str, code: OrganizationCode) -> bool:
        """Tell whether this account is known to be that body's own."""
        if account in self.links:
            return False
        return any(one.is_same_body(code) for one in self.speaks_for(account))

    def accepts_unsealed(self, code: OrganizationCode) -> Unsealed:
        """Return what is accepted of this body, whose code may be an old one."""
        for listed, accepted in self.unsealed.items():
            if listed.is_same_body(code):
                return accepted
        return Unsealed.REQUIRE
