"""Sealed envelopes as they arrive, whole or after a node has rebuilt them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any, Final

from lxml import etree

from edoc_connector.envelope.read import read
from edoc_connector.model.document import (
    Business,
    BusinessType,
    ChangedParts,
    ChangedReceiver,
    Document,
    DocumentType,
    OtherInfo,
    Replacement,
    ResponseFor,
)
from edoc_connector.model.identifiers import DocumentId
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.stages import (
    Content,
    Envelope,
    FoundReference,
    FoundSeal,
    ReceivedEnvelope,
    SealedEnvelope,
    VerifiedEnvelope,
)
from edoc_connector.signature.fields import leaves
from edoc_connector.signature.ports import SealKey
from edoc_connector.signature.sign import seal
from edoc_connector.signature.verify import verify
from tests.support.builders import (
    RECIPIENT,
    SENT_AT,
    attachment,
    contents,
    document,
    envelope,
    organization,
    packet,
    staff,
)
from tests.support.pki import policy, revocation, rsa_sealer

DRAFT: Final = b"PK\x05\x06" + bytes(18)
"""An empty ZIP: the smallest thing that may be called a docx here."""

MAX_PACKET_BYTES: Final = 64 * 1024 * 1024

DS: Final = "{http://www.w3.org/2000/09/xmldsig#}"
XADES: Final = "{http://uri.etsi.org/01903/v1.3.2#}"


def every_field() -> Document:
    """A document that has every field of the standard, some of them twice."""
    return document(
        recipients=(organization(RECIPIENT), organization("H20.14.2", website="")),
        type=DocumentType(type=1, detail=3, name="Nghị quyết"),
        subject='Về "kết nối" <liên thông> & sao lưu\ndòng hai',
        content="Tóm tắt",
        other=OtherInfo(
            priority=3,
            sphere="Nội bộ",
            typer_notation="VX",
            promulgation_amount=2,
            page_amount=3,
            reply_fors="9/SNV-VP",
            direction=True,
            reference_codes="R1",
            appendixes=("Phụ lục I", "Phụ lục II"),
        ),
        responses=(
            ResponseFor(organization=RECIPIENT, code="9/SNV-VP"),
            ResponseFor(
                organization=OrganizationCode("G22"),
                code="1/VPCP",
                document_id=DocumentId("G22,2026/01/05,1/VPCP"),
                promulgation_date=date(2026, 1, 5),
            ),
        ),
        steering_type=1,
        task_codes=("T1", "T2"),
        application_type="MCDT_DT",
        business=Business(
            document_id=DocumentId("H20,2026/11/20,14/UBND-VX"),
            type=BusinessType.REPLACE,
            reason="Văn bản thay thế",
            paper=1,
            changed=ChangedParts(
                document_info=1,
                document_receiver=1,
                receivers=(
                    ChangedReceiver(OrganizationCode("H41"), 0),
                    ChangedReceiver(OrganizationCode("H14"), 1),
                ),
            ),
            replacements=(
                Replacement(
                    DocumentId("H20,2026/11/20,14/UBND-VX"),
                    (OrganizationCode("H41"), OrganizationCode("H14")),
                ),
                Replacement(DocumentId("H20,2026/11/19,13/UBND-VX")),
            ),
            staff=staff(department_id="VP", staff_id="VT1"),
        ),
        attachments=(
            attachment(),
            attachment(DRAFT, name="phụ lục.docx", content_type="application/docx"),
        ),
    )


def received(
    content: Content | None = None, *, key: SealKey | None = None, **changes: Any
) -> ReceivedEnvelope:
    """An envelope sealed by the province and received as it was sent."""
    sealed = seal(envelope(content), key or rsa_sealer())
    return replace(arrived(sealed), **changes)


def arrived(sealed: SealedEnvelope) -> ReceivedEnvelope:
    """The envelope as a reader hands it over, with everything it found in the seal."""
    return ReceivedEnvelope(
        sealed.envelope, found(sealed.seal, sealed.envelope), contents(DRAFT)
    )


def found(signature: bytes, sent: Envelope) -> FoundSeal:
    """What a reader finds in a `ds:Signature`."""
    root = etree.fromstring(signature)
    return FoundSeal(
        canonicalization_method=_algorithm(root, "CanonicalizationMethod"),
        signature_method=_algorithm(root, "SignatureMethod"),
        references=tuple(
            FoundReference(
                uri=reference.get("URI", ""),
                transforms=tuple(
                    one.get("Algorithm", "") for one in reference.iter(f"{DS}Transform")
                ),
                digest_method=_algorithm(reference, "DigestMethod"),
                digest_value=_text(reference, "DigestValue"),
            )
            for reference in root.iter(f"{DS}Reference")
        ),
        signature_value=_text(root, "SignatureValue"),
        certificates=tuple(one.text or "" for one in root.iter(f"{DS}X509Certificate")),
        statement=leaves(sent.content),
        certificate_digest=root.findtext(
            f".//{XADES}CertDigest/{DS}DigestValue", default=""
        ),
        timestamps=tuple(
            one.text or "" for one in root.iter(f"{XADES}EncapsulatedTimeStamp")
        ),
    )


def rebuilt(envelope: ReceivedEnvelope) -> ReceivedEnvelope:
    """The same after a node dropped every object of the seal."""
    assert envelope.seal
    bare = replace(envelope.seal, statement=(), certificate_digest="", timestamps=())
    return replace(envelope, seal=bare)


def with_content(envelope: ReceivedEnvelope, **changes: Any) -> ReceivedEnvelope:
    """The same with fields of its document or status changed on the way."""
    content = replace(envelope.envelope.content, **changes)
    return replace(envelope, envelope=replace(envelope.envelope, content=content))


def with_seal(envelope: ReceivedEnvelope, **changes: Any) -> ReceivedEnvelope:
    """The same with parts of its seal changed on the way."""
    assert envelope.seal
    return replace(envelope, seal=replace(envelope.seal, **changes))


def _algorithm(element: etree._Element, name: str) -> str:
    found = element.find(f".//{DS}{name}")
    assert found is not None
    return found.get("Algorithm", "")


def _text(element: etree._Element, name: str) -> str:
    return element.findtext(f".//{DS}{name}", default="")


def sealed_packet(
    content: Content | None = None, *, key: SealKey | None = None
) -> bytes:
    """The packet that travels, sealed by the province."""
    sealed = seal(envelope(content), key or rsa_sealer())
    return packet(content, files=contents(DRAFT), seal=sealed.seal)


def opened(data: bytes, *, account: str | None = None) -> VerifiedEnvelope:
    """Read and verify a packet as a receiver does."""
    return verify(
        read(data, max_bytes=MAX_PACKET_BYTES),
        policy(),
        account=account,
        received_at=SENT_AT,
        now=SENT_AT,
        revocation=revocation(),
    )
