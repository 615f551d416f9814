"""What a time stamping service is asked, and what it answers (RFC 3161, 2.4)."""

from __future__ import annotations

from typing import Final

from cryptography.hazmat import asn1
from cryptography.x509 import ObjectIdentifier

from edoc_connector.errors import N_, TimeNotProven
from edoc_connector.signature.timestamp import imprint
from edoc_connector.signature.token import (
    HashIdentifier,
    MessageImprint,
    decoded,
    sequence_of,
)

SHA256: Final = "2.16.840.1.101.3.4.2.1"
GRANTED: Final = frozenset({0, 1})
"""granted, grantedWithMods: with what was modified, the token itself must do."""


@asn1.sequence
class TimeStampRequest:
    """TimeStampReq: the hash of a signature value, with the certificates wanted."""

    version: int
    imprint: MessageImprint
    policy: ObjectIdentifier | None
    nonce: int
    wants_certificates: bool


@asn1.sequence
class StatusInfo:
    """PKIStatusInfo: granted or not, and words for people."""

    status: int
    text: list[str] | None
    failure: asn1.BitString | None


@asn1.sequence
class TimeStampResponse:
    """TimeStampResp: the token is there if it was granted."""

    status: StatusInfo
    token: list[asn1.TLV] | None


def request(signature_value: bytes, *, nonce: int, policy: str = "") -> bytes:
    """Return the request for a time stamp over this signature value, DER."""
    wanted = TimeStampRequest(
        version=1,
        imprint=MessageImprint(
            algorithm=HashIdentifier(
                oid=ObjectIdentifier(SHA256), parameters=asn1.Null()
            ),
            digest=imprint(signature_value),
        ),
        policy=ObjectIdentifier(policy) if policy else None,
        nonce=nonce,
        wants_certificates=True,
    )
    return asn1.encode_der(wanted)


def granted(answer: bytes) -> bytes:
    """Return the token of a service's answer, unchecked, or raise `TimeNotProven`."""
    found = decoded(answer, TimeStampResponse)
    if found.status.status not in GRANTED or found.token is None:
        raise TimeNotProven(
            because=N_("the service refused (status {status})"),
            status=found.status.status,
        )
    return sequence_of(found.token)
