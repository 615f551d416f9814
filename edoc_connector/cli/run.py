"""`edoc run`: the service, or one round of it."""

from __future__ import annotations

import click

from edoc_connector.app import LOOPS
from edoc_connector.cli.group import Command
from edoc_connector.cli.invocation import Invocation, pass_invocation
from edoc_connector.daemon.run import run, run_once
from edoc_connector.errors import N_


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
    if once:
        done = run_once(invocation.settings, only)
        invocation.tell(N_("done; steps: {count}"), count=done)
    else:
        run(invocation.settings, only)
