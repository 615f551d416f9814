"""What a message claims, held against what is sealed in it."""

from __future__ import annotations

from edoc_connector.bus.properties import SENDER
from edoc_connector.errors import MessageForeign
from edoc_connector.model.stages import VerifiedEnvelope
from edoc_connector.storage.records import InboxEntry


def require_same_sender(entry: InboxEntry, verified: VerifiedEnvelope) -> None:
    """Raise `MessageForeign` where the message names another sender than the packet.

    Over a link nobody but its writer vouches for the message, and lists, answers and
    limits name the sender as the message does: a body could do mischief as another.
    """
    if not entry.sender.is_same_body(verified.envelope.content.sender.code):
        raise MessageForeign(property=SENDER, problem="is not who sealed the packet")
