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
    WITHDRAWN = "withdrawn"


class DocumentEvent(StrEnum):
    """What happens to it."""

    SEAL = "seal"
    PARK = "park"
    RELEASE = "release"
    WITHDRAW = "withdraw"


DOCUMENT_MOVES: Final[Mapping[DocumentState, Mapping[DocumentEvent, DocumentState]]] = {
    DocumentState.TAKEN: {
        DocumentEvent.SEAL: DocumentState.SEALED,
        DocumentEvent.PARK: DocumentState.PARKED,
        # Recalled before it was sealed: nothing of it leaves.
        DocumentEvent.WITHDRAW: DocumentState.WITHDRAWN,
    },
    DocumentState.SEALED: {},
    DocumentState.REFUSED: {},
    DocumentState.PARKED: {
        DocumentEvent.RELEASE: DocumentState.TAKEN,
        DocumentEvent.WITHDRAW: DocumentState.WITHDRAWN,
    },
    DocumentState.WITHDRAWN: {},
}


class DeliveryState(StrEnum):
    """One recipient of an outgoing document.

    SENT is said only after the broker's confirm, DELIVERED only after the receiver's
    sealed 01.  EXPIRED: nobody has said so by the last deadline.  WITHDRAWN: it was
    stopped here, before it left.
    """

    TAKEN = "taken"
    SEALED = "sealed"
    SENT = "sent"
    DELIVERED = "delivered"
    REFUSED = "refused"
    UNROUTABLE = "unroutable"
    PARKED = "parked"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


HAS_DEADLINE: Final = frozenset(
    {DeliveryState.TAKEN, DeliveryState.SEALED, DeliveryState.SENT}
)
"""Where somebody still waits for something; elsewhere it has come to an end."""

HAS_LEFT: Final = (
    DeliveryState.SENT,
    DeliveryState.DELIVERED,
    DeliveryState.REFUSED,
    DeliveryState.EXPIRED,
)
"""Where its recipient may have it."""


class DeliveryEvent(StrEnum):
    """What happens to it."""

    SEAL = "seal"
    CONFIRM = "confirm"
    RETURN = "return"
    ARRIVE = "arrive"
    REFUSE = "refuse"
    PARK = "park"
    RELEASE = "release"
    EXPIRE = "expire"
    WITHDRAW = "withdraw"


