"""Try each mutation on a copy of the project: which tests notice that it is there?

    python -m tests.faults.mutate [NAME...]

Prints one line for each and ends with 1 where one survived.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from enum import StrEnum
from pathlib import Path

from tests.faults.mutations import MUTATIONS, Mutation

PROJECT = Path(__file__).parents[2]
PARTS = ("edoc_connector", "config", "schemas", "tests", "docs", "scripts")
FILES = ("setup.cfg", "pyproject.toml", "Makefile", "README.md")
SECONDS = 900
"""Who takes longer than this may go round in circles, or the computer is slow."""


class Outcome(StrEnum):
    """What became of a mutation."""

    KILLED = "killed"
    SLOW = "SLOW"
    SURVIVED = "SURVIVED"
    BROKEN = "BROKEN"


def copy_project(place: Path) -> None:
    """Copy what tests need; the examples are where an installed package has them."""
    place.mkdir()
    ignored = shutil.ignore_patterns("__pycache__", ".*")
    for part in PARTS:
        shutil.copytree(PROJECT / part, place / part, ignore=ignored)
    for name in FILES:
        shutil.copy2(PROJECT / name, place / name)
    for part, name in (("config", "examples"), ("schemas", "schemas")):
        (place / "edoc_connector" / name).symlink_to(place / part)


def apply(mutation: Mutation, place: Path) -> None:
    """Put the mutated texts into the copy."""
    for edit in mutation.edits:
        file = place / edit.file
        text = file.read_text(encoding="utf-8")
        if text.count(edit.text) != 1:
            raise SystemExit(f"{mutation.name}: not once in {edit.file}: {edit.text}")
        file.write_text(text.replace(edit.text, edit.instead), encoding="utf-8")


def try_tests(tests: Sequence[str], place: Path) -> int:
    """Run the tests against the copy and return pytest's exit code."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider"]
    command += ["-p", "no:randomly", "--tb=line", "--deselect", UNIT, *tests]
    environment = os.environ | {"PYTHONPATH": str(place), "EDOC_MUTATED": "1"}
    try:
        done = subprocess.run(
            command,
            cwd=place,
            env=environment,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return TOO_SLOW
    return done.returncode


TESTS_PASSED, TESTS_FAILED, TOO_SLOW = 0, 1, -1
UNIT = "tests/faults/test_mutations.py"


def outcome_of(mutation: Mutation) -> Outcome:
    """Mutate a copy of its own, and see who notices."""
    with tempfile.TemporaryDirectory(prefix="edoc-mutation-") as folder:
        place = Path(folder) / "project"
        copy_project(place)
        apply(mutation, place)
        for test in mutation.tests:
            code = try_tests([test], place)
            if code == TESTS_FAILED:
                return Outcome.KILLED
            if code != TESTS_PASSED:
                return Outcome.SLOW if code == TOO_SLOW else Outcome.BROKEN
    return Outcome.SURVIVED


def try_one(mutation: Mutation) -> Outcome:
    """Try it, and say what came of it."""
    begun = time.monotonic()
    outcome = outcome_of(mutation)
    seconds = time.monotonic() - begun
    print(f"{outcome:9} {seconds:4.0f} s  {mutation.name}", flush=True)
    return outcome


def try_unchanged(mutations: Sequence[Mutation]) -> None:
    """End where a test fails that nobody has broken."""
    tests = sorted({test for mutation in mutations for test in mutation.tests})
    with tempfile.TemporaryDirectory(prefix="edoc-mutation-") as folder:
        place = Path(folder) / "project"
        copy_project(place)
        if try_tests(tests, place) != TESTS_PASSED:
            raise SystemExit("the tests fail without any mutation")


def main() -> int:
    """Try all mutations, or those whose names hold one of the words given."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("words", nargs="*", help="parts of names; all without any")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--unchanged", action="store_true", help="try none as well")
    asked = parser.parse_args()
    chosen = [
        it
        for it in MUTATIONS
        if not asked.words or any(word in it.name for word in asked.words)
    ]
    if asked.unchanged:
        try_unchanged(chosen)
    with ThreadPoolExecutor(asked.jobs) as pool:
        outcomes = list(pool.map(try_one, chosen))
    killed = outcomes.count(Outcome.KILLED)
    print(f"{killed} of {len(outcomes)} mutations are noticed")
    return 0 if killed == len(outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
