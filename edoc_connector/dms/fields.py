"""What a mapping calls each column, and which field of the standard it is.

Names and limits are those of the table of fields; what the standard does not know has a
name of its own, as a message of the catalogue.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from edoc_connector.errors import N_
from edoc_connector.model.fields import FIELDS


@dataclass(frozen=True, slots=True)
class Field:
    """What messages call a column, and how many characters it may have.

    `name` is a path of the table of fields, for which readers have their own words, or
    a message.  A limit of None is for what is not text, or is not limited.
    """

    name: str
    limit: int | None = None


def _at(path: str) -> Field:
    return Field(path, FIELDS[path].limit)


DOCUMENT: Final[Mapping[str, Field]] = {
    "row_id": Field(N_("the key of the document")),
    "revision": Field(N_("the revision of the document")),
    "number": _at("Code/CodeNumber"),
    "notation": _at("Code/CodeNotation"),
    "subject": _at("Subject"),
    "content": _at("Content"),
    "promulgation_place": _at("PromulgationInfo/Place"),
    "promulgation_date": _at("PromulgationInfo/PromulgationDate"),
    "type": _at("DocumentType/Type"),
    "type_detail": _at("DocumentType/TypeDetail"),
    "type_name": _at("DocumentType/TypeName"),
    "signer_competence": _at("SignerInfo/Competence"),
    "signer_position": _at("SignerInfo/Position"),
    "signer_name": _at("SignerInfo/FullName"),
    "due_date": _at("DueDate"),
    "priority": _at("OtherInfo/Priority"),
    "secrecy": Field(N_("the secrecy level")),
    "sphere": _at("OtherInfo/SphereOfPromulgation"),
    "typer_notation": _at("OtherInfo/TyperNotation"),
    "promulgation_amount": _at("OtherInfo/PromulgationAmount"),
    "page_amount": _at("OtherInfo/PageAmount"),
    "steering_type": _at("SteeringType"),
    "to_places": _at("ToPlaces/Place"),
    "reply_organization": _at("ResponseFor/OrganId"),
    "reply_code": _at("ResponseFor/Code"),
    "reply_date": _at("ResponseFor/PromulgationDate"),
    "reply_document_id": _at("ResponseFor/DocumentId"),
    "recipients": Field(N_("the recipients")),
    "business": _at("Bussiness/BussinessDocType"),
    "business_reason": _at("Bussiness/BussinessDocReason"),
    "changes_row_id": Field(N_("the key of the original document")),
    "changes_document_id": _at("Bussiness/DocumentId"),
}
"""What `documents.select` may name its columns."""

REQUIRED: Final = ("row_id", "number", "subject", "promulgation_date", "secrecy")
"""Without these columns a mapping serves nobody.

`secrecy` is one of them so that no register sends state secrets because somebody forgot
the column; a register that has none selects `0 AS secrecy`, knowingly.
"""

RECIPIENT: Final[Mapping[str, Field]] = {
    "code": _at("To/OrganId"),
    "name": _at("To/OrganName"),
}

ATTACHMENT: Final[Mapping[str, Field]] = {
    "attachment_id": Field(N_("the key of the attached file")),
    "name": _at("Attachment/AttachmentName"),
    "content_type": _at("Attachment/ContentType"),
    "description": _at("Attachment/Description"),
    "path": Field(N_("the path of the attached file")),
    "size": Field(N_("the size of the attached file")),
}

ATTACHMENTS: Final = N_("the attached file")
"""What is missing where a document has none."""

STATUS: Final[Mapping[str, Field]] = {
    "row_id": Field(N_("the key of the document")),
    "status": _at("StatusCode"),
    "text": _at("Description"),
    "at": _at("Timestamp"),
    "staff": _at("StaffInfo/Staff"),
    "department": _at("StaffInfo/Department"),
    "event_id": Field(N_("the key of the event")),
}
"""What `statuses.select` may name its columns."""

STATUS_REQUIRED: Final = ("row_id", "status")

INCOMING: Final = frozenset(
    {
        "key",
        "recipient",
        "document_id",
        "sender_code",
        "sender_name",
        "sender_in_charge",
        "code",
        "number",
        "notation",
        "subject",
        "content",
        "promulgation_place",
        "promulgation_date",
        "type",
        "type_detail",
        "type_name",
        "signer_competence",
        "signer_position",
        "signer_name",
        "due_date",
        "priority",
        "steering_type",
        "sphere",
        "page_amount",
        "promulgation_amount",
        "to_places",
        "reply_organization",
        "reply_code",
        "reply_date",
        "reply_document_id",
        "attachments",
        "sealed_at",
        "seal",
        "verdict",
        "at",
    }
)
"""The parameters of `incoming.insert`; times are those of Vietnam, without a zone."""

INCOMING_FILE: Final = frozenset(
    {
        "key",
        "row_id",
        "position",
        "name",
        "content_type",
        "description",
        "size",
        "sha256",
        "path",
        "bytes",
    }
)
"""The parameters of `incoming.insert_attachment`."""

CHANGE: Final = frozenset({"row_id", "request", "reason", "at"})
"""The parameters of every statement of `changes`."""

DECISION: Final[Mapping[str, Field]] = {
    "request": Field(N_("the request")),
    "decision": Field(N_("the decision")),
    "reason": Field(N_("the reason")),
}
"""What `changes.decisions.select` may name its columns."""
