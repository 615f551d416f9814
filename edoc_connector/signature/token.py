"""A time stamp token, taken apart: what an authority signed, and how (RFC 3161, 5652).

The library of Rust behind `cryptography` reads the DER, by the types below; nothing of
what it finds is believed here.  `rfc3161-client` would read less: it refuses a token
whose certificates do not stand in the order of DER, as `openssl ts` and others write it
and RFC 5652 allows, and knows nothing of the signed attributes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Final, TypeVar

from cryptography.hazmat import asn1
from cryptography.x509 import ObjectIdentifier

from edoc_connector.errors import N_, TimeNotProven

MOST_BYTES: Final = 65_536
"""Of a token; with the certificates of its authority it has some thousands."""

SIGNED_DATA: Final = "1.2.840.113549.1.7.2"
TST_INFO: Final = "1.2.840.113549.1.9.16.1.4"
CONTENT_TYPE: Final = "1.2.840.113549.1.9.3"
MESSAGE_DIGEST: Final = "1.2.840.113549.1.9.4"
SIGNING_CERTIFICATE: Final = "1.2.840.113549.1.9.16.2.12"
SIGNING_CERTIFICATE_V2: Final = "1.2.840.113549.1.9.16.2.47"

SEQUENCE: Final = b"\x30"
SET: Final = b"\x31"
LONG_FORM: Final = 0x80

UNREADABLE: Final = N_("the time stamp cannot be read ({detail})")

StructureT = TypeVar("StructureT")


@asn1.sequence
class HashIdentifier:
    """AlgorithmIdentifier of a hash, which has no parameters."""

    oid: ObjectIdentifier
    parameters: asn1.Null | None


@asn1.sequence
class MessageImprint:
    """What was stamped: the hash of it (RFC 3161, 2.4.1)."""

    algorithm: HashIdentifier
    digest: bytes


@asn1.sequence
class Accuracy:
    """How far the time may be off (RFC 3161, 2.4.2)."""

    seconds: int | None
    millis: Annotated[int | None, asn1.Implicit(0)]
    micros: Annotated[int | None, asn1.Implicit(1)]


@asn1.sequence
class TstInfo:
    """What an authority says: this existed at that time (RFC 3161, 2.4.2)."""

    version: int
    policy: ObjectIdentifier
    imprint: MessageImprint
    serial_number: int
    gen_time: asn1.GeneralizedTime
    accuracy: Accuracy | None
    ordering: Annotated[bool, asn1.Default(value=False)]
    nonce: int | None
    authority: Annotated[list[asn1.TLV] | None, asn1.Implicit(0)]
    extensions: Annotated[list[asn1.TLV] | None, asn1.Implicit(1)]


@asn1.sequence
class EncapsulatedContent:
    """EncapsulatedContentInfo (RFC 5652, 5.2)."""

    type: ObjectIdentifier
    content: Annotated[bytes, asn1.Explicit(0)]


@asn1.sequence
class IssuerAndSerialNumber:
    """Which certificate signed (RFC 5652, 10.2.4)."""

    issuer: asn1.TLV
    serial_number: int


@asn1.sequence
class Attribute:
    """Attribute (RFC 5652, 5.3)."""

    type: ObjectIdentifier
    values: asn1.SetOf[asn1.TLV]


@asn1.sequence
class SignerInfo:
    """SignerInfo (RFC 5652, 5.3)."""

    version: int
    certificate: IssuerAndSerialNumber
    digest_algorithm: HashIdentifier
    signed_attributes: Annotated[list[asn1.TLV], asn1.Implicit(0)]
    signature_algorithm: asn1.TLV
    signature: bytes
    unsigned_attributes: Annotated[list[asn1.TLV] | None, asn1.Implicit(1)]


@asn1.sequence
class SignedData:
    """SignedData (RFC 5652, 5.1); its sets need not stand in the order of DER."""

    version: int
    digest_algorithms: asn1.SetOf[HashIdentifier]
    content: EncapsulatedContent
    certificates: Annotated[list[asn1.TLV] | None, asn1.Implicit(0)]
    revocations: Annotated[list[asn1.TLV] | None, asn1.Implicit(1)]
    signers: asn1.SetOf[SignerInfo]


@asn1.sequence
class ContentInfo:
    """ContentInfo (RFC 5652, 3): the TimeStampToken itself."""

    type: ObjectIdentifier
    content: Annotated[SignedData, asn1.Explicit(0)]


@asn1.sequence
class EssCertificateV1:
    """ESSCertID: the SHA-1 of a certificate (RFC 2634, 5.4.1)."""

    digest: bytes
    issuer_serial: list[asn1.TLV] | None


@asn1.sequence
class EssCertificateV2:
    """ESSCertIDv2: another hash, SHA-256 where none is named (RFC 5035, 4)."""

    algorithm: HashIdentifier | None
    digest: bytes
    issuer_serial: list[asn1.TLV] | None


@asn1.sequence
class SigningCertificate:
    """SigningCertificate: the first of the list is the signer's."""

    certificates: list[EssCertificateV1]
    policies: list[asn1.TLV] | None


