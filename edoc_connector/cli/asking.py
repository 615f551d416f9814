"""Ask a person once before something is done that others will see."""

from __future__ import annotations

import sys
import unicodedata
from typing import Final

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
    if not _answer(invocation, question):
        invocation.tell(N_("nothing was done"))
        raise click.exceptions.Exit(ExitCode.FAILED)


def _answer(invocation: Invocation, question: str) -> bool:
    """Ask until the answer is one; who only presses Enter says no."""
    choice = invocation.text(N_("[y/N]:"))
    while True:
        typed: str = click.prompt(
            f"{question} {choice}",
            default="",
            show_default=False,
            prompt_suffix=" ",
            err=True,
        )
        answer = unicodedata.normalize("NFC", typed).strip().casefold()
        if answer in YES_WORDS:
            return True
        if answer in NO_WORDS:
            return False
        invocation.tell(N_("please answer y (yes) or n (no)"))


YES_WORDS: Final = frozenset({"y", "yes", "c", "có", "co"})
NO_WORDS: Final = frozenset({"", "n", "no", "k", "không", "khong"})
"""In both languages, whichever is spoken, and for keyboards that have no marks."""
