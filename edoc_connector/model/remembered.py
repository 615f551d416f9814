"""Answers about texts that come again, remembered as long as the texts are short.

Strangers write long ones too, and a few of these would fill our memory for good.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Final, TypeVar

Text = TypeVar("Text", bound=str)
Answer = TypeVar("Answer")

LONGEST: Final = 100
"""Characters of a text whose answer is remembered: a code or a type has few."""


def remembered(
    most: int,
) -> Callable[[Callable[[Text], Answer]], Callable[[Text], Answer]]:
    """Remember the last `most` answers of a function of one text and nothing else."""

    def decorate(answer: Callable[[Text], Answer]) -> Callable[[Text], Answer]:
        known = lru_cache(maxsize=most)(answer)

        @wraps(answer)
        def asked(text: Text) -> Answer:
            return known(text) if len(text) <= LONGEST else answer(text)

        return asked

    return decorate
