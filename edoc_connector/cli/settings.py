"""`edoc settings`: is the file right, and what does it say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path

import click

from edoc_connector.cli.group import Group
from edoc_connector.cli.invocation import Invocation, pass_invocation
from edoc_connector.cli.output import print_fields, print_json
from edoc_connector.cli.reach import for_each
from edoc_connector.clock import system_clock
from edoc_connector.doctor.readiness import (
    expiring_anchors,
    expiring_keys,
    problems,
    refused_statements,
    revoked_keys,
    trusts_nobody,
    unanchored_keys,
)
from edoc_connector.errors import N_, DmsUnavailable, ExitCode, SettingsRefused
from edoc_connector.pki.standing import day
from edoc_connector.secret import SecretReference
from edoc_connector.settings import KeySettings, Settings, all_keys


@click.group(cls=Group, help=N_("Check the settings file, or show what it says."))
def command() -> None:
    """Only a name for the two below."""


@command.command(
    help=N_(
        "Check a settings file: every name and value, and that the key, certificates,"
        " passwords and the mapping it names serve. What the mapping selects is tried"
        " in the document database; nothing is changed there. The authority is asked"
        " whether a certificate of ours was revoked. What is right here can be run."
    )
)
@click.argument(
    "file",
    metavar=N_("[FILE]"),
    required=False,
    type=click.Path(dir_okay=False, path_type=Path),
)
@pass_invocation
def check(invocation: Invocation, file: Path | None) -> int:
    """Raise all that is wrong with it, or say that it is right."""
    if file:
        invocation.path = file
    if not invocation.offices.are_many or invocation.whose:
        _check(invocation)
        return ExitCode.OK
    return for_each(invocation, lambda: _check(invocation), as_json=False)


def _check(invocation: Invocation) -> None:
    """Look at what one organisation would be run with."""
    path, settings, now = invocation.office.file, invocation.settings, system_clock()
    found = [*problems(settings, now)]
    if found:
        raise SettingsRefused(path, found)
    _try_mapping(invocation, settings, path)
    revoked = [*revoked_keys(settings, now)]
    if len(revoked) == len(all_keys(settings.seal)):
        raise SettingsRefused(path, revoked)
    for each in revoked:
        invocation.tell(REVOKED, name=each.details["name"])
    for term in expiring_keys(settings, now):
        invocation.tell(EXPIRES, name=term.name, until=day(term.until))
    for term in expiring_anchors(settings, now):
        invocation.tell(ANCHOR_EXPIRES, name=term.name, until=day(term.until))
    if trusts_nobody(settings, now):
        invocation.tell(NOBODY_TRUSTED)
    for name in unanchored_keys(settings, now):
        invocation.tell(UNANCHORED, name=name)
    invocation.tell(N_("{path} is right"), path=path)


def _try_mapping(invocation: Invocation, settings: Settings, path: Path) -> None:
    """Refuse a mapping that does not fit; a register that is away is no fault of it."""
    try:
        refused = [*refused_statements(settings)]
    except DmsUnavailable as error:
        invocation.tell(NOT_TRIED, problem=error.details["problem"])
        return
    if refused:
        raise SettingsRefused(path, refused)


NOT_TRIED = N_(
    "Warning: the document database does not answer, so the statements of the mapping"
    " were not tried: {problem}"
)

NOBODY_TRUSTED = N_(
    "Warning: trust.periods trusts no authority today; whatever is sealed today will be"
    " refused here"
)

REVOKED = N_(
    "Warning: the certificate of the key {name} was revoked, and seals nothing more;"
    " have another one seal with: edoc key use NAME"
)

EXPIRES = N_(
    "Warning: the certificate of the key {name} is valid until {until};"
    " ask your authority for a new one now"
)

UNANCHORED = N_(
    "Warning: the certificate of the key {name} leads to no authority in trust.anchors,"
    " so nobody is asked whether it was revoked; add its authority there"
)

ANCHOR_EXPIRES = N_(
    "Warning: the certificate of the authority {name} is valid until {until};"
    " add the one that follows it to trust.anchors"
)


@command.command(
    help=N_("Show every setting with its value, given or default; never a password.")
)
@click.option("--json", "as_json", is_flag=True, help=N_("One JSON object."))
@pass_invocation
def show(invocation: Invocation, *, as_json: bool) -> None:
    """Print the settings as they hold."""
    values = {name: plain(value) for name, value in leaves(invocation.settings)}
    if as_json:
        print_json([values])
    else:
        print_fields(invocation, [(name, line(it)) for name, it in values.items()])


def line(value: object) -> object:
    """Return a value as people read it: lists and tables without brackets."""
    match value:
        case list():
            return ", ".join(map(str, value))
        case dict():
            return "; ".join(f"{name}: {line(it)}" for name, it in value.items())
        case bool():
            return str(value).lower()
        case _:
            return value


def leaves(table: object, prefix: str = "") -> Iterator[tuple[str, object]]:
    """Yield every dotted key with its value."""
    for field in fields(table):  # type: ignore[arg-type]  # only called with dataclasses
        value = getattr(table, field.name)
        if is_dataclass(value) and not isinstance(value, SecretReference):
            yield from leaves(value, f"{prefix}{field.name}.")
        else:
            yield f"{prefix}{field.name}", value


def plain(value: object) -> object:
    """Return a value as JSON has it; a secret as the reference it is."""
    match value:
        case Path() | SecretReference():
            return str(value)
        case tuple():
            return [plain(item) for item in value]
        case KeySettings():
            return {name: plain(item) for name, item in leaves(value) if item}
        case Mapping():
            return {name: plain(item) for name, item in value.items()}
        case _:
            return value