@asn1.sequence
class SigningCertificateV2:
    """SigningCertificateV2: the same with any hash."""

    certificates: list[EssCertificateV2]
    policies: list[asn1.TLV] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """What stands in a token; nothing of it is believed before it was checked."""

    der: bytes
    info: TstInfo
    content: bytes
    certificates: tuple[bytes, ...]
    signer: SignerInfo

    @property
    def gen_time(self) -> datetime:
        """When the authority says that it stamped."""
        return self.info.gen_time.as_datetime()

    @property
    def accuracy(self) -> timedelta:
        """How far it may be off, by its own word."""
        said = self.info.accuracy
        if said is None:
            return timedelta()
        try:
            return timedelta(
                seconds=said.seconds or 0,
                milliseconds=said.millis or 0,
                microseconds=said.micros or 0,
            )
        except OverflowError:
            return timedelta.max

    @property
    def signed_attributes(self) -> bytes:
        """The bytes that were signed: the attributes as a SET (RFC 5652, 5.4)."""
        return set_of(self.signer.signed_attributes)

    def attribute(self, oid: str) -> asn1.TLV | None:
        """Return the one value of a signed attribute, or None if it is not there."""
        found = [one for one in self._attributes() if one.type.dotted_string == oid]
        if not found:
            return None
        values = [value for one in found for value in one.values.as_list()]
        if len(values) != 1:
            raise TimeNotProven(because=UNREADABLE, detail=f"attribute {oid}")
        return values[0]

    def _attributes(self) -> Iterator[Attribute]:
        for one in self.signer.signed_attributes:
            yield parsed(one, Attribute)


def read_token(data: bytes) -> Token:
    """Take a token apart, or raise `TimeNotProven`."""
    if len(data) > MOST_BYTES:
        raise TimeNotProven(
            because=N_("the time stamp has {size} bytes, {limit} are allowed"),
            size=len(data),
            limit=MOST_BYTES,
        )
    signed = _signed_data(data)
    return Token(
        der=data,
        info=decoded(signed.content.content, TstInfo),
        content=signed.content.content,
        certificates=tuple(map(der, signed.certificates or ())),
        signer=_only(signed.signers.as_list()),
    )


def _signed_data(data: bytes) -> SignedData:
    whole = decoded(data, ContentInfo)
    types = whole.type.dotted_string, whole.content.content.type.dotted_string
    if types != (SIGNED_DATA, TST_INFO):
        raise TimeNotProven(because=UNREADABLE, detail=" ".join(types))
    return whole.content


def _only(signers: list[SignerInfo]) -> SignerInfo:
    if len(signers) != 1:
        raise TimeNotProven(because=UNREADABLE, detail=f"{len(signers)} SignerInfo")
    return signers[0]


def decoded(data: bytes, kind: type[StructureT]) -> StructureT:
    """Read DER as this structure, or raise `TimeNotProven`."""
    try:
        return asn1.decode_der(kind, data)
    except ValueError as error:
        raise TimeNotProven(because=UNREADABLE, detail=kind.__name__) from error


def parsed(element: asn1.TLV, kind: type[StructureT]) -> StructureT:
    """Read an element as this structure, or raise `TimeNotProven`."""
    return decoded(der(element), kind)


def der(element: asn1.TLV) -> bytes:
    """Return the element's own bytes; in DER there is one way to write them."""
    return _written(element.tag_bytes, bytes(element.data))


def set_of(elements: Iterable[asn1.TLV]) -> bytes:
    """Return the elements, in their order, as one SET."""
    return _written(SET, b"".join(map(der, elements)))


def sequence_of(elements: Iterable[asn1.TLV]) -> bytes:
    """Return the elements, in their order, as one SEQUENCE."""
    return _written(SEQUENCE, b"".join(map(der, elements)))


def _written(tag: bytes, content: bytes) -> bytes:
    size = len(content)
    if size < LONG_FORM:
        return tag + bytes([size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8)
    return tag + bytes([LONG_FORM | len(length)]) + length + content
