"""`edoc axis plan`: a folder for each broker, and what changed since the last plan."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click

from edoc_connector.axis.description import Axis, Login
from edoc_connector.axis.differences import Difference, State, differences, in_order
from edoc_connector.axis.folder import DEFINITIONS, README, folder, title
from edoc_connector.axis.names import link_account
from edoc_connector.axis.passwords import Secrets, hashed
from edoc_connector.axis.reading import read_axis
from edoc_connector.axis.ways import neighbours
from edoc_connector.cli.group import Command
from edoc_connector.cli.invocation import Invocation, pass_invocation
from edoc_connector.cli.output import print_json, print_table
from edoc_connector.errors import N_, NotOurPlan, NotWritable, SecretInPlan

WITH_SECRETS: Final = 0o600
PLAIN: Final = 0o644


@click.command(
    cls=Command,
    help=N_(
        "Write what each broker of the axis in FILE is told: definitions.json,"
        " rabbitmq.conf and enabled_plugins, in one folder of DIR for each, with a"
        " README that says what to do with them. Says what changed since the last"
        " plan there. Written again from the same FILE, it is the same."
    ),
)
@click.argument(
    "file", metavar=N_("FILE"), type=click.Path(dir_okay=False, path_type=Path)
)
@click.option(
    "-o",
    "--output",
    "target",
    required=True,
    metavar=N_("DIR"),
    type=click.Path(file_okay=False, path_type=Path),
    help=N_("The folder for those of the brokers."),
)
@click.option(
    "--with-passwords",
    is_flag=True,
    help=N_(
        "Also where a link signs in by a password, which then stands in"
        " definitions.json; only you can read that file."
    ),
)
@click.option(
    "--force",
    is_flag=True,
    help=N_("Also in a folder that holds something else than this plan."),
)
@click.option("--json", "as_json", is_flag=True, help=N_("JSON lines."))
@pass_invocation
def command(  # noqa: PLR0913  (one parameter per option)
    invocation: Invocation,
    *,
    file: Path,
    target: Path,
    with_passwords: bool,
    force: bool,
    as_json: bool,
) -> None:
    """Write every folder, or none; print what changed."""
    axis = read_axis(file)
    secrets = secrets_of(axis, file, with_passwords=with_passwords)
    places = {name: target / name for name in axis.brokers}
    if not force:
        for name, place in places.items():
            _require_ours(name, place)
    changes = [
        change
        for name in places
        for change in _write(axis, name, secrets, places[name])
    ]
    if as_json:
        print_json(changes)
    elif changes:
        print_table(invocation, COLUMNS, (_row(invocation, it) for it in changes))
    for left in _left_over(axis, target):
        invocation.tell(NO_BROKER, folder=left)
    if not changes:
        invocation.tell(NOTHING_NEW, folder=target)


COLUMNS: Final = (
    N_("Broker name"),
    N_("What"),
    N_("Change"),
    N_("Planned"),
    N_("Before"),
)

NOTHING_NEW: Final = N_("Nothing changed: {folder} holds this plan already")
NO_BROKER: Final = N_("Warning: {folder} is the plan of a broker that is no more")

STATES: Final[Mapping[str, str]] = {
    "new": N_("new"),
    "changed": N_("changed"),
    "gone": N_("gone"),
}
"""What happened to a file, or to something in the definitions."""

IN_DEFINITIONS: Final = {
    State.MISSING: "new",
    State.DIFFERENT: "changed",
    State.ADDITIONAL: "gone",
}


@dataclass(frozen=True, slots=True)
class Change:
    """What is other than in the plan before."""

    broker: str
    what: str
    change: str
    planned: str = ""
    before: str = ""


def _row(invocation: Invocation, change: Change) -> tuple[str, ...]:
    state = invocation.text(STATES[change.change])
    return change.broker, change.what, state, change.planned, change.before


def secrets_of(axis: Axis, file: Path, *, with_passwords: bool) -> Secrets:
    """Read what the description refers to.  Raises `SettingsInvalid`."""
    links = {}
    hashes = {}
    for broker in axis.broker:
        if broker.link_password is not None and neighbours(axis, broker.name):
            if not with_passwords:
                raise SecretInPlan(where=file, broker=broker.name)
            password = broker.link_password.read().value
            account = link_account(broker.name)
            links[broker.name], hashes[account] = password, hashed(account, password)
    for node in axis.node:
        if node.login is Login.PASSWORD:
            if node.password_hash is not None:
                hashes[node.account] = node.password_hash.read().value
            elif node.password is not None:
                password = node.password.read().value
                hashes[node.account] = hashed(node.account, password)
    return Secrets(hashes=hashes, link_passwords=links)


def _require_ours(name: str, place: Path) -> None:
    """Raise `NotOurPlan` where something else would be overwritten."""
    if place.is_dir() and any(place.iterdir()) and not _is_plan(name, place):
        raise NotOurPlan(path=place, broker=name)


def _is_plan(name: str, place: Path) -> bool:
    return _kept(place / README).partition("\n")[0] == title(name)


def _kept(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


def _write(axis: Axis, name: str, secrets: Secrets, place: Path) -> Iterator[Change]:
    """Write the folder of a broker, and yield what changed in it."""
    try:
        place.mkdir(parents=True, exist_ok=True)
        for file, content in folder(axis, name, secrets).items():
            path = place / file
            before = _kept(path)
            if before == content:
                continue
            is_secret = file == DEFINITIONS and bool(secrets.hashes)
            _replace(path, content, WITH_SECRETS if is_secret else PLAIN)
            yield from _changes(axis.vhost, name, path, (before, content))
    except OSError as error:
        raise NotWritable(path=error.filename, problem=error.strerror) from error


def _replace(path: Path, content: str, mode: int) -> None:
    """Write a file beside its place and put it there: it is whole, or the old one."""
    draft = path.with_name(f".{path.name}.draft")
    draft.unlink(missing_ok=True)
    draft.touch(mode=mode)
    draft.write_text(content, "utf-8")
    draft.replace(path)


def _changes(
    vhost: str, broker: str, path: Path, contents: tuple[str, str]
) -> Iterator[Change]:
    before, after = contents
    if not before:
        yield Change(broker, path.name, "new")
    elif path.name == DEFINITIONS:
        for it in in_order(_differences(before, after, vhost)):
            state = IN_DEFINITIONS[it.state]
            yield Change(broker, f"{it.thing}: {it.name}", state, it.planned, it.found)
    else:
        yield Change(broker, path.name, "changed")


def _differences(before: str, after: str, vhost: str) -> Iterator[Difference]:
    try:
        old = json.loads(before)
    except ValueError:
        old = {}
    return differences(json.loads(after), old, vhost)


def _left_over(axis: Axis, target: Path) -> Iterator[Path]:
    """Yield the plans of brokers that the description no longer has."""
    for place in sorted(target.iterdir()):
        if place.name not in axis.brokers and _is_plan(place.name, place):
            yield place
