"""Days in the writings of lists."""

from __future__ import annotations

from datetime import date

import pytest

from edoc_connector.directory.days import day_of


@pytest.mark.parametrize(
    "text",
    ["2026-07-01", "2026-07-01T23:59:59", "1/7/2026", "01/07/2026 08:00"],
)
def test_a_day_is_read_in_each_writing_of_lists(text):
    assert day_of(text) == date(2026, 7, 1)


def test_milliseconds_are_a_day_in_vietnam():
    assert day_of("1782838800000") == date(2026, 7, 1)  # 30 June, 17:00 UTC


@pytest.mark.parametrize("text", ["2026-02-30", "7/2026", "hôm qua", "20260701"])
def test_what_is_no_day_is_not_guessed(text):
    with pytest.raises(ValueError, match=r".*"):
        day_of(text)
