from edoc_connector.pki import pauses as module
from edoc_connector.pki.pauses import FIRST_SECONDS, MOST_SECONDS, Pauses


class Ticks:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_who_was_asked_in_vain_is_left_alone_for_a_while() -> None:
    ticks = Ticks()
    pauses = Pauses(ticks)

    pauses.failed("a", "down")

    assert pauses.problem("a") == "down"
    assert pauses.problem("b") == ""
    ticks.now = FIRST_SECONDS
    assert pauses.problem("a") == ""


def test_each_pause_is_twice_the_one_before_up_to_a_limit() -> None:
    ticks = Ticks()
    pauses = Pauses(ticks)
    lengths = []

    for _ in range(9):
        pauses.failed("a", "down")
        begun = ticks.now
        while pauses.problem("a"):
            ticks.now += 1
        lengths.append(ticks.now - begun)

    assert lengths[:4] == [5, 10, 20, 40]
    assert lengths[-1] == MOST_SECONDS


def test_who_answers_is_asked_again_at_once() -> None:
    ticks = Ticks()
    pauses = Pauses(ticks)
    pauses.failed("a", "down")
    pauses.failed("a", "down")

    pauses.answered("a")

    assert pauses.problem("a") == ""
    pauses.failed("a", "down")
    ticks.now = FIRST_SECONDS
    assert pauses.problem("a") == ""


def test_memory_is_bounded(monkeypatch) -> None:
    monkeypatch.setattr(module, "MOST_KNOWN", 3)
    pauses = Pauses(Ticks())

    for number in range(4):
        pauses.failed(number, "down")

    assert [number for number in range(4) if pauses.problem(number)] == [3]


def test_who_is_slow_gets_a_tenth_of_our_time() -> None:
    ticks = Ticks()
    pauses = Pauses(ticks)

    pauses.slow("a", 6.0, "slow")

    assert pauses.problem("a") == "slow"
    ticks.now = 59
    assert pauses.problem("a") == "slow"
    ticks.now = 60
    assert pauses.problem("a") == ""


def test_who_is_very_slow_is_asked_again_some_time_too() -> None:
    ticks = Ticks()
    pauses = Pauses(ticks)

    pauses.slow("a", 600.0, "slow")

    ticks.now = MOST_SECONDS
    assert pauses.problem("a") == ""
