"""`edoc settings`: is the file right, and what does it say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path

import click

from edoc_connector.cli.group import Group
from edoc_connector.cli.invocation import Invocation, pass_invocation
from edoc_connector.cli.output import print_fields, print_json
from edoc_connector.errors import (
    N_,
    SettingFileUnreadable,
    SettingsInvalid,
    SettingsRefused,
)
from edoc_connector.secret import SecretReference
from edoc_connector.settings import Settings, load


@click.group(cls=Group, help=N_("Check the settings file, or show what it says."))
def command() -> None:
    """Only a name for the two below."""


@command.command(
    help=N_(
        "Check a settings file: every name, every value, and that the files and"
        " passwords it names can be read."
    )
)
@click.argument(
    "file",
    metavar=N_("[FILE]"),
    required=False,
    type=click.Path(dir_okay=False, path_type=Path),
)
@pass_invocation
def check(invocation: Invocation, file: Path | None) -> None:
    """Raise all that is wrong with it, or say that it is right."""
    path = file or invocation.settings_path
    problems = [*unreadable(load(path))]
    if problems:
        raise SettingsRefused(path, problems)
    invocation.tell(N_("{path} is right"), path=path)


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
        print_fields(invocation, values.items())


def unreadable(settings: Settings) -> Iterator[SettingsInvalid]:
    """Yield what the settings name and cannot be read: passwords, key, certificates."""
    for _, value in leaves(settings):
        if isinstance(value, SecretReference):
            try:
                value.read()
            except SettingsInvalid as error:
                yield error
    seal = settings.seal
    named = [("seal.key", seal.key), ("seal.certificate", seal.certificate)]
    named += [("trust.anchors", anchor) for anchor in settings.trust.anchors]
    for name, path in named:
        try:
            if path is not None:
                path.read_bytes()
        except OSError as error:
            yield SettingFileUnreadable(name=name, path=path, problem=error.strerror)


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
        case Mapping():
            return {name: plain(item) for name, item in value.items()}
        case _:
            return value
