"""Whether a certificate was revoked at a proven time: judged from answers, never asked.

An authentic answer proves a time when it was given after that time, or was still valid
then; so the verdict depends on the time and the answers only, and is the same offline,
years later, from the answers that were kept.  Who says revoked is believed over who
says good, in whatever order they come.

Residual risk: what was revoked after the newest answer and before the proven time is
not noticed, for a verdict that an answer has settled is not judged again.  So
`pki.revocation` asks for a newer answer where the newest is more than a day old.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from cryptography import x509

from edoc_connector.errors import (
    N_,
    AnswerUnusable,
    CertificateRevoked,
    EdocError,
    Reason,
    RevocationNoAnswer,
    RevocationNotPublished,
    RevocationUnknown,
    RevokedLater,
)
from edoc_connector.model.evidence import Evidence, EvidenceKind
from edoc_connector.model.identifiers import Digest
from edoc_connector.signature.addresses import (
    crl_addresses,
    ocsp_addresses,
    other_places,
)
from edoc_connector.signature.certificate import fingerprint
from edoc_connector.signature.crl import check_list, read_crl
from edoc_connector.signature.ocsp import read_ocsp
from edoc_connector.signature.ports import Answer, Revocation, Silence
from edoc_connector.signature.said import Revoked, Said
from edoc_connector.signature.validation import Path

CLOCK_TOLERANCE: Final = timedelta(hours=1)
"""How far an answer may lie in our future: clocks differ."""

MOST_AGE: Final = timedelta(days=1)
"""How long an answer holds that does not say it itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What is known of a path that was not found revoked.

    `evidence` is what proves it, `doubts` what could not be proven, `notes` what a
    reader should know besides; `later` is what was revoked since.
    """

    evidence: tuple[Evidence, ...] = ()
    doubts: tuple[Reason, ...] = ()
    notes: tuple[Reason, ...] = ()
    later: tuple[Revoked, ...] = ()


@dataclass(frozen=True, slots=True)
class _Question:
    """One certificate of the path, and what of it must be known."""

    certificate: x509.Certificate
    issuer: x509.Certificate
    at: datetime
    now: datetime

    @property
    def digest(self) -> Digest:
        return fingerprint(self.certificate)

    @property
    def subject(self) -> str:
        return self.certificate.subject.rfc4514_string()


def check_revocation(
    path: Path, source: Revocation, *, at: datetime, now: datetime
) -> Outcome:
    """Judge every certificate of the path below its anchor.

    Raises `CertificateRevoked` where one was revoked at that time, or before.
    """
    outcomes = [
        _judged(_Question(certificate, issuer, at, now), source)
        for certificate, issuer in pairwise(path)
    ]
    return Outcome(
        evidence=tuple(dict.fromkeys(it for one in outcomes for it in one.evidence)),
        doubts=tuple(it for one in outcomes for it in one.doubts),
        notes=tuple(it for one in outcomes for it in one.notes),
        later=tuple(it for one in outcomes for it in one.later),
    )


def judge(
    evidence: Evidence,
    certificate: x509.Certificate,
    issuer: x509.Certificate,
    *,
    at: datetime,
    now: datetime,
) -> Said:
    """Return what an answer proves about the certificate at that time.

    Raises `AnswerUnusable` for one that is not authentic, not about this certificate,
    or says nothing about that time.
    """
    said = read_answer(evidence, certificate, issuer)
    if said.this_update > now + CLOCK_TOLERANCE:
        raise AnswerUnusable(
            because=N_("it is dated in the future, {since}"),
            since=said.this_update.isoformat(),
        )
    if said.revoked is None:
        _check_reach(said, certificate, at)
    return said


def read_answer(
    evidence: Evidence, certificate: x509.Certificate, issuer: x509.Certificate
) -> Said:
    """Return what an authentic answer says, of whatever time.

    Raises `AnswerUnusable`.
    """
    match evidence.kind:
        case EvidenceKind.OCSP:
            return read_ocsp(evidence.data, certificate, issuer)
        case EvidenceKind.CRL:
            return read_crl(evidence.data, certificate, issuer)
        case other:
            raise AnswerUnusable(
                because=N_("it is of another kind, {kind}"), kind=other
            )


def check_use(evidence: Evidence, issuer: x509.Certificate, now: datetime) -> None:
    """Raise `AnswerUnusable` for a list that proves nothing of any certificate now.

    Other answers are about one certificate each, and are not looked at.
    """
    if evidence.kind is EvidenceKind.CRL:
        check_list(evidence.data, issuer, now)


def _check_reach(said: Said, certificate: x509.Certificate, at: datetime) -> None:
    """Refuse a "good" that was given too early, or too late to know."""
    until = said.next_update or said.this_update + MOST_AGE
    if until < at:
        raise AnswerUnusable(
            because=N_("it holds from {since} to {until} only"),
            since=said.this_update.isoformat(),
            until=until.isoformat(),
        )
    # Authorities forget expired certificates (RFC 5280, 3.3; EN 319 102-1, 5.2.5.4).
    expiry = certificate.not_valid_after_utc
    if said.this_update > expiry and not said.remembers(expiry):
        raise AnswerUnusable(
            because=N_("it was given at {since}, after the certificate had expired"),
            since=said.this_update.isoformat(),
        )


def _judged(question: _Question, source: Revocation) -> Outcome:
    proofs: list[tuple[Evidence, Said]] = []
    failures: list[Reason] = []
    for item in source.answers(question.certificate, question.issuer, question.at):
        try:
            proofs.append(_proof(item, question))
        except EdocError as error:
            failures.append(_failure(item, error))
    proofs = _standing(proofs)
    _refuse_revoked(question, proofs)
    if not proofs:
        return Outcome(doubts=(_doubt(question, failures),))
    return Outcome(
        evidence=tuple(evidence for evidence, _ in proofs),
        notes=tuple(_notes(question, proofs)),
        later=tuple(said.revoked for _, said in proofs if said.revoked),
    )


def _standing(proofs: list[tuple[Evidence, Said]]) -> list[tuple[Evidence, Said]]:
    """Leave out the holds of which a newer answer says that they have ended."""
    good = [said.this_update for _, said in proofs if said.revoked is None]
    return [
        (evidence, said)
        for evidence, said in proofs
        if not (said.is_hold and any(it > said.this_update for it in good))
    ]


def _proof(item: Answer | Silence, question: _Question) -> tuple[Evidence, Said]:
    if isinstance(item, Silence):
        raise AnswerUnusable(problem=item.problem)
    return item.evidence, judge(
        item.evidence,
        question.certificate,
        question.issuer,
        at=question.at,
        now=question.now,
    )


def _failure(item: Answer | Silence, error: EdocError) -> Reason:
    return Reason(RevocationNoAnswer.code, {**error.details, "source": item.source})


def _refuse_revoked(
    question: _Question, proofs: Iterable[tuple[Evidence, Said]]
) -> None:
    found = [
        (evidence, said.revoked)
        for evidence, said in proofs
        if said.revoked and said.revoked.at <= question.at
    ]
    if found:
        _, revoked = found[0]
        raise CertificateRevoked(
            evidence=(evidence for evidence, _ in found),
            certificate=question.subject,
            revoked_at=revoked.at.isoformat(),
            why=revoked.why,
            at=question.at.isoformat(),
            reason_code=revoked.reason.value,
            certificate_digest=question.digest,
        )


def _notes(
    question: _Question, proofs: Iterable[tuple[Evidence, Said]]
) -> Iterator[Reason]:
    later = [said.revoked for _, said in proofs if said.revoked]
    if later:
        first = min(later, key=lambda it: it.at)
        yield RevokedLater(
            certificate=question.subject,
            revoked_at=first.at.isoformat(),
            why=first.why,
        ).reason


def _doubt(question: _Question, failures: list[Reason]) -> Reason:
    asked = (*failures, *(() if failures else _unasked(question.certificate)))
    if not asked:
        return RevocationNotPublished(certificate=question.subject).reason
    return Reason(RevocationUnknown.code, _details(question), asked)


def _details(question: _Question) -> dict[str, str]:
    """Name the certificate for people, and both by digest for the grace period."""
    return {
        "certificate": question.subject,
        "at": question.at.isoformat(),
        "authority": question.issuer.subject.rfc4514_string(),
        "certificate_digest": question.digest,
        "issuer_digest": fingerprint(question.issuer),
    }


def _unasked(certificate: x509.Certificate) -> Iterator[Reason]:
    for address in (*ocsp_addresses(certificate), *crl_addresses(certificate)):
        problem = N_("no answer was kept")
        yield RevocationNoAnswer(source=address, problem=problem).reason
    for place in other_places(certificate):
        problem = N_(
            "its lists are partial or another authority's; carry in a whole one"
        )
        yield RevocationNoAnswer(source=place, problem=problem).reason
