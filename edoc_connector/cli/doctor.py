"""`edoc doctor`: looks for what has cost others documents."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import click

from edoc_connector.bus.management import Management
from edoc_connector.checks import ManagementUrl
from edoc_connector.cli.group import Command
from edoc_connector.cli.invocation import Invocation, pass_invocation
from edoc_connector.cli.output import columns_of, print_json, shown
from edoc_connector.cli.standing_text import AS_JSON
from edoc_connector.clock import system_clock
from edoc_connector.doctor.checks import CHECKS, GROUPS
from edoc_connector.doctor.examine import examine
from edoc_connector.doctor.finding import Finding, State
from edoc_connector.doctor.patient import Patient
from edoc_connector.errors import N_, EdocError, ExitCode
from edoc_connector.own_storage import look_at_storage
from edoc_connector.secret import Secret
from edoc_connector.settings import Settings
from edoc_connector.storage import Storage
from edoc_connector.toml import Place


@click.command(
    cls=Command,
    help=N_(
        "Look for what has cost others documents: queues, limits, ways, clocks,"
        " certificates, room, indexes, files. Each finding comes with its remedy."
        " Nothing is changed. What could not be seen is said, and never called well."
        " Leaves with 10 where something is red, with 0 otherwise."
    ),
)
@click.option(
    "--management",
    metavar="URL",
    help=N_("The management plugin of our broker; else axis.management."),
)
@click.option(
    "--all",
    "is_all",
    is_flag=True,
    help=N_("Show also what is well, not only count it."),
)
@AS_JSON
@pass_invocation
def command(
    invocation: Invocation, management: str | None, *, is_all: bool, as_json: bool
) -> ExitCode:
    """Look at everything, print, and say by the exit code whether it is red."""
    settings = invocation.settings
    with ExitStack() as stack:
        patient = Patient(
            settings=settings,
            files=invocation.settings_files,
            now=system_clock(),
            storage=_storage(settings, stack),
            management=_management(settings, management),
            with_common=invocation.is_for_first,
        )
        found = examine(patient)
    if as_json:
        print_json(_object(invocation, it) for it in found)
    else:
        _print(invocation, found, is_all=is_all)
    is_red = any(it.state is State.RED for it in found)
    return ExitCode.ATTENTION if is_red else ExitCode.OK


def _storage(settings: Settings, stack: ExitStack) -> Storage | None:
    """Return our own database until the stack ends; None where it cannot be opened."""
    try:
        return stack.enter_context(look_at_storage(settings))
    except EdocError:
        return None


def _management(settings: Settings, named: str | None) -> Management | None:
    axis, place = settings.axis, Place(Path("edoc doctor"), "--management")
    url = axis.management
    if named:
        url = ManagementUrl("axis.management_password").accept(named, place)
    if not url:
        return None
    password = axis.management_password
    return Management(
        url, axis.management_account, password.read() if password else Secret("")
    )


def _object(invocation: Invocation, it: Finding) -> dict[str, object]:
    check = CHECKS[it.code]
    return {
        "code": it.code,
        "group": check.group,
        "state": it.state,
        "what": _what(invocation, it),
        "why": invocation.text(check.why),
        "fix": invocation.text(check.fix),
    }


def _what(invocation: Invocation, it: Finding) -> str:
    if it.reason is not None:
        return invocation.reason(it.reason)
    return shown(invocation.text(it.what, **it.details))


MARKS: Final = {
    State.GREEN: N_("well"),
    State.AMBER: N_("soon"),
    State.RED: N_("BAD"),
    State.UNSEEN: N_("not seen"),
}
COLOURS: Final = {
    State.GREEN: "green",
    State.AMBER: "yellow",
    State.RED: "red",
    State.UNSEEN: "bright_black",
}
COUNTED: Final = N_("bad: {red}; soon: {amber}; well: {green}; not seen: {unseen}")


def _print(invocation: Invocation, found: tuple[Finding, ...], *, is_all: bool) -> None:
    for group, title in GROUPS.items():
        of_group = [it for it in found if CHECKS[it.code].group is group]
        if not of_group:
            continue  # it was told with the first organisation
        told = [it for it in of_group if is_all or it.state is not State.GREEN]
        click.echo(invocation.text(title).upper())
        for codes, it in _together(told):
            _print_one(invocation, codes, it)
        if not told:
            looked_at = invocation.text(N_("{count} looked at"), count=len(of_group))
            click.echo(f"  {_mark(invocation, State.GREEN)}{looked_at}")
        click.echo()
    counts = {it.value: sum(one.state is it for one in found) for it in State}
    click.echo(invocation.text(COUNTED, **counts))


def _together(found: list[Finding]) -> Iterator[tuple[str, Finding]]:
    """Yield what is not seen for one reason as one thing, and all else by itself."""
    unseen: dict[str, list[Finding]] = {}
    for it in found:
        if it.state is State.UNSEEN and not it.details and it.reason is None:
            unseen.setdefault(it.what, []).append(it)
        else:
            yield it.code, it
    for alike in unseen.values():
        yield ", ".join(dict.fromkeys(it.code for it in alike)), alike[0]


def _print_one(invocation: Invocation, codes: str, it: Finding) -> None:
    check = CHECKS[it.code]
    what = _what(invocation, it)
    click.echo(f"  {_mark(invocation, it.state)}{codes}: {what}")
    if it.state in {State.RED, State.AMBER}:
        click.echo(f"    {invocation.text(check.why)}")
        click.echo(f"    > {invocation.text(check.fix)}")


def _mark(invocation: Invocation, state: State) -> str:
    """Return the word for a state, all of one width; coloured on a terminal."""
    words = {each: invocation.text(word) for each, word in MARKS.items()}
    width = max(map(columns_of, words.values())) + 2
    word = words[state]
    return click.style(word, fg=COLOURS[state]) + " " * (width - columns_of(word))
