"""Measure the whole system on this machine, beside the floor of the same run.

    .venv/bin/python -m bench.system
    .venv/bin/python -m bench.system --sizes 200000 --workers 1 --rounds 5
    .venv/bin/python -m bench.system --plot docs/system-bench.svg

Everything is private to it and on the loopback; it stops by itself, and Ctrl-C or
SIGTERM take everything down.
"""

from __future__ import annotations

import argparse
import platform
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from bench.system.house import House
from bench.system.measure import measure
from bench.system.plan import Plan, Results
from bench.system.plot import plot
from bench.system.table import line_of, table
from edoc_connector.clock import VIETNAM
from edoc_connector.demo.interruption import ended_like_ctrl_c

INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the table, and return the exit code."""
    chosen = _options().parse_args(arguments)
    plan = Plan(
        sizes=tuple(chosen.sizes),
        workers=tuple(chosen.workers),
        recipients=chosen.recipients,
        documents=chosen.documents,
        rounds=chosen.rounds,
        most_seconds=chosen.most_seconds,
        inspects_pdfs=chosen.inspect_pdfs,
        postgresql=chosen.postgresql,
    )
    try:
        with ExitStack() as stack:
            stack.enter_context(ended_like_ctrl_c())
            folder = stack.enter_context(_place(chosen.keep))
            results = _measure(folder, plan)
    except KeyboardInterrupt:
        return INTERRUPTED
    print(*table(results), sep="\n")
    if chosen.plot is not None:
        chosen.plot.write_text(plot(results), "utf-8")
    return 0


def _measure(folder: Path, plan: Plan) -> Results:
    now = datetime.now(UTC)
    pairs, drained = max(plan.workers), plan.recipients
    print(f"Python {platform.python_version()}, pika {version('pika')}", flush=True)
    with (
        _databases(plan) as (databases, secret),
        House(folder, pairs=pairs, drained=drained) as house,
    ):
        house.create(
            now,
            inspects_pdfs=plan.inspects_pdfs,
            databases=databases,
            secret=secret,
        )
        return measure(
            house,
            plan,
            now.astimezone(VIETNAM).date(),
            lambda run: print(line_of(run), flush=True),
        )


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench.system", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("--documents", type=int, default=300, help="of 200 KB, a run")
    parser.add_argument(
        "--sizes",
        type=int,
        nargs="+",
        default=[20_000, 200_000, 2_000_000],
        metavar="BYTES",
    )
    parser.add_argument(
        "--workers", type=int, nargs="+", default=[1, 2], choices=[1, 2]
    )
    parser.add_argument("--recipients", type=int, default=30, help="of one packet")
    parser.add_argument("--rounds", type=int, default=3, help="how often all is run")
    parser.add_argument(
        "--most-seconds", type=float, default=120.0, help="for one case"
    )
    parser.add_argument("--plot", type=Path, help="write a picture (SVG) there")
    parser.add_argument(
        "--inspect-pdfs", action="store_true", help="look into every PDF meanwhile"
    )
    parser.add_argument(
        "--postgresql",
        action="store_true",
        help="the connectors' own state in a private PostgreSQL instead of SQLite",
    )
    parser.add_argument("--keep", type=Path, help="work here, and leave it there")
    return parser


@contextmanager
def _place(kept: Path | None) -> Iterator[Path]:
    if kept is not None:
        folder = kept.absolute()
        folder.mkdir(mode=0o700, parents=True)
        yield folder
        return
    folder = Path(tempfile.mkdtemp(prefix="edoc-system-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _databases(plan: Plan) -> Iterator[tuple[Sequence[str], str]]:
    """Give two databases of a private server and their password, where wanted."""
    if not plan.postgresql:
        yield (), ""
        return
    from tests.support import postgres  # noqa: PLC0415  (only where it is installed)

    server = postgres.start()
    try:
        names = [server.create_database() for _ in ("sender", "receiver")]
        yield [server.url(name) for name in names], server.password
    finally:
        server.stop()


if __name__ == "__main__":
    sys.exit(main())
