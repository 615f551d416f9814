"""The one document a person means, among those that a command is about."""

from __future__ import annotations

from edoc_connector.errors import (
    Ambiguous,
    DocumentUnknown,
    ReceivedNotSent,
    SentNotReceived,
)
from edoc_connector.flows.inspecting.story import Direction, Story
from edoc_connector.flows.inspecting.telling import tell_story
from edoc_connector.storage import Work


def sent_story(
    work: Work, text: str, *, because: str, with_copies: bool = True
) -> Story:
    """Return the document of ours that is meant, whatever came under the same name.

    What was also sent in the place of another document has copies, and whoever does
    something to it says to which.  Raises `ReceivedNotSent`, with why that does not do,
    where only a document that was received is called so; and what `tell_story` raises.
    """
    try:
        return tell_story(work, text, Direction.OUTGOING, with_copies=with_copies)
    except DocumentUnknown:
        label = _label(work, text, Direction.INCOMING)
        raise ReceivedNotSent(document=label, because=because) from None


def received_story(work: Work, text: str) -> Story:
    """Return the received document that is meant, whatever we sent under that name.

    Raises `SentNotReceived` where only a document of ours is called so.
    """
    try:
        return tell_story(work, text, Direction.INCOMING)
    except DocumentUnknown:
        label = _label(work, text, Direction.OUTGOING)
        raise SentNotReceived(document=label) from None


def _label(work: Work, text: str, direction: Direction) -> str:
    """Return what is called so on the other side.  Raises `DocumentUnknown`."""
    try:
        return tell_story(work, text, direction).label or text
    except Ambiguous:
        return text
