"""Soak two connectors and a broker: nothing lost, nothing twice, nothing altered.

    .venv/bin/python -m bench.soak --documents 50000

Everything is private to it and on the loopback; it stops by itself, and Ctrl-C or
SIGTERM take everything down.  Exit code 0 only if every document came once, unaltered,
its sender knows, and both ledgers hold and say so too; else 1, and 130 if interrupted.
"""

from __future__ import annotations

import argparse
import secrets
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from bench.soak.play import Plan, play
from bench.soak.report import closing, opening, tenth
from edoc_connector.demo.interruption import ended_like_ctrl_c

BYTES_PER_DOCUMENT = 300_000
"""What the disk must have free for each: registers, stores, databases, logs, broker."""

INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Soak, report, and return the exit code."""
    chosen = _options().parse_args(arguments)
    plan = Plan(
        documents=chosen.documents,
        kill_every_seconds=chosen.kill_every,
        seed=chosen.seed if chosen.seed is not None else secrets.randbits(32),
        most_seconds=60 * chosen.minutes,
        quiet_seconds=chosen.quiet,
    )
    try:
        with ExitStack() as stack:
            stack.enter_context(ended_like_ctrl_c())
            out = stack.enter_context(_outputs(chosen.output))
            folder = stack.enter_context(_place(chosen.dir, keep=chosen.keep))
            _need_room(folder, plan)
            return _soak(folder, plan, out)
    except KeyboardInterrupt:
        return INTERRUPTED


def _soak(folder: Path, plan: Plan, out: Sequence[TextIO]) -> int:
    def say(line: str) -> None:
        for file in out:
            print(line, file=file, flush=True)

    for line in opening(plan):
        say(line)
    outcome = play(
        folder / "stage",
        plan,
        datetime.now(UTC),
        lambda before, now: say(tenth(before, now)),
    )
    for line in closing(outcome):
        say(line)
    return 0 if outcome.is_good else 1


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench.soak", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("--documents", type=int, default=50_000, help="how many")
    parser.add_argument(
        "--kill-every", type=float, default=5.0, metavar="SECONDS", help="on average"
    )
    parser.add_argument("--seed", type=int, help="repeats documents and kills")
    parser.add_argument(
        "--minutes", type=float, default=60.0, help="after that nothing more is sent"
    )
    parser.add_argument(
        "--quiet",
        type=float,
        default=10.0,
        metavar="SECONDS",
        help="how long to look for late duplicates when all have come",
    )
    parser.add_argument("--output", type=Path, help="keep the result in a file too")
    parser.add_argument("--dir", type=Path, help="work here; must not be there yet")
    parser.add_argument("--keep", action="store_true", help="leave everything there")
    return parser


@contextmanager
def _outputs(path: Path | None) -> Iterator[Sequence[TextIO]]:
    if path is None:
        yield (sys.stdout,)
        return
    with path.open("w", encoding="utf-8") as file:
        yield (sys.stdout, file)


@contextmanager
def _place(folder: Path | None, *, keep: bool) -> Iterator[Path]:
    """Give an empty folder of our own, and take it away again unless it is to stay."""
    if folder is None:
        place = Path(tempfile.mkdtemp(prefix="edoc-soak-"))
    else:
        place = folder.absolute()
        place.mkdir(mode=0o700, parents=True)
    try:
        yield place
    finally:
        if not keep:
            shutil.rmtree(place, ignore_errors=True)


def _need_room(folder: Path, plan: Plan) -> None:
    """Refuse to begin where the disk would become full: that is another test."""
    needed = plan.documents * BYTES_PER_DOCUMENT
    if shutil.disk_usage(folder).free < needed:
        sys.exit(f"needs {needed >> 20} MB of disk; choose another place with --dir")


if __name__ == "__main__":
    sys.exit(main())
