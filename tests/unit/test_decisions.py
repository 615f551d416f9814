"""The records of decisions can be named by their numbers."""

import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "docs" / "adr"
RECORDS = sorted(FOLDER.glob("*.md"))
BY_OR_WHAT = r"(by )?\[record \d+\]\(\d{4}-[a-z-]+\.md\)"


def test_every_decision_has_a_number_of_its_own_and_none_is_missing():
    numbers = [int(record.name[:4]) for record in RECORDS]

    assert numbers == list(range(1, len(RECORDS) + 1))


@pytest.mark.parametrize("record", RECORDS, ids=lambda it: it.name[:4])
def test_a_decision_says_its_number_and_when_it_was_accepted(record):
    text = record.read_text("utf-8")

    title = rf"# {int(record.name[:4])}\. .+\n\n"
    accepted = r"Accepted( for now)?, \d{4}-\d\d-\d\d\."
    assert re.match(
        title + accepted + rf"( (Supersedes|Superseded) {BY_OR_WHAT}.*)?\n\n", text
    )
