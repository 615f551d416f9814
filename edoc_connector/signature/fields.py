"""The fields a seal covers, under the standard's own names, in one fixed order.

Every field of MessageHeader and Bussiness in the order of the axis's own library, then
name, size and SHA-256 of each attachment.  Order and names are fixed for ever: a new
field of the standard means a new namespace of the statement.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby

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
from edoc_connector.signature.stated import is_added_by_node, stated_text

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
    return tuple(_leaves(fields_of(content), ""))


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


def fields_of(content: Content) -> Fields:
    """Return what is stated of a content, in the form that `stated` gives it."""
    return _document(content) if isinstance(content, Document) else _status(content)


def _document(document: Document) -> Fields:
    return (
        *_group("From", _organization(document.sender)),
        *_each("To", map(_organization, _stated_recipients(document))),
        *_leaf("DocumentId", document.document_id),
        *_group(
            "Code",
            _values(
                ("CodeNumber", document.code.number),
                ("CodeNotation", document.code.notation),
            ),
        ),
        *_group(
            "PromulgationInfo",
            _values(
                ("Place", document.promulgation_place),
                ("PromulgationDate", document.promulgation_date),
            ),
        ),
        *_group(
            "DocumentType",
            _values(
                ("Type", document.type.type),
                ("TypeDetail", document.type.detail),
                ("TypeName", document.type.name),
            ),
        ),
        *_values(
            ("Subject", document.subject),
            ("Content", document.content),
        ),
        *_group(
            "SignerInfo",
            _values(
                ("Competence", document.signer.competence),
                ("Position", document.signer.position),
                ("FullName", document.signer.full_name),
            ),
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
        *_values(
            ("StatusCode", status.code.value),
            ("Description", status.description),
            ("Timestamp", status.at),
        ),
    )


def _organization(organization: Organization) -> Fields:
    return _values(
        ("OrganId", organization.code),
        ("OrganizationInCharge", organization.in_charge),
        ("OrganName", organization.name),
        ("OrganAdd", organization.address),
        ("Email", organization.email),
        ("Telephone", organization.telephone),
        ("Fax", organization.fax),
        ("Website", organization.website),
    )


def _other(other: OtherInfo) -> Fields:
    return (
        *_values(
            ("Priority", other.priority),
            ("SphereOfPromulgation", other.sphere),
            ("TyperNotation", other.typer_notation),
            ("PromulgationAmount", other.promulgation_amount),
            ("PageAmount", other.page_amount),
            ("ReplyFors", other.reply_fors),
            # Nodes add `false` where nothing was said, so only `true` says something.
            ("Direction", truth_text(other.direction) if other.direction else ""),
            ("ReferenceCodes", other.reference_codes),
        ),
        *_group("Appendixes", _texts("Appendix", other.appendixes)),
    )


def _response_for(response: ResponseFor) -> Fields:
    return _values(
        ("OrganId", response.organization),
        ("Code", response.code),
        ("DocumentId", response.document_id),
        ("PromulgationDate", response.promulgation_date),
    )


def _business(business: Business | None) -> Fields:
    if business is None:
        return ()
    return (
        *_values(
            ("DocumentId", business.document_id),
            ("BussinessDocType", int(business.type)),
            ("BussinessDocReason", business.reason),
            ("Paper", business.paper),
        ),
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
        *_values(
            ("DocumentInfo", changed.document_info),
            ("DocumentReceiver", changed.document_receiver),
        ),
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
    return _values(
        ("Department", staff.department),
        ("DepartmentId", staff.department_id),
        ("Staff", staff.staff),
        ("StaffId", staff.staff_id),
        ("Email", staff.email),
        ("Mobile", staff.mobile),
    )


def _attachment(attachment: Attachment) -> Fields:
    return _values(
        ("Name", attachment.name),
        ("Size", attachment.size),
        ("SHA256", attachment.sha256),
    )


def _stated_recipients(document: Document) -> Iterator[Organization]:
    return (to for to in document.recipients if not is_added_by_node(to))


def _leaf(name: str, value: Value) -> Fields:
    return _values((name, value))


def _values(*named: tuple[str, Value]) -> Fields:
    """Put values side by side, each under its name; what is empty is not there."""
    found: list[tuple[str, str]] = []
    for name, value in named:
        if value is not None and value != "":  # as most are
            text = stated_text(value if isinstance(value, str) else value_text(value))
            if text:
                found.append((name, text))
    return tuple(found)


def _group(name: str, inside: Fields) -> Fields:
    return ((name, inside),) if inside else ()


def _each(name: str, groups: Iterable[Fields]) -> Fields:
    """Put siblings under one name; what has no values is not there at all."""
    return tuple((name, group) for group in groups if group)


def _texts(name: str, values: Iterable[str]) -> Fields:
    return _values(*((name, value) for value in values))
