"""How everything on the brokers of an axis is called."""

from __future__ import annotations

import re
from typing import Final

from edoc_connector.bus.message import EXPRESS
from edoc_connector.bus.returned import BACK_EXCHANGE, RETURN_QUEUE, SENDER
from edoc_connector.bus.way import LINK_ACCOUNT, LINK_EXCHANGE, LINK_QUEUE
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.stages import Kind

VHOST: Final = "edoc"

EXCHANGE: Final = "edoc.axis"
"""Where the nodes of a broker publish."""

DEAD: Final = "edoc.dead"
"""The exchange by which messages that nobody could process are set aside."""

LOST: Final = "edoc.lost"
"""The exchange and the queue of what came over a link and has no mailbox here."""

LINK: Final = LINK_ACCOUNT
"""How the accounts of links begin; no node has such a name."""

KINDS: Final = (Kind.EDOC, Kind.RECONCILIATION, Kind.STATUS)
"""The first words of the routing keys that lead to an ordinary mailbox."""

FIRST_WORDS: Final = (*map(str, KINDS), EXPRESS)
"""All first words under which anybody may publish."""

RETURNED: Final = (str(Kind.EDOC), EXPRESS)
"""The first words of what is sent back: documents, and what tries their way."""

SENDERS: Final = SENDER
"""The first word of the key by which it finds its sender."""


def inbox_queue(account: str) -> str:
    """Return the name of the queue from which a node reads."""
    return f"edoc.inbox.{account}"


def express_queue(account: str) -> str:
    """Return the name of the queue from which it reads what cannot wait."""
    return f"edoc.express.{account}"


def dead_queue(account: str) -> str:
    """Return the name of the queue that holds what a node or link could not process."""
    return f"edoc.dead.{account}"


def link_queue(neighbour: str) -> str:
    """Return the name of the queue of what waits to go to another broker."""
    return f"{LINK_QUEUE}{neighbour}"


def link_exchange(neighbour: str) -> str:
    """Return the name of the exchange to which the link of another broker publishes."""
    return f"{LINK_EXCHANGE}{neighbour}"


def return_queue(neighbour: str) -> str:
    """Return the name of the exchange and the queue of what goes back to a neighbour.

    It came from there and has no mailbox here.
    """
    return f"{RETURN_QUEUE}{neighbour}"


def back_exchange(neighbour: str) -> str:
    """Return the name of the exchange to which a neighbour sends back."""
    return f"{BACK_EXCHANGE}{neighbour}"


def home_exchange(neighbour: str) -> str:
    """Return the name of the exchange that leads what it sent back to its sender."""
    return f"edoc.home.{neighbour}"


def link_account(broker: str) -> str:
    """Return the account by which a broker signs in at its neighbours."""
    return f"{LINK}{broker}"


def only(*names: str) -> str:
    """Return the permission for these names and no other."""
    return f"^({'|'.join(map(re.escape, names))})$"


def under(code: str, first_word: str) -> str:
    """Return the binding for everything of one kind for a body and all below it."""
    return f"{first_word}.{OrganizationCode(code).routing_words}.#"


def exact(codes: tuple[str, ...], first_word: str) -> list[str]:
    """Return the bindings for these codes alone.

    An old one counts as it is written and as it is routed.
    """
    words = {word for code in codes for word in (code, _routed(code))}
    return sorted(f"{first_word}.{word}" for word in words)


def _routed(code: str) -> str:
    return OrganizationCode(code).routing_words
