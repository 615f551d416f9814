"""Which codes are closed, and whose code goes on: asked before anything is sent."""

from __future__ import annotations

from datetime import date

from edoc_connector.directory.level_one import body_of, successor_of
from edoc_connector.model.closure import Closure
from edoc_connector.model.organization_code import OrganizationCode


def closure_of(code: OrganizationCode, on: date) -> Closure | None:
    """Return how the code, or the level-1 code above it, was closed before that day.

    What no table knows is not closed.  A successor is one of level 1: under which code
    a body below it goes on, no national table says.
    """
    body = body_of(code)
    if body is None or body.closed_on is None or not body.is_closed(on):
        return None
    successor = successor_of(code, on)
    heir = body_of(successor, on) if successor else None
    return Closure(
        code=body.code,
        since=body.closed_on,
        successor=successor,
        name=heir.name if heir else "",
    )
