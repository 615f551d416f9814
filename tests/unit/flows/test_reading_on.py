"""A register is read further while what it names first leads to nothing."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from edoc_connector.flows.reading_on import MOST, read_on


class Register:
    """Names these rows in their order; of them only the `good` can be done."""

    def __init__(self, rows: Sequence[str], good: str = "good"):
        self.rows, self.good = rows, good
        self.limits: list[int] = []
        self.tried: list[str] = []

    def read(self, limit):
        self.limits.append(limit)
        return self.rows[:limit]

    def act(self, rows):
        self.tried += rows
        return rows.count(self.good)


def look(register, limit=20):
    return read_on(register.read, register.act, named=lambda it: it, limit=limit)


def rows(count):
    return [f"{it}" for it in range(count)]


@pytest.mark.parametrize("before", [0, 19, 20, 25, 500, MOST - 1])
def test_what_leads_to_nothing_hides_nothing_behind_it(before):
    assert look(Register([*rows(before), "good"])) == 1


def test_what_was_in_vain_is_not_tried_again_in_the_same_look():
    register = Register(rows(25))

    assert look(register) == 0
    assert register.tried == rows(25)


def test_where_something_was_done_the_next_look_goes_on():
    register = Register(["good", *rows(100)])

    assert look(register) == 1
    assert register.limits == [20]


@pytest.mark.parametrize(("named", "looks"), [(0, [20]), (19, [20]), (20, [20, 40])])
def test_a_register_that_names_no_more_is_not_asked_again(named, looks):
    register = Register(rows(named))

    assert look(register) == 0
    assert register.limits == looks


@pytest.mark.parametrize("limit", [1, 20, 1500, 3000])
def test_no_look_reads_a_whole_register(limit):
    register = Register(rows(9000))

    assert look(register, limit) == 0
    assert max(register.limits) == max(limit, MOST)
