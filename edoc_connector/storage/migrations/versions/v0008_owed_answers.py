"""Answers that could not be sealed yet, and which packets are judged next.

It names no table of `storage.tables` on purpose: those change, this stays.
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0008"
down_revision: Final = "0007"


def upgrade() -> None:
    """Add a table and an index; no row that was there changes."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "owed_answers",
        sa.Column("id", number, autoincrement=True, nullable=False),
        sa.Column("inbox_id", number, nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["inbox_id"], ["inbox.id"], name="fk_owed_answers_inbox_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_owed_answers"),
        sa.UniqueConstraint("inbox_id", name="uq_owed_answers_inbox_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_inbox_state_retry_at", "inbox", ["state", "retry_at"])
