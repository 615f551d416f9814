"""Documents and statuses as hypothesis draws them, within the table of fields.

`strategies` draws what can be written at all; this is what may be: required fields are
there, texts are of their length, codes of their table.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from hypothesis import strategies as st

from edoc_connector.model.document import (
    Business,
    BusinessType,
    ChangedParts,
    ChangedReceiver,
    Code,
    Document,
    DocumentType,
    Organization,
    OtherInfo,
    Priority,
    Replacement,
    ResponseFor,
    Signer,
    Staff,
    SteeringType,
)
from edoc_connector.model.fields import FIELDS, FieldKind
from edoc_connector.model.organization_code import cleaned
from edoc_connector.model.stages import Envelope, PacketError, TraceStamp
from edoc_connector.model.status import Status, StatusCode
from tests.support import builders
from tests.support.strategies import CHARACTERS, FILES, MOMENTS, NUMBERS, WHITE_SPACE

UNLIMITED: Final = 60
FLAGS: Final = st.integers(0, 1)
COUNTS: Final = st.none() | st.integers(0, 65535)
DAYS: Final = st.dates(date(1, 1, 2))
CODES: Final = (
    st.text(CHARACTERS, min_size=1, max_size=35)
    .map(lambda text: cleaned(text)[0])
    .filter(lambda code: code and code != "null")
)
IDS: Final = st.uuids().map(str)


def texts(path: str) -> st.SearchStrategy[str]:
    """Draw what may stand in this field, which is never empty."""
    field = FIELDS[path]
    assert field.kind is FieldKind.TEXT
    drawn = st.text(CHARACTERS, min_size=1, max_size=field.limit or UNLIMITED)
    return drawn.map(lambda text: text.strip(WHITE_SPACE)).filter(bool)


def perhaps(path: str) -> st.SearchStrategy[str]:
    """Draw what may stand in this field, or nothing."""
    return st.just("") | texts(path)


def several(drawn: st.SearchStrategy, least: int = 0) -> st.SearchStrategy:
    """Draw up to three of them."""
    return st.lists(drawn, min_size=least, max_size=3).map(tuple)


def organizations(group: str) -> st.SearchStrategy[Organization]:
    """Draw a sender or a recipient."""
    named = texts if FIELDS[f"{group}/OrganName"].is_required else perhaps
    return st.builds(
        Organization,
        code=CODES,
        in_charge=perhaps(f"{group}/OrganizationInCharge"),
        name=named(f"{group}/OrganName"),
        address=perhaps(f"{group}/OrganAdd"),
        email=perhaps(f"{group}/Email"),
        telephone=perhaps(f"{group}/Telephone"),
        fax=perhaps(f"{group}/Fax"),
        website=perhaps(f"{group}/Website"),
    )


SENDERS: Final = organizations("From")
RESPONSES: Final = st.builds(
    ResponseFor,
    organization=CODES,
    code=texts("ResponseFor/Code"),
    document_id=texts("ResponseFor/DocumentId"),
    promulgation_date=DAYS,
)
STAFF: Final = st.builds(
    Staff,
    department=perhaps("StaffInfo/Department"),
    department_id=perhaps("StaffInfo/DepartmentId"),
    staff=perhaps("StaffInfo/Staff"),
    staff_id=perhaps("StaffInfo/StaffId"),
    email=perhaps("StaffInfo/Email"),
    mobile=perhaps("StaffInfo/Mobile"),
)
OTHER: Final = st.builds(
    OtherInfo,
    priority=st.none() | st.sampled_from(Priority).map(int),
    sphere=perhaps("OtherInfo/SphereOfPromulgation"),
    typer_notation=perhaps("OtherInfo/TyperNotation"),
    promulgation_amount=COUNTS,
    page_amount=COUNTS,
    reply_fors=perhaps("OtherInfo/ReplyFors"),
    direction=st.booleans(),
    reference_codes=perhaps("OtherInfo/ReferenceCodes"),
    appendixes=several(texts("OtherInfo/Appendixes/Appendix")),
)
CHANGED: Final = st.builds(
    ChangedParts,
    document_info=st.none() | FLAGS,
    document_receiver=st.none() | FLAGS,
    receivers=several(st.builds(ChangedReceiver, CODES, FLAGS)),
)
BUSINESS: Final = st.builds(
    Business,
    document_id=perhaps("Bussiness/DocumentId"),
    type=st.sampled_from(BusinessType),
    reason=texts("Bussiness/BussinessDocReason"),
    paper=FLAGS,
    changed=st.none() | CHANGED,
    replacements=several(
        st.builds(Replacement, texts("Bussiness/DocumentId"), several(CODES))
    ),
    staff=st.none() | STAFF,
)
TYPES: Final = st.builds(
    DocumentType,
    type=NUMBERS,
    detail=NUMBERS,
    name=perhaps("DocumentType/TypeName"),
)
SIGNERS: Final = st.builds(
    Signer,
    competence=perhaps("SignerInfo/Competence"),
    position=perhaps("SignerInfo/Position"),
    full_name=perhaps("SignerInfo/FullName"),
)
ERRORS: Final = st.builds(
    PacketError, texts("ErrorList/Error/Code"), perhaps("ErrorList/Error/Description")
)
STATUSES: Final = st.builds(
    Status,
    sender=SENDERS,
    response_for=RESPONSES,
    staff=st.none() | STAFF,
    code=st.sampled_from(StatusCode),
    description=perhaps("Description"),
    at=MOMENTS,
)


@st.composite
def documents(draw: st.DrawFn) -> tuple[Document, builders.MemoryContents]:
    """Draw a document and where its files are."""
    files = draw(FILES)
    document = Document(
        sender=draw(SENDERS),
        recipients=draw(several(organizations("To"), least=1)),
        document_id=draw(texts("DocumentId")),
        code=Code(draw(texts("Code/CodeNumber")), draw(texts("Code/CodeNotation"))),
        promulgation_place=draw(perhaps("PromulgationInfo/Place")),
        promulgation_date=draw(DAYS),
        type=draw(TYPES),
        subject=draw(texts("Subject")),
        content=draw(perhaps("Content")),
        signer=draw(SIGNERS),
        due_date=draw(st.none() | DAYS),
        other=draw(OTHER),
        responses=draw(several(RESPONSES)),
        steering_type=draw(st.sampled_from(SteeringType).map(int)),
        task_codes=draw(several(texts("ResponseForTask/TaskCode"))),
        application_type=draw(perhaps("ApplicationType")),
        to_places=draw(several(texts("ToPlaces/Place"))),
        business=draw(st.none() | BUSINESS),
        attachments=tuple(
            builders.attachment(
                data,
                content_id=draw(IDS),
                name=draw(texts("Attachment/AttachmentName")),
                content_type=draw(texts("Attachment/ContentType")),
                description=draw(perhaps("Attachment/Description")),
                field_name=draw(perhaps("Attachment/FieldName")),
                mime_type=draw(perhaps("Attachment/MimeType")),
            )
            for data in files
        ),
    )
    return document, builders.contents(*files)


@st.composite
def packets(draw: st.DrawFn) -> bytes:
    """Draw a packet of either kind, as it is written."""
    errors = draw(several(ERRORS))
    if draw(st.booleans()):
        return builders.packet_of(Envelope(draw(STATUSES), errors=errors))
    document, files = draw(documents())
    trace = draw(several(st.builds(TraceStamp, CODES, MOMENTS), least=1))
    return builders.packet_of(Envelope(document, trace, errors), files=files)
