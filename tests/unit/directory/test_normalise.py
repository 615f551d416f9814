import pytest

from edoc_connector.directory.normalise import above, normalised
from edoc_connector.directory.raw import Raw
from edoc_connector.model.organization_code import OrganizationCode


def read(**values):
    given = {"code": "H53.14", "name": "Sở Nội vụ", **values}
    listed, flaws = normalised(Raw(7, given))
    return listed, [it.kind.value for it in flaws]


@pytest.mark.parametrize(
    ("code", "canonical", "flaws"),
    [
        ("H53.14", "H53.14", []),
        ("000.00.14.H53", "H53.14", []),
        ("000.14.00.H53", "H53.00.14", []),
        (" h53.14\u200b", "H53.14", ["code-cleaned"]),
        ("28.22.H17", "H17.22.28", ["code-odd"]),
        ("02.29.W00", "W00.29.02", ["code-odd"]),
        ("020100107370", "020100107370", []),
    ],
)
def test_a_code_is_read_in_every_form_and_cleaned(code, canonical, flaws):
    listed, found = read(code=code)

    assert (listed.code, found) == (canonical, flaws)


@pytest.mark.parametrize(
    ("code", "flaw"),
    [
        ("", "code-missing"),
        ("null", "code-missing"),
        ("000.1137.H53", "code-malformed"),
        ("vxp.saas.03", "code-malformed"),
        ("H53" + ".11" * 20, "code-too-long"),
        ("=1+1", "code-malformed"),
    ],
)
def test_what_is_no_code_is_left_out(code, flaw):
    listed, found = read(code=code)

    assert listed is None
    assert flaw in found


@pytest.mark.parametrize(
    ("name", "meant", "flaws"),
    [
        (
            "Thanh tra huyện\u200b Bến Cầu",
            "Thanh tra huyện Bến Cầu",
            ["name-invisible"],
        ),
        ("Thanh  tra ", "Thanh tra", ["name-spaces"]),
        ("Y ta\tA", "Y ta A", ["name-spaces"]),
        ("So\u031b\u0309 Y", "Sở Y", ["name-not-nfc"]),
        ("A\x00B", "AB", ["name-invisible"]),
        ("- Phòng A", "- Phòng A", []),
    ],
)
def test_a_name_is_mended_and_that_is_said(name, meant, flaws):
    listed, found = read(name=name)

    assert (listed.name, found) == (meant, flaws)


@pytest.mark.parametrize(
    ("name", "flaw"),
    [
        ("", "name-missing"),
        ("\u200b", "name-missing"),
        ("=HYPERLINK(1)", "name-formula"),
        ("@SUM(A1)", "name-formula"),
        ("-2+3", "name-formula"),
        ("\u200b=1", "name-formula"),
        ("x" * 501, "name-too-long"),
    ],
)
def test_what_is_no_name_is_left_out(name, flaw):
    listed, found = read(name=name)

    assert listed is None
    assert flaw in found


def test_a_body_that_ends_needs_no_name():
    assert read(name="", closed="true")[0].is_closed
    assert read(name="", until="2025-07-01")[0].name == ""


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2025-07-01", "2025-07-01"),
        ("1/7/2025", "2025-07-01"),
        ("2025-07-01T09:00:00+07:00", "2025-07-01"),
        ("2025-07-01 09:00:00", "2025-07-01"),
        ("1751302800000", "2025-07-01"),
    ],
)
def test_a_day_is_read_as_lists_write_it(text, day):
    assert read(since=text)[0].since.isoformat() == day


@pytest.mark.parametrize("text", ["hôm qua", "2025-13-01", "0000-00-00", "9" * 20])
def test_a_day_that_is_none_leaves_the_row_out(text):
    assert read(since=text) == (None, ["day-unreadable"])


def test_a_body_does_not_end_before_it_begins():
    assert read(since="2025-07-01", until="2025-07-01") == (
        None,
        ["ends-before-it-begins"],
    )


def test_what_a_list_does_not_say_is_not_said():
    listed, _ = read()

    assert (listed.parent, listed.aliases, listed.successor) == (None, None, None)


def test_an_empty_parent_is_the_one_the_code_says():
    assert read(parent="")[0].parent == "H53"
    assert read(parent="", code="H53")[0].parent == ""


def test_parent_successor_and_other_codes_are_canonical():
    listed, flaws = read(
        parent="000.00.00.H53", successor="000.00.14.H20", aliases="000.14.00.H53;x y"
    )

    assert (listed.parent, listed.successor) == ("H53", "H20.14")
    assert listed.aliases == ("H53.00.14",)
    assert flaws == ["alias-malformed"]


def test_what_contradicts_the_code_is_said():
    assert read(level="3")[1] == ["level-differs"]
    assert read(level="2")[1] == []
    assert read(successor="000.00.14.H53")[1] == ["successor-itself"]
    assert read(parent="?")[1] == ["parent-malformed"]


@pytest.mark.parametrize("code", ["H53", "H53.00.14", "H53.14.00.2", "0201", "W00.1"])
def test_who_is_above_is_what_the_code_says_when_it_is_taken_apart(code):
    given = OrganizationCode(code)
    parent = given.parent

    assert above(given) == (parent.canonical if parent else "")
