"""Fuzzes the reader: `make fuzz`, ten minutes on every core, and one in the tests.

    python -m tests.support.fuzz --seconds 600 --workers 2 --seed 20261123

Every worker hunts with a seed of its own, which is printed.  What breaks a promise is
made small and written to a file; the exit code is 1 if there is any.
"""

from __future__ import annotations

import argparse
import hashlib
import multiprocessing
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from multiprocessing.process import BaseProcess
from pathlib import Path
from random import Random
from typing import Final

from edoc_connector.envelope import json_form
from edoc_connector.envelope.salvage import Salvaged, salvage
from edoc_connector.json_text import to_json
from edoc_connector.model.document import Document
from edoc_connector.model.status import Status
from tests.support import fuzz_json, fuzz_mutations
from tests.support.fuzz_hunt import Finding, Hunt, Target
from tests.support.fuzz_promises import MAX_BYTES, json_promises, packet_promises
from tests.support.fuzz_seeds import seeds

FOUND: Final = Path(".cache/fuzz")
"""Where findings are written; what is mended becomes a case of the tests."""

ONE_IN: Final = 8
"""How many inputs are packets for one that is JSON."""

FOUND_SOMETHING: Final = 3
"""The exit code of a worker that is well and found something."""

GRACE_SECONDS: Final = 60
MOST_MEMORY: Final = 4 << 30
"""Address space of a worker: what runs away dies instead of filling the computer."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is asked for on the command line."""

    seconds: float
    workers: int
    seed: int
    found: Path


def targets() -> tuple[Target, Target]:
    """Return what is fuzzed: packets, and their JSON."""
    packets = seeds()
    texts = tuple(text for text in map(json_seed, packets) if text)
    return (
        Target("edxml", packets, fuzz_mutations.mutated, packet_promises),
        Target("json", texts, fuzz_json.mutated, json_promises),
    )


def json_seed(packet: bytes) -> bytes:
    """Return the JSON of a packet, its small files inside; nothing if it is large."""
    found = salvage(packet, max_bytes=MAX_BYTES)
    if found.envelope is None or len(packet) > 50_000:
        return b""
    return to_json(_told(found)).encode()


def _told(found: Salvaged) -> json_form.JsonEnvelope:
    assert found.envelope is not None
    content = found.envelope.content
    document = content if isinstance(content, Document) else None
    files = json_form.embedded(document, found.contents) if document else ()
    return json_form.JsonEnvelope(
        document=document,
        status=content if isinstance(content, Status) else None,
        trace=found.envelope.trace,
        errors=found.envelope.errors,
        seal_xml=found.seal_xml,
        seal=found.seal,
        files=tuple(files),
        deviations=found.deviations,
    )


Work = Callable[[Plan, int, Path], None]
"""What a worker does: the plan, its number, and the file for what it is trying."""


# --- a worker -----------------------------------------------------------------


def work(plan: Plan, number: int, scratch: Path) -> None:
    """Hunt until the time is over, and write down what was found."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    chance = Random(plan.seed + number)  # noqa: S311  (a printed seed, to play it again)
    tell = partial(write_down, folder=plan.found)
    hunts = [Hunt(target, chance, scratch, tell) for target in targets()]
    for hunt in hunts:
        hunt.begin()
    end = time.monotonic() + plan.seconds
    while time.monotonic() < end:
        hunts[chance.randrange(ONE_IN) == 0].step()
    for hunt in hunts:
        sys.stdout.write(
            f"seed {plan.seed + number}: {hunt.tried} {hunt.target.name},"
            f" {len(hunt.kinds)} kinds, {len(hunt.findings)} found\n"
        )
    sys.stdout.flush()
    if any(hunt.findings for hunt in hunts):
        sys.exit(FOUND_SOMETHING)


def write_down(finding: Finding, folder: Path) -> None:
    """Keep the input in a file, and say where it is and what it does."""
    digest = hashlib.sha256(finding.body).hexdigest()
    path = folder / f"{digest[:16]}.{finding.target}"
    folder.mkdir(parents=True, exist_ok=True)
    path.write_bytes(finding.body)
    sys.stdout.write(f"\n{path}: {finding.kind}\n{finding.story}\n")
    sys.stdout.flush()


# --- all of them --------------------------------------------------------------


def fuzz(plan: Plan, work: Work = work) -> int:
    """Let the workers hunt; return 1 if any of them found something."""
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as scratch:
        hunting: dict[Path, BaseProcess] = {}
        for number in range(plan.workers):
            path = Path(scratch, f"{number}")
            sys.stdout.write(f"hunting with seed {plan.seed + number}\n")
            sys.stdout.flush()
            hunting[path] = context.Process(target=work, args=(plan, number, path))
            hunting[path].start()
        end = time.monotonic() + plan.seconds + GRACE_SECONDS
        for path, worker in hunting.items():
            _await(worker, end - time.monotonic())
            _bury(path, worker, plan.found)
    return int(any(worker.exitcode for worker in hunting.values()))


def _await(worker: BaseProcess, seconds: float) -> None:
    worker.join(max(0.0, seconds))
    if worker.is_alive():
        worker.kill()
        worker.join()


def _bury(scratch: Path, worker: BaseProcess, folder: Path) -> None:
    """Write down what a worker was trying when it died, or when it hung."""
    if worker.exitcode not in {0, FOUND_SOMETHING}:
        body = scratch.read_bytes() if scratch.exists() else b""
        kind = f"the worker ended with {worker.exitcode}"
        write_down(Finding("killer", body, kind, ""), folder)


def main(arguments: list[str]) -> int:
    """Do what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument(
        "--seed", type=int, default=random.SystemRandom().getrandbits(32)
    )
    parser.add_argument("--found", type=Path, default=FOUND)
    asked = parser.parse_args(arguments)
    return fuzz(Plan(asked.seconds, asked.workers, asked.seed, asked.found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
