"""`edoc status`: one screen that says whether all is well, and what is not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

import click

from edoc_connector.cli.group import Command
from edoc_connector.cli.invocation import Invocation, pass_invocation
from edoc_connector.cli.output import print_fields, print_json
from edoc_connector.cli.standing_text import AS_JSON
from edoc_connector.cli.status_look import (
    FOR_PEOPLE,
    MOST_WAITING,
    Look,
    Partner,
    Reached,
    ask_broker,
    look,
)
from edoc_connector.clock import system_clock
from edoc_connector.errors import N_, ExitCode
from edoc_connector.flows.sealing.key_list import KeyLine
from edoc_connector.model.room import Room
from edoc_connector.storage.around import Barrier
from edoc_connector.storage.census import Count

Line = tuple[str, object]


@click.command(
    cls=Command,
    help=N_(
        "Show on one screen whether all is well: what waits and since when, what"
        " failed, who does not answer, keys and disk. Leaves with 0 where all is well,"
        " 10 where something waits for a person, 3 where a part or a partner is away."
    ),
)
@AS_JSON
@pass_invocation
def command(invocation: Invocation, *, as_json: bool) -> ExitCode:
    """Look, print, and say by the exit code how it is."""
    settings = invocation.settings
    broker = invocation.once("broker", lambda: ask_broker(settings))
    found = look(settings, system_clock(), broker)
    if as_json:
        print_json([{"exit_code": int(found.exit_code), "status": found}])
    else:
        _print(invocation, found)
    return found.exit_code


def _print(invocation: Invocation, found: Look) -> None:
    sections = (
        (N_("Now"), _now(invocation, found)),
        (N_("Waiting"), _waiting(invocation, found)),
        (N_("For people"), _for_people(invocation, found)),
        (N_("Through"), _through(invocation, found)),
    )
    for title, lines in sections:
        shown = [*lines]
        if shown:
            click.echo(invocation.text(title).upper())
            print_fields(invocation, shown)
            click.echo()
    click.echo(invocation.text(ENDS[found.exit_code]))


ENDS: Final = {
    ExitCode.OK: N_("All is well."),
    ExitCode.ATTENTION: N_("Something waits for a person, see above."),
    ExitCode.UNAVAILABLE: N_("A part does not run or a partner is away, see above."),
}


def _now(invocation: Invocation, found: Look) -> Iterator[Line]:
    yield N_("Service"), _service(invocation, found)
    for it in found.partners:
        yield PARTNERS[it.partner], _partner(invocation, it)
    for barrier in found.barriers:
        yield N_("Not reachable"), _barrier(invocation, barrier)
    for key in found.keys:
        yield N_("Key"), _key(invocation, key)
    yield N_("Disk"), _disk(invocation, found)


PARTNERS: Final = {
    Partner.STORAGE: N_("Own database"),
    Partner.BROKER: N_("Broker"),
    Partner.REGISTER: N_("Document software"),
}


def _service(invocation: Invocation, found: Look) -> str:
    if not found.running:
        return invocation.text(N_("does not run; start it: systemctl start edoc"))
    if found.stopped:
        parts = ", ".join(found.stopped)
        return invocation.text(N_("runs without these parts: {parts}"), parts=parts)
    return invocation.text(N_("runs"))


def _partner(invocation: Invocation, it: Reached) -> str:
    if it.problem is None:
        return invocation.text(N_("answers"))
    return invocation.reason(it.problem)


def _barrier(invocation: Invocation, it: Barrier) -> str:
    reason = invocation.reason_in_short(it.reason) if it.reason else ""
    text = N_("{recipient} since {since}, next attempt {next}: {reason}")
    return invocation.text(
        text,
        recipient=it.recipient,
        since=invocation.time(it.failing_since),
        next=invocation.time(it.open_until),
        reason=reason,
    )


def _key(invocation: Invocation, key: KeyLine) -> str:
    name = f"{key.name} *" if key.is_in_use else key.name
    if key.problem is not None:
        return f"{name}: {invocation.reason(key.problem)}"
    if key.certificate is None:
        return name
    text = N_("{name}: until {until}, days left: {days}")
    until, days = invocation.time(key.certificate.until), key.certificate.days_left
    return invocation.text(text, name=name, until=until, days=days)


def _disk(invocation: Invocation, found: Look) -> str:
    room = Room(free=found.disk_free_bytes, total=found.disk_total_bytes)
    said = {"free": room.gigabytes, "share": room.percent}
    return invocation.text(N_("{free} GB free ({share} %)"), **said)


def _waiting(invocation: Invocation, found: Look) -> Iterator[Line]:
    if found.to_take is not None:
        more = "+" if found.to_take >= MOST_WAITING else ""
        yield N_("To take over"), f"{found.to_take}{more}"
    if found.census is None:
        return
    for name, title in QUEUES.items():
        yield title, _count(invocation, getattr(found.census, name), found.at)
    yield N_("Receivers at rest"), len(found.barriers)


QUEUES: Final = {
    "to_seal": N_("To seal"),
    "to_send": N_("To send"),
    "receipts_awaited": N_("Receipts awaited"),
    "changes_asked": N_("Changes asked of others"),
    "to_judge": N_("To check"),
    "to_tell": N_("To tell the software"),
}


def _for_people(invocation: Invocation, found: Look) -> Iterator[Line]:
    for name, count in found.for_people.items():
        if count.count:
            yield TROUBLES[name], _count(invocation, count, found.at)


TROUBLES: Final = {
    "late": N_("Late"),
    "expired": N_("Expired, of 7 days"),
    "unroutable": N_("Unknown receiver, of 7 days"),
    "refused": N_("Turned down by the receiver (02), of 7 days"),
    "changes_refused": N_("Changes refused by receivers, of 7 days"),
    "unfit": N_("Cannot be sent, of 7 days"),
    "parked": N_("Set aside"),
    "held": N_("Stopped by a person"),
    "quarantined": N_("Quarantined"),
    "answers_owed": N_("Answers without a key"),
    "orders_asked": N_("Changes before a clerk"),
    "statuses_withheld": N_("Statuses their senders were not told"),
    "cases": N_("Differences with partners"),
}
assert TROUBLES.keys() == {*FOR_PEOPLE}  # noqa: S101  (two lists that belong together)


def _through(invocation: Invocation, found: Look) -> Iterator[Line]:
    census = found.census
    if census is None:
        return
    rate = N_("{hour} in the last hour, {day} in the last day; the last at {at}")
    sent = {"hour": census.sent_last_hour, "day": census.sent_last_day}
    came = {"hour": census.received_last_hour, "day": census.received_last_day}
    sent_at = invocation.time(census.last_sent_at)
    came_at = invocation.time(census.last_received_at)
    yield N_("Sent"), invocation.text(rate, **sent, at=sent_at)
    yield N_("Received"), invocation.text(rate, **came, at=came_at)


def _count(invocation: Invocation, it: Count, now: datetime) -> str:
    if it.oldest_at is None or not it.count:
        return str(it.count)
    text = N_("{count}, the oldest for {age}")
    return invocation.text(text, count=it.count, age=_age(invocation, it, now))


def _age(invocation: Invocation, it: Count, now: datetime) -> str:
    seconds = int((now - (it.oldest_at or now)).total_seconds())
    for template, unit in AGES:
        if seconds >= unit:
            return invocation.text(template, count=seconds // unit)
    return invocation.text(N_("{count} s"), count=max(seconds, 0))


AGES: Final = (
    (N_("{count} days"), 86_400),
    (N_("{count} h"), 3_600),
    (N_("{count} min"), 60),
)
