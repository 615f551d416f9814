"""Answers about revocation that are kept, and since when there was none.

It names no table of `storage.tables` on purpose: those change, this stays.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0003"
down_revision: Final = "0002"


def upgrade() -> None:
    """Add two tables; no row that was there changes."""
    op.create_table(
        "revocation_answers",
        _id(),
        _text("about"),
        _text("issuer"),
        _text("kind"),
        _text("source"),
        _text("content"),
        _moment("given_at"),
        sa.PrimaryKeyConstraint("id", name="pk_revocation_answers"),
        sa.UniqueConstraint(
            "about", "issuer", name="uq_revocation_answers_about_issuer"
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "revocation_outages",
        _id(),
        _text("certificate"),
        _text("issuer"),
        _moment("since"),
        sa.Column("alerted_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_revocation_outages"),
        sa.UniqueConstraint(
            "issuer", "certificate", name="uq_revocation_outages_issuer_certificate"
        ),
        sqlite_autoincrement=True,
    )


def _id() -> sa.Column[int]:
    kind = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    return sa.Column("id", kind, autoincrement=True, nullable=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _moment(name: str) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)
