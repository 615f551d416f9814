"""Where a broker, or an older plan, is not as the plan has it, thing by thing.

What only the plan names is `missing`, what only the broker has `additional`.  Where
both have it and some of its values are other ones, it is `different`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final


class Thing(StrEnum):
    """What can differ: sections of the definitions, then what only a broker has."""

    VHOST = "vhosts"
    USER = "users"
    PERMISSION = "permissions"
    TOPIC_PERMISSION = "topic_permissions"
    PARAMETER = "parameters"
    POLICY = "policies"
    EXCHANGE = "exchanges"
    QUEUE = "queues"
    BINDING = "bindings"
    LINK = "links"
    MESSAGES = "messages"
    ALARM = "alarms"
    FEATURE = "feature_flags"


class State(StrEnum):
    """How it differs."""

    MISSING = "missing"
    ADDITIONAL = "additional"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as planned; the values are texts for people."""

    thing: Thing
    state: State
    name: str
    planned: str = ""
    found: str = ""


Entry = Mapping[str, Any]
Sections = Mapping[str, list[Any]]

KEYS: Final[Mapping[Thing, Callable[[Entry], str]]] = {
    Thing.VHOST: lambda it: str(it["name"]),
    Thing.USER: lambda it: str(it["name"]),
    Thing.PERMISSION: lambda it: str(it["user"]),
    Thing.TOPIC_PERMISSION: lambda it: f"{it['user']} > {it['exchange']}",
    Thing.PARAMETER: lambda it: str(it["name"]),
    Thing.POLICY: lambda it: str(it["name"]),
    Thing.EXCHANGE: lambda it: str(it["name"]),
    Thing.QUEUE: lambda it: str(it["name"]),
    Thing.BINDING: lambda it: (
        f"{it['source']} > {it['routing_key']} > {it['destination']}"
    ),
}
"""By what a thing is known; a binding has nothing else."""

COMPARED: Final[Mapping[Thing, tuple[str, ...]]] = {
    Thing.USER: ("password_hash",),
    Thing.PERMISSION: ("configure", "write", "read"),
    Thing.TOPIC_PERMISSION: ("write", "read"),
    Thing.PARAMETER: ("value",),
    Thing.POLICY: ("pattern", "apply-to", "definition"),
    Thing.EXCHANGE: ("type", "durable", "auto_delete", "internal", "arguments"),
    Thing.QUEUE: ("durable", "auto_delete", "arguments"),
}
SECRET: Final = frozenset({"password_hash", "dest-uri"})
"""What differs without being shown."""


def differences(plan: Sections, found: Sections, vhost: str) -> Iterator[Difference]:
    """Yield each difference, in the order in which RabbitMQ imports the sections."""
    for thing in KEYS:
        wanted = _entries(thing, plan, vhost)
        there = _entries(thing, found, vhost)
        for name in wanted.keys() - there.keys():
            yield Difference(thing, State.MISSING, name)
        for name in there.keys() - wanted.keys():
            yield Difference(
                thing, State.ADDITIONAL, name, "", _all(thing, there[name])
            )
        for name in wanted.keys() & there.keys():
            yield from _values(thing, name, wanted[name], there[name])


def _entries(thing: Thing, sections: Sections, vhost: str) -> dict[str, Entry]:
    """Return what belongs to the virtual host of the axis, by name."""
    return {
        KEYS[thing](it): it
        for it in sections.get(thing, ())
        if it.get("vhost", it["name"] if thing is Thing.VHOST else vhost) == vhost
    }


def _values(
    thing: Thing, name: str, wanted: Entry, there: Entry
) -> Iterator[Difference]:
    for key in COMPARED.get(thing, ()):
        yield from _value(thing, name, key, (wanted.get(key), there.get(key)))


def _value(
    thing: Thing, name: str, key: str, both: tuple[object, object]
) -> Iterator[Difference]:
    wanted, there = both
    if isinstance(wanted, dict) and isinstance(there, dict):
        for inner in sorted(wanted.keys() | there.keys()):
            pair = wanted.get(inner), there.get(inner)
            yield from _value(thing, name, inner, pair)
    elif wanted != there:
        yield Difference(
            thing, State.DIFFERENT, name, _shown(key, wanted), _shown(key, there)
        )


def _all(thing: Thing, entry: Entry) -> str:
    """Return what matters of a thing that nobody planned."""
    if thing not in {Thing.PERMISSION, Thing.POLICY}:
        return ""
    return ", ".join(_shown(key, entry.get(key)) for key in COMPARED[thing])


def _shown(key: str, value: object) -> str:
    if key in SECRET:
        return f"{key} = ***"
    if value is None:
        return f"{key}: -"
    return f"{key} = {json.dumps(value, ensure_ascii=False)}"


def in_order(found: Iterable[Difference]) -> list[Difference]:
    """Return them as they are read: by section, then by name."""
    order = list(Thing)
    return sorted(found, key=lambda it: (order.index(it.thing), it.name, it.planned))