DELIVERY_MOVES: Final[Mapping[DeliveryState, Mapping[DeliveryEvent, DeliveryState]]] = {
    DeliveryState.TAKEN: {
        DeliveryEvent.SEAL: DeliveryState.SEALED,
        DeliveryEvent.PARK: DeliveryState.PARKED,
        DeliveryEvent.WITHDRAW: DeliveryState.WITHDRAWN,
    },
    DeliveryState.SEALED: {
        DeliveryEvent.CONFIRM: DeliveryState.SENT,
        DeliveryEvent.RETURN: DeliveryState.UNROUTABLE,
        DeliveryEvent.PARK: DeliveryState.PARKED,
        DeliveryEvent.EXPIRE: DeliveryState.EXPIRED,
        DeliveryEvent.WITHDRAW: DeliveryState.WITHDRAWN,
        # The receiver may answer before we have written down the broker's confirm.
        DeliveryEvent.ARRIVE: DeliveryState.DELIVERED,
        DeliveryEvent.REFUSE: DeliveryState.REFUSED,
    },
    DeliveryState.SENT: {
        DeliveryEvent.CONFIRM: DeliveryState.SENT,
        DeliveryEvent.RETURN: DeliveryState.UNROUTABLE,
        DeliveryEvent.PARK: DeliveryState.PARKED,
        DeliveryEvent.EXPIRE: DeliveryState.EXPIRED,
        DeliveryEvent.ARRIVE: DeliveryState.DELIVERED,
        DeliveryEvent.REFUSE: DeliveryState.REFUSED,
    },
    DeliveryState.DELIVERED: {
        # A resend that finds no mailbox does not undo an arrival.
        DeliveryEvent.CONFIRM: DeliveryState.DELIVERED,
        DeliveryEvent.RETURN: DeliveryState.DELIVERED,
        DeliveryEvent.PARK: DeliveryState.DELIVERED,
        DeliveryEvent.ARRIVE: DeliveryState.DELIVERED,
        # Its clerk refuses what is there; the status says so.
        DeliveryEvent.REFUSE: DeliveryState.DELIVERED,
    },
    DeliveryState.REFUSED: {
        DeliveryEvent.CONFIRM: DeliveryState.SENT,
        DeliveryEvent.RETURN: DeliveryState.UNROUTABLE,
        DeliveryEvent.PARK: DeliveryState.PARKED,
        # In whatever order they come: who says that it is there has it.
        DeliveryEvent.ARRIVE: DeliveryState.DELIVERED,
        DeliveryEvent.REFUSE: DeliveryState.REFUSED,
    },
    DeliveryState.UNROUTABLE: {
        DeliveryEvent.CONFIRM: DeliveryState.SENT,
        DeliveryEvent.RETURN: DeliveryState.UNROUTABLE,
        DeliveryEvent.PARK: DeliveryState.PARKED,
        DeliveryEvent.WITHDRAW: DeliveryState.WITHDRAWN,
        DeliveryEvent.ARRIVE: DeliveryState.DELIVERED,
        DeliveryEvent.REFUSE: DeliveryState.REFUSED,
    },
    DeliveryState.PARKED: {
        DeliveryEvent.RELEASE: DeliveryState.TAKEN,
        DeliveryEvent.WITHDRAW: DeliveryState.WITHDRAWN,
        DeliveryEvent.CONFIRM: DeliveryState.SENT,
        DeliveryEvent.RETURN: DeliveryState.UNROUTABLE,
        DeliveryEvent.PARK: DeliveryState.PARKED,
        DeliveryEvent.ARRIVE: DeliveryState.DELIVERED,
        DeliveryEvent.REFUSE: DeliveryState.REFUSED,
    },
    DeliveryState.EXPIRED: {
        # A receipt that comes after all is the truth; so is a copy sent once more.
        DeliveryEvent.CONFIRM: DeliveryState.SENT,
        DeliveryEvent.RETURN: DeliveryState.UNROUTABLE,
        DeliveryEvent.PARK: DeliveryState.PARKED,
        DeliveryEvent.ARRIVE: DeliveryState.DELIVERED,
        DeliveryEvent.REFUSE: DeliveryState.REFUSED,
    },
    DeliveryState.WITHDRAWN: {
        # It had left after all, as a crash had kept us from writing down.
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
    REJECTED = "rejected"


class InboxEvent(StrEnum):
    """What happens to it."""

    DELIVER = "deliver"
    RECORD = "record"
    QUARANTINE = "quarantine"
    RELEASE = "release"
    REJECT = "reject"


INBOX_MOVES: Final[Mapping[InboxState, Mapping[InboxEvent, InboxState]]] = {
    InboxState.ACCEPTED: {
        InboxEvent.DELIVER: InboxState.DELIVERED,
        InboxEvent.RECORD: InboxState.RECORDED,
        InboxEvent.QUARANTINE: InboxState.QUARANTINED,
    },
    InboxState.DELIVERED: {},
    # A status that comes again says again what it says.
    InboxState.RECORDED: {InboxEvent.RELEASE: InboxState.ACCEPTED},
    InboxState.QUARANTINED: {
        InboxEvent.RELEASE: InboxState.ACCEPTED,
        InboxEvent.REJECT: InboxState.REJECTED,
    },
    # A person has looked at it and wants no more of it; it is kept, and may come again.
    InboxState.REJECTED: {InboxEvent.RELEASE: InboxState.ACCEPTED},
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
