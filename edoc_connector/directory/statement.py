"""What a row of a list says of a body, laid over what is known of it.  Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from edoc_connector.directory.normalise import above
from edoc_connector.model.body import (
    BEGINNING,
    NOBODY,
    Body,
    Stretch,
    Stretches,
    closed,
    in_effect,
    next_since,
    overlaid,
)
from edoc_connector.model.listing import Listed


def stated(known: Stretches, row: Listed, on: date) -> tuple[Stretch, ...]:
    """Return what is known of a body when a row is believed, imported on a day.

    What the row does not say stays as it is.  It holds from the day it says, else from
    that of its last change, else from the day of the import; of a body of which nothing
    was known, since whenever: nobody has said when it began.
    """
    begins = row.since or _day_of_change(known, row, on)
    ends = _end(row, on)
    if ends is not None and known and ends <= begins:
        return closed(known, ends, row.successor)
    now = in_effect(known, begins)
    until = now.until if now else next_since(known, begins)
    before = now or (known[-1] if known else None)
    body = _body(before.body if before else None, row)
    if now is not None and row.successor is None:
        body = replace(body, successor=now.body.successor)
    after = overlaid(known, Stretch(body, begins, until))
    return after if ends is None else closed(after, ends, row.successor)


def is_outdated(known: Stretches, row: Listed) -> int | None:
    """Return the revision that is known, where that of the row is an older one."""
    newest = max((it.body.revision for it in known), default=0)
    is_older = row.revision is not None and row.revision < newest
    return newest if is_older else None


def _day_of_change(known: Stretches, row: Listed, on: date) -> date:
    return (row.changed_on or on) if known else BEGINNING


def _end(row: Listed, on: date) -> date | None:
    """Return the day on which the row says that the body ends, if it does."""
    if row.until is not None or not row.is_closed:
        return row.until
    return row.changed_on or on


def _body(before: Body | None, row: Listed) -> Body:
    """Return the body as the row has it, and else as it was."""
    parent, aliases, revision = row.parent, row.aliases, row.revision
    if parent is None:
        parent = before.parent if before else above(row.code)
    if aliases is None:
        aliases = before.aliases if before else ()
    if revision is None:
        revision = before.revision if before else 0
    return Body(
        code=row.code,
        written=row.written,
        name=row.name or (before.name if before else ""),
        parent=parent,
        aliases=aliases,
        successor=row.successor or NOBODY,
        axis_id=row.axis_id or (before.axis_id if before else ""),
        revision=revision,
    )
