"""Nobody answers for another one: neither a body, nor a request, nor a second time."""

from __future__ import annotations

from datetime import timedelta

import pytest

from edoc_connector.model.change import ChangeState
from edoc_connector.model.stages import Kind
from edoc_connector.model.status import StatusCode
from tests.support.changes import asked, documents, recall, say, send, update
from tests.support.world import NOWHERE, RECEIVER, Department, World

AGREED, REFUSED = StatusCode.CHANGE_AGREED, StatusCode.CHANGE_REFUSED
BOTH_ASKED = dict.fromkeys((RECEIVER, NOWHERE), ChangeState.ASKED)


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    keys = [f"{kind}.{NOWHERE}" for kind in Kind]
    world.axis.attach(NOWHERE, f"edoc.inbox.{NOWHERE}", *keys)
    world.axis.attach(NOWHERE, f"edoc.express.{NOWHERE}", f"express.{NOWHERE}")
    world.third = Department(
        tmp_path / NOWHERE,
        NOWHERE,
        world,
        is_whole=False,
        connect=world.connect_in_memory,
    )
    yield world
    world.third.stop()
    world.close()


@pytest.fixture
def recalled(world):
    """A document to one receiver, recalled; the third one has nothing to do with it."""
    world.sender.write(7, RECEIVER)
    send(world.sender)
    recall(world.sender)
    send(world.sender)
    return world


@pytest.mark.parametrize("code", [AGREED, REFUSED, StatusCode.TAKEN_BACK])
def test_a_stranger_answers_no_recall_that_it_was_never_sent(recalled, code):
    change = documents(recalled.sender)[1]

    say(recalled, code, change, speaker=recalled.third)

    assert asked(recalled.sender) == {RECEIVER: ChangeState.ASKED}


def test_one_receiver_does_not_answer_for_the_other(world):
    world.sender.write(7, RECEIVER, NOWHERE)
    send(world.sender)
    recall(world.sender)
    send(world.sender)
    assert asked(world.sender) == BOTH_ASKED

    say(world, AGREED, documents(world.sender)[1], speaker=world.third)

    assert asked(world.sender) == {
        RECEIVER: ChangeState.ASKED,
        NOWHERE: ChangeState.AGREED,
    }


def test_an_answer_moved_to_the_message_of_another_recall_counts_where_it_was_sealed(
    world,
):
    world.sender.write(7, RECEIVER)
    world.sender.write(8, RECEIVER)
    send(world.sender)
    recall(world.sender, 1)
    recall(world.sender, 2)
    send(world.sender)
    first, second = documents(world.sender)[2:]

    say(world, AGREED, first, answers=second.key)

    assert asked(world.sender, 2) == {RECEIVER: ChangeState.AGREED}
    assert asked(world.sender, 3) == {RECEIVER: ChangeState.ASKED}


def test_an_old_yes_to_an_update_is_no_yes_to_the_recall(world):
    world.sender.write(7, RECEIVER)
    send(world.sender)
    update(world.sender)
    send(world.sender)
    said = world.clock()
    say(world, AGREED, documents(world.sender)[1], at=said)
    world.now += timedelta(hours=1)
    recall(world.sender)
    send(world.sender)

    say(world, AGREED, documents(world.sender)[2], at=said)

    assert asked(world.sender, 2) == {RECEIVER: ChangeState.ASKED}


@pytest.mark.parametrize("first", [AGREED, REFUSED])
def test_an_answer_that_is_played_again_changes_nothing(recalled, first):
    change = documents(recalled.sender)[1]
    say(recalled, first, change, message_id="the-answer")
    before = asked(recalled.sender)

    say(recalled, first, change, message_id="the-answer")
    say(recalled, first, change, message_id="under-another-name")

    assert asked(recalled.sender) == before
    facts = recalled.sender.facts()
    assert sum(facts.count(f"change:{it}") for it in ("agreed", "refused")) == 1


def test_a_no_that_is_played_after_the_yes_takes_nothing_back(recalled):
    change = documents(recalled.sender)[1]
    say(recalled, REFUSED, change)
    say(recalled, AGREED, change)

    say(recalled, REFUSED, change)

    assert asked(recalled.sender) == {RECEIVER: ChangeState.AGREED}


def test_an_answer_about_a_document_that_was_never_recalled_is_only_kept(world):
    world.sender.write(7, RECEIVER)
    send(world.sender)

    say(world, AGREED, documents(world.sender)[0])

    facts = world.sender.facts()
    assert facts.count("receipt:accepted") == 1
    assert "change:agreed" not in facts


def test_the_02_of_the_original_that_is_played_again_refuses_no_recall(world):
    world.sender.write(7, RECEIVER)
    send(world.sender)
    original, said = documents(world.sender)[0], world.clock()
    say(world, StatusCode.REFUSED, original, at=said)
    world.now += timedelta(hours=1)
    say(world, StatusCode.ACCEPTED, original)
    recall(world.sender)
    send(world.sender)

    say(
        world,
        StatusCode.REFUSED,
        original,
        at=said,
        answers=documents(world.sender)[1].key,
    )

    assert asked(world.sender) == {RECEIVER: ChangeState.ASKED}


def test_a_13_from_before_the_recall_is_no_answer_to_it(world):
    world.sender.write(7, RECEIVER)
    send(world.sender)
    said = world.clock()
    world.now += timedelta(days=1)
    recall(world.sender)
    send(world.sender)

    say(world, StatusCode.TAKEN_BACK, documents(world.sender)[0], at=said)

    assert asked(world.sender) == {RECEIVER: ChangeState.ASKED}
