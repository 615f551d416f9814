"""Whatever travels as a code: every question has an answer, and the answers agree."""

from __future__ import annotations

import unicodedata
from typing import Final

from hypothesis import example, given
from hypothesis import strategies as st

from edoc_connector.model.organization_code import (
    Form,
    OrganizationCode,
    Problem,
    cleaned,
)

DIRT: Final = "\u200b\ufeff\u2060\u00ad \t\n\u00a0\u3000"
ALPHABET: Final = "0012HGWKx.. -０Ａ．\u0300\u0338" + DIRT
ANY_TEXT: Final = st.one_of(
    st.text(ALPHABET),
    st.text(),
    st.text(st.characters(categories=("Cs", "Cf", "Zs", "Mn", "Lu"))),
)

LEVEL_ONE: Final = st.from_regex(r"[A-V][0-9]{2}", fullmatch=True)


def group(width: int) -> st.SearchStrategy[str]:
    return st.integers(0, 10**width - 1).map(lambda number: f"{number:0{width}}")


OLD: Final = st.tuples(group(3), group(2), group(2), LEVEL_ONE).map(".".join)
SHORTENED: Final = st.one_of(
    st.tuples(group(2), group(2), LEVEL_ONE).map(".".join),
    st.tuples(group(2), LEVEL_ONE).map(".".join),
)
NEW: Final = st.tuples(
    LEVEL_ONE, st.lists(st.from_regex("[A-Z0-9]+", fullmatch=True), max_size=6)
).map(lambda parts: ".".join((parts[0], *parts[1])))
BODIES: Final = st.one_of(OLD, SHORTENED, NEW).map(OrganizationCode)
CODES: Final = st.one_of(BODIES, ANY_TEXT.map(OrganizationCode))


@st.composite
def soiled(draw: st.DrawFn, code: str) -> str:
    """Draw the code as people paste it: with dirt around it and around its dots."""
    dirt = st.text(DIRT, max_size=3)
    groups = [draw(dirt) + group + draw(dirt) for group in code.split(".")]
    return ".".join(groups)


@given(ANY_TEXT)
@example("A\u200b\u0300")
@example("Ａ\u0300. .\u0338")
def test_cleaning_a_clean_code_changes_nothing(text):
    clean, _ = cleaned(text)

    again, problems = cleaned(clean)

    assert again == clean
    assert set(problems) <= {Problem.SPACE}  # between two codes it stays
    assert unicodedata.is_normalized("NFC", clean)


@given(CODES)
def test_the_canonical_form_is_its_own(code):
    canonical = code.canonical

    assert canonical.canonical == canonical
    assert canonical.is_same_body(code)
    assert canonical.routing_words == code.routing_words
    assert (canonical.level, canonical.level_one) == (code.level, code.level_one)


@given(CODES)
def test_no_text_is_refused_and_every_answer_is_a_code(code):
    answers = [code.parent, code.level_one, code.canonical, cleaned(code)[0]]

    assert {type(answer) for answer in answers} <= {OrganizationCode, type(None)}
    assert code.form in Form
    assert set(code.problems) <= set(Problem)
    assert len(code.problems) == len(set(code.problems))


@given(BODIES)
def test_the_parent_is_one_level_up_or_more_where_levels_between_are_unused(code):
    parent = code.parent

    if parent is None:
        assert code.level == 1
        return
    unused = code.canonical.split(".")[parent.level : code.level - 1]
    assert parent.level == code.level - 1 - len(unused)
    assert not "".join(unused).strip("0")
    assert parent.level_one == code.level_one
    assert code.canonical.startswith(f"{parent.canonical}.")
    assert parent.form in {code.form, Form.NEW}


@given(st.tuples(LEVEL_ONE, group(2), group(2), group(3)))
def test_old_and_new_form_of_one_body_meet(groups):
    used = [*groups]
    while not used[-1].strip("0"):
        used.pop()
    old, new = (OrganizationCode(".".join(way)) for way in (groups[::-1], used))

    assert (old.form, new.form) == (Form.OLD, Form.NEW)
    assert old.is_same_body(new)
    assert old.canonical == new.canonical == new
    assert old.routing_words == new.routing_words
    assert (old.level, old.level_one) == (new.level, new.level_one)


@given(SHORTENED)
def test_a_shortened_code_is_the_old_one_written_whole(text):
    short = OrganizationCode(text)
    whole = OrganizationCode("000.00."[: 13 - len(text)] + text)

    assert (short.form, whole.form) == (Form.SHORTENED, Form.OLD)
    assert short.is_same_body(whole)
    assert (short.level, short.level_one) == (whole.level, whole.level_one)


@given(st.data())
def test_dirt_around_a_code_is_taken_out_and_does_not_make_another_body(data):
    code = data.draw(BODIES)
    text = OrganizationCode(data.draw(soiled(code)))

    clean, problems = cleaned(text)

    assert clean == code
    assert (text == code) == (problems == ())
    assert text.is_same_body(code)
    assert (text.form, text.level, text.parent) == (code.form, code.level, code.parent)


@given(st.from_regex(r"[0-9]{10}", fullmatch=True), st.sampled_from(["", "001"]))
def test_a_number_and_its_scheme_are_one_enterprise(number, branch):
    forms = [number + branch, f"02{number}{branch}"]
    forms += [f"{number}-{branch}"] if branch else []

    codes = [OrganizationCode(form) for form in forms]

    assert {code.form for code in codes} == {Form.NUMBER}
    assert {code.canonical for code in codes} == {f"02{number}{branch}"}
