"""Frozen dataclasses as JSON text, and back as the same dataclasses.

msgspec knows `str` and refuses its subclasses, such as the type of an organisation's
code; here they are the text they are.
"""

from __future__ import annotations

from inspect import cleandoc
from typing import Any, Final, TypeVar

import msgspec

ValueT = TypeVar("ValueT")


def to_json(value: object) -> str:
    """Return the only JSON text of a value: fields in their order, names sorted."""
    encoded = msgspec.json.encode(value, enc_hook=_plain, order="deterministic")
    return encoded.decode()


def to_sorted_json(value: object) -> str:
    """Return a value with all names in their order, those of fields too (RFC 8785).

    Raises `ValueError` for a text that has no UTF-8.
    """
    return SORTED.encode(value).decode()


def from_json(text: str | bytes, kind: type[ValueT]) -> ValueT:
    """Read a value of this kind, or raise `msgspec.DecodeError`."""
    return msgspec.json.decode(text, type=kind, dec_hook=_typed)


def plain_from_json(text: str | bytes) -> object:
    """Read a value of no kind: dictionaries, lists, text and numbers as they stand."""
    return msgspec.json.decode(text)


def from_plain(plain: object, kind: type[ValueT]) -> ValueT:
    """Return such a value as one of this kind, or raise `msgspec.ValidationError`.

    Long texts are shared and not copied.
    """
    return msgspec.convert(plain, kind, dec_hook=_typed)


def to_plain(value: object) -> object:
    """Return a value as dictionaries and tuples; texts are shared and not copied."""
    return msgspec.to_builtins(value, enc_hook=_plain)


def schema_of(kind: type) -> dict[str, object]:
    """Return the JSON Schema (draft 2020-12) of such values."""
    schema: dict[str, Any] = msgspec.json.schema(kind, schema_hook=_schema)
    for definition in schema["$defs"].values():
        # Python keeps the indentation of a docstring until 3.13, and drops it since.
        definition["description"] = cleandoc(definition.get("description", ""))
    return schema


def _schema(kind: type) -> dict[str, object]:
    if issubclass(kind, str):
        return {"type": "string"}
    raise TypeError(f"no JSON for {kind.__name__}")


def _plain(value: object) -> str:
    if isinstance(value, str):
        return str(value)
    raise TypeError(f"no JSON for {type(value).__name__}")


def _typed(kind: type, value: object) -> object:
    if issubclass(kind, str) and isinstance(value, str):
        return kind(value)
    raise TypeError(f"{type(value).__name__} is no {kind.__name__}")


# Made once: there is one text for each fact of each document.
SORTED: Final = msgspec.json.Encoder(enc_hook=_plain, order="sorted")
