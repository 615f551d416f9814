"""From the sections of a packet to a Document or a Status."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from edoc_connector.envelope import names
from edoc_connector.envelope.quoting import shown
from edoc_connector.envelope.section import Section
from edoc_connector.envelope.values import (
    read_date,
    read_number,
    read_stamp,
    read_truth,
)
from edoc_connector.errors import N_, EnvelopeMalformed
from edoc_connector.model.document import (
    NO_DOCUMENT,
    Business,
    BusinessType,
    ChangedParts,
    ChangedReceiver,
    Code,
    Day,
    Document,
    DocumentType,
    Number,
    Organization,
    OtherInfo,
    Replacement,
    ResponseFor,
    Signer,
    Staff,
)
from edoc_connector.model.identifiers import DocumentId
from edoc_connector.model.organization_code import OrganizationCode, cleaned
from edoc_connector.model.stages import Content, PacketError, TraceStamp
from edoc_connector.model.status import Status, StatusCode

NOBODY: Final = OrganizationCode("")
NO_RESPONSE: Final = ResponseFor(organization=NOBODY)


def document_from(message: Section, trace: Section | None) -> Document:
    """Return the document of a MessageHeader, without its files.

    A `To` that a node added for a recipient's old code is no statement of the sender
    and is left out.  What cannot be read stays as the text it is, and whether anything
    is missing is for others to say (`require`).  Raises `EnvelopeMalformed` for what
    stands there twice, and for a business nobody knows.
    """
    issue = message.one("PromulgationInfo")
    return Document(
        sender=_sender(message),
        recipients=_recipients(message),
        document_id=DocumentId(message.text("DocumentId")),
        code=_code(message.one("Code")),
        promulgation_place=_text(issue, "Place"),
        promulgation_date=_date(issue, "PromulgationDate"),
        type=_type(message.one("DocumentType")),
        subject=message.text("Subject"),
        content=message.text("Content"),
        signer=_signer(message.one("SignerInfo")),
        due_date=_date(message, "DueDate"),
        other=_other(message.one("OtherInfo")),
        responses=tuple(_responses(message)),
        steering_type=_number(message, "SteeringType"),
        task_codes=message.texts("ResponseForTask", "TaskCode"),
        application_type=message.text("ApplicationType"),
        to_places=message.texts("ToPlaces", "Place"),
        business=_business(trace.one(*names.BUSINESS) if trace else None),
    )


def status_from(message: Section) -> Status:
    """Return the status of a MessageHeader (or `Status`) that has a StatusCode."""
    return Status(
        sender=_sender(message),
        response_for=_response(message.required("ResponseFor")),
        staff=_staff(message.one("StaffInfo")),
        code=_status_code(message.required("StatusCode").value()),
        description=message.text("Description"),
        at=read_stamp(_something(message, "Timestamp")),
    )


def trace_from(trace: Section | None) -> Iterator[TraceStamp]:
    """Yield the stamps of sender and nodes; one that says nothing is none."""
    for section in trace.all("TraceHeader") if trace else ():
        stamp = TraceStamp(
            _organ_id(section), read_stamp(_something(section, "Timestamp"))
        )
        if stamp.organization or stamp.at:
            yield stamp


def errors_from(errors: Section | None) -> Iterator[PacketError]:
    """Yield what nodes reported (ErrorList)."""
    for section in errors.all("Error") if errors else ():
        error = PacketError(section.text("Code"), section.text("Description"))
        if error.code or error.description:
            yield error


def require(content: Content) -> None:
    """Refuse what says not even from whom, to whom and of what."""
    if not content.sender.code:
        raise EnvelopeMalformed(problem=N_("From has no OrganId"))
    if isinstance(content, Document):
        _require_document(content)
    elif content.response_for == NO_RESPONSE:
        raise EnvelopeMalformed(problem=N_("ResponseFor says nothing"))


def _require_document(document: Document) -> None:
    if not any(recipient.code for recipient in document.recipients):
        raise EnvelopeMalformed(problem=N_("there is no To with an OrganId"))
    if not document.code.text:
        raise EnvelopeMalformed(
            problem=N_("Code has neither CodeNumber nor CodeNotation")
        )


# --- organisations ------------------------------------------------------------


def _sender(message: Section) -> Organization:
    section = message.one("From")
    return _organization(section) if section else Organization(code=NOBODY)


def _recipients(message: Section) -> tuple[Organization, ...]:
    return tuple(
        organization
        for organization in map(_organization, message.all("To"))
        if organization.in_charge != names.NODE_ALIAS
        and organization != Organization(code=NOBODY)
    )


def _organization(outer: Section) -> Organization:
    section = _innermost(outer)
    return Organization(
        code=_organ_id(section),
        in_charge=section.text("OrganizationInCharge"),
        name=section.text("OrganName"),
        address=section.text("OrganAdd"),
        email=section.text("Email"),
        telephone=section.text("Telephone"),
        fax=section.text("Fax"),
        website=section.text("Website"),
    )


def _innermost(section: Section) -> Section:
    """Return the body itself where a gateway put a From into a From."""
    inner = section.one(section.name)
    return _innermost(inner) if inner else section


def _organ_id(section: Section) -> OrganizationCode:
    code, _ = cleaned(_something(section, "OrganId"))
    return code


def _staff(section: Section | None) -> Staff | None:
    if section is None:
        return None
    staff = Staff(
        department=section.text("Department"),
        department_id=section.text("DepartmentId"),
        staff=section.text("Staff"),
        staff_id=section.text("StaffId"),
        email=section.text("Email"),
        mobile=section.text("Mobile"),
    )
    return None if staff == Staff() else staff


# --- the document -------------------------------------------------------------


def _code(section: Section | None) -> Code:
    return Code(_text(section, "CodeNumber"), _text(section, "CodeNotation"))


def _type(section: Section | None) -> DocumentType:
    return DocumentType(
        type=_number(section, "Type"),
        detail=_number(section, "TypeDetail"),
        name=_text(section, "TypeName"),
    )


def _signer(section: Section | None) -> Signer:
    return Signer(
        competence=_text(section, "Competence"),
        position=_text(section, "Position"),
        full_name=_text(section, "FullName"),
    )


def _other(section: Section | None) -> OtherInfo:
    if section is None:
        return OtherInfo()
    return OtherInfo(
        priority=_number(section, "Priority"),
        sphere=section.text("SphereOfPromulgation"),
        typer_notation=section.text("TyperNotation"),
        promulgation_amount=_number(section, "PromulgationAmount"),
        page_amount=_number(section, "PageAmount"),
        reply_fors=section.text("ReplyFors"),
        direction=read_truth(section.text("Direction")),
        reference_codes=section.text("ReferenceCodes"),
        appendixes=section.texts("Appendixes", "Appendix"),
    )


def _responses(message: Section) -> Iterator[ResponseFor]:
    for section in message.all("ResponseFor"):
        response = _response(section)
        if response != NO_RESPONSE:
            yield response


def _response(section: Section) -> ResponseFor:
    return ResponseFor(
        organization=_organ_id(section),
        code=section.text("Code"),
        document_id=DocumentId(section.text("DocumentId")),
        promulgation_date=_date(section, "PromulgationDate"),
    )


def _status_code(text: str) -> StatusCode:
    try:
        return StatusCode(text.zfill(2))
    except ValueError as error:
        because = N_("StatusCode is {value}, which is none of the nine")
        raise EnvelopeMalformed(because=because, value=shown(text)) from error


# --- what the packet does to earlier ones -------------------------------------


def _business(section: Section | None) -> Business | None:
    if section is None:
        return None
    return Business(
        document_id=DocumentId(section.text("DocumentId")),
        type=_business_type(section),
        reason=section.text(*names.BUSINESS_REASON),
        paper=_number(section, "Paper"),
        changed=_changed(section.one(*names.BUSINESS_DOCUMENT)),
        replacements=tuple(_replacements(section.one("ReplacementInfoList"))),
        staff=_staff(section.one("StaffInfo")),
    )


def _business_type(section: Section) -> BusinessType:
    number = _number(section, *names.BUSINESS_TYPE) or 0
    try:
        return BusinessType(number)  # type: ignore[arg-type]  # a ValueError says it
    except ValueError as error:
        text = shown(section.text(*names.BUSINESS_TYPE))
        because = N_("BussinessDocType is {value}, which is none of 0 to 3")
        raise EnvelopeMalformed(because=because, value=text) from error


def _changed(section: Section | None) -> ChangedParts | None:
    if section is None:
        return None
    changed = ChangedParts(
        document_info=_number(section, "DocumentInfo"),
        document_receiver=_number(section, "DocumentReceiver"),
        receivers=tuple(_receivers(section.one("ReceiverList"))),
    )
    return None if changed == ChangedParts() else changed


def _receivers(section: Section | None) -> Iterator[ChangedReceiver]:
    for receiver in section.all("Receiver") if section else ():
        changed = ChangedReceiver(
            _organ_id(receiver), _number(receiver, "ReceiverType")
        )
        if changed != ChangedReceiver(NOBODY):
            yield changed


def _replacements(section: Section | None) -> Iterator[Replacement]:
    for replaced in section.all("ReplacementInfo") if section else ():
        codes = replaced.texts("OrganIdList", "OrganId")
        replacement = Replacement(
            DocumentId(replaced.text("DocumentId")),
            tuple(filter(None, (cleaned(code)[0] for code in codes))),
        )
        if replacement != Replacement(NO_DOCUMENT):
            yield replacement


# --- values -------------------------------------------------------------------


def _text(section: Section | None, name: str) -> str:
    return section.text(name) if section else ""


def _something(section: Section, name: str) -> str:
    """Return the value, or nothing where a gateway wrote the word for it."""
    text = section.text(name)
    return "" if text == names.NOTHING else text


def _date(section: Section | None, name: str) -> Day:
    return read_date(_text(section, name))


def _number(section: Section | None, *spellings: str) -> Number:
    return read_number(section.text(*spellings)) if section else None
