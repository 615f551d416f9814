"""The form of a seal: one profile of XAdES-B-B, every byte of which can be made again.

With a time stamp it is XAdES-B-T; a node that drops the token leaves a B-B.

`Signature` holds SignedInfo with two References in fixed order (the statement, the
signed properties), the value, the signer's certificate and both objects (ETSI
EN 319 132-1; XML Signature 1.1).  All of it is written by strings in the form exclusive
C14N would give, so what is digested and signed stands in the packet literally, and
neither a parser nor a canonicaliser takes part in signing or verifying.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from edoc_connector.clock import VIETNAM
from edoc_connector.errors import N_, SealMalformed
from edoc_connector.model.document import Document, Unread
from edoc_connector.model.stages import Envelope
from edoc_connector.signature.choices import SealAlgorithm
from edoc_connector.signature.stated import stated_text

EXCLUSIVE_C14N: Final = "http://www.w3.org/2001/10/xml-exc-c14n#"
SHA256: Final = "http://www.w3.org/2001/04/xmlenc#sha256"
STATEMENT_URI: Final = "#statement"
PROPERTIES_URI: Final = "#signed-properties"

DS: Final = 'xmlns:ds="http://www.w3.org/2000/09/xmldsig#"'
XADES: Final = 'xmlns:xades="http://uri.etsi.org/01903/v1.3.2#"'
PROPERTIES_TYPE: Final = "http://uri.etsi.org/01903#SignedProperties"


def sealing_time(envelope: Envelope) -> datetime:
    """Return when it was sealed: the sender's own stamp, or the time of the status.

    Raises `SealMalformed` where the sender left no stamp that can be read.
    """
    content = envelope.content
    if not isinstance(content, Document):
        return _stated(content.at)
    sender = stated_text(content.sender.code)
    for stamp in envelope.trace:
        if stamp.organization == sender and isinstance(stamp.at, datetime):
            return stamp.at
    because = N_("there is no TraceHeader of the sender {sender}")
    raise SealMalformed(because=because, sender=sender)


def _stated(at: datetime | Unread | None) -> datetime:
    if not isinstance(at, datetime):
        raise SealMalformed(problem=N_("Timestamp says no time that can be read"))
    return at


def signed_properties(at: datetime, certificate_digest: bytes) -> bytes:
    """Return SignedProperties: when, and with which certificate (SHA-256)."""
    return (
        f'<xades:SignedProperties {XADES} Id="signed-properties">'
        "<xades:SignedSignatureProperties>"
        f"<xades:SigningTime>{moment(at)}</xades:SigningTime>"
        "<xades:SigningCertificateV2><xades:Cert><xades:CertDigest>"
        f'<ds:DigestMethod {DS} Algorithm="{SHA256}"></ds:DigestMethod>'
        f"<ds:DigestValue {DS}>{base64(certificate_digest)}</ds:DigestValue>"
        "</xades:CertDigest></xades:Cert></xades:SigningCertificateV2>"
        "</xades:SignedSignatureProperties></xades:SignedProperties>"
    ).encode()


def signed_info(
    algorithm: SealAlgorithm, *, statement_digest: bytes, properties_digest: bytes
) -> bytes:
    """Return SignedInfo: the bytes that are signed."""
    return (
        f"<ds:SignedInfo {DS}>"
        f'<ds:CanonicalizationMethod Algorithm="{EXCLUSIVE_C14N}">'
        "</ds:CanonicalizationMethod>"
        f'<ds:SignatureMethod Algorithm="{algorithm}"></ds:SignatureMethod>'
        f'<ds:Reference URI="{STATEMENT_URI}">{_digested(statement_digest)}'
        f'<ds:Reference Type="{PROPERTIES_TYPE}" URI="{PROPERTIES_URI}">'
        f"{_digested(properties_digest)}</ds:SignedInfo>"
    ).encode()


def stamped(value: bytes) -> bytes:
    """Return SignatureValue as it is stamped (EN 319 132-1, 5.3): in exclusive C14N."""
    return f"<ds:SignatureValue {DS}>{base64(value)}</ds:SignatureValue>".encode()


def signature(  # noqa: PLR0913  (everything a signature is made of)
    *,
    signed_info: bytes,
    value: bytes,
    certificate: bytes,
    statement: bytes,
    properties: bytes,
    timestamps: Sequence[bytes] = (),
) -> bytes:
    """Return the whole `ds:Signature` element: XAdES-B-T with a time stamp, else B-B.

    It is one line without layout, so a pretty-printer around it finds nothing to
    indent in what is digested.
    """
    return b"".join(
        (
            f'<ds:Signature {DS} Id="seal">'.encode(),
            signed_info,
            f"<ds:SignatureValue>{base64(value)}</ds:SignatureValue>".encode(),
            b"<ds:KeyInfo><ds:X509Data><ds:X509Certificate>",
            base64(certificate).encode(),
            b"</ds:X509Certificate></ds:X509Data></ds:KeyInfo>",
            statement,
            f'<ds:Object><xades:QualifyingProperties {XADES} Target="#seal">'.encode(),
            properties,
            _unsigned_properties(timestamps),
            b"</xades:QualifyingProperties></ds:Object></ds:Signature>",
        )
    )


def _unsigned_properties(timestamps: Sequence[bytes]) -> bytes:
    """Return the tokens as they stand beside what is signed, or nothing."""
    if not timestamps:
        return b""
    return (
        "<xades:UnsignedProperties><xades:UnsignedSignatureProperties>"
        + "".join(map(_timestamp, timestamps))
        + "</xades:UnsignedSignatureProperties></xades:UnsignedProperties>"
    ).encode()


def _timestamp(token: bytes) -> str:
    return (
        f'<xades:SignatureTimeStamp><ds:CanonicalizationMethod Algorithm="'
        f'{EXCLUSIVE_C14N}"></ds:CanonicalizationMethod>'
        f"<xades:EncapsulatedTimeStamp>{base64(token)}</xades:EncapsulatedTimeStamp>"
        "</xades:SignatureTimeStamp>"
    )


def base64(data: bytes) -> str:
    """Write bytes in the one way this profile has: no line breaks."""
    return b64encode(data).decode("ascii")


def _digested(digest: bytes) -> str:
    # Both Transforms are written out: without one a Reference to an element is digested
    # in inclusive C14N, which depends on the packet around it.
    return (
        f'<ds:Transforms><ds:Transform Algorithm="{EXCLUSIVE_C14N}"></ds:Transform>'
        f'</ds:Transforms><ds:DigestMethod Algorithm="{SHA256}"></ds:DigestMethod>'
        f"<ds:DigestValue>{base64(digest)}</ds:DigestValue></ds:Reference>"
    )


def moment(at: datetime) -> str:
    """Return a moment as a signature says it: to the second, in Vietnam time."""
    return at.astimezone(VIETNAM).isoformat(timespec="seconds")
