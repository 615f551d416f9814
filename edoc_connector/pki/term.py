"""Until when a certificate holds, whoever it belongs to and whatever kind it is."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from cryptography import x509

from edoc_connector.model.identifiers import Digest


@dataclass(frozen=True, slots=True)
class Term:
    """A certificate by its digest and the name people know it by, and its end."""

    certificate: Digest
    name: str
    until: datetime

    def days_left(self, now: datetime) -> int:
        """Return the whole days until its end; less than 0 once it has ended."""
        return (self.until - now).days


def term_of(der: bytes, name: str = "") -> Term:
    """Read until when a certificate holds; its subject names it where nobody does."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what is odd about it is not asked here
        certificate = x509.load_der_x509_certificate(der)
    return Term(
        certificate=Digest(sha256(der).hexdigest()),
        name=name or certificate.subject.rfc4514_string(),
        until=certificate.not_valid_after_utc,
    )
