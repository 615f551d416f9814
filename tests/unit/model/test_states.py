"""Every state table as it must be: written out here a second time, by hand.

A row is a state, a column is what happens to it, and a cell is the state that follows;
a dot is what does not happen.  Who changes a table changes it here too, knowingly.
"""

from __future__ import annotations

import itertools
import subprocess
import sys
from pathlib import Path

import pytest

from edoc_connector.errors import IllegalMove
from edoc_connector.model import business, change, delivery
from edoc_connector.model.change import ChangeEvent, ChangeState
from edoc_connector.model.delivery import (
    DeliveryEvent,
    DeliveryState,
    DocumentEvent,
    DocumentState,
    InboxEvent,
    InboxState,
    advance,
)
from edoc_connector.model.status import StatusCode

DOCUMENT = """
           seal    park    release  withdraw
taken      sealed  parked  .        withdrawn
sealed     .       .       .        .
refused    .       .       .        .
parked     .       .       taken    withdrawn
withdrawn  .       .       .        .
"""

WITH_OTHERS = """
            confirm    return      arrive     refuse
taken       .          .           .          .
sealed      sent       unroutable  delivered  refused
sent        sent       unroutable  delivered  refused
delivered   delivered  delivered   delivered  delivered
refused     sent       unroutable  delivered  refused
unroutable  sent       unroutable  delivered  refused
parked      sent       unroutable  delivered  refused
expired     sent       unroutable  delivered  refused
withdrawn   .          .           delivered  refused
"""
"""Of a recipient: what the broker and the receiver do."""

WITH_US = """
            seal    park       release  expire   withdraw
taken       sealed  parked     .        .        withdrawn
sealed      .       parked     .        expired  withdrawn
sent        .       parked     .        expired  .
delivered   .       delivered  .        .        .
refused     .       parked     .        .        .
unroutable  .       parked     .        .        withdrawn
parked      .       parked     taken    .        withdrawn
expired     .       parked     .        .        .
withdrawn   .       .          .        .        .
"""
"""Of a recipient: what happens to it here."""

INBOX = """
             deliver    record    quarantine   release   reject
accepted     delivered  recorded  quarantined  .         .
delivered    .          .         .            .         .
recorded     .          .         .            accepted  .
quarantined  .          .         .            accepted  rejected
rejected     .          .         .            accepted  .
"""

CHANGE = """
         agree   refuse   stop
asked    agreed  refused  stopped
agreed   agreed  agreed   .
refused  agreed  refused  .
stopped  .       .        .
moot     .       .        .
"""

BUSINESS = """
    01  02  03  04  05  06
01  .   02  03  04  05  06
02  .   .   03  .   .   .
03  .   02  .   04  05  06
04  .   .   .   04  05  06
05  .   .   .   04  05  06
06  .   .   .   .   05  .
"""


def cells(*grids):
    """Every state and event of the grids, with what follows or None."""
    for grid in grids:
        yield from _cells(grid)


def _cells(grid):
    head, *rows = (line.split() for line in grid.strip().splitlines())
    for state, *after in rows:
        assert len(after) == len(head), state
        for event, follows in zip(head, after, strict=True):
            yield state, event, None if follows == "." else follows


MACHINES = [
    ((DOCUMENT,), delivery.DOCUMENT_MOVES, DocumentState, DocumentEvent),
    (
        (WITH_OTHERS, WITH_US),
        delivery.DELIVERY_MOVES,
        DeliveryState,
        DeliveryEvent,
    ),
    ((INBOX,), delivery.INBOX_MOVES, InboxState, InboxEvent),
    ((CHANGE,), change.CHANGE_MOVES, ChangeState, ChangeEvent),
]
EVERY_CELL = [
    pytest.param(moves, states(state), events(event), follows, id=f"{state}-{event}")
    for grids, moves, states, events in MACHINES
    for state, event, follows in cells(*grids)
]


@pytest.mark.parametrize(("moves", "state", "event", "follows"), EVERY_CELL)
def test_what_follows_is_what_was_decided(moves, state, event, follows):
    if follows is None:
        with pytest.raises(IllegalMove):
            advance(moves, state, event)
    else:
        assert advance(moves, state, event) == follows


