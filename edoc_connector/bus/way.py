"""Over which brokers a message came, as the links that carried it say.

Each link notes itself in a header, the last one first.  Only that one is vouched for,
by its account.  What stands before it is what others say: a sender or a broker on the
way can write another beginning, and nothing is decided by it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
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
    notes = headers.get(HEADER) if isinstance(headers, Mapping) else None
    if not isinstance(notes, list) or not 0 < len(notes) <= MOST_LINKS:
        return ()
    links = [_ends(note) for note in reversed(notes)]
    way = (links[0][0], *(there for _, there in links))
    is_one_way = links == list(pairwise(way))
    is_vouched_for = account == f"{LINK_ACCOUNT}{links[-1][0]}"
    is_named = all(NAME.fullmatch(name) for name in way)
    return way if is_one_way and is_vouched_for and is_named else ()


def _ends(note: object) -> tuple[str, str]:
    if not isinstance(note, Mapping):
        return "", ""
    left = _after(LINK_EXCHANGE, note.get("dest-exchange"))
    return left, _after(LINK_QUEUE, note.get("src-queue"))


def _after(beginning: str, value: object) -> str:
    text = value if isinstance(value, str) else ""
    return text.removeprefix(beginning) if text.startswith(beginning) else ""
