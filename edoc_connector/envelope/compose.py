"""From a Document or a Status to elements, in the order of the axis's own library."""

from __future__ import annotations

from edoc_connector.envelope.names import CID
from edoc_connector.envelope.values import Value, truth_text, value_text
from edoc_connector.envelope.xml import NOTHING, Element, group, leaf
from edoc_connector.model.document import (
    Attachment,
    Business,
    ChangedParts,
    Document,
    Organization,
    OtherInfo,
    Replacement,
    ResponseFor,
    Staff,
)
from edoc_connector.model.stages import Envelope
from edoc_connector.model.status import Status


def message_of(document: Document) -> Element:
    """Return the MessageHeader of a document."""
    return group(
        "MessageHeader",
        _organization("From", document.sender),
        *(_organization("To", recipient) for recipient in document.recipients),
        _leaf("DocumentId", document.document_id),
        *_number_and_date(document),
        _type_of(document),
        _leaf("Subject", document.subject),
        _leaf("Content", document.content),
        _signer_of(document),
        _leaf("DueDate", document.due_date),
        _other(document.other),
        *(_response(response) for response in document.responses),
        _leaf("SteeringType", document.steering_type),
        group(
            "ResponseForTask",
            *(_leaf("TaskCode", code) for code in document.task_codes),
        ),
        _leaf("ApplicationType", document.application_type),
        group("ToPlaces", *(_leaf("Place", place) for place in document.to_places)),
    )


def status_of(status: Status) -> Element:
    """Return the MessageHeader of a status packet (the standard's 1.7)."""
    answered = status.response_for
    return group(
        "MessageHeader",
        _organization("From", status.sender),
        group(
            "ResponseFor",
            _leaf("OrganId", answered.organization),
            _leaf("Code", answered.code),
            _leaf("PromulgationDate", answered.promulgation_date),
            _leaf("DocumentId", answered.document_id),
        ),
        _staff(status.staff),
        _leaf("StatusCode", status.code.value),
        _leaf("Description", status.description),
        _leaf("Timestamp", status.at),
    )


def trace_of(envelope: Envelope, business: Business | None) -> Element:
    """Return the TraceHeaderList: Bussiness first, then the stamps."""
    stamps = (
        group(
            "TraceHeader",
            _leaf("OrganId", stamp.organization),
            _leaf("Timestamp", stamp.at),
        )
        for stamp in envelope.trace
    )
    return group("TraceHeaderList", _business(business), *stamps)


def errors_of(envelope: Envelope) -> Element:
    """Return the ErrorList: what nodes reported."""
    errors = (
        group(
            "Error",
            _leaf("Code", error.code),
            _leaf("Description", error.description),
        )
        for error in envelope.errors
    )
    return group("ErrorList", *errors)


def reference_to(attachment: Attachment) -> Element:
    """Return the manifest's Reference to a file."""
    return group(
        "Reference",
        _leaf("ContentId", _cid(attachment)),
        _leaf("ContentType", attachment.content_type),
        _leaf("Description", attachment.description),
        _leaf("AttachmentName", attachment.name),
    )


def labels_of(attachment: Attachment) -> tuple[Element, ...]:
    """Return what stands in an Attachment before its bytes."""
    labels = (
        _leaf("ContentId", _cid(attachment)),
        _leaf("AttachmentName", attachment.name),
        _leaf("Description", attachment.description),
        _leaf("FieldName", attachment.field_name),
        _leaf("MimeType", attachment.mime_type),
        _leaf("ContentType", attachment.content_type),
    )
    return tuple(label for label in labels if label is not NOTHING)


def _cid(attachment: Attachment) -> str:
    return CID + attachment.content_id.removeprefix(CID)


def _organization(name: str, organization: Organization) -> Element:
    return group(
        name,
        _leaf("OrganId", organization.code),
        _leaf("OrganizationInCharge", organization.in_charge),
        _leaf("OrganName", organization.name),
        _leaf("OrganAdd", organization.address),
        _leaf("Email", organization.email),
        _leaf("Telephone", organization.telephone),
        _leaf("Fax", organization.fax),
        _leaf("Website", organization.website),
    )


