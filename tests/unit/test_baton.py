"""Who computes, who waits, and that nobody waits for ever."""

import threading

import pytest

from edoc_connector.baton import Baton

LONG_SECONDS = 60.0
SOON_SECONDS = 10.0
NOT_YET_SECONDS = 0.1


class Other:
    """A thread that wants the baton, and keeps it until it is let go."""

    def __init__(self, baton, told=None):
        self.baton = baton
        self.computes, self.may_end = threading.Event(), threading.Event()
        self.thread = threading.Thread(target=self._run, args=(baton, told))
        self.thread.start()

    def _run(self, baton, told):
        with baton.held():
            self.computes.set()
            if told is not None:
                told.append(self)
            self.may_end.wait(SOON_SECONDS)

    def end(self):
        self.may_end.set()
        self.thread.join(SOON_SECONDS)
        assert not self.thread.is_alive()


@pytest.fixture
def baton():
    return Baton(LONG_SECONDS)


@pytest.fixture
def stuck():
    """Somebody who keeps a baton for which nobody has much patience."""
    holder = Other(Baton(0.01))
    assert holder.computes.wait(SOON_SECONDS)
    yield holder
    holder.end()


def waiting(baton, count):
    """Wait until so many stand in line."""
    deadline = threading.Event()
    while len(baton._line) < count:
        assert not deadline.wait(0.001)


def test_one_computes_at_a_time(baton):
    with baton.held():
        other = Other(baton)
        assert not other.computes.wait(NOT_YET_SECONDS)
    assert other.computes.wait(SOON_SECONDS)
    other.end()


def test_who_asked_first_is_next(baton):
    told = []
    others = []
    with baton.held():
        for count in range(1, 4):
            others.append(Other(baton, told))
            waiting(baton, count)
    for other in others:
        assert other.computes.wait(SOON_SECONDS)
        other.end()

    assert told == others


def test_who_waits_for_somebody_else_lets_others_compute_and_goes_on_after_them(baton):
    with baton.held():
        with baton.laid_down():
            other = Other(baton)
            assert other.computes.wait(SOON_SECONDS)
            other.may_end.set()
        other.thread.join(SOON_SECONDS)
        late = Other(baton)
        assert not late.computes.wait(NOT_YET_SECONDS)
    late.end()


def test_who_has_no_baton_lays_down_nobody_elses(baton):
    other = Other(baton)
    assert other.computes.wait(SOON_SECONDS)
    with baton.laid_down():
        third = Other(baton)
        assert not third.computes.wait(NOT_YET_SECONDS)
    other.end()
    third.end()


def test_an_error_lays_it_down(baton):
    with pytest.raises(KeyError), baton.held():
        raise KeyError

    other = Other(baton)
    assert other.computes.wait(SOON_SECONDS)
    other.end()


def test_nobody_waits_long_for_who_is_stuck(stuck):
    baton = stuck.baton

    with baton.held():
        impatient = Other(baton)
        assert impatient.computes.wait(SOON_SECONDS)
        impatient.end()


def test_who_went_without_leaves_the_baton_to_its_holder(stuck):
    baton = stuck.baton
    with baton.held():
        pass
    baton._patience_seconds = LONG_SECONDS
    third = Other(baton)

    assert not third.computes.wait(NOT_YET_SECONDS)
    stuck.end()
    assert third.computes.wait(SOON_SECONDS)
    third.end()


def test_nobody_stands_in_line_behind_who_is_known_to_be_stuck(stuck):
    baton = stuck.baton
    with baton.held():
        pass

    baton._line = ()  # where nobody can stand
    with baton.held():
        impatient = Other(baton)
        assert impatient.computes.wait(SOON_SECONDS)
        impatient.end()


def test_who_comes_after_one_that_was_stuck_is_waited_for(monkeypatch):
    baton = Baton(LONG_SECONDS)
    now = [1000.0]
    monkeypatch.setattr("edoc_connector.baton.monotonic", lambda: now[0])
    with baton.held():
        second = Other(baton)
        waiting(baton, 1)
        now[0] += 2 * LONG_SECONDS
    assert second.computes.wait(SOON_SECONDS)
    third = Other(baton)

    assert not third.computes.wait(NOT_YET_SECONDS)
    second.end()
    assert third.computes.wait(SOON_SECONDS)
    third.end()
