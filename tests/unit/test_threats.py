"""The table of threats and what it names are of one mind."""

import ast
import re
from functools import cache
from pathlib import Path

import click
import pytest

from edoc_connector.cli import command

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "threats.md").read_text("utf-8")
ROWS = {
    threat: (where, tests)
    for threat, _, where, tests in re.findall(
        r"^\| (.+?) \| (.+?) \| (.+?) \| (.+?) \|$", PAGE, re.MULTILINE
    )
    if not threat.startswith(("threat", "---"))
}

NAMED = [
    *("sender spoofing", "replay", "tampering", "wrapping", "downgrade", "stolen key"),
    *("revoked certificate", "rogue broker", "rogue node", "clock set back"),
    *("lying time stamping service", "hostile certificate", "placeholder seals"),
    *(
        "key exposure",
        "link accounts",
        "expired anchors",
        "lying responder",
        "hostile PDF",
    ),
]
"""What has to be in it at the least."""


@cache
def names_in(path: str) -> frozenset[str]:
    """The tests of a file, read and not run."""
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    return frozenset(
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    )


@pytest.mark.parametrize("threat", NAMED)
def test_every_threat_that_has_to_be_met_is_in_the_table(threat):
    assert any(threat in row for row in ROWS), threat


@pytest.mark.parametrize("threat", ROWS)
def test_every_control_is_somewhere(threat):
    modules = re.findall(r"`([^`]+)`", ROWS[threat][0])

    assert modules
    for module in modules:
        assert (ROOT / "edoc_connector" / module).is_file(), module


@pytest.mark.parametrize("threat", ROWS)
def test_every_threat_has_tests_that_exist(threat):
    named = re.findall(r"`([^`]+)`", ROWS[threat][1])

    assert named
    for path, _, name in (each.partition("::") for each in named):
        assert name in names_in(path), f"{path}::{name}"


def test_no_line_of_the_table_is_overlooked():
    lines = [line for line in PAGE.splitlines() if line.startswith("| ")]
    heads = PAGE.count("| threat | control | where | tests |")

    assert len(lines) == len(ROWS) + 2 * heads


PAGES = [
    "threats.md",
    *(
        f"{name}{end}"
        for name in ("trust", "seal", "install")
        for end in (".md", ".vi.md")
    ),
]


def named_in(page: str) -> set[tuple[str, ...]]:
    """The commands that a page calls in what is set as code, each as its words."""
    text = (ROOT / "docs" / page).read_text("utf-8")
    blocks = re.findall(r"```.*?```", text, re.DOTALL)
    spans = re.findall(r"(?<!`)`([^`]+)`(?!`)", text)
    code = "\n".join((*blocks, *(" ".join(span.split()) for span in spans)))
    calls = re.findall(r"\bedoc(?: -v)?((?: [a-z][a-z-]*)+)", code)
    return {tuple(call.split()) for call in calls}


def unknown(words: tuple[str, ...]) -> str:
    """The first word that names no command; what follows a command is its affair."""
    at: click.Command | None = command
    context = click.Context(command)
    for word in words:
        if not isinstance(at, click.Group):
            return ""
        at = at.get_command(context, word)
        if at is None:
            return word
    return ""


@pytest.mark.parametrize("page", PAGES)
def test_every_command_that_a_page_names_can_be_called(page):
    calls = named_in(page)

    assert calls
    assert [" ".join(call) for call in calls if unknown(call)] == []
