"""`edoc demo --resume`: a demo that was kept runs again, to try things on."""

from __future__ import annotations

import os
import shlex
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

import click

from edoc_connector.cli.invocation import Invocation
from edoc_connector.demo.authority import ANCHORS
from edoc_connector.demo.interruption import ended_like_ctrl_c
from edoc_connector.demo.linked_stage import DESCRIPTION, LOGIN, LinkedStage
from edoc_connector.demo.resume import ended, resumed
from edoc_connector.errors import N_, ExitCode

LOOK_SECONDS: Final = 0.5


def run_again(invocation: Invocation, place: Path) -> None:
    """Run it until Ctrl-C, and say what can be tried meanwhile.

    It fails where a connector ends by itself.  Raises `NoDemo`, or `AlreadyRunning`.
    """
    invocation.tell(N_("starting the brokers and the four connectors"))
    telling = ended_like_ctrl_c(lambda: tell_ending(invocation))
    with suppress(KeyboardInterrupt), telling, resumed(place) as stage:
        if isinstance(stage, LinkedStage):
            _say_what_to_try_across(invocation, place)
        else:
            _say_what_to_try(invocation, place)
        while True:
            time.sleep(LOOK_SECONDS)
            gone = ended(stage)
            if gone is not None:
                text = N_("the connector of {code} has ended; see {log}")
                invocation.tell(text, code=gone.organization.code, log=gone.log)
                raise click.exceptions.Exit(ExitCode.FAILED)
    invocation.tell(N_("everything was stopped, and is still in {place}"), place=place)


def tell_ending(invocation: Invocation) -> None:
    """Say that it is ending, from within a signal: past what is just being written."""
    clear = "\r\x1b[K" if sys.stderr.isatty() else ""
    os.write(sys.stderr.fileno(), f"{clear}{invocation.text(ENDING)}\n".encode())


ENDING: Final = N_("ending the brokers and connectors that were started, a moment ...")


def _say_what_to_try(invocation: Invocation, place: Path) -> None:
    """Name commands that work as they stand: they can be copied into another shell."""
    invocation.tell(ALL_OF_IT, place=place)
    reason = invocation.text(N_("it names a wrong day"))
    commune, department = _at(place, "H20.28.05"), _at(place, "H20.14")
    show_command(*commune, "status")
    show_command(*commune, "document", "recall", RECALLED, "--reason", reason)
    show_command(*department, "document", "agree", RECALLED)
    show_command(*commune, "why", RECALLED)
    show_command(*_at(place, "G22"), "document", "resend", RESENT)
    show_command(*_at(place, "G22"), "queue", "list")


ALL_OF_IT: Final = N_(
    "All of it runs in {place}; Ctrl-C stops it. In another terminal:"
)


def _say_what_to_try_across(invocation: Invocation, place: Path) -> None:
    """Name commands that show both ends of a way over the links."""
    invocation.tell(ALL_OF_IT, place=place)
    reason = invocation.text(N_("it names a wrong day"))
    commune, department = _at(place, "H20.28.05"), _at(place, "H26.14")
    show_command(*commune, "status")
    show_command(*commune, "document", "show", ACROSS)
    show_command(*department, "document", "show", ACROSS)
    show_command(*commune, "ping", "H26.14")
    show_command(*this_program(), "axis", "draw", str(place / DESCRIPTION))
    show_command(*_check(place, "ha-noi", "H26.14"))
    show_command(*department, "document", "recall", FROM_AFAR, "--reason", reason)
    show_command(*commune, "why", FROM_AFAR)


def _check(place: Path, broker: str, account: str) -> tuple[str, ...]:
    """Return how the account of an organisation asks its broker how it is made."""
    own = place / account
    return (
        *(*this_program(), "axis", "check", str(place / DESCRIPTION), broker),
        *("--account", account),
        *("--certificate", str(own / f"{LOGIN}.certificate.pem")),
        *("--key", str(own / f"{LOGIN}.key.pem")),
        *("--authorities", str(place / "authority" / ANCHORS)),
    )


ACROSS: Final = "88/UBND-VP"
"""Of the commune to the department of the other province, and to the centre."""

FROM_AFAR: Final = "3303/SKHCN-CNS"
"""Of that department to the commune."""

RECALLED: Final = "88/UBND-VP"
"""Of the commune to the department, whose connector asks its clerk first."""

RESENT: Final = "9815/VPCP-KSTT"


def _at(place: Path, code: str) -> tuple[str, ...]:
    return (*this_program(), "--settings", str(place / code / "edoc.toml"))


def this_program() -> tuple[str, ...]:
    """Return how this program was called: it need not be where the shell looks."""
    called = Path(sys.argv[0]).absolute()
    if called.name == "edoc":
        return (str(called),)
    return (sys.executable, "-m", "edoc_connector")


def show_command(*words: str) -> None:
    """Print a command as a shell takes it, not among the data."""
    click.echo(f"  {shlex.join(words)}", err=True)
