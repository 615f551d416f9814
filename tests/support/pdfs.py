"""PDFs as offices sign them, made with pyHanko's signer and our own authorities."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache
from io import BytesIO
from typing import Any, Final

from asn1crypto import cms, keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from fpdf import FPDF
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.signers.pdf_signer import PdfTimeStamper
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from edoc_connector.signature.path import Anchor
from tests.support import pki
from tests.support.builders import SENT_AT
from tests.support.pki import issuing, root

SIGNED_AT: Final = SENT_AT - timedelta(minutes=10)
STAMPED_AT: Final = SENT_AT - timedelta(minutes=5)
PADES: Final = SigSeedSubFilter.PADES
LEGACY: Final = SigSeedSubFilter.ADOBE_PKCS7_DETACHED
PERSON: Final = "Lãnh đạo đơn vị"
BODY: Final = "Ủy ban nhân dân tỉnh"


def anchors() -> tuple[Anchor, ...]:
    """What a site trusts: the root, and the authority below it."""
    return Anchor(pki.der(root())), Anchor(pki.der(issuing()))


def letter(text: str = "Cong van so 15/UBND-VX", *, compress: bool = True) -> bytes:
    """A letter of one page, unsigned."""
    pdf = FPDF()
    pdf.set_creation_date(SENT_AT)
    pdf.set_compression(compress)
    pdf.add_page()
    pdf.set_font("helvetica", size=12)
    pdf.cell(text=text)
    return bytes(pdf.output())


@cache
def person(**changes: Any) -> x509.Certificate:
    """Who signs for the body."""
    named = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, BODY),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, "Văn phòng"),
            x509.NameAttribute(NameOID.ORGANIZATION_IDENTIFIER, "H20.14"),
            x509.NameAttribute(NameOID.COMMON_NAME, PERSON),
        ]
    )
    return pki.certificate(subject=named, key=pki.rsa_key(8), **changes)


@cache
def stranger() -> x509.Certificate:
    """Somebody whose authority nobody here knows."""
    return pki.certificate(
        subject=pki.name("Người lạ"),
        key=pki.rsa_key(8),
        issuer=pki.name("unknown authority"),
        issuer_key=pki.p256_key(-9),
    )


@cache
def unknown_authority() -> x509.Certificate:
    """The authority of the stranger."""
    return pki.authority("unknown authority", -9)


@cache
def authority_of_time() -> x509.Certificate:
    """The time stamping authority, below the same root."""
    return pki.certificate(
        subject=pki.name("time"),
        key=pki.rsa_key(9),
        usage=pki.usage(content_commitment=False),
        extra=x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]),
    )


@cache
def signed(  # noqa: PLR0913  (everything in which signatures differ)
    data: bytes,
    *,
    by: x509.Certificate | None = None,
    form: SigSeedSubFilter = PADES,
    field: str = "Signature1",
    at: datetime = SIGNED_AT,
    stamped: bool = False,
    digest: str = "sha256",
    chain: bool = True,
    allows: MDPPerm | None = None,
    signing_key: int = 8,
    evidence: bool = False,
) -> bytes:
    """The same PDF with one more signature, as an incremental update."""
    certificate = by or person()
    store = SimpleCertificateStore()
    if chain:
        store.register(_asn1(issuing()))
    signer = SimpleSigner(_asn1(certificate), _key(signing_key), store)
    meta = PdfSignatureMetadata(
        field_name=field,
        subfilter=form,
        md_algorithm=digest,
        certify=allows is not None,
        docmdp_permissions=allows or MDPPerm.FILL_FORMS,
        embed_validation_info=evidence,
        validation_context=_known() if evidence else None,
    )
    writer = IncrementalPdfFileWriter(BytesIO(data), strict=False)
    stamper = time_stamper() if stamped else None
    return _TimedSigner(meta, signer, stamper, at).sign_pdf(writer).getvalue()


def _known() -> ValidationContext:
    """What a signer knows who puts evidence beside the signature."""
    return ValidationContext(
        trust_roots=[_asn1(root())],
        other_certs=[_asn1(issuing())],
        crls=crls(),
        moment=SIGNED_AT,
        retroactive_revinfo=True,
    )


class _TimedSigner(PdfSigner):
    """Signs at a time of the past: tests do not depend on the day."""

    def __init__(self, meta: Any, signer: Any, stamper: Any, at: datetime) -> None:
        super().__init__(meta, signer, timestamper=stamper)
        self.at = at

    def init_signing_session(self, *arguments: Any, **options: Any) -> Any:
        session = super().init_signing_session(*arguments, **options)
        session.system_time = self.at
        return session


def time_stamper() -> DummyTimeStamper:
    """An authority that stamps everything, at one time."""
    store = SimpleCertificateStore()
    store.register(_asn1(issuing()))
    return DummyTimeStamper(
        _asn1(authority_of_time()), _key(9), store, fixed_dt=STAMPED_AT
    )


def archived(data: bytes) -> bytes:
    """The same PDF with a time stamp over the whole of it."""
    writer = IncrementalPdfFileWriter(BytesIO(data))
    return PdfTimeStamper(time_stamper()).timestamp_pdf(writer, "sha256").getvalue()


def hybrid(data: bytes) -> bytes:
    """The same PDF with two tables of objects, as Word writes them."""
    place = data.rindex(b"xref\n", 0, data.rindex(b"startxref"))
    stream = (
        b"20 0 obj\n<</Type/XRef/Size 21/W[1 2 1]/Index[0 1]/Root 2 0 R/Length 4>>"
        b"stream\n\0\0\0\0\nendstream\nendobj\n"
    )
    table = data[place:].replace(b"<<", b"<</XRefStm %d " % place, 1)
    begin = b"startxref\n%d\n%%%%EOF\n" % (place + len(stream))
    return data[:place] + stream + table[: table.rindex(b"startxref")] + begin


def changed(data: bytes) -> bytes:
    """The same PDF with another page content in a later update: nobody allows that."""
    writer = IncrementalPdfFileWriter(BytesIO(data))
    page = writer.root["/Pages"]["/Kids"][0]
    content = generic.StreamObject(stream_data=b"BT ET")
    page.get_object()["/Contents"] = writer.add_object(content)
    writer.update_container(page.get_object())
    buffer = BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def flipped(data: bytes) -> bytes:
    """The same PDF with one bit of its text turned."""
    place = data.index(b"stream\n") + 20
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


def crls(
    *revoked: x509.Certificate,
    at: datetime = SIGNED_AT - timedelta(hours=1),
    authorities: Iterable[x509.Certificate] = (),
    why: x509.ReasonFlags | None = None,
) -> list[bytes]:
    """The lists of both authorities, of the day after; these are on them."""
    return [
        _crl(pki.name("root"), pki.p256_key(-2), authorities, at, why),
        _crl(pki.name("issuing"), pki.p256_key(-1), revoked, at, why),
    ]


def _crl(
    issuer: x509.Name,
    key: Any,
    revoked: Iterable[x509.Certificate],
    at: datetime,
    why: x509.ReasonFlags | None,
) -> bytes:
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer)
        .last_update(SENT_AT + pki.DAY)
        .next_update(SENT_AT + 30 * pki.DAY)
    )
    for certificate in revoked:
        entry = (
            x509.RevokedCertificateBuilder()
            .serial_number(certificate.serial_number)
            .revocation_date(at)
        )
        if why is not None:
            entry = entry.add_extension(x509.CRLReason(why), critical=False)
        builder = builder.add_revoked_certificate(entry.build())
    return builder.sign(key, SHA256()).public_bytes(Encoding.DER)


def with_evidence(data: bytes, lists: Iterable[bytes]) -> bytes:
    """The same PDF with revocation lists in its Document Security Store."""
    return _with_store(data, "/CRLs", lists)


def with_certificates(data: bytes, *certificates: x509.Certificate) -> bytes:
    """The same PDF with certificates in its Document Security Store."""
    return _with_store(data, "/Certs", map(pki.der, certificates))


def _with_store(data: bytes, name: str, values: Iterable[bytes]) -> bytes:
    writer = IncrementalPdfFileWriter(BytesIO(data))
    streams = [generic.StreamObject(stream_data=it) for it in values]
    store = generic.DictionaryObject(
        {
            generic.pdf_name(name): generic.ArrayObject(
                [writer.add_object(stream) for stream in streams]
            )
        }
    )
    writer.root["/DSS"] = writer.add_object(store)
    writer.update_root()
    buffer = BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def with_stamp_of(data: bytes, other: bytes) -> bytes:
    """The same PDF with the time stamp of another one in its signature."""
    stamp = _cms(other)["content"]["signer_infos"][0]["unsigned_attrs"]
    signed_data = _cms(data)
    signed_data["content"]["signer_infos"][0]["unsigned_attrs"] = stamp
    return _with_cms(data, signed_data)


def with_other_certificate(data: bytes) -> bytes:
    """The same PDF whose signature says that the authority itself has signed."""
    between = _asn1(issuing())
    signed_data = _cms(data)
    signed_data["content"]["signer_infos"][0]["sid"] = cms.SignerIdentifier(
        name="issuer_and_serial_number",
        value=cms.IssuerAndSerialNumber(
            {"issuer": between.issuer, "serial_number": between.serial_number}
        ),
    )
    return _with_cms(data, signed_data)


def _cms(data: bytes) -> cms.ContentInfo:
    begin, end, _ = hole(data)
    return cms.ContentInfo.load(bytes.fromhex(data[begin + 1 : end - 1].decode()))


def _with_cms(data: bytes, value: cms.ContentInfo) -> bytes:
    begin, end, _ = hole(data)
    digits = value.dump(force=True).hex().encode()
    digits = digits.ljust(end - begin - 2, b"0")
    return data[: begin + 1] + digits + data[end - 1 :]


def encrypted(data: bytes, password: str) -> bytes:
    """The same PDF, which opens with a password only."""
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.pdf_utils.writer import copy_into_new_writer

    writer = copy_into_new_writer(PdfFileReader(BytesIO(data)))
    writer.encrypt(owner_pass="owner", user_pass=password)
    buffer = BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def _asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(pki.der(certificate))


def _key(number: int) -> keys.PrivateKeyInfo:
    der = pki.rsa_key(number).private_bytes(
        Encoding.DER, PrivateFormat.PKCS8, NoEncryption()
    )
    return keys.PrivateKeyInfo.load(der)


BYTE_RANGE: Final = re.compile(rb"/ByteRange\s*\[0 (\d+) (\d+) (\d+)\s*\]")
START_XREF: Final = re.compile(rb"startxref\s+(\d+)\s+%%EOF\s*\Z")


def hole(data: bytes) -> tuple[int, int, int]:
    """Where the gap of the only signature begins and ends, and what is signed after."""
    found = BYTE_RANGE.search(data)
    assert found
    begin, end, rest = map(int, found.groups())
    return begin, end, rest


FORGED: Final = b"BT /F1 12 Tf 9 9 Td (Forged) Tj ET"


def wrapped(data: bytes) -> bytes:
    """A signed letter whose text another one wrote, in the gap of its signature.

    Every signed byte is there, in order.  The second part was moved to the end, so that
    the old reference to the table of objects points into the gap.  There stands a new
    table: of another page, and of a signature with the old value, which is spelled in
    half the bytes (as it is and not in hexadecimal), so that all lengths add up.
    """
    begin, end, rest = hole(data)
    value = bytes.fromhex(data[begin + 1 : end - 1].decode())
    value += bytes(400)  # padding is nobody's business
    size = 2 * len(value) + 2
    ranges = b"[0 %d %d %d]" % (begin, begin + size, rest)
    signature = (
        b"11 0 obj\n<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached"
        b"/ByteRange%b/Contents(%b)>>\nendobj\n" % (ranges, _literal(value))
    )
    page = b"4 0 obj\n<</Length %d>>stream\n%b\nendstream\nendobj\n"
    page %= (len(FORGED), FORGED)
    gap = b">" + signature + page
    table_at = int(START_XREF.search(data)[1])
    table = (
        b"xref\n0 1\n0000000000 65535 f \n4 1\n%010d 00000 n \n11 1\n%010d 00000 n \n"
    )
    table %= (begin + 1 + len(signature), begin + 1)
    moved = table_at + size - (end - begin)
    table += b"trailer <</Size 12/Root 2 0 R/Prev %d>>" % moved
    assert begin + len(gap) < table_at < begin + size - len(table)
    gap = gap.ljust(table_at - begin, b"\n") + table
    return data[:begin] + gap.ljust(size, b"\n") + data[end:]


def _literal(value: bytes) -> bytes:
    """A PDF string of these bytes, each as itself where it can be."""
    return b"".join(
        b"\\%03o" % byte if byte in b"()\\\r\n" else bytes([byte]) for byte in value
    )
