"""What one signature in a PDF is worth: bytes, signer, time, and what came later.

Runs in the worker only, as `examine` does, which finds the signatures.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, BinaryIO, Final

from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation.generic_cms import extract_tst_data_iter
from pyhanko.sign.validation.pdf_embedded import (
    async_validate_pdf_signature,
    async_validate_pdf_timestamp,
)
from pyhanko.sign.validation.status import (
    PdfSignatureStatus,
    SignatureCoverageLevel,
    SignatureStatus,
    TimestampSignatureStatus,
)
from pyhanko_certvalidator.policy_decl import RevocationCheckingPolicy

from edoc_connector.errors import N_
from edoc_connector.model.pdf_signatures import (
    PdfChain,
    PdfChanges,
    PdfCoverage,
    PdfMark,
    PdfOutcome,
    PdfSignature,
    PdfTime,
)
from edoc_connector.pdf.chain import anchor_of, chain_of, path_of, revocation_of
from edoc_connector.pdf.examined import Found
from edoc_connector.pdf.gap import (
    ends_in_order,
    is_only_the_value,
    reaches_the_end,
)
from edoc_connector.pdf.signer import clipped, organization_of, signer_of
from edoc_connector.pdf.trust import (
    ALL_KNOWN,
    SIGNER,
    SIGNER_KNOWN,
    Evidence,
    Trust,
)

DOCUMENT_STAMP: Final = "/ETSI.RFC3161"

NOT_AS_CLAIMED: Final = N_("the signed bytes are not those of the file")
WRONG_VALUE: Final = N_("the signature does not fit the certificate")
GAP: Final = N_("something hides in the part that is not signed")

HOSTILE: Final = (
    PdfError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    NotImplementedError,
    OSError,
    RecursionError,
    TypeError,
    ValueError,
)
"""What libraries raise at bytes their authors did not think of."""


@dataclass(frozen=True)
class Field:
    """A filled signature field and its dictionaries, not read any further yet."""

    name: str
    value: Any
    field: Any

    @property
    def sub_filter(self) -> str:
        """How the signature is encoded; empty where it does not say."""
        return str(self.value.get("/SubFilter", ""))


def mark_of(field: Field) -> PdfMark:
    """Tell a signature from a time stamp over the whole document."""
    is_stamp = field.sub_filter == DOCUMENT_STAMP
    return PdfMark.TIMESTAMP if is_stamp else PdfMark.SIGNATURE


@dataclass(frozen=True)
class Examination:
    """One file on the table."""

    file: BinaryIO
    reader: PdfFileReader
    trust: Trust
    seen_at: datetime


@dataclass(frozen=True)
class Judgement:
    """One signature under examination."""

    table: Examination
    field: Field
    embedded: Any  # an EmbeddedPdfSignature: half of its methods have no types
    evidence: Evidence

    async def found(self) -> Found:
        """Return what it is worth.  Raises what pyHanko raises at such bytes."""
        self.embedded.compute_integrity_info()
        covered = self._coverage()
        changes = self._changes(covered)
        if mark_of(self.field) is PdfMark.TIMESTAMP:
            return await self._document_stamp(covered, changes)
        stamp = await self._stamp()
        claimed = _aware(self.embedded.self_reported_timestamp)
        times = _times(_trusted_time(stamp), claimed, self.table.seen_at)
        status, is_revocation_known, moment = await self._at_all(times)
        signature = self._signature(
            status,
            covered,
            changes,
            claimed_at=claimed,
            stamped_at=_aware(stamp.timestamp) if stamp else None,
            time=_time(stamp, claimed),
            revocation=revocation_of(status, is_known=is_revocation_known),
            moment=moment,
            trust=self.table.trust,
        )
        return Found(signature=signature, signer=path_of(status), stamp=path_of(stamp))

    async def _document_stamp(self, covered: PdfCoverage, changes: PdfChanges) -> Found:
        stated = self.embedded.signed_data["encap_content_info"]["content"].parsed
        moment = _aware(stated["gen_time"].native) or self.table.seen_at
        context = self.table.trust.of_time.at(moment, self.evidence.certificates_only)
        status = await async_validate_pdf_timestamp(
            self.embedded, context, skip_diff=True
        )
        signature = self._signature(
            status,
            covered,
            changes,
            stamped_at=moment,
            time=_time(status, None),
            revocation=revocation_of(status, is_known=False),
            moment=moment,
            trust=self.table.trust.of_time,
        )
        return Found(signature=signature, signer=path_of(status))

    def _signature(
        self,
        status: SignatureStatus,
        coverage: PdfCoverage,
        changes: PdfChanges,
        *,
        moment: datetime,
        trust: Trust,
        **of_time: Any,  # noqa: ANN401
    ) -> PdfSignature:
        problem = _problem(status, coverage)
        chain = chain_of(status, trust, moment)
        return PdfSignature(
            field=self.field.name,
            mark=mark_of(self.field),
            sub_filter=clipped(self.field.sub_filter.lstrip("/")),
            outcome=_outcome(problem, changes, chain),
            signer=signer_of(status.signing_cert),
            organization=organization_of(status.signing_cert),
            coverage=coverage,
            revision=self.embedded.signed_revision + 1,
            revisions=self.table.reader.total_revisions,
            changes=changes,
            digest_algorithm=clipped(status.md_algorithm),
            signature_algorithm=clipped(status.pkcs7_signature_mechanism),
            chain=chain,
            anchor=anchor_of(status),
            judged_at=moment,
            problem=problem,
            **of_time,
        )

    def _coverage(self) -> PdfCoverage:
        """Believe pyHanko where the gap is what it takes it for."""
        file, ranges = self.table.file, self.embedded.byte_range
        if not is_only_the_value(file, ranges, self.embedded.pkcs7_content):
            return PdfCoverage.PART
        match self.embedded.coverage:
            case SignatureCoverageLevel.ENTIRE_FILE if reaches_the_end(file, ranges):
                return PdfCoverage.WHOLE
            case SignatureCoverageLevel.ENTIRE_REVISION:
                return PdfCoverage.REVISION
            case _:
                return PdfCoverage.PART

    def _changes(self, coverage: PdfCoverage) -> PdfChanges:
        if coverage is PdfCoverage.WHOLE:
            return PdfChanges.NONE
        told = self.embedded.summarise_integrity_info()
        if coverage is PdfCoverage.PART or not told["docmdp_ok"]:
            return PdfChanges.OTHER
        if not ends_in_order(self.table.file):
            return PdfChanges.OTHER
        return LEVELS[told["diff_result"].modification_level]

    async def _stamp(self) -> TimestampSignatureStatus | None:
        """Return what the time stamp of the signature is worth, at its own time."""
        for token in extract_tst_data_iter(self.embedded.signer_info, signed=False):
            stated = token["encap_content_info"]["content"].parsed
            moment = _aware(stated["gen_time"].native) or self.table.seen_at
            status = await self._judged(moment, self.evidence.certificates_only)
            return status.timestamp_validity
        return None

    async def _at_all(
        self, times: Iterable[datetime]
    ) -> tuple[PdfSignatureStatus, bool, datetime]:
        """Return the judgement of the first time that fails, else of the first."""
        judged = [(*await self._status(it), it) for it in times]
        lacking = (it for it in judged if not self._is_anchored(it[0], it[2]))
        return next(lacking, judged[0])

    def _is_anchored(self, status: PdfSignatureStatus, moment: datetime) -> bool:
        return chain_of(status, self.table.trust, moment) is PdfChain.ANCHORED

    async def _status(self, moment: datetime) -> tuple[PdfSignatureStatus, bool]:
        """Return the judgement, and whether the file says that nothing is revoked."""
        if self.evidence.tells_of_revocation:
            # Evidence that nobody can read is none, and breaks no signature.
            with suppress(*HOSTILE):
                return await self._by_evidence(moment)
        return await self._judged(moment, self.evidence.certificates_only), False

    async def _by_evidence(self, moment: datetime) -> tuple[PdfSignatureStatus, bool]:
        for policy in (ALL_KNOWN, SIGNER_KNOWN):
            status = await self._judged(moment, self.evidence, revocation=policy)
            if status.revoked or status.trusted:
                return status, policy is ALL_KNOWN
        # It says nothing of the signer.
        return await self._judged(moment, self.evidence), False

    async def _judged(
        self, moment: datetime, evidence: Evidence, **how: RevocationCheckingPolicy
    ) -> PdfSignatureStatus:
        trust = self.table.trust
        return await async_validate_pdf_signature(
            self.embedded,
            trust.at(moment, evidence, **how),
            trust.of_time.at(moment, evidence.certificates_only),
            key_usage_settings=SIGNER,
            skip_diff=True,
        )


LEVELS: Final = {
    ModificationLevel.NONE: PdfChanges.NONE,
    ModificationLevel.LTA_UPDATES: PdfChanges.MAINTENANCE,
    ModificationLevel.FORM_FILLING: PdfChanges.SIGNING,
    ModificationLevel.ANNOTATIONS: PdfChanges.SIGNING,
    ModificationLevel.OTHER: PdfChanges.OTHER,
}


def _problem(status: SignatureStatus, coverage: PdfCoverage) -> str:
    """Say what is broken, or nothing."""
    if not status.intact:
        return NOT_AS_CLAIMED
    if not status.valid:
        return WRONG_VALUE
    return GAP if coverage is PdfCoverage.PART else ""


def _outcome(problem: str, changes: PdfChanges, chain: PdfChain) -> PdfOutcome:
    if problem:
        return PdfOutcome.BROKEN
    if changes is PdfChanges.OTHER:
        return PdfOutcome.CHANGED
    return PdfOutcome.TRUSTED if chain is PdfChain.ANCHORED else PdfOutcome.INTACT


def _time(stamp: TimestampSignatureStatus | None, claimed: datetime | None) -> PdfTime:
    if stamp is None:
        return PdfTime.CLAIMED if claimed else PdfTime.NONE
    if not (stamp.intact and stamp.valid):
        return PdfTime.STAMP_BROKEN
    return PdfTime.PROVEN if stamp.trusted else PdfTime.STAMP_UNKNOWN


def _times(
    proven: datetime | None, claimed: datetime | None, seen_at: datetime
) -> tuple[datetime, ...]:
    """Return the times at which the chain must hold.

    A time that nobody proves is not enough by itself: whoever has an old key can write
    an old date, and so the chain must hold when the file was seen, too.
    """
    if proven:
        return (proven,)
    return (claimed, seen_at) if claimed else (seen_at,)


def _trusted_time(stamp: TimestampSignatureStatus | None) -> datetime | None:
    if stamp is None or not stamp.trusted:
        return None
    return _aware(stamp.timestamp)


def _aware(at: datetime | None) -> datetime | None:
    """Return it in UTC: what says no zone means UTC to most who write it."""
    if at is None:
        return None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
