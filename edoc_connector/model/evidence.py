"""What others signed of a certificate or a time, kept to repeat a verdict by."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256

from edoc_connector.model.identifiers import Digest


class EvidenceKind(StrEnum):
    """What it is; the suffix of its file in a folder of evidence."""

    OCSP = "ocsp"
    """An answer of the authority's responder about one certificate (RFC 6960), DER."""
    CRL = "crl"
    """The authority's list of revoked certificates (RFC 5280, 5), DER."""
    TIMESTAMP = "tst"
    """A time stamp token over the signature value of a seal (RFC 3161), DER."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One answer, byte for byte as it was given; it is signed and needs no witness.

    `digest` is the SHA-256 of the bytes, and its name: made once, for a list may have
    megabytes and speak for the seal of every packet.
    """

    kind: EvidenceKind
    data: bytes = field(repr=False)
    digest: Digest = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "digest", Digest(sha256(self.data).hexdigest()))
