"""Reports on the signatures inside attached PDFs.

What was sent and received before counts as not inspected, and is looked at in time.
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0006"
down_revision: Final = "0005"


def upgrade() -> None:
    """Add the tables, and to each document whether its files were looked at."""
    moment = sa.DateTime(timezone=True)
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "pdf_reports",
        sa.Column("id", number, autoincrement=True, nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("report", sa.Text(), nullable=False),
        sa.Column("checked_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_pdf_reports"),
        sa.UniqueConstraint("file", name="uq_pdf_reports_file"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "pdf_files",
        sa.Column("id", number, autoincrement=True, nullable=False),
        sa.Column("packet", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_pdf_files"),
        sa.UniqueConstraint("packet", "number", name="uq_pdf_files_packet_number"),
        sqlite_autoincrement=True,
    )
    _add("documents", "inspected_at IS NULL AND packet IS NOT NULL")
    _add("arrivals", "inspected_at IS NULL")


def _add(table: str, unseen: str) -> None:
    moment = sa.DateTime(timezone=True)
    op.add_column(table, sa.Column("inspected_at", moment, nullable=True))
    op.create_index(
        f"ix_{table}_uninspected",
        table,
        ["id"],
        sqlite_where=sa.text(unseen),
        postgresql_where=sa.text(unseen),
    )
