"""A recall or a replacement, the original anywhere, and a kill at each effect."""

from __future__ import annotations

from contextlib import suppress

import pytest

from edoc_connector.errors import BusUnavailable
from edoc_connector.model.change import ChangeState
from edoc_connector.model.delivery import DeliveryState
from tests.support.changes import (
    asked,
    documents,
    recall,
    relay_at,
    seal_at,
    shown,
    take_at,
    update,
)
from tests.support.crashes import Scenario, explore
from tests.support.publishers import OneByOne
from tests.support.world import RECEIVER, World

pytestmark = pytest.mark.timeout(600)


class Away(OneByOne):
    """A broker that goes away when the packet is in hand."""

    def publish(self, message):
        del message
        raise BusUnavailable(address="amqp://axis", problem="away")


# --- where the original is ----------------------------------------------------


def queued(world):
    take_at(world.sender)
    seal_at(world.sender)


def claimed(world):
    queued(world)
    with suppress(BusUnavailable):
        relay_at(world.sender, Away())


def sent(world):
    queued(world)
    relay_at(world.sender)


PLACES = {
    "queued": queued,
    "claimed": claimed,
    "sent": sent,
    "delivered": World.run,
}


def change_your_mind(kind, place):
    """A document is on its way as far as this, and the clerk wants it otherwise.

    How a document survives on the way there is seen elsewhere; here all that follows
    the change is killed.
    """

    def act(world):
        world.sender.write(7, RECEIVER)
        PLACES[place](world)
        if kind == "recall":
            recall(world.sender)
        else:
            update(world.sender, 8, loai_nghiep_vu="Thay thế")

    return act


# --- what must be so in the end -----------------------------------------------


def delivery_of(world, number):
    document = documents(world.sender)[number]
    with world.sender.storage.reading() as stored:
        (delivery,) = stored.deliveries.of(document.key)
    return delivery.state


def check_books(world):
    """Each was taken once, and what becomes of the change is known and shown."""
    world.check_nothing_is_left()
    assert world.sender.facts().count("document:taken") == 2
    (state,) = asked(world.sender, 1).values()
    return state, world.sender.facts()


def check_stopped(world):
    """Nothing of the original has left, and nobody has heard of it."""
    state, facts = check_books(world)
    assert state is ChangeState.STOPPED
    assert delivery_of(world, 0) is DeliveryState.WITHDRAWN
    assert facts.count("change:stopped") == 1
    assert shown(world.sender, 1) == {RECEIVER: "Đã dừng gửi"}
    assert "7" not in [number for number, *_ in world.receiver.arrived()]


def check_stopped_recall(world):
    check_stopped(world)
    facts = world.sender.facts()
    assert facts.count("document:frozen") == 1
    assert facts.count("document:sent") == 0
    assert world.receiver.facts().count("envelope:accepted") == 0


def check_stopped_replacement(world):
    check_stopped(world)
    assert [number for number, *_ in world.receiver.arrived()] == ["8"]
    assert delivery_of(world, 1) is DeliveryState.DELIVERED


def check_asked(world):
    """The receiver was asked once, and has agreed once."""
    state, facts = check_books(world)
    assert state is ChangeState.AGREED
    assert facts.count("change:asked") == 1
    assert facts.count("change:agreed") == 1


def check_asked_recall(world):
    check_asked(world)
    assert world.sender.facts().count("document:frozen") == 1


def check_asked_replacement(world):
    check_asked(world)
    # The two may have come in either order.
    assert world.receiver.ask("SELECT so, trang_thai FROM van_ban_den ORDER BY so") == [
        ("7", "Đã bị thay thế"),
        ("8", "Chờ tiếp nhận"),
    ]


CHECKS = {
    ("recall", True): check_stopped_recall,
    ("recall", False): check_asked_recall,
    ("replace", True): check_stopped_replacement,
    ("replace", False): check_asked_replacement,
}


CASES = [("recall", place) for place in PLACES] + [
    ("replace", place) for place in ("queued", "sent")
]


@pytest.mark.parametrize(("kind", "place"), CASES)
def test_no_kill_loses_a_change_or_lets_leave_what_was_stopped(ground, kind, place):
    scenario = Scenario(
        name=f"{kind} of what is {place}",
        acts=[change_your_mind(kind, place)],
        check=CHECKS[kind, place == "queued"],
    )

    explored = explore(scenario, ground)

    assert not explored.wrong, explored


def recall_what_is_being_updated(world):
    """The update of what was sent is queued, and the clerk wants all of it back."""
    world.sender.write(7, RECEIVER)
    sent(world)
    update(world.sender, 7)
    queued(world)
    recall(world.sender)


def check_stopped_update(world):
    """The update was stopped once and has not left; the recall was agreed to."""
    world.check_nothing_is_left()
    facts = world.sender.facts()
    assert facts.count("document:taken") == 3
    assert set(asked(world.sender, 1).values()) == {ChangeState.STOPPED}
    assert delivery_of(world, 1) is DeliveryState.WITHDRAWN
    assert set(asked(world.sender, 2).values()) == {ChangeState.AGREED}
    assert facts.count("change:stopped") == 1
    assert facts.count("document:sent") == 2


def test_no_kill_lets_an_update_leave_that_its_recall_has_stopped(ground):
    scenario = Scenario(
        name="recall of what is being updated",
        acts=[recall_what_is_being_updated],
        check=check_stopped_update,
    )

    explored = explore(scenario, ground)

    assert not explored.wrong, explored
