"""A select of a mapping must name its columns in the connector's words."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence

from edoc_connector.dms.database import Found
from edoc_connector.dms.fields import Field
from edoc_connector.errors import DmsRefused


def expect(
    found: Found,
    fields: Mapping[str, Field],
    statement: str,
    *,
    required: Sequence[str] = (),
) -> None:
    """Refuse a select whose columns are not the mapping's names, naming the column.

    A select that finds no row is refused as well: its columns are known all the same.
    """
    for name in found.columns:
        if name not in fields:
            near = difflib.get_close_matches(name, fields, n=1, cutoff=0)[0]
            problem = f"unknown column {name}; did you mean {near}?"
            raise DmsRefused(statement=statement, problem=problem)
    for name in required:
        if name not in found.columns:
            problem = f"there is no column {name}"
            raise DmsRefused(statement=statement, problem=problem)
