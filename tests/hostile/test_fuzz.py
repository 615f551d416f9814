"""A minute of what `make fuzz` does for ten, and whether it finds what there is."""

import os
import re
import signal
import subprocess
import sys
from random import Random

import pytest

from edoc_connector.envelope.read import read
from edoc_connector.errors import EnvelopeRefused
from tests.support import fuzz_json, fuzz_mutations
from tests.support.fuzz import FOUND_SOMETHING, Plan, fuzz, targets, write_down
from tests.support.fuzz_hunt import Finding, Hunt, Target, TooLarge, TooSlow, outcome_of
from tests.support.fuzz_promises import MAX_BYTES, Broken
from tests.support.fuzz_seeds import packets_of_ours, seeds

SECONDS = 60
SEED = 20261123


@pytest.mark.slow
@pytest.mark.timeout(5 * SECONDS)
def test_a_minute_of_fuzzing_breaks_no_promise(tmp_path):
    told = subprocess.run(
        [
            *(sys.executable, "-m", "tests.support.fuzz", "--workers", "1"),
            *("--seconds", str(SECONDS), "--seed", str(SEED), "--found", tmp_path),
        ],
        # Measuring coverage would only make it slow.
        env={name: it for name, it in os.environ.items() if not name.startswith("COV")},
        capture_output=True,
        text=True,
        check=False,
    )

    assert told.returncode == 0, told.stdout + told.stderr
    tried = re.findall(rf"^seed {SEED}: ([0-9]+) (\w+)", told.stdout, re.MULTILINE)
    assert [name for _, name in tried] == ["edxml", "json"]
    assert all(int(number) > 100 for number, _ in tried), told.stdout


# --- the fuzzer itself --------------------------------------------------------


def no_brackets(body):
    """A promise that some packet breaks: ours have no CDATA section."""
    if b"]]>" in body and b"</" in body:
        raise Broken("brackets")
    return "fine"


@pytest.fixture
def hunt(tmp_path):
    target = Target(
        "edxml", packets_of_ours(), fuzz_mutations.mutated, promises=no_brackets
    )

    def make(seed=SEED, promises=no_brackets):
        told = []
        chosen = Target(target.name, target.seeds, target.mutate, promises)
        return Hunt(chosen, Random(seed), tmp_path / "scratch", told.append)  # noqa: S311

    return make


def go_on(hunt, steps):
    hunt.begin()
    for _ in range(steps):
        hunt.step()
    return hunt


def test_what_breaks_a_promise_is_found_and_made_small(hunt):
    (finding,) = go_on(hunt(), 300).findings.values()

    assert sorted(finding.body) == sorted(b"]]></")
    assert finding.kind.startswith("Broken brackets")
    assert "no_brackets" in finding.story


@pytest.fixture
def tried_in(hunt):
    """All that a hunt of this seed tries."""

    def make(seed):
        tried = []
        go_on(hunt(seed, lambda body: tried.append(body) or "fine"), 40)
        return tried

    return make


def test_the_same_seed_is_the_same_hunt(tried_in):
    assert tried_in(1) == tried_in(1)


def test_another_seed_is_another_hunt(tried_in):
    assert tried_in(1) != tried_in(2)


def test_an_input_of_a_new_kind_is_kept_to_be_changed_further(hunt):
    made = go_on(hunt(promises=lambda body: str(len(body))), 20)

    assert len(made.kept) > len(made.target.seeds)
    assert len({len(body) for body in made.kept}) == len(made.kinds)


def test_an_input_that_takes_too_much_memory_is_a_finding():
    def waste(body):
        return str(len(body * 100_000_000))

    assert isinstance(outcome_of(waste, b"x"), TooLarge)


def test_an_input_that_takes_too_long_is_a_finding(monkeypatch):
    monkeypatch.setattr("tests.support.fuzz_hunt.CPU_SECONDS", 0.05)

    def turn(body):
        while body:
            pass
        return "fine"

    assert isinstance(outcome_of(turn, b"x"), TooSlow)


def die(plan, number, scratch):
    """A worker that is killed while it tries something."""
    assert plan.workers > number
    scratch.write_bytes(b"<deadly/>")
    os.kill(os.getpid(), signal.SIGKILL)


def find(plan, number, scratch):
    """A worker that has found something, which was found before."""
    scratch.touch()
    write_down(Finding("edxml", b"<known/>", "Broken", ""), plan.found)
    sys.exit(FOUND_SOMETHING + number)


def test_what_was_found_before_is_found_again(tmp_path, capfd):
    plan = Plan(seconds=30, workers=1, seed=1, found=tmp_path)

    assert [fuzz(plan, work=find) for _ in range(2)] == [1, 1]

    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"<known/>"]
    assert capfd.readouterr().out.count("Broken") == 2


def test_what_a_worker_was_trying_when_it_died_is_written_down(tmp_path):
    code = fuzz(Plan(seconds=30, workers=1, seed=1, found=tmp_path), work=die)

    assert code == 1
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"<deadly/>"]


# --- what it begins with, and what it makes of it -----------------------------


def is_read(packet):
    try:
        read(packet, max_bytes=MAX_BYTES)
    except EnvelopeRefused:
        return False
    return True


def test_fuzzing_begins_with_packets_of_every_dialect_that_are_read():
    assert len(packets_of_ours()) > 10
    assert all(is_read(packet) for packet in packets_of_ours())
    assert set(packets_of_ours()) <= set(seeds())


def test_every_promise_holds_for_what_fuzzing_begins_with():
    for target in targets():
        for body in target.seeds:
            assert target.promises(body)


@pytest.mark.parametrize(
    "mutation",
    [one for family in fuzz_mutations.FAMILIES for one in family],
    ids=lambda mutation: mutation.__name__,
)
def test_every_mutation_of_a_packet_changes_it(mutation):
    chance = Random(SEED)  # noqa: S311
    packets = packets_of_ours()

    made = [mutation(chance, chance.choice(packets)) for _ in range(60)]

    assert len(set(made) - set(packets)) > 10


@pytest.mark.parametrize(
    "mutation", set(fuzz_json.MUTATIONS), ids=lambda mutation: mutation.__name__
)
def test_every_mutation_of_json_changes_it(mutation):
    chance = Random(SEED)  # noqa: S311
    _, json = targets()

    made = [mutation(chance, chance.choice(json.seeds)) for _ in range(60)]

    assert len(set(made) - set(json.seeds)) > 10


def test_not_all_that_fuzzing_makes_is_refused():
    """Who only makes rubbish tries the parser and nothing behind it."""
    chance = Random(SEED)  # noqa: S311
    packets = packets_of_ours()

    made = [
        fuzz_mutations.mutated(chance, chance.choice(packets), chance.choice(packets))
        for _ in range(400)
    ]

    assert sum(map(is_read, made)) > 40
