"""What receivers say of our documents, and what senders are told of theirs."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from edoc_connector.model.status import Status
from edoc_connector.storage.columns import Json, Moment
from edoc_connector.storage.tables.parts import code, number, table, text

receipts: Final = table(
    "receipts",
    text("document"),
    code("recipient"),
    text("status"),
    text("description"),
    sa.Column("stated_at", Moment, nullable=False),
    sa.Column("received_at", Moment, nullable=False),
    text("message_id"),
    # Not the message id alone: it is the recipient's own word, and one recipient could
    # use up the id under which another one is going to answer.
    sa.UniqueConstraint("document", "recipient", "message_id"),
    sa.ForeignKeyConstraint(
        ("document", "recipient"), ("deliveries.document", "deliveries.recipient")
    ),
)

# What was written for the clerk when nobody had answered by the last deadline.
non_deliveries: Final = table(
    "non_deliveries",
    sa.Column("document", sa.Text, sa.ForeignKey("documents.key"), nullable=False),
    code("recipient"),
    text("content"),
    sa.Column("made_at", Moment, nullable=False),
    sa.UniqueConstraint("document", "recipient"),
)

answers: Final = table(
    "answers",
    text("message_id"),
    sa.Column("inbox_id", sa.ForeignKey("inbox.id"), nullable=False),
    code("sender"),
    code("recipient"),
    text("status"),
    text("packet"),
    number("packet_bytes"),
    text("correlation_id"),
    text("answers"),
    sa.Column("certificate", sa.Text),
    sa.UniqueConstraint("message_id"),
    sa.Index(None, "inbox_id"),
)

owed_answers: Final = table(
    "owed_answers",
    sa.Column("inbox_id", sa.ForeignKey("inbox.id"), nullable=False),
    text("message_id"),
    sa.Column("status", Json(Status), nullable=False),
    # Until when it rests, because it could not be sealed.
    sa.Column("next_attempt_at", Moment),
    sa.UniqueConstraint("inbox_id", "message_id"),
)

progress: Final = table(
    "progress",
    text("row_id"),
    text("step"),
    code("recipient"),
    text("text"),
    # What the change does of which it is told (BussinessDocType); 0 of all else.
    sa.Column("business_type", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("at", Moment, nullable=False),
    number("attempts"),
    sa.Column("next_attempt_at", Moment, nullable=False),
    sa.Index(None, "row_id", "recipient", "id"),
)

# Up to when each row and recipient was told anything; no step is dated before it.
told: Final = table(
    "told",
    text("row_id"),
    code("recipient"),
    sa.Column("at", Moment, nullable=False),
    sa.UniqueConstraint("row_id", "recipient"),
)
