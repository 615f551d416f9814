"""What links bring back of ours: its recipient has no mailbox, as a broker says.

Nobody has sealed that.  It is believed where a link of `trust.links` has brought it,
under the very key by which we reach that recipient and not before it was sent again;
and only as long as nothing sealed is known.  It ends nothing for good: a receipt that
comes after all counts, and the document can be sent again.
"""

from __future__ import annotations

import logging
from typing import Final

from edoc_connector.bus.message import keys_of_document
from edoc_connector.bus.returned import COMES_BACK, Returned
from edoc_connector.dms.port import Step
from edoc_connector.errors import Reason, SentBack
from edoc_connector.flows.passing_over import pass_over
from edoc_connector.flows.site import Site
from edoc_connector.flows.telling import tell
from edoc_connector.ledger.facts import DocumentReturned
from edoc_connector.model.delivery import DeliveryEvent, DeliveryState
from edoc_connector.model.stages import Kind
from edoc_connector.storage import Storage, Work
from edoc_connector.storage.records import OutboxItem, OutgoingDelivery

log = logging.getLogger(__name__)

AWAITED: Final = frozenset(
    {DeliveryState.SEALED, DeliveryState.SENT, DeliveryState.EXPIRED}
)
"""Where nobody has said anything yet.  What a receiver has sealed counts more."""


def take_back(site: Site, storage: Storage, returned: Returned) -> None:
    """Say that its recipient has no mailbox, if it is ours and that is credible.

    Raises `LostRace` where its delivery was moved at this moment: it comes again.
    """
    with storage.reading() as work:  # of a flood, nothing is written
        item = _sent(site, work, returned)
    if item is None:
        return
    with storage.work() as work:
        delivery = work.deliveries.get(item.message_id, item.recipient)
        if delivery.state not in AWAITED:
            pass_over(returned, f"it is {delivery.state}")
            return
        _write(site, work, returned, item, delivery)
    message = returned.message
    log.warning(
        "packet_sent_back",
        extra={
            "message_id": message.message_id,
            "recipient": message.recipient,
            "account": returned.account,
            "broker": returned.broker,
        },
    )


def _sent(site: Site, work: Work, returned: Returned) -> OutboxItem | None:
    """Return what it is that came back; None where that is not to be believed."""
    message = returned.message
    item = work.outbox.of(message.message_id, message.recipient)
    if item is None or item.kind is not Kind.EDOC:
        # Who looks for a way without a document has sent a probe, for example.
        pass_over(returned, "nothing of ours")
        return None
    doubt = _doubt(site, returned, item)
    if doubt:
        pass_over(returned, doubt)
        return None
    return item


def _doubt(site: Site, returned: Returned, item: OutboxItem) -> str:
    """Return why it is not believed; empty where it is."""
    message, led_to = returned.message, item.goes_to or item.recipient
    keys = keys_of_document(led_to, item.priority)
    is_whole = message.packet_digest == item.packet or message.kind is Kind.PROBE
    # In whole seconds, as a message has it.
    queued_at = item.added_at.replace(microsecond=0)
    doubts = {
        "no link that is trusted": returned.account not in site.policy.links,
        "another sender": message.sender != item.sender,
        "another packet": message.kind not in COMES_BACK or not is_whole,
        "another key": returned.key not in keys,
        "sent again since": message.sent_at < queued_at,
    }
    return next((doubt for doubt, is_so in doubts.items() if is_so), "")


def _write(
    site: Site,
    work: Work,
    returned: Returned,
    item: OutboxItem,
    delivery: OutgoingDelivery,
) -> None:
    """Move the delivery, write the fact and tell the DMS; nothing more of it leaves."""
    document, recipient, at = item.message_id, item.recipient, site.clock()
    reason = _reason(returned)
    if delivery.state is DeliveryState.SEALED:
        # What of it waits to leave, or has left and nobody has written down.  First, as
        # a relay takes the two: else each may wait for the other.
        work.outbox.expire(document, recipient, at=at, reason=reason, in_hand=True)
    work.deliveries.move(
        document,
        recipient,
        DeliveryEvent.RETURN,
        at=at,
        reason=reason,
        seen=delivery.state,
    )
    fact = DocumentReturned(
        document=document,
        recipient=recipient,
        broker=returned.broker,
        account=returned.account,
    )
    work.ledger.append(fact, at)
    row_id = work.documents.row_of(document)
    tell(site, work, row_id, Step.UNROUTABLE, recipient=recipient, reason=reason)


def _reason(returned: Returned) -> Reason:
    recipient = returned.message.recipient
    return SentBack(broker=returned.broker, recipient=recipient).reason
