"""The fields a seal covers, under the standard's own names, in one fixed order.

Every field of MessageHeader and Bussiness in the order of the axis's own library, then
name, size and SHA-256 of each attachment.  Order and names are fixed for ever: a new
field of the standard means a new namespace of the statement.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain, groupby

from edoc_connector.envelope.values import Value, truth_text, value_text
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
from edoc_connector.model.stages import Content
from edoc_connector.model.status import Status
from edoc_connector.signature.stated import stated

Fields = tuple["Field", ...]
"""Elements in their order; what is empty is not there."""

Field = tuple[str, str | Fields]
"""A name, and the value or the fields inside."""

Leaf = tuple[str, str]
"""A path and its value: `("To[2]/OrganId", "H20.14")`."""

Leaves = tuple[Leaf, ...]


def leaves(content: Content) -> Leaves:
    """Return the values of the statement in order, each under its path.

    Siblings of the same name are numbered from the second on: `To`, `To[2]`.
    """
    return tuple(_leaves(fields_of(stated(content)), ""))


def _leaves(fields: Fields, above: str) -> Iterator[Leaf]:
    seen: Counter[str] = Counter()
    for name, inside in fields:
        seen[name] += 1
        path = above + (name if seen[name] == 1 else f"{name}[{seen[name]}]")
        if isinstance(inside, str):
            yield path, inside
        else:
            yield from _leaves(inside, f"{path}/")


def grown(values: Leaves) -> Fields:
    """Return the fields that have these leaves: `leaves` turned round."""
    return tuple(
        (step.partition("[")[0], _inside(tuple(group)))
        for step, group in groupby(values, key=lambda leaf: leaf[0].partition("/")[0])
    )


def _inside(values: Leaves) -> str | Fields:
    path, value = values[0]
    if "/" not in path:
        return value
    return grown(tuple((path.partition("/")[2], value) for path, value in values))


def fields_of(form: Content) -> Fields:
    """Return what is stated of a content in its `stated` form."""
    return _document(form) if isinstance(form, Document) else _status(form)


def _document(document: Document) -> Fields:
    return (
        *_group("From", _organization(document.sender)),
        *_each("To", map(_organization, document.recipients)),
        *_leaf("DocumentId", document.document_id),
        *_group(
            "Code",
            _leaf("CodeNumber", document.code.number),
            _leaf("CodeNotation", document.code.notation),
        ),
        *_group(
            "PromulgationInfo",
            _leaf("Place", document.promulgation_place),
            _leaf("PromulgationDate", document.promulgation_date),
        ),
        *_group(
            "DocumentType",
            _leaf("Type", document.type.type),
            _leaf("TypeDetail", document.type.detail),
            _leaf("TypeName", document.type.name),
        ),
        *_leaf("Subject", document.subject),
        *_leaf("Content", document.content),
        *_group(
            "SignerInfo",
            _leaf("Competence", document.signer.competence),
            _leaf("Position", document.signer.position),
            _leaf("FullName", document.signer.full_name),
        ),
        *_leaf("DueDate", document.due_date),
        *_group("OtherInfo", _other(document.other)),
        *_each("ResponseFor", map(_response_for, document.responses)),
        *_leaf("SteeringType", document.steering_type),
        *_group("ResponseForTask", _texts("TaskCode", document.task_codes)),
        *_leaf("ApplicationType", document.application_type),
        *_group("ToPlaces", _texts("Place", document.to_places)),
        *_group("Bussiness", _business(document.business)),
        *_each("Attachment", map(_attachment, document.attachments)),
    )


def _status(status: Status) -> Fields:
    return (
        *_group("From", _organization(status.sender)),
        *_group("ResponseFor", _response_for(status.response_for)),
        *_group("StaffInfo", _staff(status.staff)),
        *_leaf("StatusCode", status.code.value),
        *_leaf("Description", status.description),
        *_leaf("Timestamp", status.at),
    )


def _organization(organization: Organization) -> Fields:
    return (
        *_leaf("OrganId", organization.code),
        *_leaf("OrganizationInCharge", organization.in_charge),
        *_leaf("OrganName", organization.name),
        *_leaf("OrganAdd", organization.address),
        *_leaf("Email", organization.email),
        *_leaf("Telephone", organization.telephone),
        *_leaf("Fax", organization.fax),
        *_leaf("Website", organization.website),
    )


def _other(other: OtherInfo) -> Fields:
    return (
        *_leaf("Priority", other.priority),
        *_leaf("SphereOfPromulgation", other.sphere),
        *_leaf("TyperNotation", other.typer_notation),
        *_leaf("PromulgationAmount", other.promulgation_amount),
        *_leaf("PageAmount", other.page_amount),
        *_leaf("ReplyFors", other.reply_fors),
        # Nodes add `false` where nothing was said, so only `true` says something.
        *_leaf("Direction", truth_text(other.direction) if other.direction else ""),
        *_leaf("ReferenceCodes", other.reference_codes),
        *_group("Appendixes", _texts("Appendix", other.appendixes)),
    )


def _response_for(response: ResponseFor) -> Fields:
    return (
        *_leaf("OrganId", response.organization),
        *_leaf("Code", response.code),
        *_leaf("DocumentId", response.document_id),
        *_leaf("PromulgationDate", response.promulgation_date),
    )


def _business(business: Business | None) -> Fields:
    if business is None:
        return ()
    return (
        *_leaf("DocumentId", business.document_id),
        *_leaf("BussinessDocType", int(business.type)),
        *_leaf("BussinessDocReason", business.reason),
        *_leaf("Paper", business.paper),
        *_group("BussinessDocumentInfo", _changed(business.changed)),
        *_group(
            "ReplacementInfoList",
            _each("ReplacementInfo", map(_replacement, business.replacements)),
        ),
        *_group("StaffInfo", _staff(business.staff)),
    )


def _changed(changed: ChangedParts | None) -> Fields:
    if changed is None:
        return ()
    receivers = (
        (*_leaf("OrganId", one.organization), *_leaf("ReceiverType", one.type))
        for one in changed.receivers
    )
    return (
        *_leaf("DocumentInfo", changed.document_info),
        *_leaf("DocumentReceiver", changed.document_receiver),
        *_group("ReceiverList", _each("Receiver", receivers)),
    )


def _replacement(replacement: Replacement) -> Fields:
    return (
        *_leaf("DocumentId", replacement.document_id),
        *_group("OrganIdList", _texts("OrganId", replacement.organizations)),
    )


def _staff(staff: Staff | None) -> Fields:
    if staff is None:
        return ()
    return (
        *_leaf("Department", staff.department),
        *_leaf("DepartmentId", staff.department_id),
        *_leaf("Staff", staff.staff),
        *_leaf("StaffId", staff.staff_id),
        *_leaf("Email", staff.email),
        *_leaf("Mobile", staff.mobile),
    )


def _attachment(attachment: Attachment) -> Fields:
    return (
        *_leaf("Name", attachment.name),
        *_leaf("Size", attachment.size),
        *_leaf("SHA256", attachment.sha256),
    )


def _leaf(name: str, value: Value) -> Fields:
    text = value_text(value)
    return ((name, text),) if text else ()


def _group(name: str, *parts: Fields) -> Fields:
    return _each(name, (tuple(chain.from_iterable(parts)),))


def _each(name: str, groups: Iterable[Fields]) -> Fields:
    """Put siblings under one name; what has no values is not there at all."""
    return tuple((name, group) for group in groups if group)


def _texts(name: str, values: Iterable[str]) -> Fields:
    return tuple((name, value) for value in values)
