"""Pings we sent and what came back.

It names no table of `storage.tables` on purpose: those change, this stays.
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0012"
down_revision: Final = "0011"


def upgrade() -> None:
    """Add two tables; no row that was there changes."""
    op.create_table(
        "pings",
        _key(),
        sa.Column("ping", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_pings"),
        sa.UniqueConstraint("ping", name="uq_pings_ping"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_pings_asked_at", "pings", ["asked_at"])
    op.create_table(
        "pongs",
        _key(),
        sa.Column("ping", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["ping"], ["pings.ping"], name="fk_pongs_ping"),
        sa.PrimaryKeyConstraint("id", name="pk_pongs"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_pongs_ping_id", "pongs", ["ping", "id"])


def _key() -> sa.Column[int]:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    return sa.Column("id", number, autoincrement=True, nullable=False)
