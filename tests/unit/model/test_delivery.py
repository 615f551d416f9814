"""The state tables, all of them, all of each."""

from __future__ import annotations

import itertools

import pytest

from edoc_connector.errors import IllegalMove
from edoc_connector.model.delivery import (
    DELIVERY_MOVES,
    DOCUMENT_MOVES,
    INBOX_MOVES,
    DeliveryEvent,
    DeliveryState,
    DocumentEvent,
    DocumentState,
    InboxEvent,
    InboxState,
    advance,
)

TABLES = [
    (DOCUMENT_MOVES, DocumentState, DocumentEvent),
    (DELIVERY_MOVES, DeliveryState, DeliveryEvent),
    (INBOX_MOVES, InboxState, InboxEvent),
]
EVERY_MOVE = [
    (moves, state, event)
    for moves, states, events in TABLES
    for state, event in itertools.product(states, events)
]


@pytest.mark.parametrize(("moves", "state", "event"), EVERY_MOVE)
def test_every_state_takes_an_event_as_its_table_says_or_refuses_it(
    moves, state, event
):
    if event in moves[state]:
        assert advance(moves, state, event) is moves[state][event]
    else:
        with pytest.raises(IllegalMove):
            advance(moves, state, event)


@pytest.mark.parametrize(("moves", "states", "events"), TABLES)
def test_every_state_has_a_row(moves, states, events):
    assert set(moves) == set(states)
    assert {event for row in moves.values() for event in row} == set(events)


def test_sent_is_reached_only_by_the_confirm_of_the_broker():
    ways = {
        event
        for row in DELIVERY_MOVES.values()
        for event, after in row.items()
        if after is DeliveryState.SENT
    }

    assert ways == {DeliveryEvent.CONFIRM}


def test_delivered_is_reached_only_by_the_receipt_of_the_receiver():
    ways = {
        event
        for state, row in DELIVERY_MOVES.items()
        for event, after in row.items()
        if after is DeliveryState.DELIVERED and state is not DeliveryState.DELIVERED
    }

    assert ways == {DeliveryEvent.ARRIVE}


@pytest.mark.parametrize(
    "state", [state for state in DeliveryState if state is not DeliveryState.TAKEN]
)
def test_an_answer_of_the_receiver_is_never_refused(state):
    assert DeliveryEvent.ARRIVE in DELIVERY_MOVES[state]
    assert DeliveryEvent.REFUSE in DELIVERY_MOVES[state]
