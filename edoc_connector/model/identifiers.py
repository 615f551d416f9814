"""Names of things, and the few that are computed rather than given."""

from __future__ import annotations

import hashlib
import uuid
from typing import Final, NewType

from edoc_connector.model.organization_code import OrganizationCode

DocumentId = NewType("DocumentId", str)
"""The sender's id of a document, opaque to everybody else (QD 28/2018, article 10)."""

MessageId = NewType("MessageId", str)
"""Ours, one per packet; the same for every copy and every repetition of it."""

DeliveryKey = NewType("DeliveryKey", str)
"""What a receiving DMS holds once: one content for one recipient."""

Digest = NewType("Digest", str)
"""SHA-256, 64 lower-case hexadecimal digits."""

MESSAGES: Final = uuid.UUID("6f0a3f3e-6f4b-5d57-9b62-0d1f0c6e2a51")


def message_id_of_row(
    sender: OrganizationCode, row_id: str, revision: str
) -> MessageId:
    """Return the message id of one revision of one DMS row: the same at every try."""
    return MessageId(str(uuid.uuid5(MESSAGES, f"row|{sender}|{row_id}|{revision}")))


def message_id_of_answer(
    organization: OrganizationCode, answered: str, status: str
) -> MessageId:
    """Return the message id of our answer `status` to `answered` (a key or an id)."""
    return MessageId(
        str(uuid.uuid5(MESSAGES, f"answer|{organization}|{answered}|{status}"))
    )


def message_id_of_reconciliation(
    organization: OrganizationCode, peer: OrganizationCode, day: str
) -> MessageId:
    """Return the message id of what we state of a day to a partner, once."""
    name = f"reconciliation|{organization}|{peer}|{day}"
    return MessageId(str(uuid.uuid5(MESSAGES, name)))


def delivery_key(statement: Digest, recipient: OrganizationCode) -> DeliveryKey:
    """Return the key under which this content is put into this recipient's DMS.

    It depends on what the sender stated and on nothing that changes on the way, so a
    repetition, a resend and a packet sealed anew all meet the row that is there.
    """
    return DeliveryKey(hashlib.sha256(f"{statement}|{recipient}".encode()).hexdigest())
