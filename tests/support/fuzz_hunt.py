"""One hunt: change an input, hold it against the promises, keep what is of a new kind.

It is the same hunt whenever it has the same seed.  The input that is being tried lies
in a file, so that one which kills the process is known too.
"""

from __future__ import annotations

import signal
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from random import Random
from typing import Final

from tests.support.memory import growth

CPU_SECONDS: Final = 20
"""What one input may take of the processor, however busy it is with other things."""
MOST_MEGABYTES: Final = 60
MOST_KEPT: Final = 1500
MOST_KEPT_BYTES: Final = 50_000
MOST_TRIES: Final = 1500
MOST_OF_LINE: Final = 160

Promises = Callable[[bytes], str]
"""They return what became of an input, in parts; an input with two parts that were not
seen together is kept."""

Mutate = Callable[[Random, bytes, bytes], bytes]


class TooSlow(BaseException):
    """An input took longer than `CPU_SECONDS`; no handler may rescue it."""


class TooLarge(AssertionError):
    """An input took more memory than `MOST_MEGABYTES`."""


@dataclass(frozen=True, slots=True)
class Target:
    """What is fuzzed: what inputs are made of, how, and what must hold for each."""

    name: str
    seeds: Sequence[bytes]
    mutate: Mutate
    promises: Promises


@dataclass(frozen=True, slots=True)
class Finding:
    """An input that breaks a promise, and how."""

    target: str
    body: bytes
    kind: str
    story: str


@dataclass(slots=True)
class Hunt:
    """What one seed has come to so far."""

    target: Target
    chance: Random
    scratch: Path
    tell: Callable[[Finding], None]
    tried: int = 0
    findings: dict[str, Finding] = field(default_factory=dict)
    kept: list[bytes] = field(default_factory=list)
    kinds: set[str] = field(default_factory=set)

    def begin(self) -> None:
        """Try the seeds as they are."""
        self.kept = list(self.target.seeds)
        for body in self.target.seeds:
            self.attempt(body)

    def step(self) -> None:
        """Try one input that nobody has tried."""
        body, other = _small(self.chance, self.kept), self.chance.choice(self.kept)
        self.attempt(self.target.mutate(self.chance, body, other))

    def attempt(self, body: bytes) -> None:
        """Hold one input against the promises."""
        self.tried += 1
        self.scratch.write_bytes(body)
        outcome = outcome_of(self.target.promises, body)
        if isinstance(outcome, str):
            self._keep(body, outcome)
        else:
            self._write_down(body, outcome)

    def _keep(self, body: bytes, kind: str) -> None:
        parts = kind.split("; ")
        new = {*parts, *map("; ".join, combinations(parts, 2))} - self.kinds
        if not new or len(body) > MOST_KEPT_BYTES:
            return
        self.kinds |= new
        if len(self.kept) < MOST_KEPT:
            self.kept.append(body)
        else:  # somebody has to go; never a seed
            place = self.chance.randrange(len(self.target.seeds), MOST_KEPT)
            self.kept[place] = body

    def _write_down(self, body: bytes, error: BaseException) -> None:
        kind = kind_of(error)
        if kind in self.findings:
            return
        if not isinstance(error, TooSlow | TooLarge | MemoryError):
            body = minimised(body, lambda less: _fails(self.target, less, kind))
        story = _readable(traceback.format_exception(error, chain=False))
        self.findings[kind] = Finding(self.target.name, body, kind, story)
        self.tell(self.findings[kind])


def _readable(lines: Sequence[str]) -> str:
    """Return a traceback without what the input has put into it at length."""
    told = [line for part in lines for line in part.splitlines()]
    return "\n".join(repr(line[:MOST_OF_LINE])[1:-1] for line in told)


def _small(chance: Random, kept: Sequence[bytes]) -> bytes:
    """Return one of them, a small one rather than a large one."""
    return min(chance.choice(kept), chance.choice(kept), chance.choice(kept), key=len)


def kind_of(error: BaseException) -> str:
    """Return what kind of failure it is: what was raised, and where."""
    *_, last = traceback.extract_tb(error.__traceback__)
    broken = str(error) if isinstance(error, AssertionError) else ""
    return f"{type(error).__name__} {broken} {Path(last.filename).name}:{last.name}"


def outcome_of(promises: Promises, body: bytes) -> str | BaseException:
    """Return what became of an input, or what was raised at it."""
    try:
        with _processor_time(CPU_SECONDS), _memory(MOST_MEGABYTES):
            return promises(body)
    except (Exception, TooSlow) as error:  # noqa: BLE001  (whatever it is: a finding)
        return error


def _fails(target: Target, body: bytes, kind: str) -> bool:
    outcome = outcome_of(target.promises, body)
    return not isinstance(outcome, str) and kind_of(outcome) == kind


def minimised(body: bytes, is_same: Callable[[bytes], bool]) -> bytes:
    """Leave out whatever can be left out; `MOST_TRIES` at most."""
    tries = iter(range(MOST_TRIES))
    for size in _halves(len(body)):
        place = 0
        while place < len(body) and next(tries, None) is not None:
            less = body[:place] + body[place + size :]
            if is_same(less):
                body = less
            else:
                place += size
    return body


def _halves(size: int) -> Iterator[int]:
    while size > 1:
        size = (size + 1) // 2
        yield size


@contextmanager
def _memory(megabytes: int) -> Iterator[None]:
    """Raise `TooLarge` after what takes more memory than this."""
    with growth() as grown:
        yield
    if grown.megabytes > megabytes:
        raise TooLarge(f"{grown.megabytes:.0f} MB")


@contextmanager
def _processor_time(seconds: float) -> Iterator[None]:
    """Raise `TooSlow` in what takes more of the processor than this."""
    before = signal.signal(signal.SIGPROF, _too_slow)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _too_slow(number: int, frame: object) -> None:
    del number, frame
    raise TooSlow
