"""One case after the other, those that are compared right after each other."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Final

from bench.system import registers
from bench.system.drain import draining, wait_for
from bench.system.floor import run_floor
from bench.system.house import House
from bench.system.meter import Reading, forget_peaks, read_meter
from bench.system.plan import Case, Measured, Plan, Results, Way
from edoc_connector.model.document import Organization

FLOOR_FILES: Final = 50
"""So many files the floor reads, in turn; a register has one for each document."""

WARM_UP: Final = 3
"""Documents that open every connection before anything is measured."""

Tell = Callable[[Measured], None]


def measure(house: House, plan: Plan, today: date, tell: Tell) -> Results:
    """Measure all cases, as often as is planned."""
    measuring = _Measuring(house, plan, today)
    runs: list[Measured] = []
    for _ in range(plan.rounds):
        for cases in plan.together():
            for run in measuring.together(cases):
                tell(run)
                runs.append(run)
    return Results(tuple(runs))


class _Measuring:
    def __init__(self, house: House, plan: Plan, today: date) -> None:
        self._house, self._plan, self._today = house, plan, today

    def together(self, cases: Sequence[Case]) -> Sequence[Measured]:
        """Measure the floor, then with connectors up what is compared with it."""
        floor, *others = cases
        runs = [self._floor(floor)]
        self._house.start_connectors(floor.workers)
        try:
            self._exchanged(WARM_UP, size=1_000)
            ways = {
                Way.EXCHANGE: self._exchange,
                Way.ONE_WAY: self._one_way,
                Way.UPLOAD: self._upload,
            }
            runs += [ways[case.way](case) for case in others]
        finally:
            self._house.stop_connectors()
        return runs

    def _floor(self, case: Case) -> Measured:
        files = [self._file(number, case.size) for number in range(FLOOR_FILES)]
        documents = self._plan.documents_of(case)
        works = self._house.floor(files, documents, case.workers)
        run = run_floor(works, self._house.broker, most_seconds=self._plan.most_seconds)
        documents = sum(work.documents for work in works)
        return _measured(
            case,
            documents,
            seconds=run.seconds,
            known_seconds=run.seconds,
            cost=(run.before, run.after),
        )

    def _file(self, number: int, size: int) -> Path:
        path = self._house.folder / f"floor-{size}-{number}.pdf"
        if not path.exists():
            path.write_bytes(registers.pdf(number, size))
        return path

    def _exchange(self, case: Case) -> Measured:
        documents = self._plan.documents_of(case)
        forget_peaks(self._house.parts)
        before = read_meter(self._house.parts)
        seconds, known_seconds = self._exchanged(documents, size=case.size)
        return _measured(
            case,
            documents,
            seconds=seconds,
            known_seconds=known_seconds,
            cost=(before, read_meter(self._house.parts)),
        )

    def _exchanged(self, documents: int, *, size: int) -> tuple[float, float]:
        """Return after how long all had arrived, and the sender knew of all."""
        sender = self._house.sender.dms
        known = registers.known(sender)
        began, at_arrival = self._arrived(documents, size=size)
        at_end = self._wait(lambda: registers.known(sender) >= known + documents)
        return at_arrival - began, at_end - began

    def _one_way(self, case: Case) -> Measured:
        documents, sender = self._plan.documents_of(case), self._house.sender.dms
        known = registers.known(sender)
        with self._house.sending_no_receipts():
            self._arrived(WARM_UP, size=1_000)
            forget_peaks(self._house.parts)
            before = read_meter(self._house.parts)
            began, at_end = self._arrived(documents, size=case.size)
            after = read_meter(self._house.parts)
        self._wait(lambda: registers.known(sender) >= known + WARM_UP + documents)
        seconds = at_end - began
        return _measured(
            case,
            documents,
            seconds=seconds,
            known_seconds=seconds,
            cost=(before, after),
        )

    def _arrived(self, documents: int, *, size: int) -> tuple[float, float]:
        """Return when documents were released, and when all of them had arrived."""
        receiver = self._house.receiver.dms
        arrived = registers.arrived(receiver)
        began = self._release(documents, size, [self._house.receiver.organization])
        at_arrival = self._wait(
            lambda: registers.arrived(receiver) >= arrived + documents
        )
        return began, at_arrival

    def _upload(self, case: Case) -> Measured:
        documents = self._plan.documents_of(case)
        recipients = self._house.drained[: case.recipients]
        messages = documents * len(recipients)
        sender = self._house.sender.dms
        with draining(self._house.url, self._house.mailboxes) as drained:
            gone = registers.gone(sender)
            forget_peaks(self._house.parts)
            before = read_meter(self._house.parts)
            began = self._release(documents, case.size, recipients)
            at_end = self._wait(lambda: drained() >= messages)
            known = self._wait(lambda: registers.gone(sender) >= gone + messages)
            after = read_meter(self._house.parts)
        return _measured(
            case,
            documents,
            seconds=at_end - began,
            known_seconds=known - began,
            cost=(before, after),
        )

    def _release(
        self, documents: int, size: int, recipients: Sequence[Organization]
    ) -> float:
        """Release documents, and return the moment at which they could be seen."""
        registers.release(
            self._house.sender.dms,
            documents=documents,
            size=size,
            recipients=recipients,
            today=self._today,
        )
        return time.monotonic()

    def _wait(self, is_done: Callable[[], bool]) -> float:
        return wait_for(
            is_done,
            seconds=self._plan.most_seconds,
            check=self._house.require_alive,
        )


def _measured(
    case: Case,
    documents: int,
    *,
    seconds: float,
    known_seconds: float,
    cost: tuple[Reading, Reading],
) -> Measured:
    before, after = cost
    return Measured(
        case=case,
        documents=documents,
        per_second=documents / seconds,
        known_per_second=documents / known_seconds,
        processor=_each(before, after, documents),
        memory=after.memory,
    )


def _each(before: Reading, after: Reading, documents: int) -> Mapping[str, float]:
    """Return milliseconds of processor for each document, by part."""
    return {
        part: (seconds - before.processor[part]) * 1000 / documents
        for part, seconds in after.processor.items()
    }
