"""Valid documents, statuses, files and packets; a test changes one detail."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from edoc_connector.clock import VIETNAM
from edoc_connector.envelope.write import write
from edoc_connector.errors import ContentMissing
from edoc_connector.model.document import (
    Attachment,
    Business,
    BusinessType,
    Code,
    Document,
    DocumentType,
    Organization,
    OtherInfo,
    ResponseFor,
    Signer,
    Staff,
)
from edoc_connector.model.identifiers import Digest, DocumentId
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.stages import (
    Content,
    Contents,
    Envelope,
    SealedEnvelope,
    TraceStamp,
)
from edoc_connector.model.status import Status, StatusCode

SENDER: Final = OrganizationCode("H20")
RECIPIENT: Final = OrganizationCode("H20.14")
SENT_AT: Final = datetime(2026, 11, 23, 8, 30, 0, tzinfo=VIETNAM)
PDF: Final = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF\n"
)
UNSEALED: Final = b""


def organization(code: str = SENDER, **changes: Any) -> Organization:
    """A body; the province by default."""
    values: dict[str, Any] = {
        "code": OrganizationCode(code),
        "in_charge": "Chính phủ",
        "name": f"Ủy ban nhân dân {code}",
        "address": "Số 1 đường Trung tâm",
        "email": f"vanthu@{code.lower()}.example.vn",
        "telephone": "0200 000 000",
        "fax": "0200 000 001",
        "website": f"https://{code.lower()}.example.vn",
    }
    return Organization(**values | changes)


def attachment(data: bytes = PDF, **changes: Any) -> Attachment:
    """The description of a file with these bytes; `contents(data)` holds them."""
    digest = hashlib.sha256(data).hexdigest()
    values: dict[str, Any] = {
        "content_id": f"file-{digest[:12]}",
        "name": "công văn.pdf",
        "content_type": "application/pdf",
        "size": len(data),
        "sha256": Digest(digest),
    }
    return Attachment(**values | changes)


@dataclass(frozen=True, slots=True)
class MemoryContents:
    """Files in memory, by digest, handed out in pieces of `step` bytes."""

    files: dict[Digest, bytes]
    step: int

    def chunks(self, attachment: Attachment) -> Iterator[bytes]:
        """Yield the file in pieces."""
        try:
            data = self.files[attachment.sha256]
        except KeyError:
            raise ContentMissing(digest=attachment.sha256) from None
        for start in range(0, len(data), self.step):
            yield data[start : start + self.step]


def contents(*files: bytes, step: int = 65536) -> MemoryContents:
    """Hold `PDF` (the file of the default document) and these files."""
    held = {Digest(hashlib.sha256(data).hexdigest()): data for data in (PDF, *files)}
    return MemoryContents(held, step)


def document(**changes: Any) -> Document:
    """A province writes to a department, with every usual field and one PDF."""
    values: dict[str, Any] = {
        "sender": organization(SENDER),
        "recipients": (organization(RECIPIENT),),
        "document_id": DocumentId("H20,2026/11/23,15/UBND-VX"),
        "code": Code("15", "UBND-VX"),
        "promulgation_place": "Đồng Tháp",
        "promulgation_date": date(2026, 11, 23),
        "type": DocumentType(type=2, detail=18, name="Công văn"),
        "subject": "Về việc kết nối, liên thông phần mềm quản lý văn bản",
        "content": "Về việc kết nối, liên thông phần mềm quản lý văn bản",
        "signer": Signer(
            competence="KT. CHỦ TỊCH",
            position="Phó Chủ tịch",
            full_name="Người ký thứ nhất",
        ),
        "due_date": date(2026, 12, 15),
        "other": OtherInfo(
            priority=0,
            sphere="Liên thông văn bản",
            typer_notation="VX",
            promulgation_amount=2,
            page_amount=3,
            appendixes=("Phụ lục I",),
        ),
        "responses": (
            ResponseFor(
                organization=RECIPIENT,
                code="9/SNV-VP",
                document_id=DocumentId("H20.14,2026/11/02,9/SNV-VP"),
                promulgation_date=date(2026, 11, 2),
            ),
        ),
        "steering_type": 0,
        "to_places": ("Như trên", "Lưu: VT"),
        "business": Business(
            type=BusinessType.NEW,
            reason="Văn bản điện tử mới",
            paper=0,
            staff=staff(),
        ),
        "attachments": (attachment(),),
    }
    return Document(**values | changes)


def staff(**changes: Any) -> Staff:
    """The clerk at the sender."""
    values: dict[str, Any] = {
        "department": "Văn phòng",
        "staff": "Văn thư cơ quan",
        "email": "vanthu@h20.example.vn",
        "mobile": "0900 000 000",
    }
    return Staff(**values | changes)


def status(**changes: Any) -> Status:
    """The department says 01 (arrived) to the default document."""
    values: dict[str, Any] = {
        "sender": organization(RECIPIENT),
        "response_for": ResponseFor(
            organization=SENDER,
            code="15/UBND-VX",
            document_id=DocumentId("H20,2026/11/23,15/UBND-VX"),
            promulgation_date=date(2026, 11, 23),
        ),
        "staff": staff(),
        "code": StatusCode.ARRIVED,
        "description": "Đã đến",
        "at": SENT_AT,
    }
    return Status(**values | changes)


def envelope(content: Content | None = None, **changes: Any) -> Envelope:
    """An envelope around the content, stamped by its sender if it is a document."""
    held = content or document()
    stamps = (
        (TraceStamp(held.sender.code, SENT_AT),) if isinstance(held, Document) else ()
    )
    return replace(Envelope(held, stamps), **changes)


def packet(
    content: Content | None = None,
    *,
    files: Contents | None = None,
    seal: bytes = UNSEALED,
) -> bytes:
    """The bytes that travel, in the canonical form; unsealed without a seal."""
    return packet_of(envelope(content), files=files, seal=seal)


def packet_of(
    written: Envelope, *, files: Contents | None = None, seal: bytes = UNSEALED
) -> bytes:
    """The same for a whole envelope, stamps included."""
    out = io.BytesIO()
    write(SealedEnvelope(written, seal), files or contents(), out)
    return out.getvalue()
