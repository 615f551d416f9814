"""Whom to trust, and who may speak for whom: what the operator decides about seals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.signature.ports import SealAlgorithm


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What a seal must satisfy.  Without any anchor nothing is trusted.

    `anchors` are certificates of authorities, DER: self-issued ones end a path, the
    others only lead to one.  `accounts` names the organisations a broker account may
    speak for.  A seal may lie `future_tolerance` in our future, because clocks differ.
    """

    anchors: tuple[bytes, ...]
    accounts: Mapping[str, tuple[OrganizationCode, ...]] = field(default_factory=dict)
    algorithms: frozenset[SealAlgorithm] = frozenset(SealAlgorithm)
    future_tolerance: timedelta = timedelta(hours=1)

    def speaks_for(self, account: str) -> tuple[OrganizationCode, ...]:
        """Return whose packets this account may bring; unlisted: its own name's."""
        return self.accounts.get(account, (OrganizationCode(account),))
