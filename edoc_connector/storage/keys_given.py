"""The keys of many rows, handed to a statement as one value however many they are.

SQLAlchemy would write the statement anew for each number of keys and bind each by a
name of its own: for a document that goes to thirty that costs more than what is asked.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

SERVER: Final = "postgresql"

Keys = Collection[int] | Collection[str]


def is_one_of(column: sa.Column[Any], name: str) -> sa.ColumnElement[bool]:
    """Whether a column holds one of the keys that are given by this name.

    Keys are numbers, or texts of our own making.
    """
    return _IsOneOf(column, sa.bindparam(name, type_=KeyList(column.type.python_type)))


class KeyList(sa.types.TypeDecorator[Keys]):
    """Keys of one kind: an array where there are arrays, else the text of one."""

    impl = sa.Text
    cache_ok = True

    def __init__(self, kind: type[object]) -> None:
        super().__init__()
        self.kind = kind

    def load_dialect_impl(self, dialect: Dialect) -> sa.types.TypeEngine[Any]:
        """Return how a database takes them."""
        if dialect.name != SERVER:
            return dialect.type_descriptor(sa.Text())
        item = sa.BigInteger() if self.kind is int else sa.Text()
        return dialect.type_descriptor(ARRAY(item))

    def process_bind_param(
        self, value: Keys | None, dialect: Dialect
    ) -> list[object] | str:
        """Hand them over, each as the plain number or text that drivers know."""
        plain: list[object] = list(map(self.kind, value or ()))
        return plain if dialect.name == SERVER else json.dumps(plain)


class _IsOneOf(FunctionElement[Any]):
    # Not `Boolean`: SQLite has none, and of `(...) = 1` it would follow no index.
    type = sa.types.NULLTYPE
    inherit_cache = True


@compiles(_IsOneOf)
def _in_text(element: _IsOneOf, compiler: SQLCompiler, **how: Any) -> str:  # noqa: ANN401  (SQLAlchemy's own)
    column, numbers = (compiler.process(it, **how) for it in element.clauses)
    return f"({column} IN (SELECT value FROM json_each({numbers})))"  # noqa: S608  (made of our own parts)


@compiles(_IsOneOf, SERVER)
def _in_array(element: _IsOneOf, compiler: SQLCompiler, **how: Any) -> str:  # noqa: ANN401  (SQLAlchemy's own)
    column, numbers = (compiler.process(it, **how) for it in element.clauses)
    return f"({column} = ANY ({numbers}))"
