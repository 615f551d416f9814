"""Takes back what a worker believed of signers whom an answer we have says revoked.

Guarantee: a signature is trusted only where no list that was carried in and no answer
that was kept says that its path was revoked at the proven time; without one, when the
file came.  What remains: nobody is asked over the network about signers of PDFs.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from cryptography import x509

from edoc_connector.clock import Clock
from edoc_connector.errors import CertificateRevoked
from edoc_connector.model.pdf_signatures import (
    PdfChain,
    PdfOutcome,
    PdfReport,
    PdfRevocation,
    PdfSignature,
    PdfTime,
)
from edoc_connector.pdf.examined import Examined, Found
from edoc_connector.signature.certificate import UNREADABLE
from edoc_connector.signature.ports import Revocation
from edoc_connector.signature.revocation import check_revocation
from edoc_connector.signature.said import HARMLESS


@dataclass(frozen=True, slots=True)
class Known:
    """Whoever says what is known here, and the time it is."""

    source: Revocation
    clock: Clock

    def report(self, examined: Examined, seen_at: datetime) -> PdfReport:
        """Return what was found in a file, in the light of what is known."""
        judged = tuple(self._judged(it, seen_at) for it in examined.found)
        return replace(examined.report, signatures=judged)

    def _judged(self, found: Found, seen_at: datetime) -> PdfSignature:
        signature = found.signature
        at = signature.proven_at or seen_at
        try:
            if self._is_spoilt(found.stamp, at):
                return _without_stamp(signature)
            self._check(found.signer, at)
        except CertificateRevoked:
            return _revoked(signature, at)
        except UNREADABLE:  # what nobody can read, nobody can look up in a list
            return _less(signature, chain=PdfChain.UNFIT)
        return signature

    def _is_spoilt(self, stamp: tuple[bytes, ...], at: datetime) -> bool:
        """Whether another may have the key of the authority of time (RFC 3161, 4)."""
        try:
            return self._check(stamp, at)
        except CertificateRevoked:
            return True

    def _check(self, path: tuple[bytes, ...], at: datetime) -> bool:
        """Return whether its keys may be stolen, or raise `CertificateRevoked`."""
        read = tuple(map(_read, path))
        known = check_revocation(read, self.source, at=at, now=self.clock())
        return any(it.reason not in HARMLESS for it in known.later)


def _read(der: bytes) -> x509.Certificate:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about strangers' certificates, on stderr
        return x509.load_der_x509_certificate(der)


def _revoked(signature: PdfSignature, at: datetime) -> PdfSignature:
    return _less(
        signature,
        chain=PdfChain.REVOKED,
        revocation=PdfRevocation.REVOKED,
        judged_at=at,
    )


def _without_stamp(signature: PdfSignature) -> PdfSignature:
    """Return it without a proven time, for which alone its chain was judged."""
    return _less(signature, chain=PdfChain.OUT_OF_DATE, time=PdfTime.STAMP_UNKNOWN)


def _less(signature: PdfSignature, **changes: object) -> PdfSignature:
    outcome = UNTRUSTED.get(signature.outcome, signature.outcome)
    return replace(signature, outcome=outcome, **changes)  # type: ignore[arg-type]


UNTRUSTED: Final = {PdfOutcome.TRUSTED: PdfOutcome.INTACT}
