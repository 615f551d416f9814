"""Which certificate is in use and sealed what, and what was said of its end.

It names no table of `storage.tables` on purpose: those change, this stays.
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0005"
down_revision: Final = "0004"


def upgrade() -> None:
    """Add what is new; of what was sealed before nobody remembers with which."""
    for table in ("documents", "answers"):
        op.add_column(table, sa.Column("certificate", sa.Text(), nullable=True))
    op.create_table(
        "key_uses",
        _id(),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("certificate", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_key_uses"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "watched",
        _id(),
        sa.Column("certificate", sa.Text(), nullable=False),
        sa.Column("said_days", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_watched"),
        sa.UniqueConstraint("certificate", name="uq_watched_certificate"),
        sqlite_autoincrement=True,
    )


def _id() -> sa.Column[int]:
    kind = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    return sa.Column("id", kind, autoincrement=True, nullable=False)
