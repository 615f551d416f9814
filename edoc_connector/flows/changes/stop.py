"""What has not left is stopped here: a document taken away, and the updates of it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final

from edoc_connector.dms.port import Step
from edoc_connector.errors import N_, LostRace, NothingToChange
from edoc_connector.flows.changes.plan import Target, fate
from edoc_connector.flows.site import Site
from edoc_connector.flows.telling import tell
from edoc_connector.ledger.facts import ChangeStopped
from edoc_connector.model.change import ChangeEvent, ChangeState
from edoc_connector.model.delivery import (
    DELIVERY_MOVES,
    DeliveryEvent,
    DeliveryState,
    DocumentEvent,
    DocumentState,
)
from edoc_connector.model.document import BusinessType
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.storage import Work
from edoc_connector.storage.records import Change, OutgoingDocument

TAKEN_AWAY: Final = N_("the document was taken away before its update had left")


def take_away(
    work: Work, document: OutgoingDocument, target: Target, *, at: datetime
) -> None:
    """Send the document to this recipient no more, and wait for no receipt of it.

    Raises `LostRace` where a relay has just taken in hand what was to be stopped.
    """
    key, recipient = document.key, target.recipient
    if target.state is ChangeState.ASKED:
        work.outbox.stop(key, recipient, at=at)
        work.deliveries.forget_deadline(key, recipient)
        return
    if target.was is DeliveryState.SEALED and not work.outbox.withdraw(
        key, recipient, at=at
    ):
        raise LostRace(key=f"{key} {recipient}")
    work.outbox.stop(key, recipient, at=at)
    # Behind the outbox, as a relay takes the two: else each may wait for the other.
    work.deliveries.forget_deadline(key, recipient)
    if DeliveryEvent.WITHDRAW in DELIVERY_MOVES[target.was]:
        work.deliveries.move(
            key,
            recipient,
            DeliveryEvent.WITHDRAW,
            at=at,
            reason=target.reason,
            seen=target.was,
        )


def stop_updates(
    site: Site,
    work: Work,
    original: OutgoingDocument,
    recipients: Collection[OrganizationCode],
    *,
    at: datetime,
) -> None:
    """Stop the updates of a document that is taken away here, where they have not left.

    One that may have left goes on: its receiver answers it, in whatever order the two
    come.  What replaces the document is a document of its own, and is left alone.
    Raises `LostRace` as `take_away` does.
    """
    rows = [
        row
        for row in work.changes.of_original(original.key)
        if row.business_type == BusinessType.UPDATE
        and row.state is ChangeState.ASKED
        and row.recipient in recipients
    ]
    for key in dict.fromkeys(row.change for row in rows):
        # What seals it waits, or has ended and is seen here.
        update = work.documents.lock(key)
        for row in rows:
            if row.change == key:
                _stop(site, work, update, row, at=at)
        end_unsealed(work, update)


def _stop(
    site: Site, work: Work, update: OutgoingDocument, row: Change, *, at: datetime
) -> None:
    target = _target(work, row)
    if target is None:
        return
    take_away(work, update, target, at=at)
    work.changes.move(row, ChangeEvent.STOP, at=at, reason=target.reason)
    fact = ChangeStopped(
        document=row.original,
        change=row.change,
        recipient=row.recipient,
        business_type=row.business_type,
    )
    work.ledger.append(fact, at)
    tell(
        site,
        work,
        update.row_id,
        Step.WITHDRAWN,
        recipient=row.recipient,
        reason=target.reason,
        business_type=row.business_type,
    )


def _target(work: Work, row: Change) -> Target | None:
    """Return what is to be stopped, or None where it may have left, or has ended."""
    delivery = work.deliveries.get(row.change, row.recipient)
    can_stop = DeliveryEvent.WITHDRAW in DELIVERY_MOVES[delivery.state]
    if not can_stop or fate(work, delivery) is ChangeState.ASKED:
        return None
    return Target(
        recipient=row.recipient,
        name=delivery.name,
        was=delivery.state,
        state=ChangeState.STOPPED,
        gets_packet=False,
        reason=NothingToChange(recipient=row.recipient, because=TAKEN_AWAY).reason,
    )


def end_unsealed(work: Work, document: OutgoingDocument) -> None:
    """End a document that is not sealed yet and was stopped for everybody."""
    if document.state in UNSEALED:
        states = {it.state for it in work.deliveries.of(document.key)}
        if states == {DeliveryState.WITHDRAWN}:
            work.documents.move(
                document.key, DocumentEvent.WITHDRAW, seen=document.state
            )


UNSEALED: Final = (DocumentState.TAKEN, DocumentState.PARKED)
