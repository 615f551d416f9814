"""From a Document or a Status to elements, in the order of the axis's own library."""

from __future__ import annotations

from edoc_connector.envelope.names import CID
from edoc_connector.envelope.values import date_text, stamp_text
from edoc_connector.envelope.xml import Element, group, leaf
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
        leaf("DocumentId", document.document_id),
        *_number_and_date(document),
        _type_of(document),
        leaf("Subject", document.subject),
        leaf("Content", document.content),
        _signer_of(document),
        leaf("DueDate", date_text(document.due_date)),
        _other(document.other),
        *(_response(response) for response in document.responses),
        leaf("SteeringType", document.steering_type),
        group(
            "ResponseForTask", *(leaf("TaskCode", code) for code in document.task_codes)
        ),
        leaf("ApplicationType", document.application_type),
        group("ToPlaces", *(leaf("Place", place) for place in document.to_places)),
    )


def status_of(status: Status) -> Element:
    """Return the MessageHeader of a status packet (the standard's 1.7)."""
    answered = status.response_for
    return group(
        "MessageHeader",
        _organization("From", status.sender),
        group(
            "ResponseFor",
            leaf("OrganId", answered.organization),
            leaf("Code", answered.code),
            leaf("PromulgationDate", date_text(answered.promulgation_date)),
            leaf("DocumentId", answered.document_id),
        ),
        _staff(status.staff),
        leaf("StatusCode", status.code),
        leaf("Description", status.description),
        leaf("Timestamp", stamp_text(status.at)),
    )


def trace_of(envelope: Envelope, business: Business | None) -> Element:
    """Return the TraceHeaderList: Bussiness first, then the stamps."""
    stamps = (
        group(
            "TraceHeader",
            leaf("OrganId", stamp.organization),
            leaf("Timestamp", stamp_text(stamp.at)),
        )
        for stamp in envelope.trace
    )
    return group("TraceHeaderList", _business(business), *stamps)


def reference_to(attachment: Attachment) -> Element:
    """Return the manifest's Reference to a file."""
    return group(
        "Reference",
        leaf("ContentId", _cid(attachment)),
        leaf("ContentType", attachment.content_type),
        leaf("Description", attachment.description),
        leaf("AttachmentName", attachment.name),
    )


def labels_of(attachment: Attachment) -> tuple[Element, ...]:
    """Return what stands in an Attachment before its bytes."""
    labels = (
        leaf("ContentId", _cid(attachment)),
        leaf("AttachmentName", attachment.name),
        leaf("Description", attachment.description),
        leaf("ContentType", attachment.content_type),
    )
    return tuple(label for label in labels if not label.is_empty)


def _cid(attachment: Attachment) -> str:
    return CID + attachment.content_id.removeprefix(CID)


def _organization(name: str, organization: Organization) -> Element:
    return group(
        name,
        leaf("OrganId", organization.code),
        leaf("OrganizationInCharge", organization.in_charge),
        leaf("OrganName", organization.name),
        leaf("OrganAdd", organization.address),
        leaf("Email", organization.email),
        leaf("Telephone", organization.telephone),
        leaf("Fax", organization.fax),
        leaf("Website", organization.website),
    )


def _number_and_date(document: Document) -> tuple[Element, Element]:
    code = group(
        "Code",
        leaf("CodeNumber", document.code.number),
        leaf("CodeNotation", document.code.notation),
    )
    issue = group(
        "PromulgationInfo",
        leaf("Place", document.promulgation_place),
        leaf("PromulgationDate", date_text(document.promulgation_date)),
    )
    return code, issue


def _type_of(document: Document) -> Element:
    return group(
        "DocumentType",
        leaf("Type", document.type.type),
        leaf("TypeDetail", document.type.detail),
        leaf("TypeName", document.type.name),
    )


def _signer_of(document: Document) -> Element:
    return group(
        "SignerInfo",
        leaf("Competence", document.signer.competence),
        leaf("Position", document.signer.position),
        leaf("FullName", document.signer.full_name),
    )


def _other(other: OtherInfo) -> Element:
    if other == OtherInfo():
        return group("OtherInfo")
    return group(
        "OtherInfo",
        leaf("Priority", other.priority),
        leaf("SphereOfPromulgation", other.sphere),
        leaf("TyperNotation", other.typer_notation),
        leaf("PromulgationAmount", other.promulgation_amount),
        leaf("PageAmount", other.page_amount),
        leaf("ReplyFors", other.reply_fors),
        # The library adds `false` where it is absent, so that is the canonical form.
        leaf("Direction", "true" if other.direction else "false"),
        leaf("ReferenceCodes", other.reference_codes),
        group("Appendixes", *(leaf("Appendix", name) for name in other.appendixes)),
    )


def _response(response: ResponseFor) -> Element:
    return group(
        "ResponseFor",
        leaf("OrganId", response.organization),
        leaf("Code", response.code),
        leaf("DocumentId", response.document_id),
        leaf("PromulgationDate", date_text(response.promulgation_date)),
    )


def _staff(staff: Staff | None) -> Element:
    if staff is None:
        return group("StaffInfo")
    return group(
        "StaffInfo",
        leaf("Department", staff.department),
        leaf("DepartmentId", staff.department_id),
        leaf("Staff", staff.staff),
        leaf("StaffId", staff.staff_id),
        leaf("Email", staff.email),
        leaf("Mobile", staff.mobile),
    )


def _business(business: Business | None) -> Element:
    if business is None:
        return group("Bussiness")
    return group(
        "Bussiness",
        leaf("DocumentId", business.document_id),
        leaf("BussinessDocType", business.type),
        leaf("BussinessDocReason", business.reason),
        leaf("Paper", business.paper),
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
            leaf("OrganId", receiver.organization),
            leaf("ReceiverType", receiver.type),
        )
        for receiver in changed.receivers
    )
    return group(
        "BussinessDocumentInfo",
        leaf("DocumentInfo", changed.document_info),
        leaf("DocumentReceiver", changed.document_receiver),
        group("ReceiverList", *receivers),
    )


def _replacement(replacement: Replacement) -> Element:
    return group(
        "ReplacementInfo",
        leaf("DocumentId", replacement.document_id),
        group(
            "OrganIdList",
            *(leaf("OrganId", code) for code in replacement.organizations),
        ),
    )
