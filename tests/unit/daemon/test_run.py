"""What `edoc run --once` does before it leaves."""

from edoc_connector.app.connector import LOOPS
from edoc_connector.daemon.run import FEEDS, REST_SECONDS, bounded, repeat

NAMES = ("accept", "inspect")


class Axis:
    """Brings so many messages, each after somebody has waited for it so long."""

    def __init__(self, *after):
        self.after = list(after)
        self.waited = []

    def steps(self, wait):
        return {"accept": lambda: self.accept(wait()), "inspect": lambda: 0}

    def accept(self, seconds):
        self.waited.append(seconds)
        if self.after and self.after[0] <= seconds:
            self.after.pop(0)
            return 1
        return 0


def test_only_the_first_round_and_the_last_wait_for_a_message():
    axis = Axis(0, 0, 0)

    assert repeat(axis.steps, NAMES) == 3

    assert axis.waited == [REST_SECONDS, 0, 0, 0, REST_SECONDS]


def test_a_message_under_way_is_taken_before_the_end():
    axis = Axis(0, REST_SECONDS, REST_SECONDS)

    assert repeat(axis.steps, NAMES) == 3

    assert axis.after == []


def test_who_has_nothing_to_do_leaves_after_one_wait():
    axis = Axis()

    assert repeat(axis.steps, NAMES) == 0

    assert axis.waited == [REST_SECONDS]


def test_a_long_history_is_looked_at_in_portions():
    history = iter([20] * 50)

    step = bounded(lambda: next(history), 50)

    assert [step() for _ in range(5)] == [20, 20, 20, 0, 0]


def test_loops_feed_loops_and_never_themselves():
    assert set(FEEDS) <= set(LOOPS)
    assert all({*fed} <= {*LOOPS} - {name} for name, fed in FEEDS.items())
