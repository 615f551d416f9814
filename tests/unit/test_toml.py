from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import NewType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edoc_connector.errors import (
    SettingForeign,
    SettingMissing,
    SettingsInvalid,
    SettingsNotToml,
    SettingsRefused,
    SettingsUnreadable,
    SettingUnknown,
    SettingWrong,
)
from edoc_connector.toml import read_toml

Name = NewType("Name", str)


class Colour(StrEnum):
    RED = "red"
    GREEN = "green"


@dataclass(frozen=True, kw_only=True)
class Leaf:
    number: int = 1
    share: float = 0.5
    sure: bool = False
    name: Name = Name("")


@dataclass(frozen=True, kw_only=True)
class Tree:
    trunk: str
    colour: Colour = Colour.GREEN
    place: Path | None = None
    maybe: int | None = None
    planted: date | None = None
    leaf: Leaf = Leaf()
    leaves: tuple[Leaf, ...] = ()
    heights: tuple[int, ...] = ()
    by_colour: dict[Colour, str] = field(default_factory=dict)
    by_name: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Wood:
    tree: Tree
    place: Path


@dataclass(frozen=True, kw_only=True)
class Branch:
    leaf: Leaf


def read(tmp_path: Path, text: str, kind: type = Tree):
    path = tmp_path / "file.toml"
    path.write_text(text, encoding="utf-8")
    return read_toml(path, kind)


def problem(tmp_path: Path, text: str, kind: type = Tree) -> SettingsInvalid:
    with pytest.raises(SettingsInvalid) as caught:
        read(tmp_path, text, kind)
    return caught.value


def test_a_day_is_read_and_nothing_that_only_looks_like_one(tmp_path):
    read_day = read(tmp_path, 'trunk = "a"\nplanted = 2026-06-30').planted
    assert read_day == date(2026, 6, 30)

    for other in ("2026-06-30T00:00:00", '"2026-06-30"', "07:30:00", "20260630"):
        told = problem(tmp_path, f'trunk = "a"\nplanted = {other}')
        assert "a day, such as 2026-06-30" in str(told)


def test_every_kind_of_value_is_read(tmp_path):
    text = """
        trunk = "gỗ"
        colour = "red"
        place = "sub/file"
        maybe = 3
        heights = [1, 2]
        [leaf]
        number = 2
        share = 1
        sure = true
        name = "a"
        [[leaves]]
        number = 7
        [by_colour]
        red = "đỏ"
        [by_name]
        a = ["x", "y"]
    """

    assert read(tmp_path, text) == Tree(
        trunk="gỗ",
        colour=Colour.RED,
        place=tmp_path / "sub/file",
        maybe=3,
        heights=(1, 2),
        leaf=Leaf(number=2, share=1.0, sure=True, name=Name("a")),
        leaves=(Leaf(number=7),),
        by_colour={Colour.RED: "đỏ"},
        by_name={"a": ("x", "y")},
    )


def test_what_is_not_given_has_its_default(tmp_path):
    assert read(tmp_path, 'trunk = "a"') == Tree(trunk="a")


def test_an_absolute_path_stays_and_a_relative_one_starts_at_the_file(tmp_path):
    absolute = read(tmp_path, 'trunk = "a"\nplace = "/etc/x"')
    relative = read(tmp_path, 'trunk = "a"\nplace = "x"')

    assert absolute.place == Path("/etc/x")
    assert relative.place == tmp_path / "x"


def test_an_empty_text_says_none_where_none_is_allowed(tmp_path):
    assert read(tmp_path, 'trunk = "a"\nplace = ""').place is None


def test_an_unknown_name_is_told_with_the_nearest_right_one(tmp_path):
    error = problem(tmp_path, 'trunk = "a"\n[leaf]\nnumbre = 1')

    assert isinstance(error, SettingUnknown)
    assert error.details["name"] == "leaf.numbre"
    assert error.details["near"] == "leaf.number"


