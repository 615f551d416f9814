"""What pyHanko's verdict on a certificate means, in our words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from pyhanko.sign.ades.report import AdESFailure, AdESIndeterminate, AdESSubIndic
from pyhanko.sign.validation.status import SignatureStatus

from edoc_connector.model.pdf_signatures import PdfChain, PdfRevocation
from edoc_connector.pdf.signer import named
from edoc_connector.pdf.trust import Trust

CHAINS: Final[Mapping[AdESSubIndic, PdfChain]] = {
    AdESIndeterminate.NO_CERTIFICATE_CHAIN_FOUND: PdfChain.UNKNOWN,
    AdESIndeterminate.OUT_OF_BOUNDS_NO_POE: PdfChain.OUT_OF_DATE,
    AdESIndeterminate.OUT_OF_BOUNDS_NOT_REVOKED: PdfChain.OUT_OF_DATE,
    AdESIndeterminate.EXPIRED: PdfChain.OUT_OF_DATE,
    AdESIndeterminate.NOT_YET_VALID: PdfChain.OUT_OF_DATE,
    AdESIndeterminate.REVOKED_NO_POE: PdfChain.REVOKED,
    AdESIndeterminate.REVOKED_CA_NO_POE: PdfChain.REVOKED,
    AdESFailure.REVOKED: PdfChain.REVOKED,
    AdESIndeterminate.CRYPTO_CONSTRAINTS_FAILURE: PdfChain.WEAK,
    AdESIndeterminate.CRYPTO_CONSTRAINTS_FAILURE_NO_POE: PdfChain.WEAK,
}
"""Everything else does not fit its purpose: key usage, name constraints and so on."""


def chain_of(status: SignatureStatus, trust: Trust, moment: datetime) -> PdfChain:
    """Return whether the signer leads to an anchor, or why not."""
    if status.trusted:
        is_allowed = trust.allows(status.validation_path or (), moment)
        return PdfChain.ANCHORED if is_allowed else PdfChain.OUT_OF_DATE
    if status.trust_problem_indic is None:  # a broken value: nobody looked for a chain
        return PdfChain.NOT_TRIED
    return CHAINS.get(status.trust_problem_indic, PdfChain.UNFIT)


def anchor_of(status: SignatureStatus) -> str:
    """Return the name of the authority at the end of the chain."""
    path = status.validation_path
    return named(path.trust_anchor.authority.name) if status.trusted and path else ""


def path_of(status: SignatureStatus | None) -> tuple[bytes, ...]:
    """Return the certificates of the chain, leaf first, DER; empty without anchor."""
    if status is None or not status.trusted or not status.validation_path:
        return ()
    return tuple(it.dump() for it in status.validation_path)[::-1]


def revocation_of(status: SignatureStatus, *, is_known: bool) -> PdfRevocation:
    """Return what the evidence in the file says of the chain."""
    if status.revoked:
        return PdfRevocation.REVOKED
    return PdfRevocation.GOOD if is_known else PdfRevocation.UNKNOWN
