"""Which message a confirm or a return speaks of."""

from __future__ import annotations

from typing import Any

from edoc_connector.bus.message import Segment
from edoc_connector.bus.outcome import Room
from edoc_connector.bus.properties import write_properties
from edoc_connector.bus.window import Flight, Window
from tests.support.messages import message


def flight(ticket: int, **changes: Any) -> Flight:
    sent = message(**changes)
    return Flight(
        ticket=ticket,
        message=sent,
        properties=write_properties(sent, "H20.14"),
        key=sent.routing_key,
        others=(),
    )


def launched(count: int, room: Room | None = None) -> Window:
    window = Window(room or Room())
    for ticket in range(1, count + 1):
        window.launch(flight(ticket, segment=Segment(ticket, count)))
    return window


def landed(window: Window) -> list[tuple[int, bool]]:
    return [(it.ticket, it.is_taken) for it in window.landed]


def test_a_confirm_lands_its_own_message_and_no_other() -> None:
    window = launched(3)

    window.confirm(2, up_to=False, is_taken=True)

    assert landed(window) == [(2, True)]
    assert len(window) == 2


def test_a_confirm_of_several_lands_all_up_to_it() -> None:
    window = launched(4)
    window.confirm(2, up_to=False, is_taken=False)

    window.confirm(3, up_to=True, is_taken=True)

    assert landed(window) == [(2, False), (1, True), (3, True)]
    assert len(window) == 1


def test_a_confirm_of_all_lands_all() -> None:
    window = launched(3)

    window.confirm(0, up_to=True, is_taken=True)

    assert landed(window) == [(1, True), (2, True), (3, True)]


def test_a_confirm_that_nobody_waits_for_changes_nothing() -> None:
    window = launched(1)

    window.confirm(7, up_to=False, is_taken=True)

    assert landed(window) == []


def test_what_comes_back_is_known_by_key_id_and_segment() -> None:
    window = launched(3)
    second = flight(0, segment=Segment(2, 3))

    window.give_back("edoc.H99", second.properties)
    window.give_back(second.key, second.properties)
    window.confirm(3, up_to=True, is_taken=True)

    assert [it.is_returned for it in window.landed] == [False, True, False]


def most(room: Room) -> int:
    """How many are on their way at a time, after many were confirmed."""
    window = launched(50, room)
    window.confirm(0, up_to=True, is_taken=True)
    while not window.is_full:
        window.launch(flight(len(window)))
    return len(window)


def test_it_is_full_by_number_or_by_bytes_and_never_when_empty() -> None:
    size = flight(0).bytes

    assert most(Room(messages=2)) == 2
    assert most(Room(bytes=3 * size)) == 3
    assert most(Room(bytes=0)) == 1


def test_a_new_line_carries_one_and_one_more_for_each_that_was_confirmed() -> None:
    window = launched(1)
    assert window.is_full

    window.confirm(1, up_to=False, is_taken=True)

    window.launch(flight(2))
    assert not window.is_full
    window.launch(flight(3))
    assert window.is_full
    window.begin_anew()
    window.launch(flight(4))
    assert window.is_full


def test_a_new_channel_counts_from_one_and_what_was_on_the_old_one_is_told() -> None:
    window = launched(3)
    window.confirm(1, up_to=False, is_taken=True)

    assert [it.ticket for it in window.begin_anew()] == [2, 3]

    window.launch(flight(9))
    window.confirm(1, up_to=False, is_taken=True)
    assert landed(window) == [(1, True), (9, True)]
    assert window.bytes == 0