def test_an_unknown_name_that_is_near_to_none_is_told_with_all_of_them(tmp_path):
    error = problem(tmp_path, 'trunk = "a"\n[leaf]\nzzz = 1')

    assert isinstance(error, SettingForeign)
    assert error.details["known"] == "number, share, sure, name"


def test_a_required_name_that_is_missing_is_told(tmp_path):
    error = problem(tmp_path, "")

    assert isinstance(error, SettingMissing)
    assert (error.details["name"], error.details["expected"]) == ("trunk", "text")


def test_a_missing_table_is_told_as_the_names_missing_in_it(tmp_path):
    error = problem(tmp_path, "", Wood)

    assert isinstance(error, SettingsRefused)
    assert [each.details["name"] for each in error.problems] == ["tree.trunk", "place"]
    assert error.problems[1].details["expected"] == "the path of a file or folder"


def test_a_missing_table_in_which_nothing_is_required_is_told_itself(tmp_path):
    error = problem(tmp_path, "", Branch)

    assert isinstance(error, SettingMissing)
    assert (error.details["name"], error.details["expected"]) == ("leaf", "a table")


@pytest.mark.parametrize(
    ("line", "name", "found", "expected"),
    [
        ("maybe = true", "maybe", "true", "a whole number"),
        ("maybe = 1.5", "maybe", "1.5", "a whole number"),
        ('colour = "blue"', "colour", '"blue"', '"red", "green"'),
        ("colour = 1", "colour", "1", "text"),
        ("place = 1", "place", "1", "the path of a file or folder"),
        ("leaf = 1", "leaf", "1", "a table"),
        ("leaf.share = true", "leaf.share", "true", "a number"),
        ("leaf.sure = 1", "leaf.sure", "1", "true or false"),
        ("leaf.name = {}", "leaf.name", "a table", "text"),
        ("leaf.name = [1]", "leaf.name", "a list", "text"),
        ("heights = 1", "heights", "1", "a list"),
        ('heights = [1, "2"]', "heights[1]", '"2"', "a whole number"),
        ("by_name = 1", "by_name", "1", "a table"),
        ("by_name.a = [1]", "by_name.a[0]", "1", "text"),
        ('by_colour.blue = "x"', "by_colour.blue", '"blue"', '"red", "green"'),
    ],
)
def test_a_wrong_value_is_told_with_what_is_right(
    tmp_path, line, name, found, expected
):
    error = problem(tmp_path, f'trunk = "a"\n{line}')

    assert isinstance(error, SettingWrong)
    assert error.details == {
        "where": str(tmp_path / "file.toml"),
        "name": name,
        "found": found,
        "expected": expected,
    }


def test_all_problems_are_told_at_once(tmp_path):
    text = """
        clour = "red"
        maybe = "x"
        heights = ["a", 1, "b"]
        [leaf]
        sure = 1
        share = "y"
    """

    error = problem(tmp_path, text)

    assert isinstance(error, SettingsRefused)
    assert error.details["count"] == "7"
    assert [each.details["name"] for each in error.problems] == [
        "clour",
        "trunk",
        "maybe",
        "leaf.share",
        "leaf.sure",
        "heights[0]",
        "heights[2]",
    ]


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(SettingsUnreadable, match="No such file"):
        read_toml(tmp_path / "none.toml", Tree)


def test_a_file_that_is_not_toml_is_told_with_its_line(tmp_path):
    with pytest.raises(SettingsNotToml, match="line 2"):
        read(tmp_path, 'trunk = "a"\n= 3\n')


def test_a_file_that_is_not_utf8_is_told(tmp_path):
    path = tmp_path / "file.toml"
    path.write_bytes(b"trunk = '\xff'")

    with pytest.raises(SettingsNotToml):
        read_toml(path, Tree)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_no_value_makes_anything_but_a_value_or_our_error(value):
    from edoc_connector.toml import Place, _table

    names = ("trunk", "colour", "place", "maybe", "leaf", "leaves", "by_name")
    for name in names:
        try:
            tree = _table({"trunk": "a", name: value}, Tree, Place(Path("/f")))
        except SettingsInvalid:
            continue
        assert isinstance(tree, Tree)
