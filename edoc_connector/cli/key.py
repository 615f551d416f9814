"""`edoc key`: which keys there are, which one seals, and what hangs on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final

import click

from edoc_connector.app.sites import ring_of
from edoc_connector.cli.group import Group
from edoc_connector.cli.invocation import Invocation, pass_invocation
from edoc_connector.cli.output import print_fields, print_json, print_table
from edoc_connector.clock import system_clock
from edoc_connector.errors import N_, StorageNew
from edoc_connector.flows.sealing.key_list import KeyLine, list_keys
from edoc_connector.flows.sealing.keys import use_key
from edoc_connector.flows.sealing.rehearse import Failure, Rehearsal, Trouble, rehearse
from edoc_connector.model.own_key import KeyState
from edoc_connector.own_storage import look_at_storage
from edoc_connector.parts import binding_of
from edoc_connector.settings import Settings
from edoc_connector.storage import Work

AS_JSON = click.option("--json", "as_json", is_flag=True, help=N_("JSON lines."))


@click.group(
    cls=Group, help=N_("Keys that seal: list them, choose one, rehearse its loss.")
)
def command() -> None:
    """Only a name for those below."""


@command.command(
    "list",
    help=N_("List our keys: whose, until when, and what each is good for today."),
)
@AS_JSON
@pass_invocation
def list_(invocation: Invocation, *, as_json: bool) -> None:
    """Open every key and print one line for each."""
    settings, now = invocation.settings, system_clock()
    ring, binding = ring_of(settings, careful=False), binding_of(settings)
    with _work(settings) as work:
        lines = list_keys(ring, work, binding, now=now)
    if as_json:
        print_json(lines)
    else:
        print_table(invocation, COLUMNS, (_row(invocation, it) for it in lines))


@contextmanager
def _work(settings: Settings) -> Iterator[Work | None]:
    """Look at the database, if a connector has run yet."""
    try:
        with look_at_storage(settings) as storage, storage.reading() as work:
            yield work
    except StorageNew:
        yield None


COLUMNS: Final = (
    N_("Key"),
    N_("State"),
    N_("Kind"),
    N_("Algorithm"),
    N_("Organisation"),
    N_("Certificate"),
    N_("Serial number"),
    N_("Valid from"),
    N_("Until"),
    N_("Days left"),
    N_("Reason"),
)

STATES: Final[Mapping[KeyState, str]] = {
    KeyState.READY: N_("ready"),
    KeyState.NOT_YET_VALID: N_("not valid yet"),
    KeyState.EXPIRED: N_("expired"),
    KeyState.REVOKED: N_("revoked"),
    KeyState.UNUSABLE: N_("unusable"),
}
IN_USE: Final = N_("in use")


def _row(invocation: Invocation, line: KeyLine) -> Sequence[object]:
    state = invocation.text(IN_USE if line.is_in_use else STATES[line.state])
    why = invocation.reason(line.problem) if line.problem else ""
    found = line.certificate
    if found is None:
        return (line.name, state, *[""] * 8, why)
    return (
        line.name,
        state,
        found.kind,
        found.algorithm,
        ", ".join(found.organizations),
        found.subject,
        found.serial,
        invocation.day(found.since),
        invocation.day(found.until),
        found.days_left,
        why,
    )


@command.command(
    help=N_(
        "Have the key NAME seal from the next packet on; the running connector needs no"
        " restart. A key that cannot seal today is refused."
    )
)
@click.argument("name", metavar=N_("NAME"))
@AS_JSON
@pass_invocation
def use(invocation: Invocation, *, name: str, as_json: bool) -> None:
    """Check the key, and write down that it is in use."""
    settings, now = invocation.settings, system_clock()
    ring = ring_of(settings, careful=False)
    with look_at_storage(settings) as storage:
        key = use_key(ring, storage, name, at=now)
    if as_json:
        print_json([{"key": key.name, "certificate": key.digest}])
    else:
        invocation.tell(N_("the key {name} seals from now on"), name=key.name)


@command.command(
    "rehearse",
    help=N_(
        "Say what would fail, and for whom, if the certificate of the key NAME (without"
        " it: of the key in use) were gone tomorrow. Nothing is changed."
    ),
)
@click.argument("name", metavar=N_("[NAME]"), required=False, default="")
@AS_JSON
@pass_invocation
def rehearse_(invocation: Invocation, *, name: str, as_json: bool) -> None:
    """Ask the database, and print what hangs on the key."""
    settings, now = invocation.settings, system_clock()
    ring = ring_of(settings, careful=False)
    with look_at_storage(settings) as storage, storage.reading() as work:
        found = rehearse(ring, work, name, now=now)
    if as_json:
        print_json([found])
    else:
        _print(invocation, found)


def _print(invocation: Invocation, found: Rehearsal) -> None:
    print_fields(
        invocation,
        [
            (N_("Key"), found.key),
            (N_("Certificate SHA-256"), found.certificate),
            (N_("Until"), invocation.day(found.until)),
            (N_("Days left"), found.days_left),
            (N_("Takes over"), _heir(invocation, found)),
        ],
    )
    if found.failures:
        click.echo()
        print_table(invocation, HEADS, (_line(invocation, it) for it in found.failures))
    invocation.tell(_outlook(found))


def _outlook(found: Rehearsal) -> str:
    """Return what the loss would mean beyond the packets that are under way now."""
    if not found.is_missed:
        return N_("nothing else would fail") if found.failures else NOTHING
    return MORE if found.failures else NOTHING_NOW


NOTHING: Final = N_("nothing would fail")
NOTHING_NOW: Final = N_(
    "nothing is under way now that would fail; but nothing more could be sealed,"
    " neither documents nor receipts, until another key is in use"
)
MORE: Final = N_(
    "nothing more could be sealed, neither documents nor receipts, until another key is"
    " in use"
)

HEADS: Final = (
    N_("What would fail"),
    N_("For whom"),
    N_("Document"),
    N_("Id"),
    N_("Since"),
)

TROUBLES: Final[Mapping[Trouble, str]] = {
    Trouble.NO_SEAL: N_("it could not be sealed, and would wait"),
    Trouble.NO_ANSWER: N_("its answer could not be sealed, and would wait"),
    Trouble.NOT_SENT: N_("sealed and not sent: the receiver would refuse it"),
    Trouble.UNANSWERED: N_("sent and not confirmed: the receiver may refuse it"),
}


def _line(invocation: Invocation, it: Failure) -> Sequence[object]:
    return (
        invocation.text(TROUBLES[it.trouble]),
        it.organization,
        it.document,
        it.packet[:8],
        invocation.time(it.since),
    )


def _heir(invocation: Invocation, found: Rehearsal) -> str:
    if not found.is_in_use:
        return invocation.text(N_("it is not in use: nothing changes"))
    if found.takes_over:
        text = N_("the key {name}, by itself when this one has ended")
        return invocation.text(text, name=found.takes_over)
    if found.others:
        text = N_("nobody by itself; choose with: edoc key use {names}")
        return invocation.text(text, names=" | ".join(found.others))
    return invocation.text(N_("nobody: add a second key as [seal.keys.NAME]"))
