"""A clerk's decision about a request, given by a command: written down and no more.

The running connector carries it out and answers the sender.
"""

from __future__ import annotations

from edoc_connector.cli.invocation import Invocation
from edoc_connector.cli.output import print_json
from edoc_connector.clock import system_clock
from edoc_connector.errors import N_, ChangeByHand, NothingAsked, SeveralDocuments
from edoc_connector.flows.inspecting.meant import received_story
from edoc_connector.flows.inspecting.story import Story
from edoc_connector.flows.inspecting.wording import CHANGES
from edoc_connector.flows.requests.decide import BY_COMMAND, note_decision
from edoc_connector.model.change import KINDS, ChangeDecision
from edoc_connector.own_storage import look_at_storage
from edoc_connector.storage import Work
from edoc_connector.storage.records import Order

AGREED = N_("the {kind} of {document} is agreed to; `edoc run` carries it out")
REFUSED = N_("the {kind} of {document} is refused; `edoc run` tells its sender")
BY_HAND = N_("the mapping cannot do it: change the register by hand")


def decide(
    invocation: Invocation,
    text: str,
    decision: ChangeDecision,
    *,
    because: str = "",
    as_json: bool,
) -> None:
    """Write the decision down.  Raises `NothingAsked`, `SeveralDocuments`."""
    with look_at_storage(invocation.settings) as storage, storage.work() as work:
        story = received_story(work, text)
        order = _open_order(work, story)
        note_decision(
            work,
            order,
            decision,
            because=because,
            place=BY_COMMAND,
            at=system_clock(),
        )
    kind = KINDS[order.business_type]
    if as_json:
        print_json([{"id": story.id, "kind": kind, "decision": decision}])
        return
    _tell(invocation, story, order, decision)


def _open_order(work: Work, story: Story) -> Order:
    entries = (work.inbox.get(it.inbox_id) for it in story.orders if it.is_open)
    waiting = list(entries)
    if not waiting:
        raise NothingAsked(document=story.label or story.id)
    if len(waiting) > 1:
        named = ", ".join(entry.message_id for entry in waiting)
        raise SeveralDocuments(text=story.label, found=named)
    return work.orders.get(waiting[0].id)


def _tell(
    invocation: Invocation, story: Story, order: Order, decision: ChangeDecision
) -> None:
    kind = invocation.text(CHANGES[KINDS[order.business_type]])
    said = AGREED if decision is ChangeDecision.AGREE else REFUSED
    invocation.tell(said, kind=kind, document=story.label)
    is_by_hand = order.reason is not None and order.reason.code == ChangeByHand.code
    if is_by_hand and decision is ChangeDecision.AGREE:
        invocation.tell(BY_HAND)
