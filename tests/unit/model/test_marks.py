import sys
import unicodedata

import pytest

from edoc_connector.model.marks import MOST, OTHERS, is_overloaded

ACUTE, DOT = "\u0301", "\u0323"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a" * 5_000_000,
        unicodedata.normalize("NFD", "Ủy ban nhân dân tỉnh Đồng Tháp " * 100),
        "a" + ACUTE * MOST,
        ("a" + ACUTE * MOST) * 100,
    ],
)
def test_text_of_any_script_is_not_overloaded(text):
    assert not is_overloaded(text)


@pytest.mark.parametrize("marks", [ACUTE * (MOST + 1), ACUTE * 500_000 + DOT * 500_000])
def test_a_heap_of_marks_is_found_in_a_moment(marks):
    assert is_overloaded(f"văn bản a{marks} khác")


def test_no_mark_is_among_what_is_not_looked_at_closer():
    marks = filter(unicodedata.combining, map(chr, range(sys.maxunicode + 1)))

    assert all(map(OTHERS.match, marks))
