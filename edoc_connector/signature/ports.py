"""What the seal asks of others: of a key, and of those who publish revocation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from cryptography import x509

from edoc_connector.model.evidence import Evidence
from edoc_connector.signature.choices import SealAlgorithm


class SealKey(Protocol):
    """A private key with its certificate."""

    @property
    def algorithm(self) -> SealAlgorithm:
        """The algorithm this key signs with."""
        ...

    @property
    def certificate(self) -> bytes:
        """The signer's certificate, DER."""
        ...

    def sign(self, data: bytes) -> bytes:
        """Sign; the value is in XML form (for ECDSA `r || s`, RFC 9231 2.3.6)."""
        ...


class TimeStamper(Protocol):
    """A time stamping service."""

    def stamp(self, signature_value: bytes, *, within_seconds: float) -> bytes:
        """Return a token that proves to us when this signature value was there.

        Raises `TimestampUnavailable`, after `within_seconds` at the latest.
        """
        ...


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody says about revocation; nothing of it is believed before judged."""

    source: str
    """Who gave it: an address, a file, or where it was kept."""
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Silence:
    """Nobody answered there, and why not, in words of the catalogue."""

    source: str
    problem: str


class Revocation(Protocol):
    """Who can be asked whether a certificate was revoked."""

    def answers(
        self, certificate: x509.Certificate, issuer: x509.Certificate, at: datetime
    ) -> Iterable[Answer | Silence]:
        """Yield all there is to say about the certificate at that time, best first.

        Enough of it is a proof for `at` wherever one can be had: who must ask over the
        network stops asking then.  Never raises for who does not answer.
        """
        ...


@runtime_checkable
class PatientRevocation(Revocation, Protocol):
    """Who asks over the network, and has others wait meanwhile."""

    def for_one_seal(self) -> Revocation:
        """Return who asks about one seal, and for no longer than that is worth."""
        ...


@runtime_checkable
class SharedRevocation(Revocation, Protocol):
    """Who keeps answers where others look too, and looks there for each seal anew."""

    def for_several(self) -> Revocation:
        """Return who looks there once, for seals that are judged together."""
        ...
