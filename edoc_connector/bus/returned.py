"""What comes back over links because no broker has a mailbox for it.

A document carries a second key, `sender.<its sender's code>`, that leads nowhere but on
the exchanges of what is sent back.  Who vouches for a return: `account` is that of the
link which brought it, and only that link may write to the exchange it came by; the
broker leads nothing on from there but what goes to codes behind that link.  A sender's
message has two keys, `key` and its own: with a third one anything can be made to end
where its recipient is not, so such a message is `Foreign`.

What remains: the brokers between us and the recipient can say that of anything that
they could as well have dropped.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise, takewhile
from typing import Final

from edoc_connector.bus.message import Message
from edoc_connector.bus.way import LINK_ACCOUNT, MOST_LINKS, NAME, notes_of
from edoc_connector.errors import MessageForeign
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.stages import Kind

SENDER: Final = "sender"
"""The first word of the key by which a message finds back."""

BACK_EXCHANGE: Final = "edoc.back."
"""How the name of the exchange begins to which a link sends back: then, whose it is."""

RETURN_QUEUE: Final = "edoc.return."
"""How the name of the queue begins from which it takes: then, where it leads."""

COPIES: Final = "CC"
"""The other routing keys of one upload: for the broker alone, and proof of nothing."""

COMES_BACK: Final = frozenset({Kind.EDOC, Kind.PROBE, Kind.PING})
"""What its sender waits for.  Of an upload for many it is the probe to each."""


@dataclass(frozen=True, slots=True)
class Returned:
    """One of our messages that a link has brought back, without its body.

    `key` is the one under which it found no mailbox; `broker` is where, as the links
    say.  Of the message every word is its writer's, who need not have been us.
    """

    account: str
    message: Message
    key: str
    broker: str
    tag: int


def sender_key(sender: OrganizationCode) -> str:
    """Return the key by which what this body has sent is led back to it."""
    return f"{SENDER}.{sender.routing_words}"


def is_returned(exchange: str) -> bool:
    """Whether what was delivered from this exchange is said to come back."""
    return exchange.startswith(BACK_EXCHANGE)


def require_return(
    exchange: str, headers: Mapping[object, object], account: str, message: Message
) -> None:
    """Raise `MessageForeign` where a message cannot have come back by itself."""
    link = LINK_ACCOUNT + exchange.removeprefix(BACK_EXCHANGE)
    if account != link:
        problem = "is not the link that may send back"
        raise MessageForeign(property="user_id", problem=problem)
    if headers.get(COPIES) != [sender_key(message.sender)] or message.others:
        problem = "leads to others than its sender"
        raise MessageForeign(property=COPIES, problem=problem)


def turned_at(headers: object, account: str) -> str:
    """Return the broker that has sent it back, as the links say that brought it.

    The neighbour where they do not say it in the words of the plan: it is vouched for.
    """
    neighbour = account.removeprefix(LINK_ACCOUNT)
    notes = takewhile(_is_back, notes_of(headers, BACK_EXCHANGE, RETURN_QUEUE))
    links = list(notes)[:MOST_LINKS]
    way = [left for left, _ in links]
    is_one_way = [it[::-1] for it in pairwise(way)] == links[1:]
    is_named = all(NAME.fullmatch(name) for name in way)
    return way[-1] if way[:1] == [neighbour] and is_one_way and is_named else neighbour


def _is_back(note: tuple[str, str]) -> bool:
    return bool(note[0] and note[1])
