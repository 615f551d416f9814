"""What a soak says of itself, line by line, in words that a script can read too."""

from __future__ import annotations

import platform
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from importlib.metadata import version

from bench.soak.growth import Sample
from bench.soak.play import Outcome, Plan

HEAD = (
    f"{'acknowledged':>12} {'seconds':>8} {'documents/s':>12} {'ms/document':>12}"
    f" {'kills':>6}  memory MB, database MB"
)


def opening(plan: Plan) -> Iterator[str]:
    """Yield what is going to be done, and on what."""
    yield (
        f"soak of {plan.documents} documents, seed {plan.seed}, a kill every"
        f" {plan.kill_every_seconds:g} s, at most {plan.most_seconds / 60:g} min"
    )
    yield f"Python {platform.python_version()}, pika {version('pika')}"
    yield ""
    yield HEAD


def tenth(before: Sample, now: Sample) -> str:
    """Return the line of one tenth; ms/document is of the connectors' processor."""
    seconds = max(now.seconds - before.seconds, 0.001)
    done = max(now.acknowledged - before.acknowledged, 1)
    spent = (now.processor_seconds - before.processor_seconds) * 1000 / done
    room = ", ".join(
        f"{account} {now.memory.get(account, '-')} {database}"
        for account, database in now.database.items()
    )
    return (
        f"{now.acknowledged:>12} {now.seconds:>8.0f} {done / seconds:>12.1f}"
        f" {spent:>12.1f} {now.kills - before.kills:>6}  {room}"
    )


def closing(outcome: Outcome) -> Iterator[str]:
    """Yield what came of it."""
    yield ""
    yield from _counts("killed", outcome.killed)
    yield ""
    for account, states in outcome.states.items():
        yield from _counts(f"register of {account}", states)
    yield ""
    for account, ledger in outcome.ledgers.items():
        yield f"ledger of {account}: {ledger.entries} entries, the chain holds"
        yield from (f"  {kind:<24} {many:>8}" for kind, many in _sorted(ledger.kinds))
    yield ""
    agree = "agree with the books" if outcome.ledgers_agree else "DISAGREE"
    yield f"the ledgers {agree}"
    yield f"took {outcome.seconds:.0f} seconds"
    yield ""
    for name, value in asdict(outcome.books).items():
        yield f"{name:<14} {value:>8}"


def _counts(title: str, counts: Mapping[str, int]) -> Iterator[str]:
    yield f"{title}: " + ", ".join(f"{name} {many}" for name, many in counts.items())


def _sorted(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items())
