"""Verdicts on seals, the evidence they rest on, and packets that are held.

It names no table of `storage.tables` on purpose: those change, this stays.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0002"
down_revision: Final = "0001"


def upgrade() -> None:
    """Add what is new; no row that was there changes."""
    op.add_column(
        "inbox", sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.create_table(
        "verdicts",
        _id(),
        sa.Column("inbox_id", _row_number(), nullable=False),
        _text("form"),
        _text("doubts"),
        _text("notes"),
        _text("certificate"),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=True),
        _moment("proven_at"),
        _text("time_source"),
        _moment("judged_at"),
        sa.ForeignKeyConstraint(
            ["inbox_id"], ["inbox.id"], name="fk_verdicts_inbox_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_verdicts"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_verdicts_inbox_id", "verdicts", ["inbox_id"])
    op.create_table(
        "evidence",
        _id(),
        _text("packet"),
        _text("kind"),
        _text("content"),
        _moment("added_at"),
        sa.PrimaryKeyConstraint("id", name="pk_evidence"),
        sa.UniqueConstraint(
            "packet", "kind", "content", name="uq_evidence_packet_kind_content"
        ),
        sqlite_autoincrement=True,
    )


def _id() -> sa.Column[int]:
    return sa.Column("id", _row_number(), autoincrement=True, nullable=False)


def _row_number() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _moment(name: str) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)
