"""What the letters of a code say, for every kind of code that was met in the field."""

import copy

import pytest

from edoc_connector.model.organization_code import (
    MEANINGS,
    Form,
    OrganizationCode,
    Problem,
    cleaned,
)


def code(text: str) -> OrganizationCode:
    return OrganizationCode(text)


# --- the text -----------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["H20.14", " h20\u200b", "", "null", "x" * 1000, "\ud800"]
)
def test_a_code_is_the_text_it_was_given(text):
    assert code(text) == text
    assert hash(code(text)) == hash(text)
    assert f"{code(text)}" == text


def test_a_code_is_still_a_code_after_a_copy():
    assert type(copy.deepcopy(code("H20"))) is OrganizationCode


# --- the two forms ------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "form", "level", "parent", "canonical"),
    [
        ("000.00.00.H49", Form.OLD, 1, None, "H49"),
        ("000.00.14.H20", Form.OLD, 2, "000.00.00.H20", "H20.14"),
        ("000.46.24.H44", Form.OLD, 3, "000.00.24.H44", "H44.24.46"),
        ("001.46.24.H44", Form.OLD, 4, "000.46.24.H44", "H44.24.46.001"),
        ("H20", Form.NEW, 1, None, "H20"),
        ("H20.14", Form.NEW, 2, "H20", "H20.14"),
        ("H20.14.03", Form.NEW, 3, "H20.14", "H20.14.03"),
        ("H37.DN.001", Form.NEW, 3, "H37.DN", "H37.DN.001"),
        ("G12.1.2.3.4.5", Form.NEW, 6, "G12.1.2.3.4", "G12.1.2.3.4.5"),
    ],
)
def test_a_code_of_the_decisions_has_level_parent_and_one_canonical_form(
    text, form, level, parent, canonical
):
    given = code(text)

    assert (given.form, given.level, given.parent) == (form, level, parent)
    assert given.canonical == given.routing_words == canonical
    assert given.level_one == canonical[:3]
    assert given.problems == ()


@pytest.mark.parametrize(
    ("text", "level", "parent", "canonical"),
    [
        ("000.14.00.H20", 3, "000.00.00.H20", "H20.00.14"),
        ("014.00.00.H20", 4, "000.00.00.H20", "H20.00.00.014"),
        ("001.00.24.H44", 4, "000.00.24.H44", "H44.24.00.001"),
        ("H20.00.14", 3, "H20", "H20.00.14"),
    ],
)
def test_a_body_below_an_unused_level_keeps_its_place_and_belongs_to_the_next_above(
    text, level, parent, canonical
):
    given = code(text)

    assert (given.level, given.parent, given.canonical) == (level, parent, canonical)
    assert given.problems == ()


def test_every_answer_that_is_a_code_is_asked_on():
    given = code("001.46.24.H44")

    assert given.parent.parent.parent == "000.00.00.H44"
    assert given.parent.parent.parent.parent is None
    assert given.canonical.parent.level_one.level == 1


# --- what else travels --------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("020100107370", "020100107370"),
        ("0100107370", "020100107370"),
        ("0212345678", "020212345678"),
        ("0100107370001", "020100107370001"),
        ("0100107370-001", "020100107370001"),
        ("020100107370-001", "020100107370001"),
        ("0201001073701", "020201001073701"),
    ],
)
def test_an_enterprise_has_a_number_and_no_place_in_the_hierarchy(text, canonical):
    given = code(text)

    assert given.form is Form.NUMBER
    assert (given.level, given.parent, given.level_one) == (None, None, None)
    assert given.canonical == given.routing_words == canonical
    assert given.problems == ()


@pytest.mark.parametrize(
    "text", ["010010737", "010010737000", "0100107370-1", "0100107370-"]
)
def test_other_digits_are_no_number_of_an_enterprise(text):
    assert code(text).form is Form.UNKNOWN


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("02.29.W00", "W00.29.02"),
        ("00.53.W00", "W00.53"),
        ("00.36.W00", "W00.36"),
        ("001.00.41.W00", "W00.41.00.001"),
        ("W00.29.02", "W00.29.02"),
        ("W00", "W00"),
    ],
)
def test_a_node_is_no_body_and_no_recipient(text, canonical):
    given = code(text)

    assert given.form is Form.NODE
    assert (given.level, given.parent, given.level_one) == (None, None, None)
    assert given.canonical == canonical
    assert given.problems == (Problem.NODE,)


@pytest.mark.parametrize(
    ("text", "level", "parent", "canonical"),
    [
        ("28.22.H17", 3, "22.H17", "H17.22.28"),
        ("01.02.G22", 3, "02.G22", "G22.02.01"),
        ("01.K36", 2, "K36", "K36.01"),
        ("00.22.H17", 2, "H17", "H17.22"),
    ],
)
def test_an_old_code_without_what_it_does_not_use_is_read_right_to_left_too(
    text, level, parent, canonical
):
    given = code(text)

    assert given.form is Form.SHORTENED
    assert (given.level, given.parent, given.canonical) == (level, parent, canonical)
    assert given.level_one == canonical[:3]
    assert given.problems == (Problem.SHORTENED,)


def test_a_test_centre_is_read_by_place_and_its_level_one_is_said_to_be_odd():
    given = code("001.00.20.TT2")

    assert (given.form, given.level, given.level_one) == (Form.OLD, 4, "TT2")
    assert given.parent == "000.00.20.TT2"
    assert given.canonical == "TT2.20.00.001"
    assert given.canonical.level == 4
    assert given.problems == given.canonical.problems == (Problem.LEVEL_ONE,)