@pytest.mark.parametrize(("grids", "moves", "states", "events"), MACHINES)
def test_no_state_and_no_event_was_left_out(grids, moves, states, events):
    said = {(state, event) for state, event, _ in cells(*grids)}

    assert said == set(itertools.product(map(str, states), map(str, events)))
    assert set(moves) == set(states)


def reached(moves, *begun):
    """All states there is a way to."""
    found, waiting = set(begun), list(begun)
    while waiting:
        new = set(moves[waiting.pop()].values()) - found
        found |= new
        waiting += new
    return found


@pytest.mark.parametrize(
    ("moves", "begun"),
    [
        # A row that cannot become a document is written down as refused.
        (delivery.DOCUMENT_MOVES, (DocumentState.TAKEN, DocumentState.REFUSED)),
        (delivery.DELIVERY_MOVES, (DeliveryState.TAKEN,)),
        (delivery.INBOX_MOVES, (InboxState.ACCEPTED,)),
        # Which of the three a request begins in is known when it is made.
        (
            change.CHANGE_MOVES,
            (ChangeState.ASKED, ChangeState.STOPPED, ChangeState.MOOT),
        ),
    ],
)
def test_there_is_a_way_to_every_state(moves, begun):
    assert reached(moves, *begun) == set(moves)


@pytest.mark.parametrize(
    ("moves", "ends"),
    [
        (
            delivery.DOCUMENT_MOVES,
            # Sealed: from there on each recipient has a life of its own.
            {DocumentState.SEALED, DocumentState.REFUSED, DocumentState.WITHDRAWN},
        ),
        (delivery.DELIVERY_MOVES, set()),
        (delivery.INBOX_MOVES, {InboxState.DELIVERED}),
        (change.CHANGE_MOVES, {ChangeState.STOPPED, ChangeState.MOOT}),
    ],
)
def test_no_state_is_a_trap_but_those_that_are_meant_as_ends(moves, ends):
    assert {state for state, row in moves.items() if not row} == ends


OPEN = [
    state
    for state in DeliveryState
    if state
    not in {DeliveryState.DELIVERED, DeliveryState.REFUSED, DeliveryState.WITHDRAWN}
]


@pytest.mark.parametrize("state", OPEN)
def test_an_open_recipient_can_still_get_the_document(state):
    assert DeliveryState.DELIVERED in reached(delivery.DELIVERY_MOVES, state)


@pytest.mark.parametrize("state", DeliveryState)
def test_an_event_told_twice_is_told_once(state):
    """Confirms and receipts come again after a crash."""
    for event, after in delivery.DELIVERY_MOVES[state].items():
        again = delivery.DELIVERY_MOVES[after]
        if event in {DeliveryEvent.CONFIRM, DeliveryEvent.ARRIVE, DeliveryEvent.REFUSE}:
            assert again[event] is after


EVERY_PAIR = list(cells(BUSINESS))


@pytest.mark.parametrize(("before", "after", "follows"), EVERY_PAIR)
def test_a_register_may_say_next_what_was_decided(before, after, follows):
    is_allowed = business.may_follow(StatusCode(before), StatusCode(after))

    assert is_allowed is (follows is not None)
    assert follows in {None, after}


def test_every_status_of_a_document_has_a_rank_and_a_row():
    assert set(business.RANKS) == set(business.FOLLOWS)
    assert sorted(business.RANKS.values()) == list(range(len(business.RANKS)))
    assert set(business.RANKS) - business.WORKING == {StatusCode.REFUSED}


@pytest.mark.parametrize(
    "code",
    [StatusCode.TAKEN_BACK, StatusCode.CHANGE_AGREED, StatusCode.CHANGE_REFUSED],
)
def test_what_answers_a_change_says_nothing_about_the_work_on_a_document(code):
    assert code not in business.RANKS
    assert not business.may_follow(StatusCode.ARRIVED, code)
    assert not business.may_follow(code, StatusCode.ACCEPTED)


def test_the_page_of_the_states_is_the_tables():
    script = Path(__file__).parents[3] / "scripts/state-diagrams"

    done = subprocess.run([sys.executable, script, "--check"], check=False)

    assert done.returncode == 0, "run scripts/state-diagrams"
