"""The code tables of the standard: what each number means, in the regulations' words.

QCVN 102:2016/BTTTT with amendment SĐ1:2022; where its tables could not be read, what
the axis's own library and integrators write.  Names of document types are not
translated: they stand on documents.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final
from unicodedata import combining, normalize

from edoc_connector.model.document import (
    BusinessType,
    Number,
    Priority,
    SteeringType,
)
from edoc_connector.model.status import StatusCode


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the regulations, and what it is called in English."""

    vietnamese: str
    english: str


# --- how urgent, what it steers, what it does ---------------------------------

PRIORITIES: Final[Mapping[Priority, Term]] = {
    Priority.NORMAL: Term("Thường", "Normal"),
    Priority.URGENT: Term("Khẩn", "Urgent"),
    Priority.VERY_URGENT: Term("Thượng khẩn", "Very urgent"),
    Priority.EXPRESS: Term("Hỏa tốc", "Express"),
    Priority.EXPRESS_TIMED: Term("Hỏa tốc hẹn giờ", "Express at a fixed time"),
}
"""Độ khẩn (1.11.1).  Registers count in ways of their own; mappings say how."""

STEERING: Final[Mapping[SteeringType, Term]] = {
    SteeringType.NONE: Term("Không phải chỉ đạo", "No directive"),
    SteeringType.DIRECTIVE: Term("Chỉ đạo", "Directive"),
    SteeringType.REPORT: Term("Báo cáo chỉ đạo", "Report on a directive"),
}
"""Loại chỉ đạo (1.13).  One integrator counts them 1 to 3; this is what is written."""

BUSINESS: Final[Mapping[BusinessType, Term]] = {
    BusinessType.NEW: Term("Văn bản mới", "New document"),
    BusinessType.RECALL: Term("Thu hồi", "Recall"),
    BusinessType.UPDATE: Term("Cập nhật", "Update"),
    BusinessType.REPLACE: Term("Thay thế", "Replacement"),
}
"""Loại nghiệp vụ (2.2.1).  4 and 44 exist inside one register only."""

REASONS: Final[Mapping[BusinessType, str]] = {
    BusinessType.NEW: "Văn bản điện tử mới",
    BusinessType.RECALL: "Thu hồi văn bản điện tử",
    BusinessType.UPDATE: "Cập nhật văn bản điện tử",
    BusinessType.REPLACE: "Văn bản thay thế",
}
"""What everybody writes as BussinessDocReason (2.2.2) who has no other reason."""


class Paper(IntEnum):
    """Whether a paper copy follows (Paper), field 2.2.6."""

    NONE = 0
    FOLLOWS = 1


PAPERS: Final[Mapping[Paper, Term]] = {
    Paper.NONE: Term("Không gửi kèm bản giấy", "No paper copy follows"),
    Paper.FOLLOWS: Term("Có gửi kèm bản giấy", "A paper copy follows"),
}


class Change(IntEnum):
    """Whether an update changes this part (DocumentInfo, DocumentReceiver)."""

    NONE = 0
    CHANGED = 1


CHANGES: Final[Mapping[Change, Term]] = {
    Change.NONE: Term("Không thay đổi", "Not changed"),
    Change.CHANGED: Term("Có thay đổi", "Changed"),
}


class ReceiverChange(IntEnum):
    """What an update does to a receiver (ReceiverType).

    That there are two is certain; which of them is which, no source says.
    """

    FIRST = 0
    SECOND = 1


RECEIVER_CHANGES: Final[Mapping[ReceiverChange, Term]] = {
    ReceiverChange.FIRST: Term("Thêm hoặc bỏ, chưa rõ (0)", "Added or removed (0)"),
    ReceiverChange.SECOND: Term("Thêm hoặc bỏ, chưa rõ (1)", "Added or removed (1)"),
}

STATUSES: Final[Mapping[StatusCode, Term]] = {
    StatusCode.ARRIVED: Term("đã đến", "arrived"),
    StatusCode.REFUSED: Term("từ chối tiếp nhận", "refused"),
    StatusCode.ACCEPTED: Term("đã tiếp nhận", "accepted"),
    StatusCode.ASSIGNED: Term("phân công xử lý", "assigned"),
    StatusCode.PROCESSING: Term("đang xử lý", "in process"),
    StatusCode.FINISHED: Term("hoàn thành", "done"),
    StatusCode.TAKEN_BACK: Term("lấy lại", "taken back"),
    StatusCode.CHANGE_AGREED: Term("đồng ý cập nhật, lấy lại", "agreed to change"),
    StatusCode.CHANGE_REFUSED: Term("từ chối cập nhật, lấy lại", "refused to change"),
}
"""The nine states (StatusCode), in the words of the axis's library.

One adapter calls 01 "đã gửi đi", 13 "đã thu hồi" and 15 "đã được cập nhật".
"""


# --- kinds of documents -------------------------------------------------------


class DocumentClass(IntEnum):
    """Whether it makes law (DocumentType/Type), field 1.5."""

    LEGAL = 1
    ADMINISTRATIVE = 2


CLASSES: Final[Mapping[DocumentClass, Term]] = {
    DocumentClass.LEGAL: Term("Quy phạm pháp luật", "Legal normative document"),
    DocumentClass.ADMINISTRATIVE: Term("Hành chính", "Administrative document"),
}

TABLE_A: Final = (
    "Hiến pháp",
    "Luật",
    "Pháp lệnh",
    "Lệnh",
    "Nghị quyết",
    "Nghị quyết liên tịch",
    "Nghị định",
    "Quyết định",
    "Thông tư",
    "Thông tư liên tịch",
    "Chỉ thị (UBND)",
    "Bộ luật",
    "VBQPPL của đơn vị HC-KT đặc biệt",
)
"""Legal documents (SĐ1:2022, table A), from 1 on."""

