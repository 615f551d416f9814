from io import BytesIO

import pytest

from edoc_connector.pdf.gap import ends_in_order, is_only_the_value, reaches_the_end

FILE = BytesIO(b"before<00ff>after")
RANGES = [0, 6, 12, 5]


def test_a_gap_with_the_value_and_nothing_else_is_right():
    assert is_only_the_value(FILE, RANGES, b"\x00\xff")
    assert reaches_the_end(FILE, RANGES)


@pytest.mark.parametrize(
    ("ranges", "value"),
    [
        (RANGES, b"\x00\xfe"),
        ([0, 6, 13, 4], b"\x00\xff"),
        ([0, 7, 11, 5], b"\x00\xff"),
        ([1, 6, 12, 5], b"\x00\xff"),
        ([0, 6, 6, 11], b""),
        ([0, 12, 6, 5], b"\x00\xff"),
        ([0, -1, 12, 5], b"\x00\xff"),
        ([0, 6, 12, 5, 17, 0], b"\x00\xff"),
        ([0, 6, 5_000_000, 5], b"\x00\xff"),
        ([0, 0, 12, 5], b"\x00\xff"),
    ],
)
def test_any_other_gap_is_not(ranges, value):
    assert not is_only_the_value(FILE, ranges, value)


def test_digits_that_are_none_are_no_value():
    assert not is_only_the_value(BytesIO(b"a<0g>b"), [0, 1, 5, 1], b"\x00")
    assert not is_only_the_value(BytesIO(b"a<\xff\xff>b"), [0, 1, 5, 1], b"\xff")


def test_bytes_after_the_last_signed_one_are_seen():
    assert not reaches_the_end(FILE, [0, 6, 12, 4])


@pytest.mark.parametrize(
    ("tail", "is_in_order"),
    [
        (b"%%EOF", True),
        (b"%%EOF\r\n", True),
        (b"%%EOF\n%%EOF\n", True),
        (b"%%EOF more", False),
        (b"%%EOF" + b" " * 2000, False),
        (b"no end", False),
    ],
)
def test_behind_the_end_of_a_file_nothing_hides(tail, is_in_order):
    assert ends_in_order(BytesIO(b"content\n" + tail)) is is_in_order