def _number_and_date(document: Document) -> tuple[Element, Element]:
    code = group(
        "Code",
        _leaf("CodeNumber", document.code.number),
        _leaf("CodeNotation", document.code.notation),
    )
    issue = group(
        "PromulgationInfo",
        _leaf("Place", document.promulgation_place),
        _leaf("PromulgationDate", document.promulgation_date),
    )
    return code, issue


def _type_of(document: Document) -> Element:
    return group(
        "DocumentType",
        _leaf("Type", document.type.type),
        _leaf("TypeDetail", document.type.detail),
        _leaf("TypeName", document.type.name),
    )


def _signer_of(document: Document) -> Element:
    return group(
        "SignerInfo",
        _leaf("Competence", document.signer.competence),
        _leaf("Position", document.signer.position),
        _leaf("FullName", document.signer.full_name),
    )


def _other(other: OtherInfo) -> Element:
    if other == OtherInfo():
        return group("OtherInfo")
    return group(
        "OtherInfo",
        _leaf("Priority", other.priority),
        _leaf("SphereOfPromulgation", other.sphere),
        _leaf("TyperNotation", other.typer_notation),
        _leaf("PromulgationAmount", other.promulgation_amount),
        _leaf("PageAmount", other.page_amount),
        _leaf("ReplyFors", other.reply_fors),
        # The library adds `false` where it is absent, so that is the canonical form.
        _leaf("Direction", truth_text(other.direction)),
        _leaf("ReferenceCodes", other.reference_codes),
        group("Appendixes", *(_leaf("Appendix", name) for name in other.appendixes)),
    )


def _response(response: ResponseFor) -> Element:
    return group(
        "ResponseFor",
        _leaf("OrganId", response.organization),
        _leaf("Code", response.code),
        _leaf("DocumentId", response.document_id),
        _leaf("PromulgationDate", response.promulgation_date),
    )


def _staff(staff: Staff | None) -> Element:
    if staff is None:
        return group("StaffInfo")
    return group(
        "StaffInfo",
        _leaf("Department", staff.department),
        _leaf("DepartmentId", staff.department_id),
        _leaf("Staff", staff.staff),
        _leaf("StaffId", staff.staff_id),
        _leaf("Email", staff.email),
        _leaf("Mobile", staff.mobile),
    )


def _business(business: Business | None) -> Element:
    if business is None:
        return group("Bussiness")
    return group(
        "Bussiness",
        _leaf("DocumentId", business.document_id),
        _leaf("BussinessDocType", int(business.type)),
        _leaf("BussinessDocReason", business.reason),
        _leaf("Paper", business.paper),
        _changed(business.changed),
        group("ReplacementInfoList", *map(_replacement, business.replacements)),
        _staff(business.staff),
    )


def _changed(changed: ChangedParts | None) -> Element:
    if changed is None:
        return group("BussinessDocumentInfo")
    receivers = (
        group(
            "Receiver",
            _leaf("OrganId", receiver.organization),
            _leaf("ReceiverType", receiver.type),
        )
        for receiver in changed.receivers
    )
    return group(
        "BussinessDocumentInfo",
        _leaf("DocumentInfo", changed.document_info),
        _leaf("DocumentReceiver", changed.document_receiver),
        group("ReceiverList", *receivers),
    )


def _replacement(replacement: Replacement) -> Element:
    return group(
        "ReplacementInfo",
        _leaf("DocumentId", replacement.document_id),
        group(
            "OrganIdList",
            *(_leaf("OrganId", code) for code in replacement.organizations),
        ),
    )


def _leaf(name: str, value: Value) -> Element:
    if value is None or value == "":  # as most are
        return NOTHING
    return leaf(name, value if isinstance(value, str) else value_text(value))