TABLE_B: Final = (
    "Nghị quyết (cá biệt)",
    "Quyết định (cá biệt)",
    "Chỉ thị",
    "Quy chế",
    "Quy định",
    "Thông cáo",
    "Thông báo",
    "Hướng dẫn",
    "Chương trình",
    "Kế hoạch",
    "Phương án",
    "Đề án",
    "Dự án",
    "Báo cáo",
    "Biên bản",
    "Tờ trình",
    "Hợp đồng",
    "Công văn",
    "Công điện",
    "Bản ghi nhớ",
    "Bản cam kết",
    "Bản thỏa thuận",
    "Giấy chứng nhận",
    "Giấy ủy quyền",
    "Giấy mời",
    "Giấy giới thiệu",
    "Giấy nghỉ phép",
    "Giấy đi đường",
    "Giấy biên nhận hồ sơ",
    "Phiếu gửi",
    "Phiếu chuyển",
    "Thư công",
)
"""Administrative documents (SĐ1:2022, table B; the list of TT 01/2011/TT-BNV).

NĐ 30/2020, annex III, has dropped 21, 23 and 28 and kept the rest.  Nobody has read 10
to 17 and 27 to 32 in the text itself.
"""

ARCHIVE: Final = (
    "Nghị quyết",
    "Quyết định",
    "Chỉ thị",
    "Quy định",
    "Thông tư",
    "Thông tư liên tịch",
    "Thông báo",
    "Hướng dẫn",
    "Chương trình",
    "Kế hoạch",
    "Phương án",
    "Đề án",
    "Dự án",
    "Báo cáo",
    "Tờ trình",
    "Giấy ủy quyền",
    "Phiếu gửi",
    "Phiếu chuyển",
    "Phiếu báo",
    "Biên bản",
    "Hợp đồng",
    "Công văn",
    "Công điện",
    "Bản ghi nhớ",
    "Bản thỏa thuận",
    "Giấy mời",
    "Giấy giới thiệu",
    "Giấy nghỉ phép",
    "Thư công",
    "Bản đồ",
    "Bản vẽ",
    "Khác",
)
"""What archives count (TT 05/2025/TT-BNV), from 01 on."""

OTHER: Final = len(ARCHIVE)
"""Khác: whatever archives have no number for."""

IN_BRACKETS: Final = re.compile(r"\([^)]*\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentKind:
    """One kind of document: its class, its number in that class's table, its name."""

    type: DocumentClass
    detail: int
    name: str

    @property
    def archive(self) -> int:
        """The number archives have for it."""
        return archive_number(self.name)


def document_type(
    name: str,
    type: Number = None,  # noqa: A002  (as in DocumentType)
    detail: Number = None,
) -> DocumentKind | None:
    """Return the kind of document that is meant, or None where nothing says it.

    The name decides, however it is written; numbers only where it leaves a choice or
    is unknown.  In the field `Type` is the class, the number in table B (18), or the
    sender's own key (71), and some packets give letters the class of laws.
    """
    found = _named(name)
    if not found:
        return _numbered(type, detail)
    exact = [kind for kind in found if (kind.type, kind.detail) == (type, detail)]
    of_class = [kind for kind in found if kind.type == type]
    return next(iter([*exact, *of_class, *reversed(found)]))


def archive_number(name: str) -> int:
    """Return the number that archives have for a kind of document of this name."""
    return ARCHIVED.get(folded(name)) or ARCHIVED.get(_bare(name), OTHER)


def folded(text: str) -> str:
    """Return a text without case, accents and marks: `quyet dinh`."""
    # Some letters are capitals again when they are taken apart, so it is done twice.
    small = _apart(_apart(text).casefold()).casefold().replace("đ", "d")
    kept = (it if it.isalnum() else " " for it in small if not combining(it))
    return " ".join("".join(kept).split())


def _apart(text: str) -> str:
    return normalize("NFKD", text)


def _bare(name: str) -> str:
    return folded(IN_BRACKETS.sub(" ", name))


def _named(name: str) -> Sequence[DocumentKind]:
    """Return those of this name, laws first; `Quyết định` is the name of two."""
    return NAMED.get(folded(name)) or NAMED.get(_bare(name), ())


def _numbered(type: Number, detail: Number) -> DocumentKind | None:  # noqa: A002
    if isinstance(type, int) and type not in tuple(DocumentClass) and not detail:
        return NUMBERED.get((DocumentClass.ADMINISTRATIVE, type))
    return NUMBERED.get((type, detail))


def _kinds() -> Iterator[DocumentKind]:
    tables = {
        DocumentClass.LEGAL: TABLE_A,
        DocumentClass.ADMINISTRATIVE: TABLE_B,
    }
    for of_class, names in tables.items():
        for number, name in enumerate(names, start=1):
            yield DocumentKind(type=of_class, detail=number, name=name)


def _by_name() -> Mapping[str, tuple[DocumentKind, ...]]:
    found: dict[str, tuple[DocumentKind, ...]] = {}
    for kind in KINDS:
        for name in {folded(kind.name), _bare(kind.name)}:
            found[name] = (*found.get(name, ()), kind)
    return found


KINDS: Final = tuple(_kinds())
NUMBERED: Final[Mapping[object, DocumentKind]] = {
    (kind.type, kind.detail): kind for kind in KINDS
}
NAMED: Final = _by_name()
ARCHIVED: Final = {folded(name): number for number, name in enumerate(ARCHIVE, start=1)}
