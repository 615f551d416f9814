"""Messages of the axis, valid by default."""

import hashlib
from datetime import UTC, datetime
from typing import Any

from edoc_connector.bus.message import Message, Segment
from edoc_connector.model.identifiers import Digest, MessageId
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.stages import Kind

MESSAGE_ID = MessageId("6d3b1b0e-57a4-5b43-8a3c-27a2c7bd9d55")


def message(**changes: Any) -> Message:
    """A document from the department to the province, in one segment."""
    body = changes.pop("body", b"<edXML/>")
    values: dict[str, Any] = {
        "message_id": MESSAGE_ID,
        "kind": Kind.EDOC,
        "sender": OrganizationCode("H20.14"),
        "recipient": OrganizationCode("H20"),
        "correlation_id": "H20.14,2026/11/23,15/SNV-VP",
        "business_type": 0,
        "priority": 1,
        "sent_at": datetime(2026, 11, 23, 1, 30, tzinfo=UTC),
        "packet_digest": Digest(hashlib.sha256(body).hexdigest()),
        "packet_bytes": len(body),
        "segment": Segment(1, 1),
        "answers": "",
        "body": body,
    }
    return Message(**values | changes)
