"""Short texts are remembered, long ones are not."""

import gc
import tracemalloc

import pytest

from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.remembered import LONGEST, remembered
from edoc_connector.model.secrecy import secrecy_level


def counted(most):
    asked = []

    @remembered(most)
    def answer(text):
        asked.append(text)
        return len(text)

    return answer, asked


def test_a_short_text_is_answered_once():
    answer, asked = counted(2)

    assert [answer("ab"), answer("ab")] == [2, 2]
    assert asked == ["ab"]


def test_a_long_text_is_answered_anew_each_time():
    answer, asked = counted(2)
    long = "x" * (LONGEST + 1)

    assert [answer(long), answer(long)] == [LONGEST + 1, LONGEST + 1]
    assert asked == [long, long]


def test_no_more_than_so_many_are_remembered():
    answer, asked = counted(2)

    for text in ("a", "b", "c", "a"):
        answer(text)

    assert asked == ["a", "b", "c", "a"]


ASKED = {
    "a code": lambda text: OrganizationCode(text).is_same_body(OrganizationCode("H20")),
    "problems of a code": lambda text: OrganizationCode(text).problems,
    "a level of secrecy": secrecy_level,
}


@pytest.mark.parametrize("what", ASKED)
def test_long_texts_of_strangers_stay_nowhere(what):
    tracemalloc.start()
    try:
        for number in range(8):
            ASKED[what](f"{number}" + "x" * 1_000_000)
        gc.collect()
        left, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert left < 1_000_000
