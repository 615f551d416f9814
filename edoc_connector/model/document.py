"""A document as the standard knows it: MessageHeader, Bussiness, attachments.

Fields stand in the order of the axis's own library (QCVN 102:2016/BTTTT as it is
written in the field).  Text that is absent is empty; a number or a date that is absent
is None.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from typing import Final

from edoc_connector.model.identifiers import Digest, DocumentId
from edoc_connector.model.organization_code import OrganizationCode

NO_DOCUMENT: Final = DocumentId("")

NUMBER_AND_NOTATION: Final = re.compile(
    r"(?P<number>(?>[0-9]+[^\W\d_]?(?:/[0-9]{4}(?=/|\Z))?))(?:/(?P<notation>\S.*))?"
)
"""`15/UBND-VX`, `15a/UBND`, `28/2018/QĐ-TTg`; a number alone has no notation."""


@dataclass(frozen=True, slots=True)
class Unread:
    """What stands in a packet where a date, number or truth belongs and is none.

    The text is kept as it is and nothing is guessed: `2018/09/28` once became the year
    34 in somebody's register.
    """

    text: str


Day = date | Unread | None
Number = int | Unread | None
"""What a field may say: a value, something nobody can read, or nothing."""


class Priority(IntEnum):
    """How urgent (độ khẩn), field 1.11.1."""

    NORMAL = 0
    URGENT = 1
    VERY_URGENT = 2
    EXPRESS = 3
    EXPRESS_TIMED = 4


ALL_PRIORITIES: Final = tuple(Priority)
"""Made once: an enumeration lists its members anew whenever it is asked."""


class SteeringType(IntEnum):
    """Whether it directs (loại chỉ đạo), field 1.13."""

    NONE = 0
    DIRECTIVE = 1
    REPORT = 2


class BusinessType(IntEnum):
    """What the packet does (BussinessDocType), field 2.2.1."""

    NEW = 0
    RECALL = 1
    UPDATE = 2
    REPLACE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Organization:
    """A body that sends or receives (From, To)."""

    code: OrganizationCode
    in_charge: str = ""
    name: str = ""
    address: str = ""
    email: str = ""
    telephone: str = ""
    fax: str = ""
    website: str = ""


@dataclass(frozen=True, slots=True)
class Code:
    """Number and notation (số, ký hiệu): `28/2018` and `QĐ-TTg`.  Both are text."""

    number: str
    notation: str = ""

    @classmethod
    def of(cls, text: str) -> Code:
        """Take apart what people write as one; `text` puts it together again.

        The year of a legal text is of its number, and whatever follows the number is
        the notation, slashes and all: `12/KH-UBND/2`.  What does not begin with a
        number and a slash has none: `15-CV/TU` is a notation.
        """
        found = NUMBER_AND_NOTATION.fullmatch(text)
        if found is None:
            return cls("", text)
        return cls(found["number"], found["notation"] or "")

    @property
    def text(self) -> str:
        """As people write it: `28/2018/QĐ-TTg`."""
        return "/".join(part for part in (self.number, self.notation) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentType:
    """Class, number in its table, and name (tên loại)."""

    type: Number = None
    detail: Number = None
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """Who signed (người ký): capacity (TM., KT. ...), position, name."""

    competence: str = ""
    position: str = ""
    full_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherInfo:
    """Field 1.11 and what the axis's library adds to it."""

    priority: Number = None
    sphere: str = ""
    typer_notation: str = ""
    promulgation_amount: Number = None
    page_amount: Number = None
    reply_fors: str = ""
    direction: bool | Unread = False
    reference_codes: str = ""
    appendixes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseFor:
    """The document this one answers; `organization` is the body that issued it."""

    organization: OrganizationCode
    code: str = ""
    document_id: DocumentId = NO_DOCUMENT
    promulgation_date: Day = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """Who handles it at the sender (StaffInfo)."""

    department: str = ""
    department_id: str = ""
    staff: str = ""
    staff_id: str = ""
    email: str = ""
    mobile: str = ""


@dataclass(frozen=True, slots=True)
class ChangedReceiver:
    """One receiver added or removed by an update (Receiver)."""

    organization: OrganizationCode
    type: Number = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedParts:
    """What an update changes (BussinessDocumentInfo)."""

    document_info: Number = None
    document_receiver: Number = None
    receivers: tuple[ChangedReceiver, ...] = ()


@dataclass(frozen=True, slots=True)
class Replacement:
    """A document replaced, and for which bodies (ReplacementInfo)."""

    document_id: DocumentId
    organizations: tuple[OrganizationCode, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Business:
    """What the packet does to earlier ones (Bussiness)."""

    document_id: DocumentId = NO_DOCUMENT
    type: BusinessType = BusinessType.NEW
    reason: str = ""
    paper: Number = None
    changed: ChangedParts | None = None
    replacements: tuple[Replacement, ...] = ()
    staff: Staff | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """One attached file, by name and digest; its bytes are kept elsewhere.

    `size` and `sha256` are those of the file itself: after base64, and after the ZIP
    in which nodes wrap some kinds.  `field_name` and `mime_type` are additions of the
    axis's library, of which nothing is known but the names.
    """

    content_id: str
    name: str
    content_type: str
    size: int
    sha256: Digest
    description: str = ""
    field_name: str = ""
    mime_type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """An official document on its way: every field a sender states, and its files."""

    sender: Organization
    recipients: tuple[Organization, ...]
    document_id: DocumentId
    code: Code
    promulgation_place: str = ""
    promulgation_date: Day = None
    type: DocumentType = DocumentType()
    subject: str = ""
    content: str = ""
    signer: Signer = Signer()
    due_date: Day = None
    other: OtherInfo = OtherInfo()
    responses: tuple[ResponseFor, ...] = ()
    steering_type: Number = None
    task_codes: tuple[str, ...] = ()
    application_type: str = ""
    to_places: tuple[str, ...] = ()
    business: Business | None = None
    attachments: tuple[Attachment, ...] = ()

    @property
    def priority(self) -> int:
        """0 to 4 as the standard counts; what says nothing we know is normal."""
        stated = self.other.priority
        return stated if stated in ALL_PRIORITIES else Priority.NORMAL


def official_document_id(
    sender: OrganizationCode, promulgated: date, code: Code
) -> DocumentId:
    """Return the id of QD 28/2018, article 10: `H20,2026/11/23,15/UBND-VX`."""
    return DocumentId(f"{sender},{promulgated:%Y/%m/%d},{code.text}")
