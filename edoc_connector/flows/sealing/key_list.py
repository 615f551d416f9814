"""All our keys as people ask: whose, until when, and what each is good for today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric import rsa

from edoc_connector.errors import KeyRevoked, Reason
from edoc_connector.flows.sealing.keys import sealing_key
from edoc_connector.model.identifiers import Digest
from edoc_connector.model.own_key import KeyState
from edoc_connector.pki.ring import KeyRing, RingKey
from edoc_connector.pki.term import term_of
from edoc_connector.signature.algorithms import PublicKey
from edoc_connector.signature.binding import Binding
from edoc_connector.signature.certificate import Certificate
from edoc_connector.signature.choices import NAMES
from edoc_connector.storage import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateLine:
    """What people read of a certificate."""

    subject: str
    organizations: tuple[str, ...]
    serial: str
    sha256: Digest
    since: datetime
    until: datetime
    days_left: int
    kind: str
    algorithm: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyLine:
    """One key; without a certificate it could not be opened, and `problem` says why."""

    name: str
    place: str
    state: KeyState
    is_in_use: bool
    problem: Reason | None
    certificate: CertificateLine | None


def list_keys(
    ring: KeyRing, work: Work | None, binding: Binding, *, now: datetime
) -> tuple[KeyLine, ...]:
    """Return all keys; before the first start (no `work`) none is in use yet."""
    sealing = sealing_key(ring, work, now) if work else ""
    revoked = work.watched.revoked() if work else frozenset()
    return tuple(
        KeyLine(
            name=key.name,
            place=key.place,
            state=key.state(now, revoked),
            is_in_use=key.name == sealing,
            problem=_problem(key, key.state(now, revoked)),
            certificate=_certificate(key, binding, now),
        )
        for key in ring.keys
    )


def _problem(key: RingKey, state: KeyState) -> Reason | None:
    if state is KeyState.REVOKED:
        return KeyRevoked(name=key.name).reason
    return key.problem.reason if key.problem else None


def _certificate(
    key: RingKey, binding: Binding, now: datetime
) -> CertificateLine | None:
    found = key.certificate
    if found is None:
        return None
    return CertificateLine(
        subject=found.subject,
        organizations=binding.owners(found),
        serial=f"{found.x509.serial_number:x}",
        sha256=found.digest,
        since=found.not_before,
        until=found.not_after,
        days_left=term_of(key.opened.certificate).days_left(now),
        kind=_kind(found),
        algorithm=NAMES[key.opened.algorithm],
    )


def _kind(certificate: Certificate) -> str:
    public: PublicKey = certificate.public_key
    if isinstance(public, rsa.RSAPublicKey):
        return f"RSA {public.key_size}"
    return f"P-{public.key_size}"
