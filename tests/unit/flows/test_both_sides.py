"""A change from one register to the other and back."""

from __future__ import annotations

import pytest

from edoc_connector.flows.outgoing.post import resend
from edoc_connector.model.change import ChangeState
from tests.support.changes import (
    asked,
    documents,
    recall,
    seal_at,
    send,
    shown,
    take_at,
    update,
)
from tests.support.world import RECEIVER, World


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    yield world
    world.close()


def register_of(receiver):
    return receiver.ask("SELECT so, trich_yeu, trang_thai FROM van_ban_den ORDER BY id")


def test_a_recall_is_carried_out_there_and_agreed_here(world):
    world.sender.write(7, RECEIVER)
    world.run()
    recall(world.sender)

    world.run()

    assert [row[2] for row in register_of(world.receiver)] == ["Đã thu hồi"]
    assert asked(world.sender) == {RECEIVER: ChangeState.AGREED}
    assert shown(world.sender) == {RECEIVER: "Đã thu hồi"}


def test_a_recall_right_behind_its_document_takes_it_back(world):
    world.sender.write(7, RECEIVER)
    send(world.sender)
    recall(world.sender)

    world.run()

    assert asked(world.sender) == {RECEIVER: ChangeState.AGREED}
    assert "Chờ tiếp nhận" not in [row[2] for row in register_of(world.receiver)]


def test_a_recall_of_what_never_came_keeps_it_from_coming(world):
    world.sender.write(7, RECEIVER)
    claim(world.sender)
    recall(world.sender)

    world.run()

    assert register_of(world.receiver) == []
    assert asked(world.sender) == {RECEIVER: ChangeState.AGREED}


def claim(sender):
    """The relay has the packet in hand, and nobody can say that it has not left."""
    take_at(sender)
    seal_at(sender)
    with sender.storage.work() as work:
        work.leases.claim(
            1, worker=sender.site.worker, now=sender.site.clock(), lease_seconds=1.0
        )


def test_an_update_changes_the_row_that_is_there(world):
    world.sender.write(7, RECEIVER)
    world.run()
    update(world.sender)

    world.run()

    ((number, subject, _),) = register_of(world.receiver)
    assert (number, subject) == ("7", "V/v kiểm kê, đã sửa")
    assert shown(world.sender) == {RECEIVER: "Đã cập nhật"}


def test_an_update_queued_behind_its_document_finds_it(world):
    world.sender.write(7, RECEIVER)
    take_at(world.sender)
    seal_at(world.sender)
    update(world.sender)

    world.run()

    ((_, subject, _),) = register_of(world.receiver)
    assert subject == "V/v kiểm kê, đã sửa"
    assert asked(world.sender) == {RECEIVER: ChangeState.AGREED}


def test_a_replacement_is_there_beside_what_it_replaces(world):
    world.sender.write(7, RECEIVER)
    world.run()
    update(world.sender, 8, loai_nghiep_vu="Thay thế")

    world.run()

    assert [(row[0], row[2]) for row in register_of(world.receiver)] == [
        ("7", "Đã bị thay thế"),
        ("8", "Chờ tiếp nhận"),
    ]
    assert shown(world.sender) == {RECEIVER: "Đã thay thế"}


@pytest.mark.parametrize("times", [2, 3])
def test_a_request_that_comes_again_is_answered_as_it_was(world, times):
    world.sender.write(7, RECEIVER)
    world.run()
    recall(world.sender)
    world.run()

    for _ in range(times - 1):
        key = documents(world.sender)[1].key
        resend(world.sender.storage, key, at=world.clock())
        world.run()

    assert world.receiver.facts().count("order:applied") == 1
    assert world.sender.facts().count("change:agreed") == 1
