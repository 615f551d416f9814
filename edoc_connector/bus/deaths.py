"""Where a message has died before it came to us: only our queues and links may say so.

A node may declare its own mailboxes anew, also with dead letters into the exchange of
the axis.  What others sent to it then goes to whoever it likes, still under *their*
account, because the broker compares that with the sender only once.  But it notes each
death in a header, which no node can take away: by that note such mail is known.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Final

from edoc_connector.bus.returned import RETURN_QUEUE
from edoc_connector.bus.way import LINK_QUEUE
from edoc_connector.errors import MessageForeign

HEADER: Final = "x-death"
LOST: Final = "edoc.lost"

OF_LINKS: Final = (LINK_QUEUE, RETURN_QUEUE)

FORM: Final = re.compile(r"[0-9A-Za-z._-]{1,255}")
"""Of the names that a plan gives to queues; others are not repeated to anybody."""


def require_no_detour(headers: object, mailboxes: Collection[str]) -> None:
    """Raise `MessageForeign` for what died in a queue that is not of `mailboxes`.

    What an operator brings back from the dead letters of a mailbox of ours, of a link
    or of what was lost has such a note too, and is welcome.
    """
    for queue in _queues(headers):
        if not (queue in mailboxes or queue == LOST or queue.startswith(OF_LINKS)):
            where = queue if FORM.fullmatch(queue) else "another queue"
            problem = f"says that it died in {where} and came on from there"
            raise MessageForeign(property=HEADER, problem=problem)


def _queues(headers: object) -> Iterator[str]:
    notes = headers.get(HEADER) if isinstance(headers, Mapping) else None
    if notes is None:
        return
    for note in notes if isinstance(notes, list) else [notes]:
        queue = note.get("queue") if isinstance(note, Mapping) else None
        if not isinstance(queue, str):
            raise MessageForeign(property=HEADER, problem="has another form")
        yield queue
