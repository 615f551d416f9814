"""A difference somebody must look at: opened once, closed by itself or a person."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Final

from edoc_connector.errors import Reason
from edoc_connector.ledger.facts import ReconciliationCase, ReconciliationCaseClosed
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.reconciliation import Difference
from edoc_connector.storage import Work
from edoc_connector.storage.records import Case

log = logging.getLogger(__name__)

MOST_OPEN: Final = 1_000
"""As many are open with one partner at once; who has more has another trouble."""

FOUND_AGAIN = "fits-again"


def open_case(
    work: Work, peer: OrganizationCode, day: str, found: Difference, *, at: datetime
) -> bool:
    """Open a case and say so; False where it is open, or a person has closed it.

    A partner that claims more and more opens no more than people can look at.
    """
    if work.cases.count_open(peer) >= MOST_OPEN:
        log.warning("reconciliation_cases_full", extra={"peer": peer, "day": day})
        return False
    if not work.cases.open(peer, day, found, at=at):
        return False
    fact = ReconciliationCase(
        message_id=found.message_id, peer=peer, day=day, difference=found.kind
    )
    work.ledger.append(fact, at)
    # Before the commit: who dies here says it again, and nobody says it never.
    log.error(
        "reconciliation_differs",
        extra={
            "peer": peer,
            "day": day,
            "difference": found.kind,
            "message_id": found.message_id,
        },
    )
    return True


def close_case(
    work: Work, case: Case, *, at: datetime, reason: Reason | None = None
) -> None:
    """Close a case that fits again, or that a person has settled for a reason."""
    work.cases.close(case, at=at, reason=reason)
    fact = ReconciliationCaseClosed(
        message_id=case.message_id,
        peer=case.peer,
        difference=case.kind,
        reason=reason.code if reason else FOUND_AGAIN,
    )
    work.ledger.append(fact, at)
    log.info(
        "reconciliation_case_closed",
        extra={"peer": case.peer, "message_id": case.message_id},
    )
