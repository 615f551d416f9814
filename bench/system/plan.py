"""What is measured, and what came of it: data."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

KILOBYTE: Final = 1_000
MEGABYTE: Final = 1_000_000


class Way(StrEnum):
    """What is measured."""

    FLOOR = "floor"
    """Signed, published, consumed, verified, written down: nothing less would do."""
    EXCHANGE = "exchange"
    """Two connectors, from the sender's register to the receiver's and back."""
    ONE_WAY = "one way"
    """The same as far as the receiver's register: like the floor, it hears nothing
    back.  What confirms the documents is sealed, and goes out afterwards."""
    UPLOAD = "upload"
    """The sender alone: its packets are drained from the mailboxes, nobody answers."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Case:
    """One cell of the table."""

    size: int
    way: Way
    workers: int
    recipients: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How much of what; every wait has an end."""

    sizes: tuple[int, ...]
    workers: tuple[int, ...]
    recipients: int
    documents: int
    """Of 200 KB; of smaller ones there are twice as many, of larger ones fewer."""
    rounds: int
    most_seconds: float
    """How long one case may take."""
    inspects_pdfs: bool
    postgresql: bool

    def documents_of(self, case: Case) -> int:
        """Return how many documents this case has."""
        share = 2.0 if case.size < 100 * KILOBYTE else 1.0
        if case.size > MEGABYTE:
            share = 0.2
        if case.way is Way.FLOOR:
            share *= FLOOR_SHARE
        if case.recipients > 1:
            share /= MANY_SHARE
        return max(int(self.documents * share), 1)

    def together(self) -> Iterator[Sequence[Case]]:
        """Yield the cases that are measured one right after the other."""
        for workers in self.workers:
            for size in self.sizes:
                yield (
                    Case(way=Way.FLOOR, size=size, workers=workers),
                    Case(way=Way.EXCHANGE, size=size, workers=workers),
                    Case(way=Way.ONE_WAY, size=size, workers=workers),
                    *(
                        Case(
                            way=Way.UPLOAD, size=size, workers=workers, recipients=many
                        )
                        for many in (1, self.recipients)
                    ),
                )


FLOOR_SHARE: Final = 4
"""The floor is faster, and is to run for seconds too."""

MANY_SHARE: Final = 3
"""A packet for many is many deliveries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One run of one case.

    `per_second` is until the last document stood at its end; `known_per_second` until
    the last sender's register said so.  `processor` is in milliseconds a document, and
    `memory` the peak in megabytes, both by part.
    """

    case: Case
    documents: int
    per_second: float
    known_per_second: float
    processor: Mapping[str, float]
    memory: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Spread:
    """The median of some runs, the least and the most."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, figures: Iterable[float]) -> Spread:
        """Return how these are spread."""
        known = sorted(figures)
        return cls(statistics.median(known), known[0], known[-1])


@dataclass(frozen=True, slots=True)
class Results:
    """All runs of all cases."""

    runs: tuple[Measured, ...]

    @property
    def cases(self) -> Sequence[Case]:
        """Return what was measured, in the order of the table."""
        ways = tuple(Way)
        return sorted(
            {run.case for run in self.runs},
            key=lambda it: (it.size, it.workers, ways.index(it.way), it.recipients),
        )

    def of(self, case: Case) -> Sequence[Measured]:
        """Return the runs of a case."""
        return [run for run in self.runs if run.case == case]

    def per_second(self, case: Case) -> Spread:
        """Return how many documents a second came to their end."""
        return Spread.of(run.per_second for run in self.of(case))

    def known_per_second(self, case: Case) -> Spread:
        """Return of how many a second their sender knew."""
        return Spread.of(run.known_per_second for run in self.of(case))

    def processor(self, case: Case, part: str) -> float:
        """Return the median of what a document costs this part, in milliseconds."""
        return Spread.of(run.processor.get(part, 0.0) for run in self.of(case)).median

    def memory(self, case: Case, part: str) -> int:
        """Return the most memory this part has had, in megabytes."""
        return max(run.memory.get(part, 0) for run in self.of(case))

    def ratio(self, case: Case) -> float:
        """Return how much a case reaches of the floor of its size, as many workers.

        The median of the ratios of each round: what disturbs one disturbs both.
        """
        floor = Case(way=Way.FLOOR, size=case.size, workers=case.workers)
        rounds = zip(self.of(case), self.of(floor), strict=True)
        return statistics.median(run.per_second / it.per_second for run, it in rounds)
