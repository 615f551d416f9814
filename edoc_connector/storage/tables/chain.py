"""The chain of facts that is the ledger, and its newest link."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from edoc_connector.storage.tables.parts import metadata, number, text

ledger: Final = sa.Table(
    "ledger",
    metadata,
    sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
    text("kind"),
    text("subject"),
    text("text"),
    text("digest"),
    sa.CheckConstraint("position >= 1", name="position"),
    sa.Index(None, "subject", "position"),
)

ledger_head: Final = sa.Table(
    "ledger_head",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    number("position"),
    text("digest"),
    sa.CheckConstraint("id = 1", name="one_row"),
)
