"""From the sections of a packet to a Document or a Status."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from edoc_connector.envelope import names
from edoc_connector.envelope.section import Section
from edoc_connector.envelope.values import (
    read_date,
    read_number,
    read_stamp,
    read_truth,
)
from edoc_connector.envelope.xml import shown
from edoc_connector.errors import N_, EnvelopeMalformed
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
    Replacement,
    ResponseFor,
    Signer,
    Staff,
)
from edoc_connector.model.identifiers import DocumentId
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.stages import TraceStamp
from edoc_connector.model.status import Status, StatusCode


def document_from(message: Section, trace: Section | None) -> Document:
    """Return the document of a MessageHeader, without its files.

    What nobody can do without (From, To, Code) is required.
    A `To` that a node added for a recipient's old code is no statement of the sender
    and is left out.  Raises `EnvelopeMalformed`, naming field and value.
    """
    issue = message.one("PromulgationInfo")
    return Document(
        sender=_sender(message),
        recipients=_recipients(message),
        document_id=DocumentId(message.text("DocumentId")),
        code=_code(message),
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
    at = read_stamp("Timestamp", message.required("Timestamp").value())
    if at is None:
        raise EnvelopeMalformed(problem=N_("Timestamp is empty"))
    return Status(
        sender=_sender(message),
        response_for=_response(message.required("ResponseFor")),
        staff=_staff(message.one("StaffInfo")),
        code=_status_code(message.required("StatusCode").value()),
        description=message.text("Description"),
        at=at,
    )


def trace_from(trace: Section | None) -> Iterator[TraceStamp]:
    """Yield the stamps of sender and nodes; one that says no time says nothing."""
    for stamp in trace.all("TraceHeader") if trace else ():
        at = read_stamp("TraceHeader/Timestamp", _something(stamp, "Timestamp"))
        if at:
            yield TraceStamp(OrganizationCode(_something(stamp, "OrganId")), at)


# --- organisations ------------------------------------------------------------


def _sender(message: Section) -> Organization:
    sender = _organization(message.required("From"))
    if not sender.code:
        raise EnvelopeMalformed(problem=N_("From has no OrganId"))
    return sender


def _recipients(message: Section) -> tuple[Organization, ...]:
    found = tuple(
        organization
        for organization in map(_organization, message.all("To"))
        if organization.in_charge != names.NODE_ALIAS
    )
    if not any(organization.code for organization in found):
        raise EnvelopeMalformed(problem=N_("there is no To with an OrganId"))
    return found


def _organization(section: Section) -> Organization:
    return Organization(
        code=OrganizationCode(_something(section, "OrganId")),
        in_charge=section.text("OrganizationInCharge"),
        name=section.text("OrganName"),
        address=section.text("OrganAdd"),
        email=section.text("Email"),
        telephone=section.text("Telephone"),
        fax=section.text("Fax"),
        website=section.text("Website"),
    )


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


def _code(message: Section) -> Code:
    section = message.required("Code")
    code = Code(section.text("CodeNumber"), section.text("CodeNotation"))
    if not code.text:
        raise EnvelopeMalformed(
            problem=N_("Code has neither CodeNumber nor CodeNotation")
        )
    return code


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
        direction=read_truth("Direction", section.text("Direction")),
        reference_codes=section.text("ReferenceCodes"),
        appendixes=section.texts("Appendixes", "Appendix"),
    )


def _responses(message: Section) -> Iterator[ResponseFor]:
    nothing = ResponseFor(organization=OrganizationCode(""))
    for section in message.all("ResponseFor"):
        response = _response(section)
        if response != nothing:
            yield response


def _response(section: Section) -> ResponseFor:
    return ResponseFor(
        organization=OrganizationCode(section.text("OrganId")),
        code=section.text("Code"),
        document_id=DocumentId(section.text("DocumentId")),
        promulgation_date=_date(section, "PromulgationDate"),
    )


def _status_code(text: str) -> StatusCode:
    try:
        return StatusCode(text.zfill(2))
    except ValueError as error:
        problem = f"StatusCode is {shown(text)}, which is none of the nine"
        raise EnvelopeMalformed(problem=problem) from error


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
        return BusinessType(number)
    except ValueError as error:
        problem = f"BussinessDocType is {number}, which is none of 0 to 3"
        raise EnvelopeMalformed(problem=problem) from error


def _changed(section: Section | None) -> ChangedParts | None:
    if section is None:
        return None
    receivers = section.one("ReceiverList")
    return ChangedParts(
        document_info=_number(section, "DocumentInfo"),
        document_receiver=_number(section, "DocumentReceiver"),
        receivers=tuple(
            ChangedReceiver(
                OrganizationCode(receiver.text("OrganId")),
                _number(receiver, "ReceiverType") or 0,
            )
            for receiver in (receivers.all("Receiver") if receivers else ())
        ),
    )


def _replacements(section: Section | None) -> Iterator[Replacement]:
    for replaced in section.all("ReplacementInfo") if section else ():
        codes = replaced.texts("OrganIdList", "OrganId")
        yield Replacement(
            DocumentId(replaced.text("DocumentId")),
            tuple(OrganizationCode(code) for code in codes),
        )


# --- values -------------------------------------------------------------------


def _text(section: Section | None, name: str) -> str:
    return section.text(name) if section else ""


def _something(section: Section, name: str) -> str:
    """Return the value, or nothing where a gateway wrote the word for it."""
    text = section.text(name)
    return "" if text == names.NOTHING else text


def _date(section: Section | None, name: str) -> date | None:
    return read_date(name, _text(section, name))


def _number(section: Section | None, *spellings: str) -> int | None:
    if section is None:
        return None
    return read_number(spellings[0], section.text(*spellings))
