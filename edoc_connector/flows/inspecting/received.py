"""The story of a document that came here."""

from __future__ import annotations

from dataclasses import replace

from edoc_connector.flows.inspecting.attached import pdfs_of
from edoc_connector.flows.inspecting.order_story import asked_of
from edoc_connector.flows.inspecting.story import Direction, Story
from edoc_connector.flows.inspecting.surroundings import AroundReceived
from edoc_connector.flows.inspecting.timeline import happening_of, with_way
from edoc_connector.model.document import BusinessType
from edoc_connector.storage import Work
from edoc_connector.storage.records import InboxEntry


def received_in_short(around: AroundReceived, entry: InboxEntry) -> Story:
    """Tell where it stands, without what happened to it."""
    arrival = around.arrivals.get(entry.id)
    standing, order = around.standing(entry), around.orders.get(entry.id)
    return Story(
        id=entry.message_id,
        direction=Direction.INCOMING,
        label=arrival.label if arrival else entry.correlation_id.rpartition(",")[2],
        document_id=arrival.document_id if arrival else entry.correlation_id,
        sender=arrival.sender if arrival else entry.account,
        subject=arrival.subject if arrival else "",
        state=entry.state,
        since=standing.since,
        reason=standing.reason,
        must_act=standing.must_act,
        situation=standing.situation,
        next_at=standing.next_at,
        packet=entry.packet,
        packet_bytes=entry.packet_bytes,
        row_id=arrival.row_id if arrival else "",
        received_at=entry.accepted_at,
        status=arrival.status if arrival else None,
        status_at=(arrival.status_at or arrival.arrived_at) if arrival else None,
        business_type=order.business_type if order else BusinessType.NEW,
        fate=around.fate(entry),
        replaced_by=around.replaced.get(entry.id, ""),
        request=order.state if order else "",
    )


def received_in_full(work: Work, around: AroundReceived, entry: InboxEntry) -> Story:
    """Tell it by the facts of its own account: others may use the same message id.

    What a partner says of it has no account: the seal alone says who that is.
    """
    facts = work.ledger.of(entry.message_id)
    ours = (it for it in facts if it.details.get("account", "") in {entry.account, ""})
    timeline = tuple(with_way(happening_of(it), entry) for it in ours)
    return replace(
        received_in_short(around, entry),
        verdict=work.verdicts.latest(entry.id),
        timeline=timeline,
        pdfs=pdfs_of(work, entry.packet),
        orders=asked_of(work, entry),
    )
