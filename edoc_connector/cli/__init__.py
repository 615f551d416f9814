"""The `edoc` command: says what there is, and imports a command only when it is called.

    from edoc_connector.cli.invocation import Invocation, pass_invocation

    @click.command(help=N_("..."))
    @pass_invocation
    def command(invocation: Invocation) -> ExitCode | None: ...

A command is the object `command` of a module of this package.  It parses, calls one
thing, prints (`cli/output.py`), and raises `EdocError` or returns an `ExitCode`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Final, NoReturn

import click

from edoc_connector import __version__
from edoc_connector.cli.failures import exit_code_of, open_streams
from edoc_connector.cli.group import LazyGroup
from edoc_connector.cli.invocation import Invocation, pass_invocation
from edoc_connector.cli.organization_option import ORGANIZATION
from edoc_connector.errors import N_
from edoc_connector.language import Language, language_of, speak
from edoc_connector.model.organization_code import OrganizationCode


@click.group(
    cls=LazyGroup,
    modules={
        "demo": N_("four organisations exchange documents on this computer"),
        "init": N_("prepare a new site: settings, key and certificate request"),
        "settings": N_("check the settings file, or show what it says"),
        "run": N_("exchange documents: the service itself"),
        "document": N_(
            "documents sent and received: list, show, packet, resend, recall, update,"
            " replace, agree, refuse, statement"
        ),
        "reconciliation": N_("what passed between us and each partner, what differs"),
        "directory": N_("who is who: import, lookup, tree, problems, merge"),
        "doctor": N_("look for what has cost others documents, each with its remedy"),
        "status": N_("one screen: is all well, what waits, what failed"),
        "why": N_("why a document stands where it stands, and who must act"),
        "ping": N_("prove the way to an organisation and back, without a document"),
        "queue": N_("what waits for the axis: list, show, park, release"),
        "quarantine": N_(
            "packets set aside on the way in: list, show, release, reject"
        ),
        "envelope": N_("packets in files: show, build, check"),
        "verify": N_("check the seal of a packet in a file"),
        "key": N_("keys that seal: list, use, rehearse the loss of one"),
        "ledger": N_("check the chain of recorded facts"),
        "axis": N_("the brokers of an axis: plan, check, draw"),
    },
    help=N_("Exchange signed official documents over the national document axis."),
    epilog=N_("Each command explains itself: edoc COMMAND --help"),
)
@click.option(
    "--settings",
    "path",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar=N_("FILE"),
    help=N_(
        "The settings file; else EDOC_SETTINGS, ./edoc.toml or /etc/edoc/edoc.toml."
    ),
)
@click.option(
    "--lang",
    type=click.Choice([language.value for language in Language]),
    help=N_("Vietnamese or English; else as EDOC_LANG or the locale says."),
)
@click.option(
    "--for",
    "whose",
    type=ORGANIZATION,
    envvar="EDOC_ORGANIZATION",
    metavar=N_("CODE"),
    help=N_(
        "The organisation that is meant, where this connector serves several; else"
        " EDOC_ORGANIZATION."
    ),
)
@click.option("-v", "--verbose", is_flag=True, help=N_("Log more, to standard error."))
@click.version_option(
    __version__, message="edoc %(version)s", help=N_("Show the version and exit.")
)
@pass_invocation
def command(
    invocation: Invocation,
    path: Path | None,
    lang: str | None,
    whose: OrganizationCode | None,
    *,
    verbose: bool,
) -> None:
    """Remember what holds for every command; the language is chosen before parsing."""
    del lang
    invocation.path = path
    invocation.whose = whose
    invocation.verbose = verbose


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command and leave with its exit code.  Never shows a traceback."""
    open_streams()
    given = common_first(sys.argv[1:] if arguments is None else arguments)
    language = language_of(os.environ, chosen(given))
    speak(language)
    invocation = Invocation(language)
    sys.exit(
        exit_code_of(
            lambda: command.main(
                given, prog_name="edoc", obj=invocation, standalone_mode=False
            ),
            invocation,
        )
    )


def common_first(arguments: Sequence[str]) -> list[str]:
    """Move the options of every command before it, from wherever they were typed."""
    common: list[str] = []
    others: list[str] = []
    waiting = iter(arguments)
    for argument in waiting:
        name, equals, _ = argument.partition("=")
        if argument == "--":
            others += [argument, *waiting]
        elif argument in FLAGS or (name in OPTIONS and equals):
            common.append(argument)
        elif name in OPTIONS:
            common += [argument, *(value := [*islice(waiting, 1)])]
            if not value:  # said alone, so that click misses it and nothing else
                return common
        else:
            others.append(argument)
    return common + others


OPTIONS: Final = ("--settings", "--lang", "--for")
FLAGS: Final = ("-v", "--verbose")


def chosen(arguments: Sequence[str]) -> str:
    """Return what follows `--lang`: help and errors of parsing speak it already."""
    for number, argument in enumerate(arguments):
        name, equals, value = argument.partition("=")
        if name == "--lang":
            return value if equals else "".join(arguments[number + 1 : number + 2])
    return ""
