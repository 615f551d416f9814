"""Documents of ours, their recipients, and what was asked about them since."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from edoc_connector.errors import Reason
from edoc_connector.model.change import ChangeState
from edoc_connector.model.delivery import DeliveryState, DocumentState
from edoc_connector.model.document import Document
from edoc_connector.model.verdict import SealForm
from edoc_connector.storage.columns import Choice, CodeText, Json, Moment
from edoc_connector.storage.tables.parts import code, lookup, number, table, text

documents: Final = table(
    "documents",
    text("key"),
    code("sender"),
    text("row_id"),
    text("revision"),
    sa.Column("state", Choice(DocumentState), nullable=False),
    sa.Column("reason", Json(Reason)),
    text("label"),
    text("document_id"),
    number("priority"),
    sa.Column("taken_at", Moment, nullable=False),
    sa.Column("document", Json(Document)),
    sa.Column("packet", sa.Text),
    number("packet_bytes"),
    sa.Column("seal_form", Choice(SealForm)),
    sa.Column("certificate", sa.Text),
    sa.Column("inspected_at", Moment),
    # What it does (BussinessDocType), and to which of our documents.
    sa.Column("business_type", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("changes", sa.Text),
    sa.Column("frozen_at", Moment),
    sa.UniqueConstraint("key"),
    sa.UniqueConstraint("sender", "row_id", "revision"),
    sa.Index(None, "taken_at", "id"),
    lookup("document_id"),
    lookup("row_id"),
    lookup("label"),
    lookup("changes"),
)
# Downwards, as it is asked: the most urgent first, of those the oldest.
sa.Index(
    "ix_documents_urgent",
    documents.c.state,
    documents.c.priority.desc(),
    documents.c.id,
)
_SEALED_UNSEEN: Final = sa.and_(
    documents.c.inspected_at.is_(None), documents.c.packet.is_not(None)
)
sa.Index(
    "ix_documents_uninspected",
    documents.c.id,
    info={"where": _SEALED_UNSEEN},
)

_IS_REFUSED: Final = documents.c.state == sa.literal_column("'refused'")
sa.Index("ix_documents_refused", documents.c.id, info={"where": _IS_REFUSED})

deliveries: Final = table(
    "deliveries",
    sa.Column("document", sa.Text, sa.ForeignKey("documents.key"), nullable=False),
    code("recipient"),
    text("name"),
    sa.Column("state", Choice(DeliveryState), nullable=False),
    sa.Column("reason", Json(Reason)),
    sa.Column("changed_at", Moment, nullable=False),
    # What the receiver has done with it (01 to 06), and when it says it did.
    sa.Column("status", sa.Text),
    sa.Column("status_at", Moment),
    # When its next deadline is looked at, and since when it is late.
    sa.Column("due_at", Moment),
    sa.Column("late_at", Moment),
    # Until when nobody looks at its deadline, because that failed.
    sa.Column("next_attempt_at", Moment),
    # The code under which it travels, where that is another one; and since when the
    # recipient is closed, where a successor gets it.
    sa.Column("goes_to", CodeText, nullable=False, server_default=""),
    sa.Column("closed_on", sa.Date),
    sa.UniqueConstraint("document", "recipient"),
    sa.Index(None, "state", "id"),
    sa.Index(None, "recipient", "id"),
)
_HAS_DEADLINE: Final = deliveries.c.due_at.is_not(None)
sa.Index(
    "ix_deliveries_due_at",
    deliveries.c.due_at,
    info={"where": _HAS_DEADLINE},
)
_IS_LATE: Final = deliveries.c.late_at.is_not(None)
sa.Index(
    "ix_deliveries_late_at",
    deliveries.c.late_at,
    info={"where": _IS_LATE},
)

_IS_TURNED_DOWN: Final = deliveries.c.status == sa.literal_column("'02'")
sa.Index(
    "ix_deliveries_status",
    deliveries.c.status,
    info={"where": _IS_TURNED_DOWN},
)

# One per change request of ours and recipient of the original: what became of it.
changes: Final = table(
    "changes",
    sa.Column("change", sa.Text, sa.ForeignKey("documents.key"), nullable=False),
    sa.Column("original", sa.Text, sa.ForeignKey("documents.key"), nullable=False),
    code("recipient"),
    number("business_type"),
    sa.Column("state", Choice(ChangeState), nullable=False),
    sa.Column("reason", Json(Reason)),
    sa.Column("changed_at", Moment, nullable=False),
    sa.UniqueConstraint("change", "recipient"),
    sa.Index(None, "original", "recipient"),
    sa.Index(None, "state", "id"),
)
