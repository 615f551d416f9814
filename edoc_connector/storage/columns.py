"""How values of the model stand in a column, the same on SQLite and PostgreSQL."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final, Generic, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Dialect

from edoc_connector.json_text import from_json, to_json
from edoc_connector.model.organization_code import OrganizationCode

EnumT = TypeVar("EnumT", bound=StrEnum)
ValueT = TypeVar("ValueT")


def row_number() -> sa.types.TypeEngine[int]:
    """Return the type of a key that counts by itself, 64 bits on both databases."""
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def ordered_text() -> sa.types.TypeEngine[str]:
    """Return the type of text that is looked for by its beginning: letter by letter.

    SQLite orders so anyhow; a server orders as the language does, and then no
    beginning is found by an index.
    """
    return sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


# What stands in each row of every step is written and read without a detour: a
# processor of its own, where `process_bind_param` would be asked by one.


class Moment(sa.types.TypeDecorator[datetime]):
    """A point in time: aware in, aware out, kept in UTC.

    SQLite keeps no zone, so there the zone is put back on the way out.
    """

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any]:
        """Refuse a time without a zone: nobody could say which moment it means."""
        return _moment_as_text if dialect.name == "sqlite" else _in_utc

    def result_processor(
        self, dialect: Dialect, coltype: object
    ) -> Callable[[Any], datetime | None]:
        """Return it in UTC, whatever zone the session has."""
        del coltype
        return _moment_in if dialect.name == "sqlite" else _in_utc


def _in_utc(value: datetime | None) -> datetime | None:
    if value is None:
        return None
    if value.tzinfo is None:
        raise ValueError("a time without a zone")
    return value.astimezone(UTC)


# Most of what is written in one transaction has happened at one moment.
@lru_cache(64)
def _moment_as_text(value: datetime | None) -> str | None:
    """Write it as SQLAlchemy does for SQLite: `2026-11-23 01:30:00.000007`."""
    utc = _in_utc(value)
    if utc is None:
        return None
    return utc.isoformat(" ", "microseconds").removesuffix(UTC_OFFSET)


def _moment_in(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text + UTC_OFFSET)


UTC_OFFSET: Final = "+00:00"


class Choice(sa.types.TypeDecorator[EnumT], Generic[EnumT]):
    """One word of a closed set, kept as the word."""

    impl = sa.Text
    cache_ok = True

    def __init__(self, words: type[EnumT]) -> None:
        super().__init__()
        self.words = words

    def bind_processor(self, dialect: Dialect) -> Callable[[str | None], str | None]:
        """Keep the word itself."""
        del dialect
        return _text

    def result_processor(
        self, dialect: Dialect, coltype: object
    ) -> Callable[[str | None], EnumT | None]:
        """Return the word as a member of its set."""
        del dialect, coltype
        members = {it.value: it for it in self.words}

        def member(word: str | None) -> EnumT | None:
            if word is None:
                return None
            return members.get(word) or self.words(word)  # which refuses what is none

        return member


class CodeText(sa.types.TypeDecorator[OrganizationCode]):
    """The identifier of a body, kept as the text it is."""

    impl = sa.Text
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[str | None], str | None]:
        """Keep the text itself: drivers know no other type."""
        del dialect
        return _text

    def result_processor(
        self, dialect: Dialect, coltype: object
    ) -> Callable[[str | None], OrganizationCode | None]:
        """Return the text as a code again."""
        del dialect, coltype
        return _code


def _text(value: str | None) -> str | None:
    return None if value is None else str(value)


def _code(value: str | None) -> OrganizationCode | None:
    return None if value is None else OrganizationCode(value)


class CodesText(sa.types.TypeDecorator[tuple[OrganizationCode, ...]]):
    """Several identifiers, none of which has white space in it."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(
        self, value: tuple[OrganizationCode, ...] | None, dialect: Dialect
    ) -> str | None:
        """Keep them as one text."""
        del dialect
        return None if value is None else " ".join(value)

    def process_result_value(
        self, value: str | None, dialect: Dialect
    ) -> tuple[OrganizationCode, ...] | None:
        """Return them apart again."""
        del dialect
        return None if value is None else tuple(map(OrganizationCode, value.split()))


class BytesText(sa.types.TypeDecorator[bytes]):
    """A few bytes, kept as Base64: a person can read the row and paste it."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> str | None:
        """Write them as text."""
        del dialect
        return None if value is None else b64encode(value).decode("ascii")

    def process_result_value(self, value: str | None, dialect: Dialect) -> bytes | None:
        """Return the bytes themselves."""
        del dialect
        return None if value is None else b64decode(value, validate=True)


class Json(sa.types.TypeDecorator[ValueT], Generic[ValueT]):
    """A frozen dataclass, kept as JSON text.

    Text rather than a JSON type: JSON types refuse or reorder what text keeps.
    """

    impl = sa.Text
    cache_ok = True

    def __init__(self, kind: type[ValueT]) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: ValueT | None, dialect: Dialect) -> str | None:
        """Write the dataclass."""
        del dialect
        return None if value is None else to_json(value)

    def process_result_value(
        self, value: str | None, dialect: Dialect
    ) -> ValueT | None:
        """Read it back as the same dataclass."""
        del dialect
        return None if value is None else from_json(value, self.kind)
