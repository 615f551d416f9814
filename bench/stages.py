"""What each step of an exchange costs, one after the other in one thread.

    .venv/bin/python -m bench.stages
    .venv/bin/python -m bench.stages --documents 200 --size 20000 --recipients 30
    .venv/bin/python -m bench.stages --profile deliver@receiver

Milliseconds of processor and SQL statements a document, of two connectors with a real
broker between them.  Nothing waits and nothing contends, so a figure says what to mend;
how fast the whole is says `bench.system`.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter, process_time
from typing import Final

import sqlalchemy as sa

from bench.system import registers
from bench.system.house import House
from edoc_connector.app.connector import Step, open_connector
from edoc_connector.app.post import opened_post
from edoc_connector.clock import VIETNAM
from edoc_connector.demo.site import DemoSite
from edoc_connector.logs import Format, Level, configure
from edoc_connector.settings import load

WAIT_SECONDS: Final = 0.2
WARM_UP: Final = 20
GOING: Final = ("take", "seal", "relay", "progress")
ARRIVING: Final = ("accept", "deliver", "relay")
RETURNING: Final = ("accept", "deliver", "progress")
SHOWN: Final = 45


class Meter:
    """Counts what steps cost, by step and site."""

    def __init__(self, profiled: str) -> None:
        self.processor, self.wall = Counter[str](), Counter[str]()
        self.statements, self.commits = Counter[str](), Counter[str]()
        self.profile = cProfile.Profile()
        self._profiled, self._now = profiled, ""
        sa.event.listen(sa.Engine, "before_cursor_execute", self._count)
        sa.event.listen(sa.Engine, "commit", self._commit)

    def run(self, name: str, step: Step) -> None:
        """Take a step until nothing is left to do."""
        self._now = name
        cpu, began = process_time(), perf_counter()
        if self._profiled == name:
            self.profile.runcall(_until_idle, step)
        else:
            _until_idle(step)
        self.processor[name] += process_time() - cpu
        self.wall[name] += perf_counter() - began

    def _count(self, *_: object) -> None:
        self.statements[self._now] += 1

    def _commit(self, *_: object) -> None:
        self.commits[self._now] += 1

    def lines(self, documents: int) -> Iterator[str]:
        """Yield the table."""
        yield "| step | ms of processor | ms by the wall | statements | commits |"
        yield "| --- | ---: | ---: | ---: | ---: |"
        for name in self.processor:
            yield _line(name, self, [name], documents)
        yield _line("together", self, list(self.processor), documents)


def _line(title: str, meter: Meter, names: list[str], documents: int) -> str:
    cpu, wall = (
        sum(it[name] for name in names) * 1000 / documents
        for it in (meter.processor, meter.wall)
    )
    asked, written = (
        sum(it[name] for name in names) / documents
        for it in (meter.statements, meter.commits)
    )
    return f"| {title} | {cpu:.2f} | {wall:.2f} | {asked:.1f} | {written:.2f} |"


def _until_idle(step: Step) -> None:
    while step():
        pass


def main() -> int:
    """Exchange documents and print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.stages")
    parser.add_argument("--documents", type=int, default=200)
    parser.add_argument("--size", type=int, default=200_000, metavar="BYTES")
    parser.add_argument("--recipients", type=int, default=1)
    parser.add_argument("--profile", default="", metavar="STEP@SITE")
    chosen = parser.parse_args()
    meter = Meter(chosen.profile)
    with tempfile.TemporaryDirectory(prefix="edoc-stages-") as folder:
        _measure(Path(folder), meter, chosen)
    print(*meter.lines(chosen.documents), sep="\n")
    if chosen.profile:
        stats = pstats.Stats(meter.profile, stream=sys.stdout)
        stats.sort_stats("tottime").print_stats(SHOWN)
        stats.sort_stats("cumtime").print_stats(2 * SHOWN)
    return 0


def _measure(folder: Path, meter: Meter, chosen: argparse.Namespace) -> None:
    many = chosen.recipients
    with House(folder, pairs=1, drained=many) as house, ExitStack() as stack:
        house.create(datetime.now(UTC), inspects_pdfs=False)
        log = stack.enter_context((folder / "log").open("w", encoding="utf-8"))
        configure(Level.INFO, Format.JSON, log)
        to = [house.receiver.organization] if many == 1 else list(house.drained)
        sites = {"sender": house.sender, "receiver": house.receiver}
        steps = {name: stack.enter_context(_steps(it)) for name, it in sites.items()}
        for documents, size, it in (
            (WARM_UP, 1_000, Meter("")),
            (chosen.documents, chosen.size, meter),
        ):
            registers.release(
                house.sender.dms,
                documents=documents,
                size=size,
                recipients=to,
                today=datetime.now(VIETNAM).date(),
            )
            _exchange(steps, it)


def _exchange(steps: dict[str, dict[str, Step]], meter: Meter) -> None:
    for site, names in (
        ("sender", GOING),
        ("receiver", ARRIVING),
        ("sender", RETURNING),
    ):
        for name in names:
            meter.run(f"{name}@{site}", steps[site][name])


@contextmanager
def _steps(site: DemoSite) -> Iterator[dict[str, Step]]:
    settings = load(site.settings)
    settings.state.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open_connector(settings) as connector, opened_post(settings) as post:
        yield connector.steps(post, _wait)


def _wait() -> float:
    return WAIT_SECONDS


if __name__ == "__main__":
    sys.exit(main())
