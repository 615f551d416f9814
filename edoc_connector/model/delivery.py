"""The life of an outgoing document, of each of its recipients, and of an arrival.

States are tables; `advance` is the only way through them.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, TypeVar

from edoc_connector.errors import IllegalMove


class DocumentState(StrEnum):
    """An outgoing document as a whole."""

    TAKEN = "taken"
    SEALED = "sealed"
    REFUSED = "refused"
    PARKED = "parked"


class DocumentEvent(StrEnum):
    """What happens to it."""

    SEAL = "seal"
    PARK = "park"
    RELEASE = "release"


DOCUMENT_MOVES: Final[Mapping[DocumentState, Mapping[DocumentEvent, DocumentState]]] = {
    DocumentState.TAKEN: {
        DocumentEvent.SEAL: DocumentState.SEALED,
        DocumentEvent.PARK: DocumentState.PARKED,
    },
    DocumentState.SEALED: {},
    DocumentState.REFUSED: {},
    DocumentState.PARKED: {DocumentEvent.RELEASE: DocumentState.TAKEN},
}


class DeliveryState(StrEnum):
    """One recipient of an outgoing document.

    SENT is said only after the broker's confirm, DELIVERED only after the receiver's
    sealed 01.
    """

    TAKEN = "taken"
    SEALED = "sealed"
    SENT = "sent"
    DELIVERED = "delivered"
    REFUSED = "refused"
    UNROUTABLE = "unroutable"
    PARKED = "parked"


class DeliveryEvent(StrEnum):
    """What happens to it."""

    SEAL = "seal"
    CONFIRM = "confirm"
    RETURN = "return"
    ARRIVE = "arrive"
    REFUSE = "refuse"
    PARK = "park"
    RELEASE = "release"


DELIVERY_MOVES: Final[Mapping[DeliveryState, Mapping[DeliveryEvent, DeliveryState]]] = {
    DeliveryState.TAKEN: {
        DeliveryEvent.SEAL: DeliveryState.SEALED,
        DeliveryEvent.PARK: DeliveryState.PARKED,
    },
    DeliveryState.SEALED: {
        DeliveryEvent.CONFIRM: DeliveryState.SENT,
        DeliveryEvent.RETURN: DeliveryState.UNROUTABLE,
        DeliveryEvent.PARK: DeliveryState.PARKED,
        # The receiver may answer before we have written down the broker's confirm.
        DeliveryEvent.ARRIVE: DeliveryState.DELIVERED,
        DeliveryEvent.REFUSE: DeliveryState.REFUSED,
    },
    DeliveryState.SENT: {
        DeliveryEvent.CONFIRM: DeliveryState.SENT,
        DeliveryEvent.RETURN: DeliveryState.UNROUTABLE,
        DeliveryEvent.PARK: DeliveryState.PARKED,
        DeliveryEvent.ARRIVE: DeliveryState.DELIVERED,
        DeliveryEvent.REFUSE: DeliveryState.REFUSED,
    },
    DeliveryState.DELIVERED: {
        # A resend that finds no mailbox does not undo an arrival.
        DeliveryEvent.CONFIRM: DeliveryState.DELIVERED,
        DeliveryEvent.RETURN: DeliveryState.DELIVERED,
        DeliveryEvent.PARK: DeliveryState.DELIVERED,
        DeliveryEvent.ARRIVE: DeliveryState.DELIVERED,
        DeliveryEvent.REFUSE: DeliveryState.REFUSED,
    },
    DeliveryState.REFUSED: {
        DeliveryEvent.CONFIRM: DeliveryState.SENT,
        DeliveryEvent.RETURN: DeliveryState.UNROUTABLE,
        DeliveryEvent.PARK: DeliveryState.PARKED,
        # A 01 that comes after a 02 was overtaken by it.
        DeliveryEvent.ARRIVE: DeliveryState.REFUSED,
        DeliveryEvent.REFUSE: DeliveryState.REFUSED,
    },
    DeliveryState.UNROUTABLE: {
        DeliveryEvent.CONFIRM: DeliveryState.SENT,
        DeliveryEvent.RETURN: DeliveryState.UNROUTABLE,
        DeliveryEvent.PARK: DeliveryState.PARKED,
        DeliveryEvent.ARRIVE: DeliveryState.DELIVERED,
        DeliveryEvent.REFUSE: DeliveryState.REFUSED,
    },
    DeliveryState.PARKED: {
        DeliveryEvent.RELEASE: DeliveryState.TAKEN,
        DeliveryEvent.CONFIRM: DeliveryState.SENT,
        DeliveryEvent.RETURN: DeliveryState.UNROUTABLE,
        DeliveryEvent.PARK: DeliveryState.PARKED,
        DeliveryEvent.ARRIVE: DeliveryState.DELIVERED,
        DeliveryEvent.REFUSE: DeliveryState.REFUSED,
    },
}


class InboxState(StrEnum):
    """A received message: durable, then judged once."""

    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    RECORDED = "recorded"
    QUARANTINED = "quarantined"


class InboxEvent(StrEnum):
    """What happens to it."""

    DELIVER = "deliver"
    RECORD = "record"
    QUARANTINE = "quarantine"
    RELEASE = "release"


INBOX_MOVES: Final[Mapping[InboxState, Mapping[InboxEvent, InboxState]]] = {
    InboxState.ACCEPTED: {
        InboxEvent.DELIVER: InboxState.DELIVERED,
        InboxEvent.RECORD: InboxState.RECORDED,
        InboxEvent.QUARANTINE: InboxState.QUARANTINED,
    },
    InboxState.DELIVERED: {},
    # A status that comes again says again what it says.
    InboxState.RECORDED: {InboxEvent.RELEASE: InboxState.ACCEPTED},
    InboxState.QUARANTINED: {InboxEvent.RELEASE: InboxState.ACCEPTED},
}

StateT = TypeVar("StateT", bound=StrEnum)
EventT = TypeVar("EventT", bound=StrEnum)


def advance(
    moves: Mapping[StateT, Mapping[EventT, StateT]], state: StateT, event: EventT
) -> StateT:
    """Return the state that follows, or raise `IllegalMove`."""
    try:
        return moves[state][event]
    except KeyError:
        raise IllegalMove(event=event, state=state) from None
