"""Whatever order packets come in, the register ends where the sender wants it."""

from __future__ import annotations

from itertools import permutations

import pytest

from edoc_connector.model.change import ChangeKind, ChangeMode
from tests.support.asking import NEW_ID, Asker, clerk, files, orders, said
from tests.support.world import World

STORIES = {
    "recall": ("original", "recall"),
    "update": ("original", "update"),
    "replacement": ("original", "replace"),
    "update and recall": ("original", "update", "recall"),
    "two updates": ("original", "update", "second_update"),
    "replacement and recall": ("original", "replace", "recall"),
    "replacement and recall of it": ("original", "replace", "recall_of_new"),
    "recall and a new issue": ("original", "recall", "again"),
    "taken back by status": ("original", "update", "take_back"),
}
"""What the sender does, in this order; each is sealed after the one before it."""


class Sender(Asker):
    """What it says twice it says differently."""

    def second_update(self):
        return self.update("V/v kiểm kê, sửa lần hai")

    def recall_of_new(self):
        return self.recall(NEW_ID)

    def again(self):
        return self.original(subject="V/v kiểm kê, phát hành lại")


VALID = {
    "recall": [],
    "update": ["V/v kiểm kê (đã sửa)"],
    "replacement": ["V/v kiểm kê, bản thay thế"],
    "update and recall": [],
    "two updates": ["V/v kiểm kê, sửa lần hai"],
    "replacement and recall": ["V/v kiểm kê, bản thay thế"],
    "replacement and recall of it": [],
    "recall and a new issue": ["V/v kiểm kê, phát hành lại"],
    "taken back by status": [],
}
"""What a clerk may still work on in the end."""

CASES = [
    pytest.param(name, order, id=f"{name}: {' '.join(order)}")
    for name, acts in STORIES.items()
    for order in permutations(acts)
]


def valid(world):
    """The subjects of what is neither cancelled nor replaced."""
    found = world.receiver.ask(
        "SELECT trich_yeu FROM van_ban_den WHERE trang_thai = 'Chờ tiếp nhận'"
        " ORDER BY id"
    )
    return [subject for (subject,) in found]


def play(world, acts, order):
    """Seal in the order of the story, bring in another one, and let it settle."""
    sender = Sender(world)
    sealed = {act: getattr(sender, act)() for act in acts}
    for act in order:
        sender.bring(sealed[act])
    settle(world)


def settle(world):
    for _ in range(4):
        world.receiver.steps()


@pytest.mark.parametrize(("name", "order"), CASES)
def test_the_register_ends_the_same_whatever_comes_first(tmp_path, name, order):
    world = World(tmp_path)

    play(world, STORIES[name], order)

    if name == "replacement and recall of it" and order.index(
        "recall_of_new"
    ) < order.index("replace"):
        # The replacement never got in, so the old document was never replaced.
        assert valid(world) == ["V/v kiểm kê"]
    else:
        assert valid(world) == VALID[name]
    world.close()


@pytest.mark.parametrize(("name", "order"), CASES)
def test_every_packet_is_answered_once(tmp_path, name, order):
    world = World(tmp_path)

    play(world, STORIES[name], order)

    told = said(world)
    asked = len(orders(world))
    # A replacement that was recalled before it came is a document that was refused.
    assert told.count("15") + told.count("16") == asked
    packets = len(STORIES[name]) - STORIES[name].count("take_back")
    assert told.count("01") + told.count("02") == packets
    world.close()


@pytest.mark.parametrize("answer", ["Đồng ý", "Từ chối"])
@pytest.mark.parametrize("order", list(permutations(("original", "update", "recall"))))
def test_a_clerk_who_is_asked_has_the_last_word(tmp_path, order, answer):
    world = World(tmp_path, changes=dict.fromkeys(ChangeKind, ChangeMode.ASK))

    play(world, ("original", "update", "recall"), order)
    for _ in range(3):  # one question after the other
        clerk(world, "UPDATE van_ban_den SET quyet_dinh = ?", answer)
        settle(world)

    is_recalled_first = order.index("recall") < order.index("original")
    is_kept = answer == "Từ chối" and not is_recalled_first
    assert valid(world) == (["V/v kiểm kê"] if is_kept else [])
    assert {it.state for it in orders(world)} <= {"agreed", "refused"}
    world.close()


def test_an_update_changes_the_files_that_count_in_any_order(tmp_path):
    found = []
    for number, order in enumerate(permutations(("original", "update"))):
        folder = tmp_path / str(number)
        folder.mkdir()
        world = World(folder)
        play(world, ("original", "update"), order)
        found.append(files(world))
        world.close()

    assert found[0] == found[1]
    assert [name for name, _ in found[0]] == ["ban-moi.pdf"]
