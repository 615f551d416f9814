"""A code that is empty does not mean everybody, nor nobody."""

import pytest

from edoc_connector.errors import ExitCode
from tests.support.shell import edoc
from tests.unit.cli import test_queue

storage = test_queue.storage

TEXT = ("--reason", "Ban hành nhầm")


@pytest.mark.parametrize("code", ["", "  ", "\u200b"])
@pytest.mark.parametrize(
    "command",
    [
        ("document", "list", "--organization"),
        ("document", "resend", "28", "--to"),
        ("document", "recall", "28", *TEXT, "--to"),
        ("document", "replace", "28", "--by", "29", *TEXT, "--to"),
        ("document", "statement", "28", "-o", "-", "--to"),
        ("queue", "list", "--to"),
        ("queue", "park", "--to"),
        ("queue", "release", "1", "--to"),
        ("reconciliation", "show", "--peer"),
    ],
    ids=lambda it: "-".join(it[:2]),
)
def test_an_empty_code_is_a_mistake_of_the_caller(capsys, command, code):
    done = edoc(capsys, *command, code)

    assert done.code == ExitCode.USAGE
    assert "it is empty or no plain text" in done.err


@pytest.mark.usefixtures("storage")
def test_a_code_is_taken_without_what_came_along_when_it_was_pasted(capsys):
    done = edoc(capsys, "queue", "list", "--to", " H20.14\u200b ", "--json")

    assert [line.count("cccc") for line in done.out.splitlines()] == [1]
