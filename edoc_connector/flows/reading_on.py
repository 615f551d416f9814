"""What a register names first and nobody can act on hides nothing behind it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Final, TypeVar

MOST: Final = 2000
"""How many rows are read at once at most; a look is not to read a whole register."""

Row = TypeVar("Row")


def read_on(
    read: Callable[[int], Sequence[Row]],
    act: Callable[[Sequence[Row]], int],
    *,
    named: Callable[[Row], Hashable],
    limit: int,
) -> int:
    """Act on what is read, and return how many were done.

    While none is, and there may be more, twice as many are read.  What was in vain is
    not tried again in the same look, nor what follows under the same name.
    """
    seen = set[Hashable]()
    while True:
        found = read(limit)
        done = act([it for it in found if named(it) not in seen])
        if done or len(found) < limit or limit >= MOST:
            return done
        seen.update(map(named, found))
        limit = min(2 * limit, MOST)
