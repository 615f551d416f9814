"""How a running broker stands, beside what it was told: links, alarms, what waits."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from edoc_connector.axis.description import Axis
from edoc_connector.axis.differences import Difference, Sections, State, Thing
from edoc_connector.axis.names import (
    LOST,
    dead_queue,
    link_account,
    link_queue,
    return_queue,
)
from edoc_connector.axis.passwords import Secrets
from edoc_connector.axis.ways import neighbours

RUNNING: Final = "running"
HIDDEN: Final = "hidden"
"""In place of a password; letters only, so that a URI has it as it is."""

FEATURES: Final = ("quorum_queue", "stream_queue")
"""Without them there are no quorum queues, and dead letters may be lost on the way."""

GUEST: Final = "guest"
PASSWORD: Final = re.compile(r"(://[^:/@]*:)[^@/]*@")

Entries = Iterable[Mapping[str, Any]]


def hidden(axis: Axis) -> Secrets:
    """Return secrets for a plan that is only compared: each is there, none is known."""
    accounts = [node.account for node in axis.node]
    links = [link_account(name) for name in axis.brokers]
    return Secrets(
        hashes=dict.fromkeys((*accounts, *links), HIDDEN),
        link_passwords=dict.fromkeys(axis.brokers, HIDDEN),
    )


def comparable(sections: Sections, vhost: str) -> dict[str, list[Any]]:
    """Return definitions without what they need not have in common with a plan.

    Passwords are there or not.  Exchanges of RabbitMQ itself and accounts of its
    operators (those with a tag) are nobody's difference; guest is.
    """
    operators = {
        it["name"] for it in sections["users"] if it["tags"] and it["name"] != GUEST
    }
    users = [
        {**it, "password_hash": it["password_hash"] and HIDDEN}
        for it in sections["users"]
        if it["name"] not in operators | _elsewhere(sections, vhost)
    ]
    return {
        **sections,
        "users": users,
        "permissions": _of_others(sections["permissions"], operators),
        "topic_permissions": _of_others(sections["topic_permissions"], operators),
        "parameters": [_without_password(it) for it in sections["parameters"]],
    }


def _elsewhere(sections: Sections, vhost: str) -> set[str]:
    """Return the accounts that may use other virtual hosts only."""
    places: dict[str, set[str]] = {}
    for it in sections["permissions"]:
        places.setdefault(it["user"], set()).add(it["vhost"])
    return {name for name in places if vhost not in places[name]} - {GUEST}


def _of_others(entries: Entries, operators: set[str]) -> list[Mapping[str, Any]]:
    return [it for it in entries if it["user"] not in operators]


def _without_password(parameter: Mapping[str, Any]) -> Mapping[str, Any]:
    value = parameter["value"]
    if not isinstance(value, dict) or not isinstance(value.get("dest-uri"), str):
        return parameter
    address = PASSWORD.sub(rf"\1{HIDDEN}@", value["dest-uri"])
    return {**parameter, "value": {**value, "dest-uri": address}}


def links_down(axis: Axis, broker: str, shovels: Entries) -> Iterator[Difference]:
    """Yield each link that does not run."""
    states = {it["name"]: str(it.get("state", "-")) for it in shovels}
    for neighbour in neighbours(axis, broker):
        for name in (link_queue(neighbour.name), return_queue(neighbour.name)):
            found = states.get(name, "-")
            if found != RUNNING:
                yield Difference(Thing.LINK, State.DIFFERENT, name, RUNNING, found)


def set_aside(
    axis: Axis, broker: str, counts: Mapping[str, int]
) -> Iterator[Difference]:
    """Yield each queue in which something waits for a person."""
    accounts = [node.account for node in axis.nodes_at(broker)]
    links = [link_account(it.name) for it in neighbours(axis, broker)]
    for queue in (LOST, *map(dead_queue, (*accounts, *links))):
        if counts.get(queue):
            found = str(counts[queue])
            yield Difference(Thing.MESSAGES, State.ADDITIONAL, queue, "0", found)


def alarms(nodes: Entries) -> Iterator[Difference]:
    """Yield each alarm because of which a broker takes nothing."""
    for node in nodes:
        for alarm in ("mem_alarm", "disk_free_alarm"):
            if node.get(alarm):
                yield Difference(
                    Thing.ALARM, State.ADDITIONAL, f"{node['name']} {alarm}"
                )


def features_missing(flags: Entries) -> Iterator[Difference]:
    """Yield what RabbitMQ could do and may not; a newer one has no flag for it."""
    for flag in flags:
        if flag["name"] in FEATURES and flag["state"] != "enabled":
            yield Difference(Thing.FEATURE, State.MISSING, str(flag["name"]))
