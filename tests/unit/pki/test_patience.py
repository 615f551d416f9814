"""What is asked for one seal shares two timeouts."""

from contextlib import suppress

from edoc_connector.pki.patience import Patience


class Ticks:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def wait(patience: Patience, ticks: Ticks, seconds: float) -> None:
    with patience.waiting():
        ticks.now += seconds


def test_one_question_may_take_its_timeout_and_all_together_two() -> None:
    patience = Patience.of(10.0, ticks := Ticks())

    assert patience.seconds == 10
    wait(patience, ticks, 14)
    assert patience.seconds == 6


def test_who_would_get_less_than_half_a_timeout_is_not_asked() -> None:
    patience = Patience.of(10.0, ticks := Ticks())

    wait(patience, ticks, 15.5)

    assert patience.seconds == 0


def test_work_between_two_questions_costs_nothing() -> None:
    patience = Patience.of(10.0, ticks := Ticks())

    ticks.now += 100

    assert patience.left == 20


def test_a_question_that_fails_has_taken_its_time_too() -> None:
    patience = Patience.of(10.0, ticks := Ticks())

    with suppress(OSError), patience.waiting():
        ticks.now += 10
        raise OSError

    assert patience.left == 10
