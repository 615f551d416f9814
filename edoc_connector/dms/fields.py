"""What a mapping calls each field, what a clerk calls it, and how long it may be.

Names and limits are those of QCVN 102:2016/BTTTT as it is used in the field, the words
for people those of ND 30/2020/ND-CP.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Field:
    """The clerk's word for a field, and how many characters the standard lets it have.

    A limit of None is for what is not text, or is not limited.
    """

    label: str
    limit: int | None = None


DOCUMENT: Final[Mapping[str, Field]] = {
    "row_id": Field("Khóa của văn bản"),
    "revision": Field("Phiên bản"),
    "number": Field("Số, ký hiệu", 11),
    "notation": Field("Số, ký hiệu", 30),
    "subject": Field("Trích yếu", 500),
    "content": Field("Tóm tắt nội dung", 500),
    "promulgation_place": Field("Địa danh", 50),
    "promulgation_date": Field("Ngày ban hành"),
    "type": Field("Nhóm loại văn bản"),
    "type_detail": Field("Mã loại văn bản"),
    "type_name": Field("Loại văn bản", 100),
    "signer_competence": Field("Quyền hạn của người ký", 100),
    "signer_position": Field("Chức vụ của người ký", 100),
    "signer_name": Field("Người ký", 50),
    "due_date": Field("Hạn trả lời"),
    "priority": Field("Độ khẩn"),
    "secrecy": Field("Độ mật"),
    "sphere": Field("Phạm vi lưu hành", 100),
    "typer_notation": Field("Ký hiệu người soạn thảo", 10),
    "promulgation_amount": Field("Số bản phát hành"),
    "page_amount": Field("Số trang"),
    "steering_type": Field("Loại chỉ đạo"),
    "to_places": Field("Nơi nhận", 150),
    "reply_organization": Field("Đơn vị ban hành văn bản được trả lời", 35),
    "reply_code": Field("Số, ký hiệu văn bản được trả lời", 42),
    "reply_date": Field("Ngày ban hành văn bản được trả lời"),
    "reply_document_id": Field("Mã văn bản được trả lời", 100),
    "recipients": Field("Đơn vị nhận"),
}
"""What `documents.select` may name its columns."""

REQUIRED: Final = ("row_id", "number", "subject", "promulgation_date", "secrecy")
"""Without these columns a mapping serves nobody.

`secrecy` is one of them so that no register sends state secrets because somebody forgot
the column; a register that has none selects `0 AS secrecy`, knowingly.
"""

RECIPIENT: Final[Mapping[str, Field]] = {
    "code": Field("Mã định danh nơi nhận", 35),
    "name": Field("Tên nơi nhận", 200),
}

ATTACHMENT: Final[Mapping[str, Field]] = {
    "attachment_id": Field("Khóa của tệp đính kèm"),
    "name": Field("Tên tệp đính kèm", 255),
    "content_type": Field("Kiểu tệp đính kèm", 100),
    "description": Field("Mô tả tệp đính kèm", 500),
    "path": Field("Đường dẫn tệp đính kèm"),
    "size": Field("Kích thước tệp đính kèm"),
}

INCOMING: Final = frozenset(
    {
        "key",
        "recipient",
        "document_id",
        "sender_code",
        "sender_name",
        "sender_in_charge",
        "code",
        "number",
        "notation",
        "subject",
        "content",
        "promulgation_place",
        "promulgation_date",
        "type",
        "type_detail",
        "type_name",
        "signer_competence",
        "signer_position",
        "signer_name",
        "due_date",
        "priority",
        "steering_type",
        "sphere",
        "page_amount",
        "promulgation_amount",
        "to_places",
        "reply_organization",
        "reply_code",
        "reply_date",
        "reply_document_id",
        "attachments",
        "sealed_at",
        "at",
    }
)
"""The parameters of `incoming.insert`; times are those of Vietnam, without a zone."""

INCOMING_FILE: Final = frozenset(
    {
        "key",
        "row_id",
        "position",
        "name",
        "content_type",
        "description",
        "size",
        "sha256",
        "path",
        "bytes",
    }
)
"""The parameters of `incoming.insert_attachment`."""
