"""Whose word counts for a delivery: the recipient's, and of who has its mail now.

A body that follows a closed one speaks for it under its own code and seal.  That it
follows we know from where we have sent the document to, or from our own directory, and
never from what it says itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from edoc_connector.flows.directory.routes import routes_in
from edoc_connector.model.delivery import DeliveryState
from edoc_connector.model.identifiers import MessageId
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.storage import Work
from edoc_connector.storage.records import OutgoingDelivery


@dataclass(frozen=True, slots=True)
class Teller:
    """A body that has sealed a status, and what we know of it at a moment."""

    work: Work
    code: OrganizationCode
    at: datetime

    def delivery_of(self, document: MessageId) -> OutgoingDelivery | None:
        """Return the delivery of a document that has left us and went to this body."""
        left = that_have_left(self.work.deliveries.of(document))
        return of_body(left, self.code) or self._followed(left)

    def speaks_for(self, document: MessageId, recipient: OrganizationCode) -> bool:
        """Whether its word counts for what went to this recipient."""
        if recipient.is_same_body(self.code):
            return True
        delivery = self.delivery_of(document)
        return delivery is not None and delivery.recipient == recipient

    def _followed(self, left: list[OutgoingDelivery]) -> OutgoingDelivery | None:
        """Return that of a recipient whom this body follows by now."""
        route_of = routes_in(self.work, self.at)
        canonical = self.code.canonical
        for it in left:
            if route_of(it.recipient).end_for(it.recipient) == canonical:
                return it
        return None


def that_have_left(deliveries: Iterable[OutgoingDelivery]) -> list[OutgoingDelivery]:
    """Return those that somebody may have had."""
    return [it for it in deliveries if it.state is not DeliveryState.TAKEN]


def of_body(
    left: Sequence[OutgoingDelivery], code: OrganizationCode
) -> OutgoingDelivery | None:
    """Return that of this body itself, else what was sent there for another one."""
    itself = (it for it in left if it.recipient.is_same_body(code))
    sent_there = (it for it in left if it.gets(code))
    return next(itself, None) or next(sent_there, None)
