"""What an authentic answer about revocation says, whoever gave it and in what form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography import x509

from edoc_connector.errors import N_

REASONS: Final[Mapping[x509.ReasonFlags, str]] = {
    x509.ReasonFlags.unspecified: N_("no reason given"),
    x509.ReasonFlags.key_compromise: N_("its key was compromised"),
    x509.ReasonFlags.ca_compromise: N_("the key of its authority was compromised"),
    x509.ReasonFlags.affiliation_changed: N_("its owner has changed"),
    x509.ReasonFlags.superseded: N_("it was replaced by another"),
    x509.ReasonFlags.cessation_of_operation: N_("its owner has ceased to work"),
    x509.ReasonFlags.certificate_hold: N_("it is on hold"),
    x509.ReasonFlags.privilege_withdrawn: N_("a right of its owner was withdrawn"),
    x509.ReasonFlags.aa_compromise: N_("the key of its authority was compromised"),
}
"""RFC 5280, 5.3.1.  removeFromCRL is none: it is how a hold ends."""

COMPROMISED: Final = frozenset(
    {
        x509.ReasonFlags.key_compromise,
        x509.ReasonFlags.ca_compromise,
        x509.ReasonFlags.aa_compromise,
    }
)
"""After these a key is nobody's, whatever else certifies it."""

HARMLESS: Final = frozenset(
    {
        x509.ReasonFlags.affiliation_changed,
        x509.ReasonFlags.superseded,
        x509.ReasonFlags.cessation_of_operation,
    }
)
"""After these alone the stamps made before still count (RFC 3161, 4.1)."""


@dataclass(frozen=True, slots=True)
class Revoked:
    """When the authority took a certificate back, and why."""

    at: datetime
    why: str
    reason: x509.ReasonFlags = x509.ReasonFlags.unspecified

    @property
    def is_hold(self) -> bool:
        """Whether the authority may give it back."""
        return self.reason is x509.ReasonFlags.certificate_hold


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """The answer; `revoked` is None where it says good.

    `remembered_since`: certificates that expired since then are still in it; None
    where it does not say so.
    """

    this_update: datetime
    next_update: datetime | None
    revoked: Revoked | None = None
    remembered_since: datetime | None = None

    @property
    def is_hold(self) -> bool:
        """Whether it says revoked, and a later answer may say good again."""
        return self.revoked is not None and self.revoked.is_hold

    def remembers(self, expiry: datetime) -> bool:
        """Whether it still knows of a certificate that expired then."""
        return self.remembered_since is not None and self.remembered_since <= expiry


def revoked(at: datetime, reason: x509.ReasonFlags | None) -> Revoked | None:
    """Return what a revoked entry means; a hold that has ended means nothing."""
    if reason is x509.ReasonFlags.remove_from_crl:
        return None
    stated = reason or x509.ReasonFlags.unspecified
    return Revoked(at, REASONS[stated], stated)
