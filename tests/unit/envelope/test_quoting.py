import pytest

from edoc_connector.envelope.quoting import brief, shown, told


@pytest.mark.parametrize("quote", [shown, brief, told])
@pytest.mark.parametrize("hostile", ["\x1b[2J", "a\u202efdp", "a\u200bb", "\ud800"])
def test_nothing_a_stranger_wrote_obeys_a_terminal(quote, hostile):
    assert quote(hostile).isprintable()


@pytest.mark.parametrize("quote", [shown, brief, told])
def test_what_is_long_is_cut_and_shows_that_it_was(quote):
    quoted = quote("x" * 5_000_000)

    assert len(quoted) < 200
    assert "…" in quoted


def test_a_value_is_quoted_where_it_could_be_taken_for_a_word():
    assert (shown("a"), brief("a"), told("a")) == ("'a'", "a", "a")


def test_a_brief_value_is_on_one_line():
    assert brief(" a\n\tb ") == "a b"
