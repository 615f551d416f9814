"""Ask a person once before something is done that others will see."""

from __future__ import annotations

import sys

import click

from edoc_connector.cli.invocation import Invocation
from edoc_connector.errors import N_, ExitCode

YES = click.option("--yes", is_flag=True, help=N_("Do it without asking."))


def ask(invocation: Invocation, question: str, *, yes: bool) -> None:
    """Go on where a person agrees; else leave with an exit code that says so.

    Data stays alone on standard output.  Where nobody can be asked, `--yes` has to be
    said: a mistake of the caller else.
    """
    if yes:
        return
    if not sys.stdin.isatty():
        text = N_("nobody can be asked here; say --yes to do it")
        raise click.UsageError(invocation.text(text))
    if not click.confirm(question, err=True):
        invocation.tell(N_("nothing was done"))
        raise click.exceptions.Exit(ExitCode.FAILED)
