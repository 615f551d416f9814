"""The directory: bodies with the times for which, and since when, they are known.

It names no table of `storage.tables` on purpose: those change, this stays.
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0013"
down_revision: Final = "0012"


def upgrade() -> None:
    """Add the tables; nothing is known of anybody yet."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    moment = sa.DateTime(timezone=True)
    # By the order of its letters, so that a beginning is found by an index.
    ordered = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    _imports(number, moment)
    _bodies(number, moment, ordered)
    # No foreign key to `bodies`: of a million rows each would be looked up, and they
    # are only ever written beside their body.
    for table, text in (("body_aliases", sa.Text()), ("body_starts", ordered)):
        op.create_table(
            table,
            sa.Column("text", text, nullable=False),
            sa.Column("body", sa.BigInteger(), nullable=False),
            sa.PrimaryKeyConstraint("text", "body", name=f"pk_{table}"),
            sqlite_with_rowid=False,
        )


def _imports(number: sa.types.TypeEngine[int], moment: sa.DateTime) -> None:
    op.create_table(
        "directory_imports",
        sa.Column("id", number, autoincrement=True, nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_directory_imports"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "directory_flaws",
        sa.Column("id", number, autoincrement=True, nullable=False),
        sa.Column("import_id", number, nullable=False),
        sa.Column("line", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("other", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_directory_flaws"),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["directory_imports.id"],
            name="fk_directory_flaws_import_id",
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_directory_flaws_import_id_id", "directory_flaws", ["import_id", "id"]
    )


def _bodies(
    number: sa.types.TypeEngine[int],
    moment: sa.DateTime,
    ordered: sa.types.TypeEngine[str],
) -> None:
    op.create_table(
        "bodies",
        sa.Column("id", number, autoincrement=False, nullable=False),
        sa.Column("code", ordered, nullable=False),
        sa.Column("written", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("folded", ordered, nullable=False),
        sa.Column("parent", sa.Text(), nullable=False),
        sa.Column("successor", sa.Text(), nullable=False),
        sa.Column("aliases", sa.Text(), nullable=False),
        sa.Column("axis_id", sa.Text(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("known_from", moment, nullable=False),
        sa.Column("known_to", moment, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_bodies"),
    )
    op.create_index("ix_bodies_code", "bodies", ["code", "id"])
    op.create_index("ix_bodies_parent", "bodies", ["parent", "code"])
    named = sa.text("axis_id <> ''")
    op.create_index(
        "ix_bodies_axis_id",
        "bodies",
        ["axis_id"],
        sqlite_where=named,
        postgresql_where=named,
    )
