"""`edoc ping`: the way to an organisation and back, proven without a document."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from typing import Final

import click

from edoc_connector.app.inquiry import revocation_of
from edoc_connector.app.post import publisher_of, rabbit_address
from edoc_connector.app.sites import site_without_keys
from edoc_connector.cli.group import Command
from edoc_connector.cli.invocation import Invocation, pass_invocation
from edoc_connector.cli.numbers import Number
from edoc_connector.cli.organization_option import ORGANIZATION
from edoc_connector.cli.output import print_fields, print_json
from edoc_connector.cli.standing_text import AS_JSON
from edoc_connector.clock import system_clock
from edoc_connector.daemon.house import accepting_for_all
from edoc_connector.daemon.run import accepting
from edoc_connector.errors import (
    N_,
    AlreadyRunning,
    BusRefused,
    BusUnavailable,
    ExitCode,
    Reason,
    Unroutable,
)
from edoc_connector.flows.pinging.ask import GLANCE_SECONDS, Answered, ask, wait
from edoc_connector.flows.site import Site
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.own_storage import open_storage
from edoc_connector.settings import Settings
from edoc_connector.storage import Storage
from edoc_connector.storage.shelf import AnswerShelf

SECONDS: Final = 30.0


class Outcome(StrEnum):
    """What came of it."""

    PROVEN = "proven"
    NOT_PROVEN = "not-proven"
    NO_MAILBOX = "no-mailbox"
    SENT_BACK = "sent-back"
    NO_ANSWER = "no-answer"
    NOT_SENT = "not-sent"


EXITS: Final = {
    Outcome.PROVEN: ExitCode.OK,
    Outcome.NOT_PROVEN: ExitCode.NOT_VERIFIED,
    Outcome.NO_MAILBOX: ExitCode.NOT_FOUND,
    Outcome.SENT_BACK: ExitCode.NOT_FOUND,
    Outcome.NO_ANSWER: ExitCode.UNAVAILABLE,
    Outcome.NOT_SENT: ExitCode.UNAVAILABLE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What is known; `broker` is ours, `reason` why none left, or why it came back."""

    outcome: Outcome
    recipient: OrganizationCode
    broker: str
    waited_seconds: float
    answered: Answered | None = None
    reason: Reason | None = None


@click.command(
    cls=Command,
    help=N_(
        "Prove the way to an organisation and back, without a document: how long it"
        " takes, over which brokers, and whether the organisation itself has signed the"
        " answer. Mail that comes meanwhile is kept as ever. Leaves with 0"
        " where it has, 5 where that is not proven, 6 where no mailbox for it is"
        " known, 3 where no answer comes."
    ),
)
@click.argument("code", metavar=N_("CODE"), type=ORGANIZATION)
@click.option(
    "--timeout",
    "seconds",
    metavar=N_("SECONDS"),
    type=Number(1, 3600),
    default=SECONDS,
    help=N_("How many seconds to wait for the answer; 30 unless said."),
)
@AS_JSON
@pass_invocation
def command(
    invocation: Invocation, code: OrganizationCode, seconds: float, *, as_json: bool
) -> ExitCode:
    """Ask, wait, and say what came back."""
    invocation.start_logs()
    settings, offices = invocation.settings, invocation.offices
    taking = (
        partial(accepting_for_all, offices)
        if offices.are_many
        else partial(accepting, settings)
    )
    found = ping(settings, code, seconds, taking)
    if as_json:
        print_json([found])
    else:
        click.echo(_sentence(invocation, found))
        print_fields(invocation, _fields(invocation, found))
    return EXITS[found.outcome]


Taking = Callable[[], AbstractContextManager[Callable[[], object]]]


