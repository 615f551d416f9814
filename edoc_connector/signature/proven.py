"""Finds the time at which a seal is judged: proven by a time stamp, else by reception.

What existed at a time was sealed before it, so the earlier of the two counts.  A time
stamp whose own authority cannot be judged proves nothing and refuses nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import TypeGuard

from cryptography import x509

from edoc_connector.errors import (
    N_,
    CertificateRevoked,
    Reason,
    RevocationUnchecked,
    TimeNotProven,
)
from edoc_connector.model.evidence import Evidence, EvidenceKind
from edoc_connector.model.verdict import SealForm, TimeSource
from edoc_connector.signature.certificate import fingerprint
from edoc_connector.signature.path import find_paths
from edoc_connector.signature.policy import Policy
from edoc_connector.signature.ports import (
    PatientRevocation,
    Revocation,
    SharedRevocation,
)
from edoc_connector.signature.revocation import Outcome, check_revocation
from edoc_connector.signature.said import COMPROMISED, HARMLESS, Revoked
from edoc_connector.signature.timestamp import ProvenTime, prove_time
from edoc_connector.signature.trust import Anchor, Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """What the sealer says, when we had it, and what time it is now."""

    sealed_at: datetime
    received_at: datetime
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Proven:
    """The time that counts, who says it, and what it rests on."""

    at: datetime
    source: TimeSource
    form: SealForm
    notes: tuple[Reason, ...] = ()
    evidence: tuple[Evidence, ...] = field(default=(), repr=False)


def find_time(
    tokens: Iterable[bytes],
    signature_value: bytes,
    policy: Policy,
    times: Times,
    revocation: Revocation | None,
) -> Proven:
    """Return the time that is proven; of a token that proves none, a note says why."""
    held = tuple(tokens)
    if not held:
        return _by_reception(times)
    stamp = prove_time(
        held, signature_value, policy, sealed_at=times.sealed_at, now=times.now
    )
    if isinstance(stamp, Reason):
        return _by_reception(times, stamp)
    try:
        known = ask_revocation(
            stamp.path, revocation, at=stamp.at, now=times.now, anchors=stamp.anchors
        )
    except CertificateRevoked as error:
        return _by_reception(times, error.reason)
    if spoilt := [it for it in known.later if it.reason not in HARMLESS]:
        return _by_reception(times, _stolen(spoilt[0]).reason)
    if known.doubts and revocation is not None:
        return _by_reception(times, _unknown().reason, *known.doubts)
    return _by_stamp(stamp, times, known)


def _by_reception(times: Times, *notes: Reason) -> Proven:
    return Proven(
        at=times.received_at,
        source=TimeSource.RECEPTION,
        form=SealForm.B_B,
        notes=notes,
    )


def _unknown() -> TimeNotProven:
    because = N_("nobody says whether the certificate of its authority was revoked")
    return TimeNotProven(because=because)


def _stolen(revoked: Revoked) -> TimeNotProven:
    """Say that whoever has the key by now can write any time (RFC 3161, 4)."""
    return TimeNotProven(
        because=N_(
            "a certificate of its authority was revoked at {revoked_at} ({why}), and"
            " who has that key can write any time"
        ),
        revoked_at=revoked.at.isoformat(),
        why=revoked.why,
    )


def _by_stamp(stamp: ProvenTime, times: Times, known: Outcome) -> Proven:
    is_earlier = stamp.at <= times.received_at
    return Proven(
        at=stamp.at if is_earlier else times.received_at,
        source=TimeSource.TIMESTAMP if is_earlier else TimeSource.RECEPTION,
        form=SealForm.B_T,
        notes=known.notes,
        evidence=(Evidence(EvidenceKind.TIMESTAMP, stamp.token), *known.evidence),
    )


def for_one_seal(revocation: Revocation | None) -> Revocation | None:
    """Return who is asked about all certificates of one seal, the stamp's too.

    Many dead addresses in one packet must not keep the others waiting.
    """
    if _is_patient(revocation):
        return revocation.for_one_seal()
    return revocation


def for_several_seals(revocation: Revocation | None) -> Revocation | None:
    """Return who is asked about seals that are judged together, within moments."""
    if _is_shared(revocation):
        return revocation.for_several()
    return revocation


# As `isinstance` asks a protocol, but for the seals of all packets: it is slow.
def _is_patient(revocation: Revocation | None) -> TypeGuard[PatientRevocation]:
    return hasattr(revocation, PatientRevocation.for_one_seal.__name__)


def _is_shared(revocation: Revocation | None) -> TypeGuard[SharedRevocation]:
    return hasattr(revocation, SharedRevocation.for_several.__name__)


def ask_revocation(
    path: Path,
    revocation: Revocation | None,
    *,
    at: datetime,
    now: datetime,
    anchors: tuple[Anchor, ...] = (),
) -> Outcome:
    """Return what is known of a path's revocation, or that nobody was asked.

    Where an authority of the path was revoked, as one is that was renewed with its
    key, another path to these anchors counts.  Raises `CertificateRevoked`.
    """
    if revocation is None:
        return Outcome(doubts=(RevocationUnchecked().reason,))
    refusals: list[CertificateRevoked] = []
    for way in chain((path,), find_paths(path[0], anchors, at)):
        if refusals and _is_barred(way, refusals):
            continue
        try:
            return check_revocation(way, revocation, at=at, now=now)
        except CertificateRevoked as error:
            refusals.append(error)
    raise refusals[0]


def _is_barred(way: Path, refusals: Iterable[CertificateRevoked]) -> bool:
    """Whether it leads over what is known to be revoked, or a key was stolen."""
    digests = set(map(fingerprint, way))
    return any(
        one.details["certificate_digest"] in digests
        or x509.ReasonFlags(one.details["reason_code"]) in COMPROMISED
        for one in refusals
    )
