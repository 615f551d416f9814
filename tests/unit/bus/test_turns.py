"""Express first, but never express alone."""

import pytest

from edoc_connector.bus.turns import IN_A_ROW, Turns
from edoc_connector.model.stages import Kind
from tests.support.messages import message


def test_express_is_first_while_nobody_else_waits():
    turns = Turns()

    assert all(turns.is_express(express=True, ordinary=False) for _ in range(50))


def test_after_some_in_a_row_comes_one_of_the_others():
    turns = Turns()

    order = [turns.is_express(express=True, ordinary=True) for _ in range(10)]

    assert order == ([True] * IN_A_ROW + [False]) * 2


def test_without_express_the_others_go_on():
    assert not Turns().is_express(express=False, ordinary=True)


@pytest.mark.parametrize(
    ("kind", "priority", "keys"),
    [
        (Kind.EDOC, 0, ("edoc.H20",)),
        (Kind.EDOC, 1, ("edoc.H20",)),
        (Kind.EDOC, 2, ("express.H20", "edoc.H20")),
        (Kind.EDOC, 4, ("express.H20", "edoc.H20")),
        (Kind.STATUS, 4, ("status.H20",)),
    ],
)
def test_what_is_very_urgent_tries_the_express_mailbox_first(kind, priority, keys):
    assert message(kind=kind, priority=priority).routing_keys == keys
