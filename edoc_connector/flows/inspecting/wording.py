"""What states, facts and actors are called when people read of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from edoc_connector.errors import N_, Reason, kind_of
from edoc_connector.flows.inspecting.packets import Fate
from edoc_connector.flows.inspecting.standing import Actor
from edoc_connector.flows.inspecting.story import Direction, StampState, Story
from edoc_connector.flows.inspecting.timeline import REFUSED_RECEIPT, TYPED
from edoc_connector.language import MOVES, Language, translate, word_of
from edoc_connector.model.delivery import DeliveryState, InboxState
from edoc_connector.model.status import StatusCode
from edoc_connector.model.tables import STATUSES

ACTORS: Final[Mapping[Actor, str]] = {
    Actor.NOBODY: N_("nobody"),
    Actor.CONNECTOR: N_("this connector"),
    Actor.AXIS: N_("the axis"),
    Actor.RECEIVER: N_("the receiver"),
    Actor.CLERK: N_("the clerk"),
    Actor.OPERATOR: N_("the operator of this connector"),
    Actor.SENDER: N_("the sender"),
}

STATES: Final[Mapping[str, str]] = {it: MOVES["state"][it] for it in DeliveryState}
"""Of a recipient of a document."""

DOCUMENT_STATES: Final[Mapping[str, str]] = {
    **STATES,
    "waiting": N_("not taken over yet"),
    "refused": N_("cannot be sent"),
}
"""Of a document as a whole: what refuses it then is this connector, not a receiver."""

ARRIVED_STATES: Final[Mapping[str, str]] = {
    "accepted": N_("received, being checked"),
    "delivered": N_("in the document software"),
    "recorded": N_("a status, written down"),
    "quarantined": N_("quarantined"),
    "rejected": N_("rejected by a person here"),
}

CHANGE_STATES: Final[Mapping[str, str]] = {
    "asked": N_("asked, no answer yet"),
    "agreed": N_("agreed"),
    "refused": N_("not agreed"),
    "stopped": N_("stopped here before it left"),
    "moot": N_("nothing to change there"),
}
"""Of a recall, an update or a replacement, at either side."""

FACTS: Final[Mapping[str, str]] = {
    "document:taken": N_("taken over from the document software"),
    "document:sealed": N_("sealed"),
    "document:stamped": N_("time stamp of its seal received"),
    "document:redirected": N_("goes to the successor, for the recipient is closed"),
    "document:sent": N_("confirmed by the broker"),
    "document:unroutable": N_("returned: no mailbox for this receiver"),
    "document:returned": N_("sent back by a broker: no mailbox for this receiver"),
    "document:parked": N_("set aside"),
    "document:resent": N_("queued again"),
    "reconciliation:case": N_("a partner says something else of it"),
    "reconciliation:closed": N_("what a partner says of it fits again"),
    "document:late": N_("not sent by its deadline"),
    "receipt:late": N_("no receipt by its deadline"),
    "document:expired": N_("no receipt by the last deadline"),
    "document:frozen": N_("kept as it was from here on, for a recall"),
    "change:asked": N_("the receiver is asked for a change"),
    "change:stopped": N_("stopped here before it left"),
    "change:moot": N_("nothing to change at the receiver"),
    "change:agreed": N_("the receiver has agreed to the change"),
    "change:refused": N_("the receiver has refused the change"),
    TYPED: N_("asked for at the command line"),
    REFUSED_RECEIPT: N_("a receipt came and was quarantined here"),
    "row:refused": N_("refused before sending"),
    "envelope:accepted": N_("received and kept"),
    "seal:judged": N_("seal checked"),
    "seal:refuted": N_("seal found invalid after delivery"),
    "document:delivered": N_("put into the document software"),
    "document:refused": N_("refused and quarantined"),
    "status:withheld": N_("a status of the document software was not told"),
    "order:asked": N_("a change is asked for; a person is to decide"),
    "order:decided": N_("a person has decided about the change"),
    "order:applied": N_("the change is agreed to"),
    "order:refused": N_("the change is refused"),
    "queue:parked": N_("held back by a person here"),
    "queue:released": N_("let go on by a person here"),
    "quarantine:released": N_("given back by a person here, to be judged again"),
    "quarantine:rejected": N_("rejected by a person here"),
}

ORDER_STATES: Final[Mapping[str, str]] = {
    "asked": N_("waits for a decision here"),
    "agreed": N_("agreed to, the sender is told"),
    "refused": N_("refused, the sender is told"),
}
"""Of what somebody asks of a received document."""

REQUEST_STATES: Final[Mapping[str, str]] = {
    "asked": N_("a request, waits for a decision here"),
    "agreed": N_("a request, agreed to"),
    "refused": N_("a request, refused"),
}
"""Of a packet that asks for a change and brings no document."""


def state_received(story: Story) -> str:
    """Return what the state of a received packet is called."""
    is_request = story.fate is Fate.REQUEST and story.state == InboxState.DELIVERED
    words = REQUEST_STATES if is_request else ARRIVED_STATES
    return words[story.request if is_request else story.state]


def fate_of(story: Story, language: Language) -> str:
    """Return what became of a received document since, or nothing."""
    match story.fate:
        case Fate.RECALLED:
            return translate(N_("recalled by its sender"), language)
        case Fate.REPLACED:
            newer = N_("replaced by {newer}")
            return translate(newer, language, newer=story.replaced_by)
        case Fate.REFUSED:
            return translate(N_("refused here (02)"), language)
        case _:
            return ""


CHANGES: Final[Mapping[str, str]] = {
    "recall": N_("recall"),
    "update": N_("update"),
    "replace": N_("replacement"),
}
"""What is asked."""

STAMPS: Final[Mapping[StampState, str]] = {
    StampState.AWAITED: N_("its time stamp is still to be fetched"),
    StampState.KEPT: N_("its time stamp was fetched later and is kept beside it"),
    StampState.GIVEN_UP: N_("no time stamp could be had"),
}
"""Of a seal that left without."""

INDICATIONS: Final = (N_("PASSED"), N_("INDETERMINATE"), N_("FAILED"))
"""How checking a seal ended, as `Indication` has it, in the words of the standard."""

STATUS: Final = N_("status {code}: {meaning}")

DIRECTIONS: Final[Mapping[Direction, str]] = {
    Direction.OUTGOING: N_("sent"),
    Direction.INCOMING: N_("received"),
}


def happening(kind: str, language: Language) -> str:
    """Return what people read of a fact of the ledger, or of a status (`status:01`)."""
    code = kind.removeprefix("status:")
    if code == kind or kind in FACTS:
        return translate(FACTS.get(kind, kind), language)
    meaning = word_of(STATUSES[StatusCode(code)], language)
    return translate(STATUS, language, code=code, meaning=meaning)


def detail_of(text: str, reason: Reason | None, language: Language) -> str:
    """Return what people read of the detail of a fact: of a code what it stands for.

    The ledger keeps the code of a reason only; what stands in its gaps is known where
    it is still the reason for how things are.
    """
    kind = kind_of(text)
    if kind is None:
        return translate(text, language) if text in INDICATIONS else text
    details = reason.details if reason and reason.code == text else {}
    return translate(kind.template, language, **details).rstrip(" :,;(…")
