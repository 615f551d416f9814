"""The table of what an enemy on the axis tries, and the tests that try it, agree."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SUITE = "tests/hostile/axis"
HEADS = ("attempt", "việc thử", "---")
STOPPERS = {
    "axis-threats.md": {"broker", "seal", "broker and seal", "receiver", "certificate"},
    "axis-threats.vi.md": {
        "broker",
        "chữ ký số",
        "broker và chữ ký số",
        "bên nhận",
        "chứng thư",
    },
}
TRIED = [
    *("`user_id`", "`edoc-sender`", "CC and BCC", "over two links", "a status"),
    *("purge", "delete", "bind the own mailbox", "default exchange", "`edoc.from.*`"),
    *("`amq.*`", "unknown kind", "never ends", "express", "pings", "segments"),
    *("headers", "replay", "message id", "`x-death`", "dead letters", "management"),
    *("self-signed", "another host", "ended", "revoked", "TLS 1.1", "PLAIN"),
    *("keeps nothing", "garbage", "out of order", "hangs up", "no TLS"),
]
"""What has to be tried at the least."""


def page(name: str) -> str:
    return (ROOT / "docs" / name).read_text("utf-8")


def rows(name: str) -> list[tuple[str, str, str, str]]:
    found = re.findall(
        r"^\| (.+?) \| (.+?) \| (.+?) \| (.+?) \|$", page(name), re.MULTILINE
    )
    return [it for it in found if not it[0].startswith(HEADS)]


def named(text: str) -> list[str]:
    return re.findall(r"`(tests/[^`]+)`", text)


@cache
def names_in(path: str) -> frozenset[str]:
    """The tests of a file, read and not run."""
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    return frozenset(
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    )


@pytest.mark.parametrize("attempt", TRIED)
def test_what_has_to_be_tried_is_in_the_table(attempt: str) -> None:
    assert any(attempt in row[0] for row in rows("axis-threats.md")), attempt


@pytest.mark.parametrize("name", STOPPERS)
def test_each_attempt_is_stopped_by_something_and_has_tests_that_exist(
    name: str,
) -> None:
    for attempt, stopped_by, _, tests in rows(name):
        assert stopped_by in STOPPERS[name], attempt
        assert named(tests), attempt
        for path, _, test in (it.partition("::") for it in named(tests)):
            assert test in names_in(path), f"{path}::{test}"


@pytest.mark.parametrize("name", STOPPERS)
def test_each_test_of_the_suite_is_on_the_page(name: str) -> None:
    told = set(named(page(name)))
    for path in (ROOT / SUITE).glob("test_*.py"):
        file = f"{SUITE}/{path.name}"
        assert {f"{file}::{it}" for it in names_in(file)} <= told


def test_both_languages_have_the_same_attempts_in_the_same_order() -> None:
    english, vietnamese = (rows(name) for name in STOPPERS)

    assert [it[3] for it in english] == [it[3] for it in vietnamese]


@pytest.mark.parametrize("name", STOPPERS)
def test_no_line_of_the_tables_is_overlooked(name: str) -> None:
    lines = [line for line in page(name).splitlines() if line.startswith("| ")]
    heads = sum(line.startswith(tuple(f"| {it}" for it in HEADS)) for line in lines)

    assert len(lines) == len(rows(name)) + heads
