"""Several things in one commit: each would wait for the disk, together they wait once.

What cannot be written in company keeps none of the others from it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import TypeVar

from edoc_connector.errors import LostRace
from edoc_connector.flows.attempts import passes
from edoc_connector.storage import Storage, Work

log = logging.getLogger(__name__)

Item = TypeVar("Item")


def together(
    storage: Storage,
    items: Sequence[Item],
    write: Callable[[Work, Item], None],
    *,
    alone: Callable[[Item], None],
) -> Sequence[Item]:
    """Write all in one transaction, and return those that were.

    Where one of them cannot be written none is, and each has its turn `alone`, in a
    transaction of its own and with all that is to be done where it fails.  Raises what
    is no fault of any of them at once, and what `alone` has left of a failure when all
    have had their turn.
    """

    def write_all(work: Work, some: Sequence[Item]) -> None:
        for item in some:
            write(work, item)

    return in_bulk(storage, items, write_all, alone=alone)


def in_bulk(
    storage: Storage,
    items: Sequence[Item],
    write_all: Callable[[Work, Sequence[Item]], None],
    *,
    alone: Callable[[Item], None],
) -> Sequence[Item]:
    """As `together`, by one who writes all of them with few statements."""
    if len(items) > 1 and _are_written(storage, items, write_all):
        return items
    _write_each(items, alone)
    return ()


def _write_each(items: Sequence[Item], alone: Callable[[Item], None]) -> None:
    failures: list[Exception] = []
    for item in items:
        try:
            alone(item)
        except LostRace as error:
            failures.append(error)
        except Exception as error:
            if passes(error):
                raise
            failures.append(error)
    if failures:
        raise failures[0]


def _are_written(
    storage: Storage,
    items: Sequence[Item],
    write_all: Callable[[Work, Sequence[Item]], None],
) -> bool:
    try:
        with storage.work() as work:
            write_all(work, items)
    except LostRace:
        return False
    except Exception as error:
        if passes(error):
            raise
        # One by one it may go well, and then nobody would hear of a defect in bulk.
        log.warning("not_written_together", exc_info=error)
        return False
    return True
