"""One thing that fails does not keep the others from their turn."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import TypeVar

from edoc_connector.errors import EdocError, Reason
from edoc_connector.flows.attempts import passes

Item = TypeVar("Item")


def each(  # noqa: PLR0913  (what is done to what, and what if it fails)
    items: Iterable[Item],
    act: Callable[[Item], bool],
    *,
    tell: Callable[[Item, Exception], None],
    named: Callable[[Item], Mapping[str, Hashable]],
    put_off: Callable[[Item, Exception], bool],
    shared: tuple[type[EdocError], ...] = (),
) -> int:
    """Do it to each, and return how many were done: `act` returns False for the others.

    What fails is `put_off`, and where that returns that it is news `tell` logs it; what
    follows under the same name waits with it.  Raises again what is no fault of the
    thing in hand, or is said to be `shared` by all.
    """
    stopped, done = set[Hashable](), 0
    for item in items:
        name = named(item)
        key = tuple(name.values())
        if key in stopped:
            continue
        try:
            is_done = act(item)
        except Exception as error:
            if passes(error) or isinstance(error, shared):
                raise
            is_done = False
            if put_off(item, error):
                tell(item, error)
        if is_done:
            done += 1
        else:
            stopped.add(key)
    return done


def reason_of(error: Exception) -> Reason:
    """Return why it failed, as it is kept; of a defect nothing but its name."""
    if isinstance(error, EdocError):
        return error.reason
    return EdocError(problem=type(error).__name__).reason
