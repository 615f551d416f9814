"""What a refusal tells of how large a message may be.  Pure."""

from __future__ import annotations

import re
from typing import Final

from edoc_connector.errors import BusRefused

CONTENT_TOO_LARGE: Final = "311"
"""What AMQP has for it; RabbitMQ says 406, and what it means in words."""

LARGEST: Final = re.compile(r"max size (\d+)")
"""`message size 17825792 is larger than configured max size 16777216`."""

ABOUT_SIZE: Final = re.compile(
    r"\b(?:message|body|content) (?:size|too large)\b", re.IGNORECASE
)


def largest_after(refused: BusRefused, size: int) -> int:
    """Return how large a message is to be after this refusal of one of `size` bytes.

    The half, where the broker keeps its limit for itself or names one that cannot be;
    0 where the refusal is not about size.
    """
    problem = refused.details["problem"]
    if found := LARGEST.search(problem):
        limit = int(found[1])
        return limit if limit < size else size // 2
    is_code = refused.details.get("reply") == CONTENT_TOO_LARGE
    return size // 2 if is_code or ABOUT_SIZE.search(problem) else 0
