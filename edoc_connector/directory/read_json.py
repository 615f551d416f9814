"""A list of bodies as the axis gives it: JSON, one object per body.

The objects are taken apart one after the other; what nests deeper than anything the
axis says is refused, and not followed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from edoc_connector.directory.raw import MOST_FIELD, Raw, by_column, column_of
from edoc_connector.errors import N_, ListUnfit, why

WRAPPERS: Final = ("data", "result", "results", "items", "agencies", "units", "list")
"""Under which name answers of the axis have the list."""


def read_json(data: bytes, path: str) -> Iterator[Raw]:
    """Yield the rows.  Raises `ListUnfit` for a file that is no such list."""
    place, line = 0, 1
    for entry in _entries(data, path):
        # What stands there is found where it stands: its line is what people look for.
        text = bytes(entry)
        found = data.index(text, place)
        line += data.count(b"\n", place, found)
        yield _raw(line, text)
        line += text.count(b"\n")
        place = found + len(text)


def _entries(data: bytes, path: str) -> list[msgspec.Raw]:
    try:
        if data.lstrip()[:1] == b"{":
            return _wrapped(data, path)
        return msgspec.json.decode(data, type=list[msgspec.Raw])
    except RecursionError as error:
        raise ListUnfit(path=path, **why(N_("it nests too deep"))) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        problem = why(N_("it is no JSON list: {said}"), said=error)
        raise ListUnfit(path=path, **problem) from error


def _wrapped(data: bytes, path: str) -> list[msgspec.Raw]:
    """Return the list of an answer that says more than the list."""
    answer = msgspec.json.decode(data, type=dict[str, msgspec.Raw])
    for name in WRAPPERS:
        if name in answer:
            return msgspec.json.decode(answer[name], type=list[msgspec.Raw])
    raise ListUnfit(path=path, **why(N_("it holds no list of bodies")))


def _raw(line: int, text: bytes) -> Raw:
    try:
        entry = msgspec.json.decode(text, type=dict[str, object])
    except RecursionError:
        return Raw(line, {}, "> JSON")
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return Raw(line, {}, str(error))
    values = by_column((column_of(key), _value(it)) for key, it in entry.items())
    if any(len(value) > MOST_FIELD for value in values.values()):
        return Raw(line, {}, f"> {MOST_FIELD}")
    return Raw(line, values)


def _value(value: object) -> str:
    """Return a value as text; of lists each entry, of anything deeper nothing."""
    match value:
        case None | Mapping():
            return ""
        case bool():
            return "true" if value else "false"
        case list():
            return ";".join(str(it) for it in value if isinstance(it, str | int))
        case _:
            return str(value)
