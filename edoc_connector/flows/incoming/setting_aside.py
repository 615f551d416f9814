"""A packet that cannot be delivered is kept whole, with the reason and for whom."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable

from edoc_connector.errors import (
    CertificateRevoked,
    EdocError,
    EnvelopeRefused,
    Reason,
)
from edoc_connector.flows.evidence.verdict import EvidenceStore
from edoc_connector.flows.site import Site
from edoc_connector.flows.statuses.answer import answer_again, give, refusal
from edoc_connector.ledger.facts import DocumentRefused
from edoc_connector.model.delivery import InboxEvent
from edoc_connector.model.evidence import Evidence
from edoc_connector.model.stages import Kind
from edoc_connector.storage import Storage, Work
from edoc_connector.storage.records import Answer, InboxEntry, OwedAnswer

log = logging.getLogger(__name__)


def guarded(
    site: Site, storage: Storage, entry: InboxEntry, act: Callable[[], None]
) -> bool:
    """Do it to this entry; what fails is kept with its reason, and False."""
    try:
        act()
    except CertificateRevoked as error:
        quarantine(site, storage, entry, error.reason, error.evidence)
    except EnvelopeRefused as error:
        quarantine(site, storage, entry, error.reason)
    except EdocError as error:
        if error.retryable or error.fatal:
            raise
        # Not the sender's fault: kept for a person here, and a repetition tries again.
        set_aside(site, storage, entry, error.reason)
    except Exception as error:  # noqa: BLE001
        # Against the rule, knowingly: a defect of ours that a stranger's bytes find
        # must not keep everybody else's post from its register.
        defect = EdocError(problem=type(error).__name__)
        set_aside(site, storage, entry, defect.reason, cause=error)
    else:
        return True
    return False


def quarantine(
    site: Site,
    storage: Storage,
    entry: InboxEntry,
    reason: Reason,
    evidence: Iterable[Evidence] = (),
) -> None:
    """Keep the packet whole, and tell its sender; a refused status is not answered."""
    answer = refusal(site, storage, entry, reason) if entry.kind is Kind.EDOC else None
    kept = EvidenceStore(storage).store(evidence)
    with storage.work() as work:
        for kind, content in kept:
            work.evidence.add(entry.packet, kind, content, at=site.clock())
        work.inbox.move(entry.id, InboxEvent.QUARANTINE, reason=reason)
        if answer is not None:
            _tell(site, work, entry, answer)
        work.ledger.append(_refused(entry, reason), site.clock())
    log.warning(
        "envelope_quarantined",
        extra={
            "message_id": entry.message_id,
            "account": entry.account,
            "reason": reason.code,
        },
    )


def _tell(
    site: Site, work: Work, entry: InboxEntry, answer: Answer | OwedAnswer
) -> None:
    """Give the refusal, unless something was said already that still holds.

    A damaged copy of what was delivered does not undo the arrival, and a repetition
    gets the refusal it had.
    """
    delivered = work.inbox.delivered(entry.account, entry.message_id)
    if delivered is not None:
        answer_again(site, work, delivered.id)
    elif work.answers.of(entry.id):
        answer_again(site, work, entry.id)
    else:
        give(site, work, answer)


def set_aside(
    site: Site,
    storage: Storage,
    entry: InboxEntry,
    reason: Reason,
    *,
    cause: Exception | None = None,
) -> None:
    """Keep it for a person here: it is not the sender's fault, and nothing is said."""
    with storage.work() as work:
        work.inbox.move(entry.id, InboxEvent.QUARANTINE, reason=reason)
        work.ledger.append(_refused(entry, reason), site.clock())
    log.error(
        "envelope_set_aside",
        extra={"message_id": entry.message_id, "reason": reason.code},
        exc_info=cause,
    )


def _refused(entry: InboxEntry, reason: Reason) -> DocumentRefused:
    return DocumentRefused(
        message_id=entry.message_id, account=entry.account, reason=reason.code
    )
