"""Ask a person once before something is done that others will see."""

from __future__ import annotations

import sys

import click

from edoc_connector.cli.invocation import Invocation
from edoc_connector.errors import N_

YES = click.option("--yes", is_flag=True, help=N_("Do it without asking."))


def is_agreed(invocation: Invocation, question: str, *, yes: bool) -> bool:
    """Return the answer; data stays alone on standard output.

    Where nobody can be asked, `--yes` has to be said: a mistake of the caller else.
    """
    if yes:
        return True
    if not sys.stdin.isatty():
        text = N_("nobody can be asked here; say --yes to do it")
        raise click.UsageError(invocation.text(text))
    if click.confirm(question, err=True):
        return True
    invocation.tell(N_("nothing was changed"))
    return False
