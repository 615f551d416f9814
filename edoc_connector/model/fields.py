"""Every field of a packet: its number in the standard, its names, limits and codes.

One entry for each value that `envelope.compose` can write; siblings of one name share
theirs.  The tables of QCVN 102:2016 are not public: lengths are those that integrators
of the axis state (.NET, Bkav), and NĐ 30/2020, annex VI, confirms where it has the same
field.  Where two sources give two lengths the smaller one stands, if the packets of the
field keep to it: who writes strictly fits everybody's columns.  Both are named.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from typing import Final, TypeVar

from edoc_connector.model.field import Cardinality, Field, FieldKind
from edoc_connector.model.tables import (
    BUSINESS,
    CHANGES,
    PAPERS,
    PRIORITIES,
    RECEIVER_CHANGES,
    STATUSES,
    STEERING,
    Term,
)

__all__ = [
    "FIELDS",
    "OF_STATUS",
    "SIBLING",
    "Cardinality",
    "Field",
    "FieldKind",
    "field_at",
]

QCVN: Final = "QCVN 102:2016"
ANNEX: Final = "NĐ 30/2020 Phụ lục VI"
AMENDMENT: Final = "SĐ1:2022"
CODES: Final = "QĐ 28/2018 Điều 10; QĐ 20/2020 Điều 4"
STATUS: Final = "QĐ 28/2018; gói tin trạng thái của trục"
LIBRARY: Final = "thư viện của trục (EdXML102-0.0.3)"

ONE, OPTIONAL = Cardinality.ONE, Cardinality.OPTIONAL
SOME, ANY = Cardinality.SOME, Cardinality.ANY

CodeT = TypeVar("CodeT", bound=Enum)

SIBLING: Final = re.compile(r"\[[0-9]+\]")


def field_at(path: str) -> Field | None:
    """Return the field at a path, with or without numbers of siblings: `To[2]/Fax`."""
    return FIELDS.get(SIBLING.sub("", path))


# --- how a row is written -----------------------------------------------------


def _text(  # noqa: PLR0913, PLR0917  (the columns of the table)
    path: str,
    number: str,
    vietnamese: str,
    english: str,
    cardinality: Cardinality,
    limit: int | None = None,
    source: str = "",
    *,
    kind: FieldKind = FieldKind.TEXT,
) -> Field:
    return Field(
        path=path,
        number=number,
        label=Term(vietnamese, english),
        cardinality=cardinality,
        kind=kind,
        limit=limit,
        source=_source(number, source),
    )


def _of(kind: FieldKind) -> Callable[..., Field]:
    """Return what writes a row of another kind, which has no length."""

    def row(  # noqa: PLR0913, PLR0917
        path: str,
        number: str,
        vietnamese: str,
        english: str,
        cardinality: Cardinality,
        source: str = "",
    ) -> Field:
        columns = (path, number, vietnamese, english, cardinality)
        return _text(*columns, source=source, kind=kind)

    return row


_day, _moment = _of(FieldKind.DAY), _of(FieldKind.MOMENT)
_number, _count = _of(FieldKind.NUMBER), _of(FieldKind.COUNT)
_truth = _of(FieldKind.TRUTH)


def _code(  # noqa: PLR0913, PLR0917
    path: str,
    number: str,
    vietnamese: str,
    english: str,
    cardinality: Cardinality,
    codes: Mapping[CodeT, Term],
    source: str = "",
) -> Field:
    return Field(
        path=path,
        number=number,
        label=Term(vietnamese, english),
        cardinality=cardinality,
        kind=FieldKind.CODE,
        codes={str(code.value): term for code, term in codes.items()},
        source=_source(number, source),
    )


def _source(number: str, more: str) -> str:
    own = f"{QCVN} {number}" if number else ""
    return "; ".join(filter(None, (own, more)))


# --- 1. MessageHeader ---------------------------------------------------------


def _organization(
    group: str, number: str, of: Term, *, name: Cardinality
) -> Iterator[Field]:
    rows: tuple[tuple[str, str, str, Cardinality, int, str], ...] = (
        # One of QD 28/2018 has 13 characters, and annex VI still says so.
        ("OrganId", "Mã định danh", "Identifier", ONE, 35, CODES),
        (
            "OrganizationInCharge",
            "Cơ quan chủ quản",
            "Body in charge",
            OPTIONAL,
            200,
            ".NET 200, Bkav 500",
        ),
        ("OrganName", "Tên", "Name", name, 200, ANNEX),
        ("OrganAdd", "Địa chỉ", "Address", OPTIONAL, 250, ".NET 250, Bkav 500"),
        ("Email", "Thư điện tử", "E-mail address", OPTIONAL, 100, ""),
        ("Telephone", "Số điện thoại", "Telephone number", OPTIONAL, 20, ""),
        ("Fax", "Số fax", "Fax number", OPTIONAL, 20, ""),
        # The axis's own examples have 27 characters here.
        (
            "Website",
            "Trang thông tin điện tử",
            "Web site",
            OPTIONAL,
            100,
            ".NET 100, Bkav 20",
        ),
    )
    for path, vietnamese, english, cardinality, limit, source in rows:
        yield _text(
            f"{group}/{path}",
            f"{number}.1" if path == "OrganId" else number,
            f"{vietnamese} {of.vietnamese}",
            f"{english} of the {of.english}",
            cardinality,
            limit,
            source,
        )


def _message() -> Iterator[Field]:
    yield from _organization("From", "1.1", Term("nơi gửi", "sender"), name=ONE)
    # A register may know nothing of its recipients but their codes, and they count.
    recipient = Term("nơi nhận", "recipient")
    yield from _organization("To", "1.2", recipient, name=OPTIONAL)
    # Identifier, day, number and notation come to 89; Bkav cuts official ids, too.
    source = "QĐ 28/2018 Điều 10; Bkav 75"
    yield _text("DocumentId", "1.14", "Mã văn bản", "Document id", ONE, 100, source)
    yield _text("Code/CodeNumber", "1.3", "Số của văn bản", "Number", ONE, 11, ANNEX)
    yield _text(
        "Code/CodeNotation", "1.3", "Ký hiệu của văn bản", "Notation", ONE, 30, ANNEX
    )
    place = "PromulgationInfo/Place"
    yield _text(place, "1.4", "Địa danh", "Place of issue", OPTIONAL, 50)
    date = "PromulgationInfo/PromulgationDate"
    yield _day(date, "1.4", "Ngày ban hành", "Date of issue", ONE)
    yield from _type()
    yield _text("Subject", "1.6", "Trích yếu", "Subject", ONE, 500, ANNEX)
    yield _text("Content", "1.7", "Tóm tắt nội dung", "Summary", OPTIONAL, 500)
    yield from _signer()
    yield _day("DueDate", "1.9", "Hạn trả lời", "Due date", OPTIONAL)
    yield from _other()
    yield from _response()
    yield _code("SteeringType", "1.13", "Loại chỉ đạo", "Steering type", ONE, STEERING)
    task = "ResponseForTask/TaskCode"
    yield _text(
        task, "", "Mã nhiệm vụ được báo cáo", "Task reported on", ANY, None, LIBRARY
    )
    yield _text(
        "ApplicationType",
        "",
        "Loại ứng dụng (phần mở rộng)",
        "Kind of software",
        OPTIONAL,
        None,
        LIBRARY,
    )
    # Annex VI keeps 1000 for all of them together.
    source = f"Bkav 150; {ANNEX} 1000"
    places = ("Nơi nhận ghi trên văn bản", "Place of receipt as shown")
    yield _text("ToPlaces/Place", "1.10", *places, ANY, 150, source)


def _type() -> Iterator[Field]:
    """Yield the type; its numbers are no closed list: registers have their own."""
    group = "DocumentType"
    label = ("Nhóm loại văn bản", "Class of the document")
    yield _number(f"{group}/Type", "1.5", *label, OPTIONAL, AMENDMENT)
    label = ("Mã loại văn bản", "Number of the document type")
    yield _number(f"{group}/TypeDetail", "1.5", *label, OPTIONAL, AMENDMENT)
    label = ("Loại văn bản", "Document type")
    yield _text(f"{group}/TypeName", "1.5", *label, OPTIONAL, 100, ANNEX)


def _signer() -> Iterator[Field]:
    label = ("Quyền hạn của người ký", "Capacity of the signer")
    yield _text("SignerInfo/Competence", "1.8", *label, OPTIONAL, 100)
    label = ("Chức vụ của người ký", "Position of the signer")
    yield _text("SignerInfo/Position", "1.8", *label, OPTIONAL, 100, ANNEX)
    yield _text("SignerInfo/FullName", "1.8", "Người ký", "Signer", OPTIONAL, 50, ANNEX)


def _other() -> Iterator[Field]:
    group = "OtherInfo"
    urgency = ("Độ khẩn", "Urgency")
    yield _code(f"{group}/Priority", "1.11.1", *urgency, OPTIONAL, PRIORITIES)
    label = ("Phạm vi lưu hành", "Sphere of circulation")
    yield _text(f"{group}/SphereOfPromulgation", "1.11.2", *label, OPTIONAL, 100)
    label = ("Ký hiệu người soạn thảo", "Notation of who drafted it")
    yield _text(f"{group}/TyperNotation", "1.11.3", *label, OPTIONAL, 10)
    # Annex VI keeps three digits of each; a plan with its annexes has more pages.
    label = ("Số bản phát hành", "Number of copies")
    yield _count(
        f"{group}/PromulgationAmount", "1.11.4", *label, OPTIONAL, f"{ANNEX} 999"
    )
    label = ("Số trang", "Number of pages")
    yield _count(f"{group}/PageAmount", "1.11.5", *label, OPTIONAL, f"{ANNEX} 999")
    label = ("Văn bản được trả lời", "Documents answered")
    yield _text(f"{group}/ReplyFors", "", *label, OPTIONAL, None, LIBRARY)
    label = ("Đánh dấu văn bản chỉ đạo", "Mark of a directive")
    yield _truth(f"{group}/Direction", "", *label, ONE, LIBRARY)
    label = ("Văn bản liên quan", "Related documents")
    yield _text(f"{group}/ReferenceCodes", "", *label, OPTIONAL, None, LIBRARY)
    yield _text(f"{group}/Appendixes/Appendix", "1.11.6", "Phụ lục", "Annex", ANY)


def _response() -> Iterator[Field]:
    """Yield what is answered, by a document or by a status.

    The standard has all four.  A register often knows number and notation of a paper it
    answers and not its day, and a letter is not held back for that.
    """
    group = "ResponseFor"
    label = ("Đơn vị ban hành văn bản được trả lời", "Issuer of the document answered")
    yield _text(f"{group}/OrganId", "1.12", *label, ONE, 35, CODES)
    label = ("Số, ký hiệu văn bản được trả lời", "Number of the document answered")
    yield _text(f"{group}/Code", "1.12", *label, ONE, 42, "1.3: 11 + 1 + 30")
    label = ("Mã văn bản được trả lời", "Id of the document answered")
    yield _text(f"{group}/DocumentId", "1.12", *label, OPTIONAL, 100, "1.14")
    label = ("Ngày ban hành văn bản được trả lời", "Date of the document answered")
    yield _day(f"{group}/PromulgationDate", "1.12", *label, OPTIONAL)


# --- 2. TraceHeaderList -------------------------------------------------------


def _trace() -> Iterator[Field]:
    yield from _business("Bussiness")
    label = ("Nơi gửi hoặc nút trung chuyển", "Sender or node")
    yield _text("TraceHeader/OrganId", "2.1", *label, ONE, 35, CODES)
    label = ("Thời điểm ghi dấu", "Time of the stamp")
    yield _moment("TraceHeader/Timestamp", "2.1", *label, ONE)


def _business(group: str) -> Iterator[Field]:
    label = ("Mã văn bản được xử lý nghiệp vụ", "Id of the document concerned")
    yield _text(f"{group}/DocumentId", "2.2.4", *label, OPTIONAL, 100, "1.14")
    label = ("Loại nghiệp vụ", "Business type")
    yield _code(f"{group}/BussinessDocType", "2.2.1", *label, ONE, BUSINESS)
    label = ("Lý do của nghiệp vụ", "Reason")
    yield _text(f"{group}/BussinessDocReason", "2.2.2", *label, ONE, 500, "Bkav 500")
    label = ("Đánh dấu gửi kèm bản giấy", "Mark of a paper copy")
    yield _code(f"{group}/Paper", "2.2.6", *label, ONE, PAPERS, "số mục chưa kiểm tra")
    yield from _changes(f"{group}/BussinessDocumentInfo")
    yield from _replacements(f"{group}/ReplacementInfoList/ReplacementInfo")
    yield from _staff(f"{group}/StaffInfo", "2.2.5")


def _changes(group: str) -> Iterator[Field]:
    label = ("Đánh dấu cập nhật thông tin văn bản", "Mark: the document changes")
    yield _code(f"{group}/DocumentInfo", "2.2.3", *label, OPTIONAL, CHANGES)
    label = ("Đánh dấu cập nhật nơi nhận", "Mark: the recipients change")
    yield _code(f"{group}/DocumentReceiver", "2.2.3", *label, OPTIONAL, CHANGES)
    receiver = f"{group}/ReceiverList/Receiver"
    label = ("Mã định danh nơi nhận được cập nhật", "Identifier of a changed recipient")
    yield _text(f"{receiver}/OrganId", "2.2.3", *label, ONE, 35, CODES)
    label = ("Cách cập nhật nơi nhận", "What happens to that recipient")
    yield _code(f"{receiver}/ReceiverType", "2.2.3", *label, ONE, RECEIVER_CHANGES)


def _replacements(group: str) -> Iterator[Field]:
    source = "1.14; số mục chưa kiểm tra"
    label = ("Mã văn bản bị thay thế", "Id of a document replaced")
    yield _text(f"{group}/DocumentId", "2.2.7", *label, ONE, 100, source)
    label = ("Nơi nhận văn bản bị thay thế", "Recipient of a document replaced")
    yield _text(f"{group}/OrganIdList/OrganId", "2.2.7", *label, SOME, 35, CODES)


def _staff(group: str, number: str) -> Iterator[Field]:
    label = ("Đơn vị xử lý", "Unit in charge")
    yield _text(f"{group}/Department", number, *label, OPTIONAL, 300, "Bkav 300")
    label = ("Mã đơn vị xử lý", "Code of the unit in charge")
    yield _text(f"{group}/DepartmentId", "", *label, OPTIONAL, None, LIBRARY)
    label = ("Người xử lý", "Person in charge")
    yield _text(f"{group}/Staff", number, *label, OPTIONAL, 300, "Bkav 300")
    label = ("Mã người xử lý", "Code of the person in charge")
    yield _text(f"{group}/StaffId", "", *label, OPTIONAL, None, LIBRARY)
    label = ("Thư điện tử của người xử lý", "E-mail address of the person in charge")
    yield _text(f"{group}/Email", number, *label, OPTIONAL, 100, "Bkav 100")
    label = ("Số điện thoại của người xử lý", "Telephone of the person in charge")
    yield _text(f"{group}/Mobile", number, *label, OPTIONAL, 30, "Bkav 30")


# --- the status packet, reported errors, files --------------------------------


def _status() -> Iterator[Field]:
    yield from _staff("StaffInfo", "")
    yield _code("StatusCode", "", "Mã trạng thái", "Status", ONE, STATUSES, STATUS)
    # No source limits it; Bkav keeps 75 and cuts the rest.
    label = ("Nội dung phản hồi", "Words of the receiver")
    yield _text("Description", "", *label, OPTIONAL, 500, f"{STATUS}; Bkav 75")
    yield _moment("Timestamp", "", "Thời điểm phản hồi", "Time", ONE, STATUS)


def _errors() -> Iterator[Field]:
    group = "ErrorList/Error"
    yield _text(f"{group}/Code", "", "Mã lỗi", "Error code", ONE, None, "Bkav")
    label = ("Mô tả lỗi", "Error description")
    yield _text(f"{group}/Description", "", *label, OPTIONAL, None, "Bkav")


def _files() -> Iterator[Field]:
    for group in ("Reference", "Attachment"):
        label = ("Mã của tệp đính kèm", "Id of the attached file")
        yield _text(f"{group}/ContentId", "", *label, ONE, None, QCVN)
        # Receivers put it on a disk, and no file system takes more.
        label = ("Tên tệp đính kèm", "Name of the attached file")
        source = f"{QCVN}; Bkav 500"
        yield _text(f"{group}/AttachmentName", "", *label, ONE, 255, source)
        label = ("Mô tả tệp đính kèm", "Description of the attached file")
        source = f"{QCVN}; {ANNEX}"
        yield _text(f"{group}/Description", "", *label, OPTIONAL, 500, source)
        label = ("Kiểu tệp đính kèm", "Type of the attached file")
        yield _text(f"{group}/ContentType", "", *label, ONE, 100, QCVN)
    label = ("Tên trường của tệp đính kèm", "Field of the attached file")
    yield _text("Attachment/FieldName", "", *label, OPTIONAL, None, LIBRARY)
    label = ("Kiểu MIME của tệp đính kèm", "MIME type of the attached file")
    yield _text("Attachment/MimeType", "", *label, OPTIONAL, None, LIBRARY)


FIELDS: Final[Mapping[str, Field]] = {
    row.path: row
    for part in (_message(), _trace(), _status(), _errors(), _files())
    for row in part
}
"""By path: those of a document first, in the order in which they are written."""

OF_STATUS: Final = frozenset(row.path for row in _status())
"""Those that only a status has."""
