"""A change at the command line: shown per recipient, asked once, then done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import click

from edoc_connector.app.sites import site_without_keys
from edoc_connector.cli.asking import ask
from edoc_connector.cli.invocation import Invocation
from edoc_connector.cli.organization_option import ORGANIZATION
from edoc_connector.cli.output import print_json, print_table
from edoc_connector.cli.reason_option import reason_option
from edoc_connector.errors import N_, LostRace, Reason
from edoc_connector.flows.changes.by_hand import order, require_sendable
from edoc_connector.flows.changes.change import Changed, change
from edoc_connector.flows.changes.plan import Target, Wish, plan
from edoc_connector.flows.inspecting.meant import sent_story
from edoc_connector.flows.inspecting.wording import STATES
from edoc_connector.flows.site import Site
from edoc_connector.model.change import ChangeState
from edoc_connector.model.document import BusinessType
from edoc_connector.model.identifiers import MessageId
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.own_storage import look_at_storage
from edoc_connector.storage import Storage, Work
from edoc_connector.storage.records import OutgoingDocument

REASON = reason_option(N_("Told to the receivers."))
TO = click.option(
    "--to",
    multiple=True,
    type=ORGANIZATION,
    metavar=N_("CODE"),
    help=N_("Only at this recipient; may be given several times."),
)
BY = click.option(
    "--by",
    required=True,
    metavar=N_("NEW"),
    help=N_("The document with the new content, taken over before."),
)

TRIES: Final = 5
"""How often it is looked again where the original moves at the same moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a person typed."""

    type: BusinessType
    id: str
    reason: str
    by: str = ""
    to: tuple[OrganizationCode, ...] = ()


def carry_out(
    invocation: Invocation, typed: Order, *, yes: bool, as_json: bool
) -> None:
    """Show what will happen at each recipient, ask once, and do it."""
    with look_at_storage(invocation.settings) as storage:
        with storage.reading() as work:
            wish = _wish(work, typed)
            targets = plan(work, wish)
        site = site_without_keys(invocation.settings)
        require_sendable(site, wish, targets)
        if not as_json:
            _show(invocation, wish, targets)
        question = invocation.text(QUESTIONS[typed.type], document=wish.original.label)
        ask(invocation, question, yes=yes)
        done = _do(site, storage, typed)
    if as_json:
        print_json(_lines(done))
    else:
        invocation.tell(DONE[typed.type], document=wish.original.label)


def _wish(work: Work, typed: Order) -> Wish:
    because = ONLY_ITS_SENDER[typed.type]
    return order(
        work,
        typed.type,
        sent(work, typed.id, because=because),
        by=_content(work, typed.by) if typed.by else None,
        reason=typed.reason,
        to=typed.to,
    )


ONLY_ITS_SENDER: Final[Mapping[BusinessType, str]] = {
    BusinessType.RECALL: N_("only its sender recalls it"),
    BusinessType.UPDATE: N_("only its sender updates it"),
    BusinessType.REPLACE: N_("only its sender replaces it"),
}


def _content(work: Work, text: str) -> OutgoingDocument:
    """Return the document with the new content: itself, and not what repeats it."""
    return sent(work, text, because=CONTENT, with_copies=False)


CONTENT: Final = N_("the new content is a document of ours")


def sent(
    work: Work, text: str, *, because: str, with_copies: bool = True
) -> OutgoingDocument:
    """Return the document of ours that a person means; else say why it has to be."""
    story = sent_story(work, text, because=because, with_copies=with_copies)
    return work.documents.get(MessageId(story.id))


def _do(site: Site, storage: Storage, typed: Order) -> Changed:
    """Write it down; what moves at the same moment is looked at again."""
    for tries in range(TRIES):
        try:
            with storage.work() as work:
                done = change(site, work, _wish(work, typed))
        except LostRace:
            if tries == TRIES - 1:
                raise
        else:
            if done is not None:
                return done
    raise LostRace(key=typed.id)


def _show(invocation: Invocation, wish: Wish, targets: Sequence[Target]) -> None:
    rows = (
        (
            it.recipient,
            it.name,
            invocation.text(STATES[it.was]),
            invocation.text(OUTLOOK[wish.type, it.state]),
            _why(invocation, it.reason),
        )
        for it in targets
    )
    print_table(invocation, HEADS, rows)


HEADS: Final = (
    N_("Recipient"),
    N_("Name"),
    N_("State now"),
    N_("What will happen"),
    N_("Reason"),
)

OUTLOOK: Final[Mapping[tuple[BusinessType, ChangeState], str]] = {
    (BusinessType.RECALL, ChangeState.ASKED): N_("it is asked to give it back"),
    (BusinessType.RECALL, ChangeState.STOPPED): N_("it is stopped here, unseen"),
    (BusinessType.RECALL, ChangeState.MOOT): N_("nothing: it does not have it"),
    (BusinessType.UPDATE, ChangeState.ASKED): N_("the update is sent"),
    (BusinessType.UPDATE, ChangeState.MOOT): N_("nothing: it does not have it"),
    (BusinessType.REPLACE, ChangeState.ASKED): N_("the replacement is sent"),
    (BusinessType.REPLACE, ChangeState.STOPPED): N_(
        "the old one is stopped here, the new one is sent"
    ),
    (BusinessType.REPLACE, ChangeState.MOOT): N_(
        "it does not have the old one, the new one is sent"
    ),
}

QUESTIONS: Final[Mapping[BusinessType, str]] = {
    BusinessType.RECALL: N_("Recall {document}? It is frozen then, and sent no more."),
    BusinessType.UPDATE: N_("Update {document}?"),
    BusinessType.REPLACE: N_("Replace {document}?"),
}

DONE: Final[Mapping[BusinessType, str]] = {
    BusinessType.RECALL: N_("the recall of {document} is under way"),
    BusinessType.UPDATE: N_("the update of {document} is under way"),
    BusinessType.REPLACE: N_("the replacement of {document} is under way"),
}


def _why(invocation: Invocation, reason: Reason | None) -> str:
    return invocation.reason_in_short(reason) if reason else ""


def _lines(done: Changed) -> Iterable[Mapping[str, object]]:
    for it in done.targets:
        yield {
            "id": done.document.changes,
            "change": done.document.key,
            "business_type": done.document.business_type,
            "recipient": it.recipient,
            "was": it.was,
            "state": it.state,
            "gets_packet": it.gets_packet,
            "reason": it.reason,
        }
