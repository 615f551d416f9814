"""How large a message may be, from what a broker says when it refuses one."""

from __future__ import annotations

import pytest

from edoc_connector.bus.too_large import largest_after
from edoc_connector.errors import BusRefused

RABBIT = (
    "PRECONDITION_FAILED - message size 17825792 is larger than configured max size"
    " 16777216"
)
SIZE = 4096


def test_the_number_of_a_broker_that_names_one_is_taken() -> None:
    refused = BusRefused(problem=RABBIT, reply=406)

    assert largest_after(refused, 17_825_792) == 16_777_216


@pytest.mark.parametrize(
    ("reply", "problem"),
    [
        (311, "CONTENT_TOO_LARGE"),
        (311, ""),
        (406, "PRECONDITION_FAILED - message size is over the limit"),
        (406, RABBIT),  # its number is no help for a message of 4096 bytes
    ],
)
def test_without_a_number_that_helps_it_is_half(reply: int, problem: str) -> None:
    assert largest_after(BusRefused(problem=problem, reply=reply), SIZE) == SIZE // 2


OTHER = (
    "PRECONDITION_FAILED - user_id property set to 'H20' but authenticated user was"
    " 'G22'"
)


@pytest.mark.parametrize("problem", [OTHER, "PRECONDITION_FAILED - invalid expiration"])
def test_what_is_wrong_otherwise_is_not_mended_by_cutting(problem: str) -> None:
    assert largest_after(BusRefused(problem=problem, reply=406), SIZE) == 0
