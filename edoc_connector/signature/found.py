"""A stranger's seal as values: of our profile to the letter, or refused.

Only five things are taken from a received Signature: the algorithm, the two digest
values, the signature value and the certificate.  Everything else in it must be what the
profile says, and is then made again rather than read.
"""

from __future__ import annotations

from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Collection
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from edoc_connector.envelope.placeholder import is_placeholder
from edoc_connector.errors import N_, SealAlgorithmRefused, SealMalformed
from edoc_connector.model.stages import FoundReference, FoundSeal
from edoc_connector.model.verdict import SealForm
from edoc_connector.signature import profile
from edoc_connector.signature.algorithms import PublicKey, signature_fits
from edoc_connector.signature.choices import SealAlgorithm

SHOWN_CHARACTERS: Final = 200
DIGEST_BYTES: Final = 32
REFERENCES: Final = (profile.STATEMENT_URI, profile.PROPERTIES_URI)


@dataclass(frozen=True, slots=True, kw_only=True)
class SealValues:
    """The parts of a seal that cannot be made again from the envelope."""

    algorithm: SealAlgorithm
    statement_digest: bytes
    properties_digest: bytes
    signature_value: bytes
    certificate: bytes

    @property
    def certificate_digest(self) -> bytes:
        """SHA-256 of the certificate."""
        return sha256(self.certificate).digest()

    def signed_info(self) -> bytes:
        """Make SignedInfo again: the bytes that were signed."""
        return profile.signed_info(
            self.algorithm,
            statement_digest=self.statement_digest,
            properties_digest=self.properties_digest,
        )

    def fit(self, key: PublicKey) -> bool:
        """Tell whether the owner of the key signed these digests."""
        return signature_fits(
            key, self.algorithm, value=self.signature_value, data=self.signed_info()
        )


def read_seal(
    seal: FoundSeal, algorithms: Collection[SealAlgorithm] = frozenset(SealAlgorithm)
) -> SealValues:
    """Take the values out, or raise `SealMalformed` or `SealAlgorithmRefused`.

    A seal that nodes rebuilt has lost its objects, Ids, the Type of its Reference and
    its namespace; none of these is asked for.
    """
    _expect(profile.EXCLUSIVE_C14N, seal.canonicalization_method)
    algorithm = _algorithm(seal.signature_method, algorithms)
    statement, properties = _references(seal.references)
    return SealValues(
        algorithm=algorithm,
        statement_digest=_digest(statement),
        properties_digest=_digest(properties),
        signature_value=_decoded("SignatureValue", seal.signature_value),
        certificate=_decoded("X509Certificate", _only(seal.certificates)),
    )


def form_of(seal: FoundSeal | None) -> SealForm:
    """Return what stands there, by its look; nothing of it is believed."""
    if seal is None:
        return SealForm.ABSENT
    if is_placeholder(seal.signature_value, seal.certificates):
        return SealForm.PLACEHOLDER
    return SealForm.B_B


def short(value: str) -> str:
    """Cut a stranger's value to what a person can read in one message."""
    if len(value) <= SHOWN_CHARACTERS:
        return value
    return value[: SHOWN_CHARACTERS - 1] + "…"


def _algorithm(name: str, allowed: Collection[SealAlgorithm]) -> SealAlgorithm:
    for algorithm in allowed:
        if algorithm == name:
            return algorithm
    raise SealAlgorithmRefused(algorithm=short(name))


def _references(found: tuple[FoundReference, ...]) -> tuple[FoundReference, ...]:
    uris = tuple(reference.uri for reference in found)
    if uris != REFERENCES:
        raise SealMalformed(
            because=N_("it refers to {found}, expected {expected}"),
            found=short(", ".join(map(repr, uris)) or "-"),
            expected=", ".join(map(repr, REFERENCES)),
        )
    return found


def _digest(reference: FoundReference) -> bytes:
    _expect(profile.SHA256, reference.digest_method)
    for transform in reference.transforms:
        _expect(profile.EXCLUSIVE_C14N, transform)
    if len(reference.transforms) != 1:
        raise SealMalformed(
            because=N_("the Reference {uri} has {count} transforms, not one"),
            uri=repr(reference.uri),
            count=len(reference.transforms),
        )
    value = _decoded("DigestValue", reference.digest_value)
    if len(value) != DIGEST_BYTES:
        raise SealMalformed(
            because=N_("DigestValue has {size} bytes, not {limit}"),
            size=len(value),
            limit=DIGEST_BYTES,
        )
    return value


def _expect(expected: str, found: str) -> None:
    if found != expected:
        raise SealAlgorithmRefused(algorithm=short(found))


def _only(certificates: tuple[str, ...]) -> str:
    # Of several, one would have to be chosen, and somebody else might choose another.
    if len(certificates) != 1:
        raise SealMalformed(
            because=N_("it holds {count} certificates, not one"),
            count=len(certificates),
        )
    return certificates[0]


def _decoded(name: str, text: str) -> bytes:
    """Decode strictly; white space is layout, everything else must be base64's own."""
    compact = "".join(text.split())
    try:
        value = b64decode(compact, validate=True)
    except (Base64Error, ValueError) as error:
        because = N_("{element} is not base64")
        raise SealMalformed(because=because, element=name) from error
    if not value or profile.base64(value) != compact:
        because = N_("{element} is not base64 as it should be written")
        raise SealMalformed(because=because, element=name)
    return value
