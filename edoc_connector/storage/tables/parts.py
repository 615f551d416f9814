"""What every table of ours is made of: numbered rows, named constraints."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.storage.columns import CodeText, row_number

metadata: Final = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def text(name: str) -> sa.Column[str]:
    """Make a column of text; it is empty where there is nothing to say."""
    return sa.Column(name, sa.Text, nullable=False)


def code(name: str) -> sa.Column[OrganizationCode]:
    """Make a column of the code of a body."""
    return sa.Column(name, CodeText, nullable=False)


def number(name: str) -> sa.Column[int]:
    """Make a column of a whole number."""
    return sa.Column(name, sa.BigInteger, nullable=False)


def table(name: str, *parts: sa.schema.SchemaItem) -> sa.Table:
    """Make a table whose rows are numbered in the order they came, no number twice."""
    key = sa.Column("id", row_number(), primary_key=True, autoincrement=True)
    return sa.Table(name, metadata, key, *parts, sqlite_autoincrement=True)


def lookup(column: str) -> sa.Index:
    """Index what others choose the length of: on PostgreSQL a hash has no limit."""
    return sa.Index(None, column, info={"postgresql_using": "hash"})
