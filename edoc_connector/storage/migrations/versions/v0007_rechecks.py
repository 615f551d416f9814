"""Packets that were delivered before anybody said whether a certificate was revoked.

It names no table of `storage.tables` on purpose: those change, this stays.
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0007"
down_revision: Final = "0006"


def upgrade() -> None:
    """Add a table; no row that was there changes."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "rechecks",
        sa.Column("id", number, autoincrement=True, nullable=False),
        sa.Column("inbox_id", number, nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["inbox_id"], ["inbox.id"], name="fk_rechecks_inbox_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_rechecks"),
        sa.UniqueConstraint("inbox_id", name="uq_rechecks_inbox_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_rechecks_due_at", "rechecks", ["due_at"])
