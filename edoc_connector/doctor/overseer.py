"""The broker as its management plugin shows it: alarms, links, what was set aside.

Without the plugin nothing of it is seen, and nothing of it is called well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from edoc_connector.app.post import rabbit_address
from edoc_connector.axis.names import LOST
from edoc_connector.bus.mailbox import LOSING, NONE
from edoc_connector.bus.management import Management, in_vhost
from edoc_connector.bus.returned import RETURN_QUEUE
from edoc_connector.bus.way import LINK_QUEUE
from edoc_connector.doctor.finding import (
    NO_MANAGEMENT,
    Finding,
    State,
    bad,
    because,
    soon,
    unseen,
    well,
)
from edoc_connector.doctor.patient import Patient
from edoc_connector.errors import N_, EdocError

CODES: Final = (
    "broker-alarm",
    "queue-unsafe",
    "queue-leftover",
    "mail-set-aside",
    "link-down",
    "consumer-timeout",
)
OURS: Final = "edoc."
DEAD: Final = "edoc.dead."
LINKS: Final = (LINK_QUEUE, RETURN_QUEUE)
SHORTEST_MILLISECONDS: Final = 900_000
"""A consumer that is given less may be cut off while it stores a large packet."""

COUNTS: Final = frozenset({"messages", "consumers"})
COUNTED: Final = ("queue-leftover", "mail-set-aside", "link-down")
NO_COUNTS: Final = N_("the broker has not counted yet; look again in a minute")
"""After its start, and for a new queue, there are some seconds without numbers."""

Queue = Mapping[str, Any]


def look(patient: Patient) -> Iterator[Finding]:
    """Yield what an ordinary account is not told."""
    if patient.management is None:
        yield from (unseen(code, NO_MANAGEMENT) for code in CODES)
        return
    vhost = rabbit_address(patient.settings).vhost
    try:
        yield from _alarms(patient.management)
        queues = patient.management.get(in_vhost("queues", vhost)) or []
        shovels = patient.management.get(in_vhost("shovels", vhost))
    except EdocError as error:
        yield from (because(code, State.UNSEEN, error) for code in CODES)
        return
    ours = [it for it in queues if str(it["name"]).startswith(OURS)]
    yield from _unsafe(ours)
    yield from _timeouts(ours)
    if not all(it.keys() >= COUNTS for it in ours):
        yield from (unseen(code, NO_COUNTS) for code in COUNTED)
        return
    yield from _leftover(ours)
    yield from _set_aside(ours)
    yield from _links(shovels, ours)


def _alarms(management: Management) -> Iterator[Finding]:
    on = []
    for node in management.get("nodes") or []:
        name = str(node.get("name"))
        on += [(name, N_("memory"))] if node.get("mem_alarm") else []
        on += [(name, N_("disk"))] if node.get("disk_free_alarm") else []
        if not node.get("running", True):
            yield bad("broker-alarm", N_("the node {name} does not run"), name=name)
    for name, cause in on:
        what = N_("alarm of {name}: {detail}; it takes nothing from anybody")
        yield bad("broker-alarm", what, name=name, detail=cause)
    if not on:
        yield well("broker-alarm", N_("no alarm is on"))


def _unsafe(queues: list[Queue]) -> Iterator[Finding]:
    found = [
        bad(
            "queue-unsafe",
            N_("the queue {queue} may lose documents: {argument} is {value}"),
            queue=it["name"],
            argument=argument,
            value=value or "-",
        )
        for it in queues
        for argument, value in _values(it).items()
        if _is_mailbox(str(it["name"])) and LOSING[argument](value)
    ]
    yield from found or [well("queue-unsafe", N_("no queue loses anything"))]


def _is_mailbox(name: str) -> bool:
    return name != LOST and not name.startswith(DEAD)


def _values(queue: Queue) -> Mapping[str, str]:
    """Return what counts of a queue, by the names that LOSING has."""
    arguments = {"durable": queue.get("durable"), **(queue.get("arguments") or {})}
    return {name: _plain(arguments.get(name)) for name in LOSING}


def _plain(value: object) -> str:
    if value is None:
        return NONE
    return str(value).lower() if isinstance(value, bool) else str(value)


def _leftover(queues: list[Queue]) -> Iterator[Finding]:
    left = [it for it in queues if _is_read(str(it["name"])) and not it["consumers"]]
    for it in left:
        told = bad if it["messages"] else soon
        what = N_("nobody reads {queue}, and {count} messages wait there")
        name, count = it["name"], it["messages"]
        yield told("queue-leftover", what, queue=name, count=count)
    if not left:
        yield well("queue-leftover", N_("every mailbox is read"))


def _is_read(name: str) -> bool:
    return _is_mailbox(name) and not name.startswith(LINKS)


def _set_aside(queues: list[Queue]) -> Iterator[Finding]:
    full = [it for it in queues if not _is_mailbox(str(it["name"])) and it["messages"]]
    for it in full:
        what = N_("{count} messages are set aside in {queue}")
        yield bad("mail-set-aside", what, queue=it["name"], count=it["messages"])
    if not full:
        yield well("mail-set-aside", N_("nothing is set aside"))


def _timeouts(queues: list[Queue]) -> Iterator[Finding]:
    short = [
        (str(it["name"]), limit) for it in queues if (limit := _timeout(it)) is not None
    ]
    for name, limit in short:
        told = bad if limit < SHORTEST_MILLISECONDS else well
        what = N_("{queue} takes a message back after {seconds} s without an answer")
        yield told("consumer-timeout", what, queue=name, seconds=limit // 1000)
    if not short:
        what = N_("it is set for the whole broker, which tells nobody")
        yield unseen("consumer-timeout", what)


def _timeout(queue: Queue) -> int | None:
    by_policy = (queue.get("effective_policy_definition") or {}).get("consumer-timeout")
    found = (queue.get("arguments") or {}).get("x-consumer-timeout", by_policy)
    return found if isinstance(found, int) else None


def _links(
    shovels: list[Mapping[str, Any]] | None, queues: list[Queue]
) -> Iterator[Finding]:
    waiting = {str(it["name"]): it["messages"] for it in queues}
    links = [name for name in waiting if name.startswith(LINKS)]
    if shovels is None and links:
        yield unseen("link-down", N_("the broker has no shovel plugin"))
        return
    up = {str(it.get("name")) for it in shovels or () if it.get("state") == "running"}
    down = [name for name in links if name not in up]
    for name in down:
        what = N_("the link {queue} is down, and {count} messages wait for it")
        yield bad("link-down", what, queue=name, count=waiting[name])
    if not down:
        yield well("link-down", N_("all links of this broker are up"))
