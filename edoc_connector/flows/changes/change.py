"""Recall, update, replace: one transaction, whatever the original is doing meanwhile.

What no relay had in hand yet is stopped here and nobody hears of it; whoever may have
the document is asked, by a packet that is sealed and sent like any other.  A recall
freezes the original: it stays as it was, and is never sent again.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import datetime

from edoc_connector.dms.port import Step
from edoc_connector.flows.changes.document import compose
from edoc_connector.flows.changes.plan import Target, Wish, plan
from edoc_connector.flows.changes.stop import end_unsealed, stop_updates, take_away
from edoc_connector.flows.site import Site
from edoc_connector.flows.taken import add_taken, taken_document
from edoc_connector.flows.telling import tell
from edoc_connector.ledger.facts import (
    ChangeAsked,
    ChangeMoot,
    ChangeStopped,
    DocumentFrozen,
    Fact,
)
from edoc_connector.model.change import ChangeState
from edoc_connector.model.document import BusinessType
from edoc_connector.model.identifiers import Digest
from edoc_connector.signature.statement import statement_digest
from edoc_connector.storage import Work
from edoc_connector.storage.changes import TAKES_AWAY
from edoc_connector.storage.records import Change, OutgoingDocument

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Changed:
    """A change that was written down, and what became of it at each recipient."""

    document: OutgoingDocument
    targets: tuple[Target, ...]


def change(site: Site, work: Work, wish: Wish) -> Changed | None:
    """Write a change down in the caller's transaction, or return None if it is known.

    Raises what `plan` raises, and `LostRace` where the original moved meanwhile: then
    nothing is written, and the caller looks again.
    """
    # Of two at the same moment the second one sees what the first one has asked.
    wish = replace(wish, original=work.documents.lock(wish.original.key))
    targets = plan(work, wish)
    document = compose(wish, targets)
    taken = taken_document(
        site,
        document,
        row_id=wish.row_id,
        revision=wish.revision,
        business_type=wish.type,
        changes=wish.original.key,
    )
    if not add_taken(site, work, taken, tells_row=wish.is_row):
        return None
    work.changes.add([_row(wish, taken, target) for target in targets])
    for target in targets:
        _apply(site, work, wish, taken, target)
    if wish.type in TAKES_AWAY:
        gone = {target.recipient for target in targets}
        stop_updates(site, work, wish.original, gone, at=taken.taken_at)
    _end_original(work, wish, at=taken.taken_at)
    log.info(
        "change_taken",
        extra={"document": taken.key, "original": wish.original.key},
    )
    return Changed(taken, targets)


def _row(wish: Wish, taken: OutgoingDocument, target: Target) -> Change:
    return Change(
        change=taken.key,
        original=wish.original.key,
        recipient=target.recipient,
        business_type=int(wish.type),
        state=target.state,
        reason=target.reason,
        changed_at=taken.taken_at,
    )


def _apply(
    site: Site, work: Work, wish: Wish, taken: OutgoingDocument, target: Target
) -> None:
    """Do to the original what the change means for one recipient, and say so."""
    if wish.type in TAKES_AWAY:
        take_away(work, wish.original, target, at=taken.taken_at)
    work.ledger.append(_fact(wish, taken, target), taken.taken_at)
    if target.state is ChangeState.ASKED:
        return
    # The row of a replacement hears what becomes of the new document.
    row_id = wish.original.row_id if target.gets_packet else taken.row_id
    recipient, reason = target.recipient, target.reason
    tell(
        site,
        work,
        row_id,
        Step.WITHDRAWN,
        recipient=recipient,
        reason=reason,
        business_type=int(wish.type),
    )


def _fact(wish: Wish, taken: OutgoingDocument, target: Target) -> Fact:
    kinds = {ChangeState.ASKED: ChangeAsked, ChangeState.STOPPED: ChangeStopped}
    kind = kinds.get(target.state)
    original, recipient, type_ = wish.original.key, target.recipient, int(wish.type)
    if kind is not None:
        return kind(
            document=original,
            change=taken.key,
            recipient=recipient,
            business_type=type_,
        )
    return ChangeMoot(
        document=original,
        change=taken.key,
        recipient=recipient,
        business_type=type_,
        reason=target.reason.code if target.reason else "",
    )


def _end_original(work: Work, wish: Wish, *, at: datetime) -> None:
    """Freeze what was recalled; what was stopped for everybody is not sealed either."""
    original = wish.original
    if wish.type in TAKES_AWAY:
        end_unsealed(work, original)
    is_recall = wish.type is BusinessType.RECALL
    if is_recall and work.documents.freeze(original.key, at):
        work.ledger.append(_frozen(original), at)


def _frozen(original: OutgoingDocument) -> DocumentFrozen:
    metadata = statement_digest(original.document) if original.document else Digest("")
    return DocumentFrozen(
        document=original.key,
        metadata=metadata,
        packet=original.packet or Digest(""),
    )
