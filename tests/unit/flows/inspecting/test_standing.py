"""Where an open item stands follows from all that decides it, and is said in words."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime

import pytest

from edoc_connector.flows.inspecting.packets import FATES, Fate, Packet, of_packet
from edoc_connector.flows.inspecting.recipients import (
    ASKED_IN_VAIN,
    Asked,
    Queued,
    Recipient,
    of_recipient,
)
from edoc_connector.flows.inspecting.standing import (
    MUST_ACT,
    Actor,
    Situation,
    Standing,
)
from edoc_connector.model.delivery import DeliveryState, InboxState

AT = datetime(2026, 11, 26, tzinfo=UTC)
FLAGS = tuple(itertools.product([False, True], repeat=5))
FEWER_FLAGS = tuple(itertools.product([False, True], repeat=4))

EVERY_RECIPIENT = [
    Recipient(
        state=state,
        queued=queued,
        is_barred=barred,
        is_late=late,
        is_receipt_refused=doubted,
        is_frozen=frozen,
        asked=asked,
        is_turned_down=down,
    )
    for state in DeliveryState
    for queued in Queued
    for barred, late, doubted, frozen in FEWER_FLAGS
    for asked in Asked
    for down in (False, True)
]
EVERY_PACKET = [
    Packet(
        state=state,
        is_doubted=doubted,
        is_retried=retried,
        is_answered=answered,
        is_answer_owed=owed,
        is_order_asked=asked,
        is_status_withheld=withheld,
        is_status_out_of_turn=out_of_turn,
        is_original_awaited=awaited,
    )
    for state in InboxState
    for doubted, retried, answered, owed, asked in FLAGS
    for withheld, out_of_turn in ((False, False), (True, False), (True, True))
    for awaited in (False, True)
]


EVERY_FATE = [Packet(state=InboxState.DELIVERED, fate=fate) for fate in Fate]


def test_every_situation_says_who_must_act():
    assert set(MUST_ACT) == set(Situation)


def test_every_situation_occurs():
    occurred = {
        *map(of_recipient, EVERY_RECIPIENT),
        *map(of_packet, EVERY_PACKET),
        *map(of_packet, EVERY_FATE),
        # Of a row that became no document, which has no recipients.
        Situation.UNFIT,
        Situation.SUPERSEDED,
    }

    assert occurred == set(Situation)


def waiting(it):
    return it.queued is not Queued.NO


@pytest.mark.parametrize("it", [it for it in EVERY_RECIPIENT if waiting(it)])
def test_what_waits_to_leave_says_so_whatever_became_of_it_before(it):
    held, barred = it.queued is Queued.HELD, it.is_barred
    expected = (
        Situation.HELD
        if held
        else Situation.BARRED
        if barred
        else {
            Queued.DUE: Situation.QUEUED,
            Queued.POSTPONED: Situation.POSTPONED,
        }[it.queued]
    )

    assert of_recipient(it) is expected


AT_REST = {
    DeliveryState.TAKEN: (Situation.TO_SEAL, Actor.CONNECTOR),
    DeliveryState.SEALED: (Situation.MISLAID, Actor.OPERATOR),
    DeliveryState.SENT: (Situation.AWAITED, Actor.RECEIVER),
    DeliveryState.DELIVERED: (Situation.ARRIVED, Actor.NOBODY),
    DeliveryState.REFUSED: (Situation.NOT_ACCEPTED, Actor.CLERK),
    DeliveryState.UNROUTABLE: (Situation.NO_MAILBOX, Actor.CLERK),
    DeliveryState.PARKED: (Situation.SET_ASIDE, Actor.OPERATOR),
    DeliveryState.EXPIRED: (Situation.EXPIRED, Actor.CLERK),
    DeliveryState.WITHDRAWN: (Situation.WITHDRAWN, Actor.NOBODY),
}


@pytest.mark.parametrize("state", DeliveryState)
def test_at_rest_the_state_decides(state):
    situation = of_recipient(Recipient(state=state))

    assert (situation, MUST_ACT[situation]) == AT_REST[state]


@pytest.mark.parametrize(
    "it",
    [
        it
        for it in EVERY_RECIPIENT
        if not waiting(it) and it.state == "sent" and it.asked not in ASKED_IN_VAIN
    ],
)
def test_a_receipt_that_was_not_believed_comes_before_one_that_is_late(it):
    expected = (
        Situation.RECEIPT_REFUSED
        if it.is_receipt_refused
        else Situation.LATE
        if it.is_late
        else Situation.AWAITED
    )

    assert of_recipient(it) is expected


FAILED = [
    DeliveryState.REFUSED,
    DeliveryState.UNROUTABLE,
    DeliveryState.PARKED,
    DeliveryState.EXPIRED,
]


@pytest.mark.parametrize("state", [*FAILED, DeliveryState.SEALED])
def test_nobody_mends_the_delivery_of_what_was_recalled(state):
    situation = of_recipient(Recipient(state=state, is_frozen=True))

    assert MUST_ACT[situation] is Actor.NOBODY


@pytest.mark.parametrize("state", [DeliveryState.DELIVERED, DeliveryState.SEALED])
def test_a_receiver_that_was_asked_for_a_change_is_waited_for(state):
    asked = Recipient(state=state, asked=Asked.OPEN, is_frozen=True)

    assert MUST_ACT[of_recipient(asked)] is Actor.RECEIVER


@pytest.mark.parametrize(
    ("asked", "actor"),
    [(Asked.FAILED, Actor.CLERK), (Asked.SET_ASIDE, Actor.OPERATOR)],
)
@pytest.mark.parametrize("state", DeliveryState)
def test_nobody_waits_for_the_answer_to_a_question_that_did_not_arrive(
    state, asked, actor
):
    situation = of_recipient(Recipient(state=state, asked=asked, is_frozen=True))

    assert MUST_ACT[situation] is actor


def test_a_change_that_was_refused_is_the_clerks():
    refused = Recipient(
        state=DeliveryState.DELIVERED, asked=Asked.REFUSED, is_frozen=True
    )

    assert MUST_ACT[of_recipient(refused)] is Actor.CLERK


@pytest.mark.parametrize(
    ("is_frozen", "situation"),
    [(False, Situation.TURNED_DOWN), (True, Situation.ARRIVED)],
)
def test_what_arrived_and_was_refused_there_is_the_clerks_unless_it_was_recalled(
    is_frozen, situation
):
    refused = Recipient(
        state=DeliveryState.DELIVERED, is_turned_down=True, is_frozen=is_frozen
    )

    assert of_recipient(refused) is situation


JUDGED = {
    InboxState.DELIVERED: Situation.DELIVERED,
    InboxState.RECORDED: Situation.RECORDED,
    InboxState.REJECTED: Situation.REJECTED,
}


@pytest.mark.parametrize("it", EVERY_PACKET)
def test_a_received_packet_stands_where_its_state_and_our_debts_say(it):
    situation = of_packet(it)

    if it.state is InboxState.ACCEPTED:
        again = Situation.JUDGED_AGAIN if it.is_retried else Situation.TO_JUDGE
        waits = Situation.ORIGINAL_AWAITED if it.is_original_awaited else again
        assert situation is (Situation.DOUBTED if it.is_doubted else waits)
    elif it.is_order_asked:
        assert situation is Situation.ORDER_ASKED
    elif it.is_answer_owed:
        assert situation is Situation.ANSWER_OWED
    elif it.state is InboxState.QUARANTINED:
        told = Situation.SENDER_TOLD if it.is_answered else Situation.SENDER_NOT_TOLD
        assert situation is told
    elif it.is_status_out_of_turn:
        assert situation is Situation.STATUS_OUT_OF_TURN
    elif it.is_status_withheld:
        assert situation is Situation.STATUS_WITHHELD
    else:
        assert situation is JUDGED[it.state]


@pytest.mark.parametrize("it", EVERY_FATE)
def test_what_was_taken_in_says_what_became_of_it_since(it):
    assert of_packet(it) is FATES[it.fate]


def test_who_waits_for_a_decision_comes_before_what_became_of_it():
    packet = Packet(state=InboxState.DELIVERED, is_order_asked=True, fate=Fate.REPLACED)

    assert of_packet(packet) is Situation.ORDER_ASKED


def test_a_standing_is_open_while_somebody_must_act():
    for situation in Situation:
        standing = Standing(situation=situation, since=AT)
        assert standing.is_open is (standing.must_act is not Actor.NOBODY)
