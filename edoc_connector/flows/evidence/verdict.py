"""Keeps what was found of a seal, with the evidence by which it can be found again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from edoc_connector.errors import RevocationUnknown
from edoc_connector.flows.evidence.grace import within_grace
from edoc_connector.flows.site import Site
from edoc_connector.ledger.facts import SealJudged
from edoc_connector.model.evidence import Evidence, EvidenceKind
from edoc_connector.model.identifiers import Digest
from edoc_connector.model.stages import ReceivedEnvelope, VerifiedEnvelope
from edoc_connector.model.verdict import Verdict
from edoc_connector.signature.answers import StoredRevocation
from edoc_connector.signature.verify import verify
from edoc_connector.storage import Storage, Work
from edoc_connector.storage.records import InboxEntry, KeptEvidence, KeptVerdict

AGAIN_AFTER: Final = timedelta(minutes=15)
"""How long an answer that was missing is not asked for again."""

NO_CERTIFICATE: Final = Digest("")
"""Of a packet that was accepted without a seal."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A packet whose seal was judged; its evidence is durable and not yet named.

    `is_kept`: this verdict was written down before, and stands.
    """

    entry: InboxEntry
    verified: VerifiedEnvelope
    evidence: tuple[tuple[EvidenceKind, Digest], ...]
    is_kept: bool = False


@dataclass(frozen=True, slots=True)
class EvidenceStore:
    """Stores the bytes of evidence; of what packets share, each is looked for once."""

    storage: Storage
    _stored: set[Digest] = field(default_factory=set)

    def store(
        self, evidence: Iterable[Evidence]
    ) -> tuple[tuple[EvidenceKind, Digest], ...]:
        """Store them, and return what names them."""
        # A crash here leaves contents that nobody names; the packet is judged again.
        return tuple((one.kind, self._keep(one)) for one in evidence)

    def _keep(self, evidence: Evidence) -> Digest:
        """Keep the bytes once: a list of an authority may have megabytes."""
        digest = evidence.digest
        if digest not in self._stored:
            if not self.storage.content.has(digest):
                self.storage.content.add((evidence.data,))
            self._stored.add(digest)
        return digest


@dataclass(frozen=True, slots=True)
class Before:
    """What packets that are judged together share.

    `kept` is the evidence of the entries that were judged already.
    """

    kept: Mapping[int, Sequence[KeptEvidence]]
    evidence: EvidenceStore


def judged_before(
    storage: Storage, work: Work, entries: Iterable[InboxEntry]
) -> Before:
    """Return what speaks for those of these on which there is a verdict."""
    packets = {it.id: it.packet for it in entries}
    judged = work.verdicts.latest_of(packets)
    kept = {number: work.evidence.of(packets[number]) for number in judged}
    return Before(kept, EvidenceStore(storage))


def judge_entry(
    site: Site, received: ReceivedEnvelope, entry: InboxEntry, before: Before
) -> Judged:
    """Judge a packet; one that was judged before by the evidence of that time.

    So a packet that is in the register already, when a crash has kept us from writing
    that down, is not refused for what became known since: `recheck` is for that.
    """
    kept = before.kept.get(entry.id)
    if kept is None:
        verified = verify_entry(site, received, entry)
        return keep_evidence(before.evidence, entry, verified)
    verified = verify(
        received,
        site.policy,
        account=entry.account,
        received_at=entry.accepted_at,
        now=site.clock(),
        revocation=site.revocation and _stored_answers(before.evidence.storage, kept),
    )
    return Judged(entry, verified, (), is_kept=True)


def _stored_answers(storage: Storage, kept: Iterable[KeptEvidence]) -> StoredRevocation:
    chunks = storage.content.chunks
    return StoredRevocation(
        tuple(Evidence(one.kind, b"".join(chunks(one.content))) for one in kept)
    )


def verify_entry(
    site: Site, received: ReceivedEnvelope, entry: InboxEntry
) -> VerifiedEnvelope:
    """Judge a packet of the inbox as of when it came, now or at any time later."""
    return verify(
        received,
        site.policy,
        account=entry.account,
        received_at=entry.accepted_at,
        now=site.clock(),
        revocation=site.revocation,
    )


def is_open(verdict: Verdict) -> bool:
    """Whether an answer that may still come is missing."""
    return any(it.code == RevocationUnknown.code for it in verdict.doubts)


def may_go_on(site: Site, storage: Storage, verdict: Verdict) -> bool:
    """Whether a packet may be delivered in spite of what is missing for a proof."""
    return within_grace(storage, verdict.doubts, now=site.clock(), grace=site.grace)


def keep_evidence(
    store: EvidenceStore, entry: InboxEntry, verified: VerifiedEnvelope
) -> Judged:
    """Store the bytes of the evidence, which many packets share."""
    return Judged(entry, verified, store.store(verified.verdict.evidence))


def keep_verdict(work: Work, *judged: Judged, at: datetime) -> None:
    """Write verdicts down, in the transaction that acts on them, or before it."""
    evidence = (
        (it.entry.packet, kind, content)
        for it in judged
        for kind, content in it.evidence
    )
    work.evidence.add_all(evidence, at=at)
    work.verdicts.add(*(_kept(it, at) for it in judged))
    for it in judged:
        if is_open(it.verified.verdict):
            work.rechecks.add(it.entry.id, at + AGAIN_AFTER)
        work.ledger.append(_fact(it), at)


def _kept(judged: Judged, at: datetime) -> KeptVerdict:
    verified, verdict = judged.verified, judged.verified.verdict
    return KeptVerdict(
        inbox_id=judged.entry.id,
        form=verdict.form,
        doubts=verdict.doubts,
        notes=verdict.notes,
        certificate=verified.certificate_digest or NO_CERTIFICATE,
        sealed_at=verified.sealed_at,
        proven_at=verdict.proven_at,
        time_source=verdict.time_source,
        judged_at=at,
    )


def _fact(judged: Judged) -> SealJudged:
    verdict = judged.verified.verdict
    return SealJudged(
        message_id=judged.entry.message_id,
        account=judged.entry.account,
        packet=judged.entry.packet,
        form=verdict.form.value,
        indication=verdict.indication.value,
        doubts=tuple(doubt.code for doubt in verdict.doubts),
        proven_at=verdict.proven_at.isoformat(),
        time_source=verdict.time_source.value,
        evidence=tuple(digest for _, digest in judged.evidence),
    )
