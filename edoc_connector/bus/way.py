"""Over which brokers a message came, as the links that carried it say.

Each link notes itself in a header, the last one first.  Only that one is vouched for,
by its account.  What stands before it is what others say: a sender or a broker on the
way can write another beginning, and nothing is decided by it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Final

HEADER: Final = "x-shovelled"
LINK_EXCHANGE: Final = "edoc.from."
"""How the name of the exchange begins to which a link publishes: then, whose it is."""

LINK_QUEUE: Final = "edoc.link."
"""How the name of the queue begins from which it takes: then, where it leads."""

LINK_ACCOUNT: Final = "link."
"""How the names of the accounts of links begin: then, whose it is."""

NAME: Final = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
MOST_LINKS: Final = 16


def way_of(headers: object, account: str) -> tuple[str, ...]:
    """Return the brokers from the sender's to ours; none where it used no link.

    None as well where that is not said in the words of the plan, where one link does
    not begin at the end of the one before, or where the last one is not the account
    that brought it.
    """
    links = list(reversed(notes_of(headers, LINK_EXCHANGE, LINK_QUEUE)))
    if not 0 < len(links) <= MOST_LINKS:
        return ()
    way = (links[0][0], *(there for _, there in links))
    is_one_way = links == list(pairwise(way))
    is_vouched_for = account == f"{LINK_ACCOUNT}{links[-1][0]}"
    is_named = all(NAME.fullmatch(name) for name in way)
    return way if is_one_way and is_vouched_for and is_named else ()


def notes_of(headers: object, exchange: str, queue: str) -> Sequence[tuple[str, str]]:
    """Return which broker each link left and which it reached, the last link first.

    They are what follows these beginnings in the names that it notes; empty where
    another name stands.
    """
    notes = headers.get(HEADER) if isinstance(headers, Mapping) else None
    if not isinstance(notes, list):
        return ()
    return [
        (_noted(it, "dest-exchange", exchange), _noted(it, "src-queue", queue))
        for it in notes
    ]


def _noted(note: object, name: str, beginning: str) -> str:
    value = note.get(name) if isinstance(note, Mapping) else None
    text = value if isinstance(value, str) else ""
    return text.removeprefix(beginning) if text.startswith(beginning) else ""
