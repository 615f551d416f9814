"""Recalls, updates, replacements, and a kill at each effect: the same end as ever."""

from __future__ import annotations

import pytest

from edoc_connector.model.change import ChangeKind, ChangeMode
from tests.support.asking import Asker, clerk, files, given, orders, rows
from tests.support.crashes import Scenario, explore

pytestmark = pytest.mark.timeout(900)

ASKING = {"changes": dict.fromkeys(ChangeKind, ChangeMode.ASK)}


def bring(*names, order=None):
    """Seal what is named, one after the other, and let it come in an order."""

    def act(world):
        world.awake = (world.receiver,)  # nothing of this is the sender's work
        asker = Asker(world)
        sealed = {name: getattr(asker, name)() for name in names}
        asker.put(*(sealed[name] for name in order or names))

    return act


def decide(word):
    def act(world):
        clerk(world, "UPDATE van_ban_den SET quyet_dinh = ?", word)

    return act


def ends_with(valid, *, agreed=1, refused=0, packets=2, is_either=False):
    """What a clerk may still work on, and how often each thing was told.

    Where `is_either`, two questions were asked and the clerk may have agreed to both.

    Packets in hand when the process died are judged after the others, so a document may
    come after its own recall: then it is not in the register at all, and refused.
    """

    def check(world):
        world.awake = (world.sender, world.receiver)
        world.run()
        world.check_nothing_is_left()
        assert [row[1] for row in rows(world) if row[2] == "Chờ tiếp nhận"] == valid
        told = given(world)
        assert is_either or (told.count("15"), told.count("16")) == (agreed, refused)
        assert told.count("15") + told.count("16") == agreed + refused
        assert told.count("01") + told.count("02") == packets
        assert len(told) == agreed + refused + packets
        facts = world.receiver.facts()
        assert facts.count("document:delivered") == len(rows(world))
        assert facts.count("order:refused") == told.count("16")
        assert {it.state for it in orders(world)} <= {"agreed", "refused"}

    return check


def check_updated(world):
    ends_with(["V/v kiểm kê (đã sửa)"])(world)
    assert [name for name, _ in files(world)] == ["ban-moi.pdf"]


NEWER = "V/v kiểm kê, bản thay thế"

SCENARIOS = (
    Scenario(name="a recall", acts=[bring("original", "recall")], check=ends_with([])),
    Scenario(
        name="an update that overtakes its document",
        acts=[bring("original", "update", order=("update", "original"))],
        check=check_updated,
    ),
    Scenario(
        name="a replacement that overtakes what it replaces",
        acts=[bring("original", "replace", order=("replace", "original"))],
        check=ends_with([NEWER]),
    ),
    Scenario(
        name="taken back by a status",
        acts=[bring("original"), bring("take_back")],
        check=ends_with([], packets=1),
    ),
    Scenario(
        name="a clerk who agrees",
        acts=[
            bring("original"),
            bring("update", "recall"),
            decide("Đồng ý"),
            decide("Đồng ý"),  # to the second question, if it was not overtaken
        ],
        check=ends_with([], refused=1, packets=3, is_either=True),
        world=ASKING,
        killed_from=1,
    ),
)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda it: it.name)
def test_no_kill_leaves_a_change_half_done_or_done_twice(ground, scenario):
    explored = explore(scenario, ground)

    assert not explored.wrong, explored
