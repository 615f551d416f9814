"""The results as a table in Markdown, as `docs/bench.md` has it."""

from __future__ import annotations

from collections.abc import Iterator

from bench.system.plan import KILOBYTE, MEGABYTE, Case, Measured, Results, Spread, Way

PARTS = ("sender", "receiver", "broker")
HEAD = (
    "| size | what | workers | documents/s | of the floor | known/s"
    " | ms: sender | receiver | broker | together"
    " | MB: sender | receiver | broker |"
)
RULE = "| --- | --- |" + " ---: |" * 11


def line_of(run: Measured) -> str:
    """Return one run in a line, while others are still to come."""
    case = run.case
    cost = ", ".join(f"{part} {ms:.1f}" for part, ms in run.processor.items())
    return (
        f"{size_of(case.size):>7} {name_of(case):<22} workers {case.workers}"
        f" {run.documents:>5} documents {run.per_second:>8.1f}/s"
        f" known {run.known_per_second:>8.1f}/s  ms: {cost}"
    )


def table(results: Results) -> Iterator[str]:
    """Yield the table, line by line; of several runs each figure is the median."""
    yield HEAD
    yield RULE
    for case in results.cases:
        yield _row(results, case)
    yield ""
    yield from _many(results)


def _row(results: Results, case: Case) -> str:
    costs = [results.processor(case, part) for part in PARTS]
    memory = [results.memory(case, part) for part in PARTS]
    known = results.known_per_second(case).median
    cells = (
        size_of(case.size),
        name_of(case),
        str(case.workers),
        _spread(results.per_second(case)),
        f"{results.ratio(case):.0%}" if case.way is not Way.UPLOAD else "",
        f"{known:.0f}" if case.way is Way.EXCHANGE else "",
        *(f"{cost:.1f}" if cost else "" for cost in (*costs, sum(costs))),
        *(str(it) if it else "" for it in memory),
    )
    return "| " + " | ".join(cells) + " |"


def _many(results: Results) -> Iterator[str]:
    """Yield what a packet for many costs its sender, beside one for one."""
    uploads = [it for it in results.cases if it.way is Way.UPLOAD]
    single = {(it.size, it.workers): it for it in uploads if it.recipients == 1}
    for case in uploads:
        one = single.get((case.size, case.workers))
        if one and case.recipients > 1:
            costs = [results.processor(it, "sender") for it in (case, one)]
            yield (
                f"* {size_of(case.size)}, {case.workers} workers: for"
                f" {case.recipients} recipients {costs[0]:.1f} ms of the sender,"
                f" for one {costs[1]:.1f} ms: {costs[0] / max(costs[1], 0.001):.1f}"
                " times as much."
            )


def name_of(case: Case) -> str:
    """Return what was measured, in words."""
    match case.way:
        case Way.FLOOR:
            return "floor"
        case Way.EXCHANGE:
            return "end to end"
        case Way.ONE_WAY:
            return "no receipts sent"
        case Way.UPLOAD:
            many = "recipient" if case.recipients == 1 else "recipients"
            return f"sent to {case.recipients} {many}"


def size_of(size: int) -> str:
    """Return a size as people say it."""
    if size >= MEGABYTE:
        return f"{size / MEGABYTE:g} MB"
    return f"{size / KILOBYTE:g} KB"


def _spread(figures: Spread) -> str:
    if figures.least == figures.most:
        return f"{figures.median:.0f}"
    return f"{figures.median:.0f} ({figures.least:.0f}-{figures.most:.0f})"
