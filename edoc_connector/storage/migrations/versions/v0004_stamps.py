"""The form of each seal we wrote, and packets that are still to get a time stamp.

It names no table of `storage.tables` on purpose: those change, this stays.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0004"
down_revision: Final = "0003"


def upgrade() -> None:
    """Add what is new; no row that was there changes."""
    op.add_column("documents", sa.Column("seal_form", sa.Text(), nullable=True))
    kind = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "stamps",
        sa.Column("id", kind, autoincrement=True, nullable=False),
        _text("packet"),
        _text("document"),
        _text("signature_value"),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("next_attempt_at", _moment(), nullable=False),
        sa.Column("settled_at", _moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_stamps"),
        sa.UniqueConstraint("packet", name="uq_stamps_packet"),
        sqlite_autoincrement=True,
    )
    waiting = sa.text("settled_at IS NULL")
    op.create_index(
        "ix_stamps_waiting",
        "stamps",
        ["next_attempt_at"],
        sqlite_where=waiting,
        postgresql_where=waiting,
    )


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _moment() -> sa.types.TypeEngine[datetime]:
    return sa.DateTime(timezone=True)
