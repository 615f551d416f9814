"""Whoever is killed is started again, and what keeps it from that is not hidden."""

from __future__ import annotations

import threading

import pytest

from bench.soak.kills import Killer, Victim


class Fake:
    def __init__(self):
        self.is_running, self.deaths = True, 0
        self.was_killed = threading.Event()

    def kill(self):
        self.is_running = False
        self.deaths += 1

    def start(self):
        self.is_running = True
        self.was_killed.set()


class Broken(Fake):
    def start(self):
        super().start()
        raise RuntimeError("no port is free")


def killer_of(*processes):
    victims = [
        Victim(name=f"{number}", process=process, share=1 / len(processes))
        for number, process in enumerate(processes)
    ]
    return Killer(victims, every_seconds=0.01, seed=5)


def test_everybody_is_killed_and_runs_again_in_the_end():
    processes = Fake(), Fake()
    killer = killer_of(*processes)

    with killer.at_work():
        assert all(one.was_killed.wait(30) for one in processes)

    assert all(one.is_running for one in processes)
    assert [killer.counts["0"], killer.counts["1"]] == [one.deaths for one in processes]


def test_a_victim_that_does_not_start_again_ends_the_soak():
    broken = Broken()
    killer = killer_of(broken)

    with (
        pytest.raises(RuntimeError, match="no port is free"),
        killer.at_work(),
    ):
        assert broken.was_killed.wait(30)
