"""Which signature algorithm goes with which key: one table, for writing and reading.

RSA signs as PKCS#1 v1.5 or as PSS, both with SHA-256.  An ECDSA key signs with the hash
of its curve's strength and with no other, so that its curve tells its algorithm.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, HashAlgorithm

from edoc_connector.signature.choices import SealAlgorithm

PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey
PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


CURVES: Final[Mapping[str, SealAlgorithm]] = {
    ec.SECP256R1.name: SealAlgorithm.ECDSA_SHA256,
    ec.SECP384R1.name: SealAlgorithm.ECDSA_SHA384,
}

COORDINATE_BYTES: Final = {
    SealAlgorithm.ECDSA_SHA256: 32,
    SealAlgorithm.ECDSA_SHA384: 48,
}

HASHES: Final[Mapping[SealAlgorithm, HashAlgorithm]] = {
    SealAlgorithm.RSA_PKCS1_SHA256: SHA256(),
    SealAlgorithm.RSA_PSS_SHA256: SHA256(),
    SealAlgorithm.ECDSA_SHA256: SHA256(),
    SealAlgorithm.ECDSA_SHA384: SHA384(),
}

PSS: Final = padding.PSS(padding.MGF1(SHA256()), SHA256.digest_size)
"""MGF1 with the same hash, a salt of the hash's length (RFC 9231, 2.3.9): the only
parameters of this name, for reading too."""


def algorithms_of(key: PublicKey) -> tuple[SealAlgorithm, ...]:
    """Return with what such a key may seal, the usual one first; perhaps nothing."""
    if isinstance(key, rsa.RSAPublicKey):
        return SealAlgorithm.RSA_PKCS1_SHA256, SealAlgorithm.RSA_PSS_SHA256
    found = CURVES.get(key.curve.name)
    return (found,) if found else ()


def signature_fits(
    key: PublicKey, algorithm: SealAlgorithm, *, value: bytes, data: bytes
) -> bool:
    """Tell whether `value` is a signature over `data` by the owner of the key."""
    if algorithm not in algorithms_of(key):
        return False
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(value, data, rsa_padding(algorithm), HASHES[algorithm])
        else:
            der = ecdsa_der(algorithm, value)
            key.verify(der, data, ec.ECDSA(HASHES[algorithm]))
    except (InvalidSignature, ValueError):
        return False
    return True


def sign(key: PrivateKey, algorithm: SealAlgorithm, data: bytes) -> bytes:
    """Sign with a key in memory; the value is in XML form."""
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(data, rsa_padding(algorithm), HASHES[algorithm])
    der = key.sign(data, ec.ECDSA(HASHES[algorithm]))
    size = COORDINATE_BYTES[algorithm]
    return b"".join(number.to_bytes(size) for number in decode_dss_signature(der))


def rsa_padding(algorithm: SealAlgorithm) -> padding.PSS | padding.PKCS1v15:
    """Return how RSA fills up what it signs."""
    return PSS if algorithm is SealAlgorithm.RSA_PSS_SHA256 else padding.PKCS1v15()


def ecdsa_der(algorithm: SealAlgorithm, value: bytes) -> bytes:
    """Turn `r || s` (RFC 9231, 2.3.6) into the form the library reads."""
    size = COORDINATE_BYTES[algorithm]
    if len(value) != 2 * size:
        raise ValueError("not two numbers of the curve's length")
    r, s = int.from_bytes(value[:size]), int.from_bytes(value[size:])
    return encode_dss_signature(r, s)
