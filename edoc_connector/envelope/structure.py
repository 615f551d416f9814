"""Which elements stand in which, in what order, and what kind of value each holds.

The order is that of the axis's own library, which is the one we write (`compose`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from edoc_connector.model.fields import FIELDS, OF_STATUS, FieldKind

ORGANIZATION: Final = (
    "OrganId",
    "OrganizationInCharge",
    "OrganName",
    "OrganAdd",
    "Email",
    "Telephone",
    "Fax",
    "Website",
)

CHILDREN: Final[Mapping[str, tuple[str, ...]]] = {
    "edXML": ("edXMLEnvelope", "AttachmentEncoded"),
    "edXMLEnvelope": ("edXMLHeader", "edXMLBody"),
    "edXMLHeader": ("MessageHeader", "TraceHeaderList", "ErrorList", "Signature"),
    # A document's fields, then those that only a status has: no packet has both.
    "MessageHeader": (
        "From",
        "To",
        "DocumentId",
        "Code",
        "PromulgationInfo",
        "DocumentType",
        "Subject",
        "Content",
        "SignerInfo",
        "DueDate",
        "OtherInfo",
        "ResponseFor",
        "SteeringType",
        "ResponseForTask",
        "ApplicationType",
        "ToPlaces",
        "StaffInfo",
        "StatusCode",
        "Description",
        "Timestamp",
    ),
    "From": ORGANIZATION,
    "To": ORGANIZATION,
    "Code": ("CodeNumber", "CodeNotation"),
    "PromulgationInfo": ("Place", "PromulgationDate"),
    "DocumentType": ("Type", "TypeDetail", "TypeName"),
    "SignerInfo": ("Competence", "Position", "FullName"),
    "OtherInfo": (
        "Priority",
        "SphereOfPromulgation",
        "TyperNotation",
        "PromulgationAmount",
        "PageAmount",
        "ReplyFors",
        "Direction",
        "ReferenceCodes",
        "Appendixes",
    ),
    "Appendixes": ("Appendix",),
    "ResponseFor": ("OrganId", "Code", "DocumentId", "PromulgationDate"),
    "ResponseForTask": ("TaskCode",),
    "ToPlaces": ("Place",),
    "TraceHeaderList": ("Bussiness", "TraceHeader"),
    "TraceHeader": ("OrganId", "Timestamp"),
    "Bussiness": (
        "DocumentId",
        "BussinessDocType",
        "BussinessDocReason",
        "Paper",
        "BussinessDocumentInfo",
        "ReplacementInfoList",
        "StaffInfo",
    ),
    "BussinessDocumentInfo": ("DocumentInfo", "DocumentReceiver", "ReceiverList"),
    "ReceiverList": ("Receiver",),
    "Receiver": ("OrganId", "ReceiverType"),
    "ReplacementInfoList": ("ReplacementInfo",),
    "ReplacementInfo": ("DocumentId", "OrganIdList"),
    "OrganIdList": ("OrganId",),
    "StaffInfo": (
        "Department",
        "DepartmentId",
        "Staff",
        "StaffId",
        "Email",
        "Mobile",
    ),
    "ErrorList": ("Error",),
    "Error": ("Code", "Description"),
    "edXMLBody": ("edXMLManifest",),
    "edXMLManifest": ("Reference",),
    "Reference": ("ContentId", "ContentType", "Description", "AttachmentName"),
    "AttachmentEncoded": ("Attachment",),
    "Attachment": (
        "ContentId",
        "AttachmentName",
        "Description",
        "FieldName",
        "MimeType",
        "ContentType",
        "ContentTransferEncoded",
    ),
}
"""By the first spelling of each; `Code` of a ResponseFor is a value, not this group.

In a status PromulgationDate and DocumentId of ResponseFor stand the other way round in
half of the official packets; both are accepted without a word.
"""


def _names(*kinds: FieldKind) -> frozenset[str]:
    return frozenset(field.name for field in FIELDS.values() if field.kind in kinds)


DATES: Final = _names(FieldKind.DAY)
STAMPS: Final = _names(FieldKind.MOMENT)
TRUTHS: Final = _names(FieldKind.TRUTH)
BODIES: Final = frozenset({"OrganId"})

# Statuses have the one code that is text.
NUMBERS: Final = _names(FieldKind.NUMBER, FieldKind.COUNT, FieldKind.CODE) - {
    "StatusCode"
}

MOST: Final[Mapping[str, int]] = {
    **{
        field.name: max(map(int, field.codes))
        for field in FIELDS.values()
        if field.codes and field.name in NUMBERS
    },
    # Some number its three values from one (the remarked sample of the .NET library).
    "SteeringType": 3,
}
"""The highest number of each code's table, as it is met."""

EXPECTED: Final = tuple(
    field.path
    for field in FIELDS.values()
    if field.is_required
    and field.group in {"", "Code", "PromulgationInfo"}
    and field.path not in OF_STATUS
)
"""Fields that every document has; without From, To and Code it is not read at all."""
