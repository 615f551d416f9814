"""A request, the packet that makes it, and what is ruled about it."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Final

from edoc_connector.dms.port import DmsReceiver
from edoc_connector.flows.evidence.verdict import Judged
from edoc_connector.flows.requests.request import Request
from edoc_connector.flows.requests.rulings import Court, Ruling, Verb
from edoc_connector.flows.site import Site
from edoc_connector.model.change import ChangeKind, ChangeState
from edoc_connector.model.stages import VerifiedEnvelope
from edoc_connector.storage import Storage
from edoc_connector.storage.records import Arrival, InboxEntry

log = logging.getLogger(__name__)

STATES: Final = {
    Verb.APPLY: ChangeState.AGREED,
    Verb.AGREE: ChangeState.AGREED,
    Verb.ASK: ChangeState.ASKED,
    Verb.REFUSE: ChangeState.REFUSED,
}


@dataclass(frozen=True, slots=True)
class Case:
    """A request, the packet that makes it, and what is ruled about it."""

    judged: Judged
    request: Request
    ruling: Ruling

    @property
    def entry(self) -> InboxEntry:
        """The packet in the inbox."""
        return self.judged.entry

    @property
    def verified(self) -> VerifiedEnvelope:
        """What was sealed."""
        return self.judged.verified

    @property
    def arrival(self) -> Arrival | None:
        """The document it is about; of several the first."""
        return next(iter(self.ruling.arrivals), None)


def ruled(  # noqa: PLR0913  (each caller names them)
    site: Site,
    dms: DmsReceiver,
    storage: Storage,
    *,
    judged: Judged,
    request: Request,
    is_agreed: bool = False,
) -> Case:
    """Return the case of a request with the ruling as things stand."""
    can = frozenset(kind for kind in ChangeKind if dms.can(kind))
    with storage.reading() as work:
        court = Court(site, work, can, site.clock())
        ruling = court.rule(request, judged.entry, is_agreed=is_agreed)
    return Case(judged, request, ruling)


def log_order(case: Case) -> None:
    """Say what became of a request; a person is needed where it is asked."""
    level = logging.WARNING if case.ruling.verb is Verb.ASK else logging.INFO
    log.log(
        level,
        "order_judged",
        extra={
            "message_id": case.entry.message_id,
            "kind": case.request.kind.value,
            "state": STATES[case.ruling.verb].value,
            "reason": case.ruling.reason.code,
        },
    )
