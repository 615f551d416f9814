"""`edoc run`: the service, or one round of it."""

from __future__ import annotations

import click

from edoc_connector.app.connector import LOOPS
from edoc_connector.cli.group import Command
from edoc_connector.cli.invocation import Invocation, pass_invocation
from edoc_connector.daemon.house import run_all, run_all_once
from edoc_connector.daemon.run import run, run_once
from edoc_connector.errors import N_
from edoc_connector.organizations import Offices


@click.command(
    cls=Command,
    help=N_(
        "Run the connector until it is told to stop (SIGTERM or Ctrl-C). It finishes"
        " what it has in hand and loses nothing, however it is stopped."
    ),
)
@click.option(
    "--once", is_flag=True, help=N_("Do all there is to do now, and then leave.")
)
@click.option(
    "--only",
    multiple=True,
    type=click.Choice(LOOPS),
    help=N_("Run only this part; may be given several times."),
)
@pass_invocation
def command(invocation: Invocation, *, once: bool, only: tuple[str, ...]) -> None:
    """Start the log, then the loops."""
    invocation.start_logs()
    offices = invocation.offices
    if not once:
        _run(offices, only)
        return
    done = _run_once(offices, only)
    invocation.tell(N_("done; steps: {count}"), count=done)


def _run(offices: Offices, only: tuple[str, ...]) -> None:
    if offices.are_many:
        run_all(offices, only)
    else:
        run(offices.all[0].settings, only)


def _run_once(offices: Offices, only: tuple[str, ...]) -> int:
    if offices.are_many:
        return run_all_once(offices, only)
    return run_once(offices.all[0].settings, only)
