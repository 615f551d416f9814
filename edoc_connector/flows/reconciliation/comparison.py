"""What differs between a partner's statement and what we know, at this moment.

The rule has no false alarms: what is looked for is looked for among all days, and what
is only under way has the time to arrive before anybody is told (`reconcile`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from edoc_connector.flows.site import Site
from edoc_connector.model.identifiers import MessageId
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.reconciliation import (
    CaseKind,
    DayStatement,
    Difference,
    Listed,
    missing,
)
from edoc_connector.storage import Work


def differences(
    site: Site, work: Work, statement: DayStatement
) -> tuple[Difference, ...]:
    """Return what a partner says and we do not know."""
    peer = statement.sender
    sent, received = statement.sent.entries, statement.received.entries
    came = received_from(site, work, peer, (it.message_id for it in sent))
    ours = sent_to(work, peer, (it.message_id for it in received))
    return (
        *_differing(CaseKind.NOT_RECEIVED_HERE, missing(sent, came)),
        *_differing(CaseKind.UNKNOWN_HERE, missing(received, ours)),
    )


def _differing(kind: CaseKind, entries: Iterable[Listed]) -> Iterator[Difference]:
    for it in entries:
        yield Difference(
            kind=kind, message_id=it.message_id, document_id=it.document_id
        )


def received_from(
    site: Site, work: Work, peer: OrganizationCode, names: Iterable[MessageId]
) -> frozenset[str]:
    """Return which of these came from this partner, whatever became of them here.

    What somebody else's account brought under such a name is not theirs.
    """
    found = work.reconciliations.who_brought(names)
    return frozenset(
        message_id
        for message_id, account, is_delivered in found
        if is_brought_by(site, peer, account=account, is_delivered=is_delivered)
    )


def is_brought_by(
    site: Site, peer: OrganizationCode, *, account: str, is_delivered: bool
) -> bool:
    """Whether the account speaks for this partner; over a link only the seal does."""
    is_link = account in site.policy.links
    return site.policy.vouches(account, peer) or (is_link and is_delivered)


def sent_to(
    work: Work, peer: OrganizationCode, names: Iterable[MessageId]
) -> frozenset[str]:
    """Return which of these are documents of ours to this partner.

    Whether they left is not asked: the partner has them, and our own books say so as
    soon as the broker's confirm or the receipt is written down.
    """
    return frozenset(
        message_id
        for message_id, recipient in work.reconciliations.recipients(names)
        if recipient.is_same_body(peer)
    )


def is_true_of_us(
    site: Site, work: Work, told: Difference, peer: OrganizationCode
) -> bool:
    """Whether what a partner has found is about a document between it and us."""
    names = (told.message_id,)
    if told.kind is CaseKind.NOT_RECEIVED_HERE:
        return bool(sent_to(work, peer, names))
    return bool(received_from(site, work, peer, names))
