"""Who ends a demo hears at once that it is ending."""

import os
import signal

import pytest

from edoc_connector.demo.interruption import ended_like_ctrl_c

ASKED = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]


def ended(told, *asked):
    """Play a demo that is ended by the first, and while it is taken down by others."""
    first, *others = asked
    with ended_like_ctrl_c(lambda: told.append("ending")):
        try:
            os.kill(os.getpid(), first)
        finally:
            for it in others:
                os.kill(os.getpid(), it)
            told.append("taken down")


@pytest.mark.parametrize("asked", ASKED, ids=lambda it: it.name)
def test_it_is_told_before_anything_is_taken_down(asked):
    told = []

    with pytest.raises(KeyboardInterrupt):
        ended(told, asked)

    assert told == ["ending", "taken down"]


def test_who_asks_again_does_not_keep_it_from_being_taken_down():
    told = []

    with pytest.raises(KeyboardInterrupt):
        ended(told, signal.SIGINT, signal.SIGINT)

    assert told == ["ending", "ending", "taken down"]


def test_afterwards_everything_is_as_before():
    before = [signal.getsignal(it) for it in ASKED]

    with ended_like_ctrl_c(lambda: None):
        pass

    assert [signal.getsignal(it) for it in ASKED] == before
