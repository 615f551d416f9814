"""Several packets at once, each looked for by account, message id and digest.

A statement finds what has any of the accounts, any of the ids and any of the digests,
which every database looks up in an index; who asks keeps those he has named.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

import sqlalchemy as sa

from edoc_connector.storage.records import PacketName

PARTS: Final = ("account", "message_id", "packet")


def are_named(table: sa.Table) -> tuple[sa.ColumnElement[bool], ...]:
    """Return the conditions, to be given the names later."""
    return tuple(
        table.c[part].in_(sa.bindparam(f"{part}s", expanding=True)) for part in PARTS
    )


def given_names(names: Collection[PacketName]) -> Mapping[str, Collection[str]]:
    """Return the names, one at least, as those conditions want them."""
    parts = zip(PARTS, zip(*names, strict=True), strict=True)
    return {f"{part}s": sorted(set(values)) for part, values in parts}
