"""`edoc run` for several organisations: the same loops, each going round all of them.

They share the process, its threads and the post; each has its own database, ledger,
keys and register, and nothing passes from one to another but by the axis.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from threading import Event
from typing import Final

from edoc_connector.app.connector import BATCH, LOOPS, Step, after
from edoc_connector.app.post import Post, opened_post
from edoc_connector.daemon.desk import Desk
from edoc_connector.daemon.loop import Loop
from edoc_connector.daemon.round import EVERYBODYS, Round, Turn
from edoc_connector.daemon.run import (
    FEEDS,
    GATHER_SECONDS,
    GLANCE_SECONDS,
    MOST_INSPECTED,
    REST_SECONDS,
    Wait,
    bounded,
    repeat,
    rests_of,
)
from edoc_connector.daemon.service import Service
from edoc_connector.daemon.sparing import Sparing
from edoc_connector.errors import EdocError
from edoc_connector.flows.incoming.sorting import Sorter, Tray
from edoc_connector.organizations import Offices
from edoc_connector.pdf.workers import Workers

LOOK_SECONDS: Final = 60.0
"""How often somebody for whom nothing comes looks for what never became whole."""

SWEEP_SECONDS: Final = 0.1
"""For each organisation the rest of a loop grows by so much: who has done something
rings, and what nobody rings for (another process, the end of a pause) waits so long."""


@dataclass(frozen=True, slots=True)
class House:
    """Everybody who is served here, and the post that they share."""

    desks: tuple[Desk, ...]
    sorter: Sorter
    post: Post


@contextmanager
def open_house(offices: Offices, names: Sequence[str]) -> Iterator[House]:
    """Open who can be opened.  Raises `AlreadyRunning`.

    Whatever else is wrong is said in the log and concerns one organisation.
    """
    with ExitStack() as stack:
        shared = stack.enter_context(opened_post(offices.all[0].settings))
        sorter = Sorter(shared.consumer, [it.codes for it in offices.all])
        workers, sparing = Workers(), Sparing()
        stack.callback(workers.close)
        desks = tuple(
            Desk(office, _behind(tray, shared), names, workers, sparing)
            for office, tray in zip(offices.all, sorter.trays, strict=True)
        )
        for desk, tray in zip(desks, sorter.trays, strict=True):
            stack.callback(desk.close)
            desk.take_in()
            tray.recognises = desk.recognises
        yield House(desks, sorter, shared)


def _behind(tray: Tray, shared: Post) -> Post:
    return replace(shared, consumer=tray, check=_nothing)


def _nothing() -> None:
    """Pass: the mailbox is looked at once for all."""


def run_all(offices: Offices, only: Sequence[str] = ()) -> None:
    """Run the loops until SIGTERM.  Raises `AlreadyRunning`, or what stopped them."""
    names = tuple(only) or LOOPS
    with open_house(offices, names) as house:
        stop = Event()
        Service(_loops(house, names, stop), stop).run()


def _loops(house: House, names: Sequence[str], stop: Event) -> list[Loop]:
    turns = {name: [_turn(house, desk, name) for desk in house.desks] for name in names}
    of_desk = dict(zip(house.desks, zip(*turns.values(), strict=True), strict=True))

    def ring(desk: Desk) -> None:
        for turn in of_desk[desk]:
            turn.wake()

    rounds = (
        Round(name, turns[name], ring=ring, is_stopping=stop.is_set) for name in names
    )
    return [_loop(house, each) for each in rounds]


def _turn(house: House, desk: Desk, name: str) -> Turn:
    rests = {**rests_of(desk.office.settings), "accept": LOOK_SECONDS}
    sweep = max(REST_SECONDS, SWEEP_SECONDS * len(house.desks))
    return Turn(
        desk=desk,
        rest_seconds=rests.get(name, sweep),
        backoff=desk.backoff(),
        wakes=name not in rests,
    )


def _loop(house: House, each: Round) -> Loop:
    return Loop(
        name=each.name,
        step=_before(house, each),
        rest_seconds=0.0 if each.name == "accept" else REST_SECONDS,
        backoff=house.desks[0].backoff(),
        feeds=FEEDS.get(each.name, ()),
        gather_seconds=GATHER_SECONDS,
        full=BATCH,
    )


def _before(house: House, each: Round) -> Step:
    """Return the step of a round with what is done once for all before it."""
    if each.name == "accept":
        return after(house.post.check, lambda: _sorted(house, each))
    if each.name == "relay":
        return lambda: _kept_alive(house, each)
    return each.step


def _sorted(house: House, each: Round) -> int:
    house.sorter.fetch(REST_SECONDS, BATCH)
    for turn, tray in zip(each.turns, house.sorter.trays, strict=True):
        if tray.waiting:
            turn.hurry()
    return each.step()


def _kept_alive(house: House, each: Round) -> int:
    """Nobody may be due for longer than the broker waits for a sign of life."""
    house.post.publisher.keep_alive()
    return each.step()


def run_all_once(offices: Offices, only: Sequence[str] = ()) -> int:
    """Repeat all steps until a whole round does nothing; return how much was done.

    An organisation for which something fails is left out from then on, and what failed
    is raised when the others are done.
    """
    names = tuple(only) or LOOPS
    with open_house(offices, names) as house:
        for desk in house.desks:
            desk.open()
        done = repeat(lambda wait: _once(house, names, wait), names)
        failures = [it.failure for it in house.desks if it.failure]
    if failures:
        raise failures[0]
    return done


def _once(house: House, names: Sequence[str], wait: Wait) -> Mapping[str, Step]:
    steps = {name: _for_all(house, name) for name in names}

    def accept_all() -> int:
        house.sorter.fetch(wait(), BATCH)
        return steps["accept"]()

    if "accept" in steps:
        return {**steps, "accept": after(house.post.check, accept_all)}
    return steps


def _for_all(house: House, name: str) -> Step:
    most = MOST_INSPECTED if name == "inspect" else None
    each = [partial(_attempt, desk, name) for desk in house.desks]
    steps = [bounded(it, most) for it in each] if most else each
    return lambda: sum(step() for step in steps)


def _attempt(desk: Desk, name: str) -> int:
    step = desk.step(name)
    if step is None or (desk.failure and name != "accept"):
        return 0
    with desk.speaking():
        try:
            return step()
        except EVERYBODYS:
            raise
        except EdocError as error:
            desk.give_up(error, loop=name)
            return 0


@contextmanager
def accepting_for_all(offices: Offices) -> Iterator[Step]:
    """Give a step that takes in what waits, each message for whom it is.

    The mailbox is everybody's: who only waits for an answer of his own keeps the mail
    of the others all the same.  Raises `AlreadyRunning` where the service does it.
    """
    names = ("accept",)
    with open_house(offices, names) as house:
        yield _once(house, names, lambda: GLANCE_SECONDS)["accept"]