def test_a_code_of_the_right_shape_has_no_problem_whoever_it_is():
    # That there is no D77 is for the directory to say.
    assert code("777.77.04.D77").problems == ()
    assert code("777.77.04.D77").level_one == "D77"


@pytest.mark.parametrize(
    ("text", "level_one"),
    [
        ("000.A53.000", "A53"),
        ("000.1137.H53", "H53"),
        ("H20.14 H20.28", "H20"),
        ("H20,H21", None),
        ("H20.H21.", None),
        ("000.W00.000", None),
        ("000.00.00.G22(mã đơn vị gửi)", None),
        ("Sở Y tế", None),
        ("..", None),
        ("H20/14", None),
        ("٠٠٠.٠٠.١٤.H20", "H20"),
        ("\ud800", None),
    ],
)
def test_of_an_unknown_form_only_the_level_one_is_said_where_it_is_plain(
    text, level_one
):
    given = code(text)

    assert given.form is Form.UNKNOWN
    assert (given.level, given.parent, given.level_one) == (None, None, level_one)
    assert given.canonical == given.routing_words == text
    assert Problem.UNKNOWN_FORM in given.problems


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", Problem.EMPTY),
        ("null", Problem.NULL),
        ("NULL", Problem.NULL),
    ],
)
def test_nothing_and_the_word_null_are_no_code(text, problem):
    assert code(text).form is Form.UNKNOWN
    assert code(text).problems == (problem,)


# --- problems -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("\u200b \ufeff", (Problem.EMPTY, Problem.INVISIBLE, Problem.SPACE)),
        ("vxp.saas.03", (Problem.LOWER_CASE, Problem.UNKNOWN_FORM)),
        ("h20.14", (Problem.LOWER_CASE,)),
        ("H20.14.00.000", (Problem.UNUSED_LEVEL,)),
        ("H20 14", (Problem.SPACE, Problem.UNKNOWN_FORM)),
        ("H20." + "1" * 31, ()),
        ("H20." + "1" * 32, (Problem.TOO_LONG,)),
        ("ệ" * 35, (Problem.UNKNOWN_FORM,)),
        ("e\u0323\u0302" * 35, (Problem.UNKNOWN_FORM,)),
        ("e\u0323\u0302" * 36, (Problem.TOO_LONG, Problem.UNKNOWN_FORM)),
        (
            "h20\u200b. \uff11\uff14",
            (Problem.INVISIBLE, Problem.SPACE, Problem.FULL_WIDTH, Problem.LOWER_CASE),
        ),
    ],
)
def test_all_problems_of_a_code_are_named_at_once(text, problems):
    assert set(code(text).problems) == set(problems)
    assert list(code(text).problems) == sorted(problems, key=list(Problem).index)


def test_small_letters_are_read_as_capitals():
    given = code("h20.dn.001")

    assert (given.canonical, given.parent, given.level_one) == (
        "H20.DN.001",
        "H20.DN",
        "H20",
    )


def test_an_unused_level_at_the_end_of_a_new_code_names_nobody():
    given = code("H20.14.00.000")

    assert (given.canonical, given.level, given.parent) == ("H20.14", 2, "H20")


def test_every_problem_is_said_to_people():
    assert set(MEANINGS) == set(Problem)


# --- one body -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("000.00.14.H20", "H20.14"),
        ("000.28.22.H17", "28.22.H17"),
        ("000.00.00.G12", " g12\u200b"),
        ("0100107370", "020100107370"),
        ("Ｈ２０．１４", "H20.14"),
        ("H20.14.00", "H20.14"),
        ("\u212a36", "K36"),
    ],
)
def test_one_body_is_known_in_all_its_forms(one, other):
    assert code(one).is_same_body(code(other))
    assert code(one).routing_words == code(other).routing_words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("000.14.00.H20", "H20.14"),
        ("H20.14", "H20.140"),
        ("H20.14", "H20.14.01"),
        ("K20", "H20"),
        ("H20 14", "H20.14"),
        ("0100107370-001", "0100107370"),
    ],
)
def test_another_body_is_not_taken_for_it(one, other):
    assert not code(one).is_same_body(code(other))


# --- cleaning -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "clean", "problems"),
    [
        ("H20.14", "H20.14", ()),
        ("h20.14", "h20.14", ()),
        ("0100107370-001", "0100107370-001", ()),
        ("", "", ()),
        ("Sở", "Sở", ()),
        ("So\u031b\u0309", "Sở", ()),
        ("\u200bH20.14\ufeff", "H20.14", (Problem.INVISIBLE,)),
        ("H\u00ad20\u2060.14\u200f", "H20.14", (Problem.INVISIBLE,)),
        (" H20.14\u00a0", "H20.14", (Problem.SPACE,)),
        ("H20 .\t14\n", "H20.14", (Problem.SPACE,)),
        ("H20\u3000.\u202f14", "H20.14", (Problem.SPACE,)),
        ("H20.14  H20.28", "H20.14 H20.28", (Problem.SPACE,)),
        ("Ｈ２０．１４", "H20.14", (Problem.FULL_WIDTH,)),
        ("\u200b Ｈ20 ", "H20", (Problem.INVISIBLE, Problem.SPACE, Problem.FULL_WIDTH)),
        ("\u200b", "", (Problem.INVISIBLE,)),
    ],
)
def test_what_nobody_typed_on_purpose_is_taken_out_and_reported(text, clean, problems):
    assert cleaned(text) == (clean, problems)
    assert type(cleaned(text)[0]) is OrganizationCode
