"""A soak from the first key to the last receipt, with kills all along.

Documents are released in batches while the connectors run, both ways at once, never
more than a window's worth ahead of the receipts: so there is always something of every
phase on its way, and a kill meets all of them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Final

from bench.soak import ledgers, registers
from bench.soak.books import Books, balance
from bench.soak.documents import Fields, Written, document
from bench.soak.growth import Meter, Sample
from bench.soak.kills import Killer, Victim
from bench.soak.ledgers import LedgerCount
from edoc_connector.clock import VIETNAM
from edoc_connector.demo.plot import DEPARTMENT, PROVINCE
from edoc_connector.demo.scene import Scene
from edoc_connector.demo.site import DemoSite
from edoc_connector.demo.stage import Stage

SHARES: Final = (0.42, 0.42, 0.16)
"""Of the kills: of each connector, and of the broker, which is seconds in coming."""

LOOK_SECONDS: Final = 0.25
TENTHS: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How much, how long, and how rough; everything ends by itself."""

    documents: int
    kill_every_seconds: float
    """On average; 0 kills nobody, to see how fast it is."""
    seed: int
    most_seconds: float
    """After that nothing more is released or killed."""
    patience_seconds: float = 180.0
    """How long those under way are waited for while nothing more is killed."""
    quiet_seconds: float = 10.0
    """How long all goes on after the last receipt: a late duplicate is one too."""
    batch: int = 25
    window: int = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Everything the report shows."""

    planned: int
    books: Books
    ledgers: Mapping[str, LedgerCount]
    ledgers_agree: bool
    states: Mapping[str, Mapping[str, int]]
    killed: Mapping[str, int]
    samples: tuple[Sample, ...]
    seconds: float

    @property
    def is_good(self) -> bool:
        """Whether nothing was lost, doubled, altered, unsaid or written down wrong.

        And whether all of it was tried: a soak of nothing proves nothing.
        """
        is_whole = self.books.attempted == self.planned and all(self.killed.values())
        return is_whole and self.books.are_even and self.ledgers_agree


Tell = Callable[[Sample, Sample], None]
"""Told at each tenth: how things stood at the last one, and how they stand now."""


def play(folder: Path, plan: Plan, now: datetime, tell: Tell) -> Outcome:
    """Put two organisations and a broker up, soak them, take them down, count.

    Nothing runs afterwards, whatever happens in between.
    """
    with Stage(folder, Scene((PROVINCE, DEPARTMENT), ())) as stage:
        stage.create(now)
        stage.start_broker()
        stage.start_connectors()
        soak = Soak(plan, stage, now.astimezone(VIETNAM).date(), tell)
        with soak.killer.at_work():
            soak.exchange()
        soak.wait_in_peace()
    return soak.outcome()


@dataclass(slots=True)
class Soak:
    """An exchange under way."""

    plan: Plan
    stage: Stage
    today: date
    tell: Tell
    released: dict[tuple[str, str], Fields] = field(default_factory=dict)
    samples: list[Sample] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)
    ended: float = 0.0
    meter: Meter = field(init=False)
    killer: Killer = field(init=False)
    _turns: Iterator[tuple[DemoSite, Written]] = field(init=False)

    def __post_init__(self) -> None:
        self.meter = Meter(self.stage.sites)
        self.killer = Killer(
            _victims(self.stage) if self.plan.kill_every_seconds else (),
            every_seconds=self.plan.kill_every_seconds,
            seed=self.plan.seed,
            before=self.meter.look,
        )
        self._turns = self._documents()

    def exchange(self) -> None:
        """Release everything, and go on until all is acknowledged or time is up."""
        self._sample(0)
        deadline = self.began + self.plan.most_seconds
        while time.monotonic() < deadline:
            acknowledged = self._look()
            if acknowledged == self.plan.documents:
                return
            self._release(acknowledged)

    def wait_in_peace(self) -> None:
        """Let everything come to its end with nobody killed, and a little longer."""
        deadline = time.monotonic() + self.plan.patience_seconds
        while time.monotonic() < deadline and self._look() < len(self.released):
            pass
        self.ended = time.monotonic()
        deadline = time.monotonic() + self.plan.quiet_seconds
        while time.monotonic() < deadline:
            self._look()

    def outcome(self) -> Outcome:
        """Count, when everything has stopped."""
        sites = self.stage.sites
        books = balance(
            self.released,
            (row for site in sites for row in registers.arrived(site.dms)),
            acknowledged=self.acknowledged(),
        )
        counted = {site.account: ledgers.count(site) for site in sites}
        return Outcome(
            planned=self.plan.documents,
            books=books,
            ledgers=counted,
            ledgers_agree=self._agree(counted),
            states={site.account: registers.states(site.dms) for site in sites},
            killed=self.killer.counts,
            samples=tuple(self.samples),
            seconds=self.ended - self.began,
        )

    def acknowledged(self) -> int:
        """Count what the two senders know to have arrived."""
        return sum(registers.acknowledged(site.dms) for site in self.stage.sites)

    def _documents(self) -> Iterator[tuple[DemoSite, Written]]:
        """Yield who sends which document next: the two take turns."""
        for number in range(self.plan.documents):
            row, turn = divmod(number, len(self.stage.sites))
            site = self.stage.sites[turn]
            yield (
                site,
                document(
                    site.organization, row + 1, seed=self.plan.seed, today=self.today
                ),
            )

    def _release(self, acknowledged: int) -> None:
        room = self.plan.window - (len(self.released) - acknowledged)
        left = self.plan.documents - len(self.released)
        if left <= self.plan.batch and not all(self.killer.counts.values()):
            return  # a soak that is over before everyone was killed once proves little
        if room >= self.plan.batch:
            self._write(list(islice(self._turns, self.plan.batch)))

    def _write(self, batch: list[tuple[DemoSite, Written]]) -> None:
        sites = self.stage.sites
        for site, other in zip(sites, reversed(sites), strict=True):
            own = [written for sender, written in batch if sender is site]
            registers.release(site.dms, own, other.organization)
            for written in own:
                fields = written.fields
                self.released[fields.sender, fields.number] = fields

    def _look(self) -> int:
        """Rest, look, and say where another tenth is done."""
        time.sleep(LOOK_SECONDS)
        self.killer.check()
        self.meter.look()
        acknowledged = self.acknowledged()
        tenth = len(self.samples) * self.plan.documents / TENTHS
        if acknowledged >= tenth and len(self.samples) <= TENTHS:
            self._sample(acknowledged)
        return acknowledged

    def _sample(self, acknowledged: int) -> None:
        sample = self.meter.sample(
            seconds=time.monotonic() - self.began,
            acknowledged=acknowledged,
            kills=sum(self.killer.counts.values()),
        )
        self.samples.append(sample)
        if len(self.samples) > 1:
            self.tell(self.samples[-2], sample)

    def _agree(self, counted: Mapping[str, LedgerCount]) -> bool:
        senders = [sender for sender, _ in self.released]
        return all(
            ledgers.agrees(
                ledger,
                sent=senders.count(account),
                came=len(senders) - senders.count(account),
            )
            for account, ledger in counted.items()
        )


def _victims(stage: Stage) -> tuple[Victim, ...]:
    broker = stage.broker
    processes = (*stage.sites, *((broker,) if broker else ()))
    names = (*(site.account for site in stage.sites), "broker")
    return tuple(
        Victim(name=name, process=process, share=share)
        for name, process, share in zip(names, processes, SHARES, strict=True)
    )
