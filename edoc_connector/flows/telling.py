"""What the sending DMS is to be told, queued with the change it tells of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from edoc_connector.dms.port import Step
from edoc_connector.errors import N_, Reason
from edoc_connector.flows.site import Site
from edoc_connector.language import say, translate
from edoc_connector.model.document import BusinessType
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.storage import Work
from edoc_connector.storage.records import NewStep

WORDS: Final[Mapping[Step, str]] = {
    Step.TAKEN: N_("taken over for sending"),
    Step.REFUSED: N_("not sent"),
    Step.SENT: N_("sent to the axis"),
    Step.DELIVERED: N_("arrived at the receiver"),
    Step.UNROUTABLE: N_("the axis knows no such receiver"),
    Step.REJECTED: N_("refused by the receiver"),
    Step.PARKED: N_("set aside"),
    Step.ACCEPTED: N_("accepted by the receiver"),
    Step.ASSIGNED: N_("assigned at the receiver"),
    Step.PROCESSING: N_("in process at the receiver"),
    Step.FINISHED: N_("done at the receiver"),
    Step.LATE: N_("the promised receipt is late"),
    Step.EXPIRED: N_("no receipt by the last deadline"),
    Step.WITHDRAWN: N_("stopped here, never left"),
    Step.CHANGE_AGREED: N_("the receiver has agreed to the change"),
    Step.CHANGE_REFUSED: N_("the receiver has refused the change"),
}

NOBODY: Final = OrganizationCode("")


def tell(  # noqa: PLR0913  (who, where, what, and to whom: each caller names them)
    site: Site,
    work: Work,
    row_id: str,
    step: Step,
    *,
    recipient: OrganizationCode = NOBODY,
    reason: Reason | None = None,
    business_type: int = BusinessType.NEW,
) -> None:
    """Queue one step for the DMS, in the transaction that makes it true.

    What is told of a change says what it does.
    """
    step_of_one = new_step(
        site,
        row_id,
        step,
        recipient=recipient,
        reason=reason,
        business_type=business_type,
    )
    work.progress.add_all((step_of_one,))


def new_step(  # noqa: PLR0913  (as `tell`)
    site: Site,
    row_id: str,
    step: Step,
    *,
    recipient: OrganizationCode = NOBODY,
    reason: Reason | None = None,
    business_type: int = BusinessType.NEW,
) -> NewStep:
    """Return what `tell` queues, for who queues several steps at once."""
    return NewStep(
        row_id=row_id,
        step=step,
        recipient=recipient,
        text=text_of(site, step, reason),
        at=site.clock(),
        business_type=int(business_type),
    )


def tell_of_rows(site: Site, work: Work, row_ids: Sequence[str], step: Step) -> None:
    """Queue one step about the whole of each of several new documents."""
    work.progress.add_all([new_step(site, row_id, step) for row_id in row_ids])


def text_of(site: Site, step: Step, reason: Reason | None) -> str:
    """Return what the clerk reads of a step."""
    if reason is not None:
        return say(reason, site.language)
    return translate(WORDS[step], site.language)
