"""What receivers answer to a change: once, twice, late, and in any order."""

from __future__ import annotations

from datetime import timedelta

import pytest

from edoc_connector.model.change import ChangeState
from edoc_connector.model.delivery import DeliveryState
from edoc_connector.model.status import StatusCode
from tests.support.changes import (
    asked,
    documents,
    recall,
    relay_at,
    say,
    seal_at,
    send,
    shown,
    take_at,
    update,
)
from tests.support.world import RECEIVER, World

AGREED, REFUSED = StatusCode.CHANGE_AGREED, StatusCode.CHANGE_REFUSED


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    yield world
    world.close()


@pytest.fixture
def recalled(world):
    """A document that was sent and recalled; nobody has answered yet."""
    world.sender.write(7, RECEIVER)
    send(world.sender)
    recall(world.sender)
    send(world.sender)
    return world


def told(world):
    """What the register shows when it has heard everything."""
    tell(world)
    return shown(world.sender)[RECEIVER]


def tell(world):
    while world.sender.steps():
        pass


def changes_of(world):
    with world.sender.storage.reading() as work:
        return work.changes.of(documents(world.sender)[-1].key)


def test_a_15_agrees_and_the_register_shows_it_taken_back(recalled):
    say(recalled, AGREED, documents(recalled.sender)[1])

    assert asked(recalled.sender) == {RECEIVER: ChangeState.AGREED}
    assert recalled.sender.facts().count("change:agreed") == 1
    assert told(recalled) == "Đã thu hồi"


def test_a_16_refuses_with_its_reason(recalled):
    say(recalled, REFUSED, documents(recalled.sender)[1], description="Đã xử lý xong")

    (row,) = changes_of(recalled)
    assert row.state is ChangeState.REFUSED
    assert row.reason.details["description"] == "Đã xử lý xong"
    assert recalled.sender.facts().count("change:refused") == 1
    assert told(recalled) == "Từ chối thu hồi"


def test_a_02_to_the_packet_that_asks_refuses_the_change(recalled):
    say(recalled, StatusCode.REFUSED, documents(recalled.sender)[1])

    assert asked(recalled.sender) == {RECEIVER: ChangeState.REFUSED}


def test_a_02_to_the_original_refuses_no_change(recalled):
    say(recalled, StatusCode.REFUSED, documents(recalled.sender)[0])

    assert asked(recalled.sender) == {RECEIVER: ChangeState.ASKED}


def test_a_13_of_the_receiver_confirms_a_recall(recalled):
    say(recalled, StatusCode.TAKEN_BACK, documents(recalled.sender)[0])

    assert asked(recalled.sender) == {RECEIVER: ChangeState.AGREED}


def test_an_arrival_of_the_packet_that_asks_is_no_answer(recalled):
    say(recalled, StatusCode.ARRIVED, documents(recalled.sender)[1])

    assert asked(recalled.sender) == {RECEIVER: ChangeState.ASKED}
    with recalled.sender.storage.reading() as work:
        (delivery,) = work.deliveries.of(documents(recalled.sender)[1].key)
    assert delivery.state is DeliveryState.DELIVERED


@pytest.mark.parametrize(
    ("answers", "state", "facts"),
    [
        ((AGREED, AGREED), ChangeState.AGREED, ["change:agreed"]),
        ((AGREED, REFUSED), ChangeState.AGREED, ["change:agreed"]),
        ((REFUSED, REFUSED), ChangeState.REFUSED, ["change:refused"]),
        ((REFUSED, AGREED), ChangeState.AGREED, ["change:refused", "change:agreed"]),
    ],
)
def test_answers_come_twice_and_in_any_order(recalled, answers, state, facts):
    for answer in answers:
        say(recalled, answer, documents(recalled.sender)[1])

    assert asked(recalled.sender) == {RECEIVER: state}
    found = recalled.sender.facts()
    assert [it for it in found if it in {"change:agreed", "change:refused"}] == facts


def test_an_answer_that_names_no_message_of_ours_is_about_the_open_change(recalled):
    say(recalled, AGREED, documents(recalled.sender)[1], answers="another-program")

    assert asked(recalled.sender) == {RECEIVER: ChangeState.AGREED}


def test_an_answer_before_the_confirm_is_written_down_counts(world):
    world.sender.write(7, RECEIVER)
    send(world.sender)
    recall(world.sender)
    take_at(world.sender)
    seal_at(world.sender)

    say(world, AGREED, documents(world.sender)[1])
    relay_at(world.sender)

    assert asked(world.sender) == {RECEIVER: ChangeState.AGREED}


def test_what_was_stopped_here_is_answered_by_nobody(world):
    world.sender.write(7, RECEIVER)
    take_at(world.sender)
    seal_at(world.sender)
    recall(world.sender)
    take_at(world.sender)

    say(world, AGREED, documents(world.sender)[1])

    assert asked(world.sender) == {RECEIVER: ChangeState.STOPPED}


def test_the_message_says_which_of_two_changes_is_answered(world):
    sender = world.sender
    sender.write(7, RECEIVER)
    send(sender)
    update(sender)
    send(sender)
    recall(sender)
    send(sender)

    say(world, AGREED, documents(sender)[1])

    assert asked(sender, 1) == {RECEIVER: ChangeState.AGREED}
    assert asked(sender, 2) == {RECEIVER: ChangeState.ASKED}


def test_an_update_and_a_replacement_are_answered_too(world):
    sender = world.sender
    sender.write(7, RECEIVER)
    sender.write(8, RECEIVER)
    send(sender)
    update(sender, 7, 1)
    update(sender, 9, 2, loai_nghiep_vu="Thay thế")
    send(sender)

    say(world, AGREED, documents(sender)[2])
    say(world, REFUSED, documents(sender)[3])

    assert asked(sender, 2) == {RECEIVER: ChangeState.AGREED}
    assert asked(sender, 3) == {RECEIVER: ChangeState.REFUSED}
    tell(world)
    assert shown(sender, 1) == {RECEIVER: "Đã cập nhật"}
    assert shown(sender, 2) == {RECEIVER: "Từ chối thay thế"}


def test_a_word_from_before_the_recall_is_no_answer_to_it(world):
    sender = world.sender
    sender.write(7, RECEIVER)
    send(sender)
    update(sender)
    send(sender)
    said = world.clock()
    world.now += timedelta(hours=1)
    recall(sender)
    send(sender)

    say(world, AGREED, documents(sender)[2], at=said)

    assert asked(sender, 2) == {RECEIVER: ChangeState.ASKED}
    say(world, AGREED, documents(sender)[2])
    assert asked(sender, 2) == {RECEIVER: ChangeState.AGREED}