def ping(
    settings: Settings, code: OrganizationCode, seconds: float, taking: Taking
) -> Result:
    """Send a ping and wait for its pong; take in the mail meanwhile if nobody does."""
    result = partial(
        Result,
        recipient=code,
        broker=str(rabbit_address(settings)),
        waited_seconds=seconds,
    )
    with open_storage(settings) as storage, ExitStack() as stack:
        site = _site(settings, storage)
        meanwhile = _meanwhile(taking, stack)
        try:
            with closing(publisher_of(settings)) as publisher:
                sent = ask(site, publisher, storage, code)
        except Unroutable as error:
            return result(outcome=Outcome.NO_MAILBOX, reason=error.reason)
        except (BusUnavailable, BusRefused) as error:
            return result(outcome=Outcome.NOT_SENT, reason=error.reason)
        try:
            answered = wait(site, storage, sent, seconds=seconds, meanwhile=meanwhile)
        except (BusUnavailable, BusRefused) as error:
            return result(outcome=Outcome.NO_ANSWER, reason=error.reason)
    if answered is None:
        return result(outcome=Outcome.NO_ANSWER)
    if answered.is_sent_back:
        return result(outcome=Outcome.SENT_BACK, reason=answered.doubt)
    outcome = Outcome.PROVEN if answered.is_proven else Outcome.NOT_PROVEN
    return result(outcome=outcome, answered=answered)


def _site(settings: Settings, storage: Storage) -> Site:
    """Return who asks: no key is needed, and who answers is asked about."""
    shelf = AnswerShelf(storage)
    asked = revocation_of(settings.trust.revocation, system_clock, shelf)
    return replace(site_without_keys(settings), revocation=asked)


def _meanwhile(taking: Taking, stack: ExitStack) -> Callable[[], object]:
    """Return how to wait: the service hears for us, or we take in the mail."""
    try:
        return stack.enter_context(taking())
    except AlreadyRunning:
        return lambda: time.sleep(GLANCE_SECONDS)


SENTENCES: Final = {
    Outcome.PROVEN: N_("{recipient} answered in {seconds} s; its seal was verified."),
    Outcome.NOT_PROVEN: N_(
        "An answer came in {seconds} s, but nothing proves that it is from {recipient}."
    ),
    Outcome.NO_MAILBOX: N_(
        "Our broker knows no mailbox for {recipient} and no way to one: check the code,"
        " or ask the operator of the axis."
    ),
    Outcome.SENT_BACK: N_(
        "{recipient} is not known behind the links: what was sent to it came back."
        " Check the code, or ask the operator of the axis."
    ),
    Outcome.NO_ANSWER: N_(
        "No answer within {waited} s. Our broker has taken the ping; what became of it"
        " behind that is not known: a link on the way may be down, the connector of"
        " {recipient} may not run, may not know us, or may be of an older release."
    ),
    Outcome.NOT_SENT: N_("The ping could not be sent; nothing is known of the way."),
}


def _sentence(invocation: Invocation, found: Result) -> str:
    answered = found.answered
    return invocation.text(
        SENTENCES[found.outcome],
        recipient=found.recipient,
        seconds=f"{answered.seconds:.3f}" if answered else "",
        waited=f"{found.waited_seconds:g}",
    )


def _fields(invocation: Invocation, found: Result) -> Iterator[tuple[str, object]]:
    yield N_("Our broker"), found.broker
    if found.reason is not None:
        yield N_("Why"), invocation.reason(found.reason)
    answered = found.answered
    if answered is None:
        return
    yield N_("Answered by"), answered.by
    if answered.doubt is not None:
        yield N_("Why not proven"), invocation.reason(answered.doubt)
    for doubt in answered.doubts:
        yield N_("Not known"), invocation.reason(doubt)
    yield N_("Way there"), _way(answered.way_there, str(found.recipient))
    yield N_("Way back"), _way(answered.way_back, invocation.text(N_("we")))
    yield N_("Brought by account"), answered.account
    yield N_("Their clock"), _clock(invocation, answered)


def _way(brokers: tuple[str, ...], end: str) -> str:
    """Name the brokers as the links did; where there was none, it is our own."""
    return " > ".join((*brokers, end))


AHEAD: Final = N_("{seconds} s ahead of ours, give or take {error} s")
BEHIND: Final = N_("{seconds} s behind ours, give or take {error} s")


def compared(ahead_seconds: float) -> str:
    """Return the message that says on which side of ours their clock is."""
    return BEHIND if ahead_seconds < 0 else AHEAD


def _clock(invocation: Invocation, answered: Answered) -> str:
    ahead = answered.clock_ahead_seconds
    return invocation.text(
        compared(ahead),
        seconds=f"{abs(ahead):.1f}",
        error=f"{answered.seconds / 2:.1f}",
    )
