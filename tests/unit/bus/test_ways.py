"""What was reached a short while ago need not be tried again."""

import pytest

from edoc_connector.bus import ways as module
from edoc_connector.bus.ways import PROVEN_SECONDS, Ways

KEYS = ("express.H20.14", "edoc.H20.14")
OTHER = ("edoc.H20.15",)


class Clock:
    seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def ways(clock):
    return Ways(clock)


def test_nothing_is_known_before_anything_has_arrived(ways):
    assert ways.to(KEYS) == ""


def test_the_key_that_led_there_is_known_for_a_while(ways, clock):
    ways.prove(KEYS, KEYS[1])

    assert (ways.to(KEYS), ways.to(OTHER)) == (KEYS[1], "")
    clock.seconds += PROVEN_SECONDS - 1
    assert ways.to(KEYS) == KEYS[1]
    clock.seconds += 1
    assert ways.to(KEYS) == ""


def test_what_was_refused_is_known_no_more_and_the_others_are(ways):
    ways.prove(KEYS, KEYS[0])
    ways.prove(OTHER, OTHER[0])

    ways.forget(KEYS)
    ways.forget(("edoc.H20.16",))

    assert (ways.to(KEYS), ways.to(OTHER)) == ("", OTHER[0])
    ways.forget_all()
    assert ways.to(OTHER) == ""


def test_memory_has_an_end(ways, monkeypatch):
    monkeypatch.setattr(module, "MOST", 2)
    for number in range(3):
        ways.prove((f"edoc.H{number}",), "edoc")

    assert [ways.to((f"edoc.H{number}",)) for number in range(3)] == ["", "", "edoc"]
