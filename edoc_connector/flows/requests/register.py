"""What a request does to the register; each of it may be done again."""

from __future__ import annotations

from edoc_connector.dms.port import DmsReceiver, RowChange
from edoc_connector.flows.requests.case import Case
from edoc_connector.flows.requests.rulings import Verb
from edoc_connector.flows.site import Site
from edoc_connector.model.change import ChangeKind
from edoc_connector.model.identifiers import delivery_key
from edoc_connector.storage import Work
from edoc_connector.storage.records import Arrival, InboxEntry, Order


def request_name(entry: InboxEntry) -> str:
    """Return what the register calls this request; the digest tells databases apart."""
    return f"{entry.id}-{entry.packet[:8]}"


def change_of(case: Case, arrival: Arrival) -> RowChange:
    """Return what the register is told: the same at every repetition."""
    return RowChange(
        row_id=arrival.row_id,
        request=request_name(case.entry),
        document_id=arrival.document_id,
        reason=case.request.wish,
        at=case.entry.accepted_at,
    )


def change_in(work: Work, order: Order, arrival: Arrival) -> RowChange:
    """Return what the register is told of an order that is known."""
    return RowChange(
        row_id=arrival.row_id,
        request=request_name(work.inbox.get(order.inbox_id)),
        document_id=arrival.document_id,
        reason=order.wish,
        at=order.asked_at,
    )


def write_into_register(
    site: Site, dms: DmsReceiver, case: Case, *, new_row_id: str = ""
) -> None:
    """Do to the register what is ruled.  May be repeated."""
    for arrival in case.ruling.arrivals:
        match case.ruling.verb:
            case Verb.APPLY:
                apply_to(site, dms, case, arrival, new_row_id=new_row_id)
            case Verb.ASK:
                dms.ask(change_of(case, arrival), case.request.kind)
            case Verb.AGREE | Verb.REFUSE | Verb.WAIT:
                pass


def apply_to(
    site: Site, dms: DmsReceiver, case: Case, arrival: Arrival, *, new_row_id: str
) -> None:
    """Change one row, as far as the mapping can; a person who agreed does the rest."""
    change, kind = change_of(case, arrival), case.request.kind
    if not dms.can(kind):
        return
    us = site.organization.code
    key = delivery_key(case.verified.statement_digest, us)
    match kind:
        case ChangeKind.RECALL:
            dms.recall(change)
        case ChangeKind.UPDATE:
            dms.update(change, case.verified, key=key, recipient=us)
        case ChangeKind.REPLACE:
            dms.replace(
                change, case.verified, new_row_id=new_row_id, key=key, recipient=us
            )
