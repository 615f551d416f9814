"""While it is shut nothing is read, by no way that pika has; then all of it is."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from edoc_connector.bus.valve import READ, Valve


@pytest.fixture
def valve() -> Iterator[Valve]:
    made = Valve()
    made.activate_poller()
    yield made
    made.close()


def turn(valve: Valve) -> None:
    valve.call_later(0, lambda: None)
    valve.poll()
    valve.process_timeouts()


def test_what_came_is_read_when_it_is_open_again(valve: Valve) -> None:
    ours, theirs = socket.socketpair()
    read: list[bytes] = []
    valve.add_handler(ours.fileno(), lambda *_: read.append(ours.recv(9)), READ)
    theirs.send(b"mail")

    valve.shut(is_shut=True)
    turn(valve)
    assert read == []
    valve.update_handler(ours.fileno(), READ)
    turn(valve)
    assert read == []

    valve.shut(is_shut=False)
    turn(valve)
    assert read == [b"mail"]
    valve.remove_handler(ours.fileno())
    ours.close()
    theirs.close()


def test_what_would_read_on_by_itself_waits_too_and_is_forgotten_by_nobody(
    valve: Valve,
) -> None:
    called: list[int] = []
    valve.add_callback(lambda: called.append(1))
    valve.shut(is_shut=True)
    valve.add_callback_threadsafe(lambda: called.append(2))
    turn(valve)
    turn(valve)
    assert called == []

    valve.shut(is_shut=False)
    turn(valve)
    assert called == [1, 2]


def test_timers_run_also_while_it_is_shut(valve: Valve) -> None:
    called: list[int] = []
    valve.shut(is_shut=True)
    valve.call_later(0, lambda: called.append(1))

    turn(valve)

    assert called == [1]
