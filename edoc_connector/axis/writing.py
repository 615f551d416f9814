"""An axis as the file that describes it; what stands as by default is left out."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator

from edoc_connector.axis.description import Axis, AxisLimits, Broker, Heading, Node
from edoc_connector.secret import SecretReference

Table = Heading | AxisLimits | Broker | Node


def described(axis: Axis) -> str:
    """Return the text from which the same axis is read."""
    tables: list[tuple[str, Table]] = [
        ("[axis]", axis.axis),
        ("[limits]", axis.limits),
        *(("[[broker]]", it) for it in axis.broker),
        *(("[[node]]", it) for it in axis.node),
    ]
    written = ("\n".join((title, *_lines(it))) for title, it in tables if [*_lines(it)])
    return "\n\n".join(written) + "\n"


def _lines(table: Table) -> Iterator[str]:
    for field in dataclasses.fields(table):
        value = getattr(table, field.name)
        if value != field.default:
            yield f"{field.name} = {_toml(value)}"


def _toml(value: object) -> str:
    """Return a value as TOML has it: of these, as JSON has it."""
    plain = str(value) if isinstance(value, SecretReference) else value
    return json.dumps(plain, ensure_ascii=False)
