"""Whether a time stamp token is signed, and with which certificate (RFC 5652, 5.6).

The signed attributes must name the certificate (ESS, RFC 5035): otherwise another one
with the same key or the same issuer and number could be put in its place.
"""

from __future__ import annotations

import hashlib
from hmac import compare_digest
from typing import Annotated, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat import asn1
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import (
    SHA256,
    SHA384,
    SHA512,
    HashAlgorithm,
)
from cryptography.x509 import ObjectIdentifier

from edoc_connector.errors import N_, SealMalformed, TimeNotProven, cause_of
from edoc_connector.signature.certificate import Certificate, read_certificate
from edoc_connector.signature.token import (
    CONTENT_TYPE,
    MESSAGE_DIGEST,
    SIGNING_CERTIFICATE,
    SIGNING_CERTIFICATE_V2,
    TST_INFO,
    UNREADABLE,
    EssCertificateV2,
    HashIdentifier,
    SigningCertificate,
    SigningCertificateV2,
    Token,
    parsed,
)

HASHES: Final[dict[str, HashAlgorithm]] = {
    "2.16.840.1.101.3.4.2.1": SHA256(),
    "2.16.840.1.101.3.4.2.2": SHA384(),
    "2.16.840.1.101.3.4.2.3": SHA512(),
}
RSA: Final = "1.2.840.113549.1.1.1"
PSS: Final = "1.2.840.113549.1.1.10"
MGF1: Final = "1.2.840.113549.1.1.8"
PKCS1: Final = {
    "sha256": "1.2.840.113549.1.1.11",
    "sha384": "1.2.840.113549.1.1.12",
    "sha512": "1.2.840.113549.1.1.13",
}
ECDSA: Final = {
    "sha256": "1.2.840.10045.4.3.2",
    "sha384": "1.2.840.10045.4.3.3",
    "sha512": "1.2.840.10045.4.3.4",
}


@asn1.sequence
class MaskAlgorithm:
    """MaskGenAlgorithm: MGF1 with a hash (RFC 8017, A.2.3)."""

    oid: ObjectIdentifier
    hash: HashIdentifier


@asn1.sequence
class PssParameters:
    """RSASSA-PSS-params (RFC 8017, A.2.3); SHA-1, its default, is not accepted."""

    hash: Annotated[HashIdentifier, asn1.Explicit(0)]
    mask: Annotated[MaskAlgorithm, asn1.Explicit(1)]
    salt_length: Annotated[int, asn1.Explicit(2)]
    trailer: Annotated[int | None, asn1.Explicit(3)]


@asn1.sequence
class PssAlgorithm:
    """AlgorithmIdentifier of RSA-PSS."""

    oid: ObjectIdentifier
    parameters: PssParameters


def signer_of(token: Token) -> Certificate:
    """Return the certificate whose key signed the token, or raise `TimeNotProven`.

    Whom to trust is not asked here.
    """
    _check_content(token)
    certificate = _certificate(token)
    if not _fits(token, certificate):
        raise TimeNotProven(because=N_("the signature of the time stamp does not fit"))
    return certificate


def hash_of(algorithm: HashIdentifier) -> HashAlgorithm:
    """Return the hash, or raise `TimeNotProven` for one that is not accepted."""
    found = HASHES.get(algorithm.oid.dotted_string)
    if found is None:
        raise _refused(algorithm.oid)
    return found


def _refused(oid: ObjectIdentifier) -> TimeNotProven:
    return TimeNotProven(
        because=N_("the time stamp uses {algorithm}, which is not accepted"),
        algorithm=oid.dotted_string,
    )


def _check_content(token: Token) -> None:
    """See that the signed attributes are of this content (RFC 5652, 11.1, 11.2)."""
    of_type = token.attribute(CONTENT_TYPE)
    digest = token.attribute(MESSAGE_DIGEST)
    if of_type is None or digest is None:
        raise TimeNotProven(because=UNREADABLE, detail="signedAttrs")
    is_tst_info = parsed(of_type, ObjectIdentifier).dotted_string == TST_INFO
    is_digest = _is_hash(_hash(token).name, token.content, parsed(digest, bytes))
    if not (is_tst_info and is_digest):
        raise TimeNotProven(because=N_("the content of the time stamp was changed"))


def _certificate(token: Token) -> Certificate:
    """Find the certificate that the signed attributes name (RFC 5816, 2.2.1).

    What SignerInfo itself says of its certificate is not signed.
    """
    named = [*_named_v1(token), *_named_v2(token)]
    for data in token.certificates:
        if named and all(_is_hash(name, data, digest) for name, digest in named):
            return _read(data)
    raise TimeNotProven(
        because=N_("the time stamp does not hold the certificate it was signed with")
    )


def _is_hash(name: str, data: bytes, digest: bytes) -> bool:
    return compare_digest(hashlib.new(name, data).digest(), digest)


def _read(data: bytes) -> Certificate:
    try:
        return read_certificate(data)
    except SealMalformed as error:
        raise TimeNotProven(**{**cause_of(error), "because": UNREADABLE}) from error


def _named_v1(token: Token) -> list[tuple[str, bytes]]:
    found = token.attribute(SIGNING_CERTIFICATE)
    if found is None:
        return []
    # SHA-1 is what this attribute has.  A certificate made to collide would have to
    # come from an authority of the operator, for time stamping.
    first = parsed(found, SigningCertificate).certificates[:1]
    return [("sha1", one.digest) for one in first]


def _named_v2(token: Token) -> list[tuple[str, bytes]]:
    found = token.attribute(SIGNING_CERTIFICATE_V2)
    if found is None:
        return []
    first = parsed(found, SigningCertificateV2).certificates[:1]
    return [(_ess_hash(one), one.digest) for one in first]


def _ess_hash(one: EssCertificateV2) -> str:
    return hash_of(one.algorithm).name if one.algorithm else "sha256"


def _fits(token: Token, certificate: Certificate) -> bool:
    """Tell whether the signature fits the attributes and the key (RFC 5652, 5.4)."""
    key, data = certificate.public_key, token.signed_attributes
    value = token.signer.signature
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(value, data, _rsa_padding(token), _hash(token))
        else:
            key.verify(value, data, ec.ECDSA(_ecdsa_hash(token)))
    except (InvalidSignature, ValueError):
        return False
    return True


def _hash(token: Token) -> HashAlgorithm:
    return hash_of(token.signer.digest_algorithm)


def _rsa_padding(token: Token) -> padding.PKCS1v15 | padding.PSS:
    try:
        found = parsed(token.signer.signature_algorithm, HashIdentifier)
    except TimeNotProven:
        return _pss(token)
    if found.oid.dotted_string not in {RSA, PKCS1[_hash(token).name]}:
        raise _refused(found.oid)
    return padding.PKCS1v15()


def _pss(token: Token) -> padding.PSS:
    """Read the parameters of RSA-PSS: one hash for everything."""
    found = parsed(token.signer.signature_algorithm, PssAlgorithm)
    kind, parameters = _hash(token), found.parameters
    if found.oid.dotted_string != PSS or parameters.mask.oid.dotted_string != MGF1:
        raise _refused(found.oid)
    if {hash_of(parameters.hash).name, hash_of(parameters.mask.hash).name} != {
        kind.name
    }:
        raise _refused(found.oid)
    return padding.PSS(padding.MGF1(kind), parameters.salt_length)


def _ecdsa_hash(token: Token) -> HashAlgorithm:
    found = parsed(token.signer.signature_algorithm, HashIdentifier)
    kind = _hash(token)
    if found.oid.dotted_string != ECDSA[kind.name]:
        raise _refused(found.oid)
    return kind
