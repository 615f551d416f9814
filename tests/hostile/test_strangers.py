"""The table of attacks and the tests that answer them are of one mind."""

import ast
import re
from pathlib import Path

import pytest

HOSTILE = Path(__file__).parent
TABLE = HOSTILE.parents[1] / "docs" / "strangers.md"
ROWS = re.findall(
    r"^\| (.+) \| (.+) \| (.*) \|$", TABLE.read_text("utf-8"), re.MULTILINE
)
ATTACKS = {attack: tests for attack, _, tests in ROWS[2:]}

TRIED = [
    *("external entity", "internal entity", "entity in an attribute", "DTD"),
    *("billion laughs", "100 000 nested elements", "a million attributes"),
    *("1 GB of text", "UTF-7", "UTF-16", "NUL bytes", "stylesheet", "XInclude"),
    *("header sections twice", "two envelopes in one file", "ids collide"),
    *("base64 with rubbish", "cut off at any byte", "ZIP bomb", "nested ZIP bomb"),
    *("entry with `../`", "absolute name", "NUL in its name", "control characters"),
    *("right-to-left overrides", "Windows devices", "255 bytes"),
]
"""What has to be tried at the least."""


def names():
    """Every test of this folder."""
    return {
        node.name
        for path in HOSTILE.glob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef)
    }


@pytest.mark.parametrize("attack", TRIED)
def test_every_attack_that_has_to_be_tried_is_in_the_table(attack):
    assert any(attack in said for said in ATTACKS), attack


@pytest.mark.parametrize("attack", ATTACKS)
def test_every_attack_of_the_table_has_tests_that_exist(attack):
    named = re.findall(r"`(test_\w+)`", ATTACKS[attack])

    assert named
    assert set(named) <= names()


def test_no_two_tests_of_one_file_have_one_name():
    """The second would hide the first."""
    for path in HOSTILE.glob("test_*.py"):
        found = re.findall(r"^def (test_\w+)", path.read_text("utf-8"), re.MULTILINE)
        assert len(found) == len(set(found)), path.name
