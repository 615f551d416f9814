"""What partners say of one day, and where they do not agree."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from edoc_connector.errors import Reason
from edoc_connector.model.reconciliation import CaseKind
from edoc_connector.storage.columns import Choice, Json, Moment
from edoc_connector.storage.tables.parts import code, number, table, text

# What we and a partner say of one day: counts and a digest, and the sealed statement.
reconciliations: Final = table(
    "reconciliations",
    code("peer"),
    text("day"),
    sa.Column("is_ours", sa.Boolean, nullable=False),
    number("sent"),
    number("received"),
    text("digest"),
    text("message_id"),
    text("content"),
    sa.Column("stated_at", Moment, nullable=False),
    sa.Column("compared_at", Moment),
    sa.UniqueConstraint("peer", "day", "is_ours"),
)
sa.Index(
    "ix_reconciliations_newest",
    reconciliations.c.day.desc(),
    reconciliations.c.peer,
    reconciliations.c.is_ours,
)
_IS_TO_COMPARE: Final = sa.and_(
    reconciliations.c.is_ours.is_(False), reconciliations.c.compared_at.is_(None)
)
sa.Index(
    "ix_reconciliations_to_compare",
    reconciliations.c.stated_at,
    reconciliations.c.id,
    info={"where": _IS_TO_COMPARE},
)

# Differences between what we say and what a partner says, until somebody closes them.
cases: Final = table(
    "cases",
    code("peer"),
    text("day"),
    text("message_id"),
    text("document_id"),
    sa.Column("kind", Choice(CaseKind), nullable=False),
    sa.Column("opened_at", Moment, nullable=False),
    sa.Column("closed_at", Moment),
    sa.Column("reason", Json(Reason)),
    sa.UniqueConstraint("peer", "message_id", "kind"),
    # What is open, of all or of one; what was closed of late.
    sa.Index(None, "closed_at", "peer", "id"),
)
