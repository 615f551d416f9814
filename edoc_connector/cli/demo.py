"""`edoc demo`: four organisations of the four levels exchange documents, for real."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext, redirect_stdout
from datetime import date
from pathlib import Path
from typing import Final

import click
import msgspec

from edoc_connector.cli.demo_again import (
    run_again,
    show_command,
    tell_ending,
    this_program,
)
from edoc_connector.cli.demo_axis import draw
from edoc_connector.cli.group import Command
from edoc_connector.cli.invocation import Invocation, pass_invocation
from edoc_connector.cli.numbers import Number
from edoc_connector.cli.output import print_fields, print_json, print_table
from edoc_connector.cli.standing_text import done_since
from edoc_connector.clock import VIETNAM, system_clock
from edoc_connector.demo.axis_plot import axis_scene
from edoc_connector.demo.interruption import ended_like_ctrl_c
from edoc_connector.demo.life import lively
from edoc_connector.demo.linked_stage import DESCRIPTION, LinkedStage
from edoc_connector.demo.outcome import Line, Result
from edoc_connector.demo.play import Tell, play
from edoc_connector.demo.scene import lately, scene
from edoc_connector.demo.stage import Stage
from edoc_connector.errors import N_, AlreadyThere, ExitCode
from edoc_connector.flows.inspecting.wording import (
    ACTORS,
    DOCUMENT_STATES,
    STATES,
)


@click.command(
    cls=Command,
    help=N_(
        "Let four organisations (central, province, department, commune) exchange"
        " documents over a private RabbitMQ on this computer, with clerks who register,"
        " finish and refuse them, two recalls and a replacement, and count what was"
        " taken over, sent, delivered, confirmed, refused, lost, duplicated, altered."
        " Exit code 0 only if everything is exactly as expected."
    ),
)
@click.option(
    "--documents",
    metavar=N_("NUMBER"),
    default=12,
    show_default=True,
    type=Number(12, 5000),
    help=N_("How many documents that can be sent; broken ones come on top."),
)
@click.option(
    "--axis",
    "is_linked",
    is_flag=True,
    help=N_(
        "On three linked brokers, national and of two provinces, with certificates;"
        " and draw which way each document took."
    ),
)
@click.option(
    "--dir",
    "folder",
    metavar=N_("DIR"),
    type=click.Path(path_type=Path),
    help=N_("Where to work; else a temporary folder. Must not be there yet."),
)
@click.option(
    "--keep",
    is_flag=True,
    help=N_("Leave everything there to explore with the other commands."),
)
@click.option(
    "--resume",
    "kept",
    metavar=N_("DIR"),
    type=click.Path(path_type=Path),
    help=N_(
        "Run the broker and the connectors of a demo that was kept in DIR again, until"
        " Ctrl-C, to try the other commands on."
    ),
)
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help=N_("The totals as one JSON object; the report to standard error."),
)
@pass_invocation
def command(  # noqa: PLR0913  (its options)
    invocation: Invocation,
    *,
    documents: int,
    is_linked: bool,
    folder: Path | None,
    keep: bool,
    kept: Path | None,
    as_json: bool,
) -> ExitCode:
    """Play it, report it, and say whether it came out as it must."""
    if kept is not None:
        run_again(invocation, kept.absolute())
        return ExitCode.OK
    telling = ended_like_ctrl_c(lambda: tell_ending(invocation))
    with _place(folder, keep=keep) as place, telling:
        now = system_clock()
        first_day = lately(now.astimezone(VIETNAM).date())
        stage = _stage(place, documents, first_day, is_linked=is_linked)
        result = play(stage, now, _progress(invocation))
        # A program that asks for JSON gets nothing else; people see the report still.
        with redirect_stdout(sys.stderr) if as_json else nullcontext():
            # Without links there is one way only.
            is_by_the_tree = not isinstance(stage, LinkedStage) or draw(
                invocation, stage
            )
            _report(invocation, result)
        if keep:
            _say_how_to_explore(invocation, place, result)
    if as_json:
        print_json([result.totals])
    is_as_expected = result.is_as_expected and is_by_the_tree
    return ExitCode.OK if is_as_expected else ExitCode.NOT_AS_EXPECTED


def _stage(place: Path, documents: int, first_day: date, *, is_linked: bool) -> Stage:
    if is_linked:
        return LinkedStage(place, axis_scene(documents, first_day=first_day))
    played = lively(scene(documents, first_day=first_day), first_day=first_day)
    return Stage(place, played)


@contextmanager
def _place(folder: Path | None, *, keep: bool) -> Iterator[Path]:
    """Give an empty folder of our own, and take it away again unless it is to stay."""
    if folder is None:
        place = Path(tempfile.mkdtemp(prefix="edoc-demo-"))
    else:
        place = folder.absolute()
        try:
            place.mkdir(mode=0o700, parents=True)
        except FileExistsError as error:
            raise AlreadyThere(path=place) from error
    try:
        yield place
    finally:
        if not keep:
            shutil.rmtree(place, ignore_errors=True)


def _progress(invocation: Invocation) -> Tell:
    """Return what shows how far it is: a line that changes, or a line per change."""
    shown = ""

    def tell(step: str, settled: int, total: int) -> None:
        nonlocal shown
        line = f"[{settled:>3}/{total}] {invocation.text(step)}"
        if line == shown:
            return
        shown = line
        if sys.stderr.isatty():
            click.echo(f"\r\x1b[K{line}", err=True, nl=settled == total)
        else:
            click.echo(line, err=True)

    return tell


def _report(invocation: Invocation, result: Result) -> None:
    _print_lines(invocation, result)
    _print_troubles(invocation, result)
    _print_arrived(invocation, result)
    click.echo(invocation.text(N_("\nIn total, counted for each recipient")))
    totals = msgspec.to_builtins(result.totals)
    print_fields(invocation, [(TOTALS[name], totals[name]) for name in totals])


TOTALS: Final[Mapping[str, str]] = {
    "documents": N_("Documents in the registers"),
    "taken": N_("Taken over for sending"),
    "sent": N_("Sent, confirmed by the broker"),
    "delivered": N_("Delivered to the document software"),
    "confirmed": N_("Confirmed by a signed receipt"),
    "refused": N_("Not carried, the reason was told"),
    "turned_down": N_("Refused by a clerk after they arrived"),
    "agreed": N_("Recalls and replacements agreed to"),
    "declined": N_("Recalls refused by a clerk"),
    "lost": N_("Lost"),
    "duplicated": N_("Duplicated"),
    "altered": N_("Altered"),
    "seconds": N_("Duration in seconds"),
    "peak_megabytes": N_("Most memory of one connector, in MB"),
}


def _print_lines(invocation: Invocation, result: Result) -> None:
    click.echo(invocation.text(N_("\nEvery document and recipient")))
    columns = (
        N_("Sender"),
        N_("Document"),
        N_("Recipient"),
        N_("State"),
        N_("Seconds"),
        N_("As expected"),
    )
    yes, no = invocation.text(N_("yes")), invocation.text(N_("NO"))
    rows = [
        (
            line.expected.sender,
            line.expected.label,
            line.expected.recipient,
            _state(invocation, line),
            f"{line.seconds:.1f}",
            yes if line.is_as_expected else no,
        )
        for line in result.lines
    ]
    print_table(invocation, columns, rows)


def _state(invocation: Invocation, line: Line) -> str:
    states = STATES if line.is_taken else DOCUMENT_STATES
    state = invocation.text(states.get(line.state, line.state))
    return "; ".join((state, *done_since(invocation, line.status, line.change)))


def _print_troubles(invocation: Invocation, result: Result) -> None:
    troubled = [line for line in result.lines if line.reason is not None]
    if not troubled:
        return
    click.echo(invocation.text(N_("\nNot carried or not agreed to, and why")))
    columns = (N_("Document"), N_("Recipient"), N_("Reason"), N_("Who must act"))
    rows = [
        (
            f"{line.expected.sender} {line.expected.label}",
            line.expected.recipient,
            invocation.reason(line.reason) if line.reason else "",
            invocation.text(ACTORS[line.must_act]),
        )
        for line in troubled
    ]
    print_table(invocation, columns, rows)


def _print_arrived(invocation: Invocation, result: Result) -> None:
    click.echo(invocation.text(N_("\nWhat the registers of arrivals hold")))
    columns = (
        N_("Register"),
        N_("Row"),
        N_("From"),
        N_("Document"),
        N_("Subject"),
        N_("Priority"),
        N_("State"),
        N_("Arrived"),
    )
    rows = [
        (
            register,
            row.row_id,
            row.sender,
            row.label,
            _short(row.subject),
            row.priority,
            row.state,
            _when(invocation, row.arrived_at),
        )
        for register, row in result.arrived
    ]
    print_table(invocation, columns, rows)


def _when(invocation: Invocation, told: str) -> str:
    """Return a time that a register holds, which it writes in that of Vietnam."""
    return invocation.text("{at}", at=f"{told[:19]}+07:00") if told else ""


def _short(text: str, width: int = 48) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}…"


def _say_how_to_explore(invocation: Invocation, place: Path, result: Result) -> None:
    """Name commands that work as they stand here: they can be copied and run."""
    invocation.tell(N_("Everything is still in {place}. For instance:"), place=place)
    carried = next(
        (it.expected for it in result.lines if it.state == "delivered"), None
    )
    sender = place / (carried.sender if carried else "H20") / "edoc.toml"
    edoc = (*this_program(), "--settings", str(sender))
    show_command(*edoc, "status")
    show_command(*edoc, "document", "list")
    show_command(*edoc, "ledger", "verify")
    if carried is not None:
        packet = str(place / "packet.edxml")
        show_command(*edoc, "why", carried.label)
        show_command(*edoc, "document", "show", carried.label)
        show_command(*edoc, "document", "packet", carried.label, "-o", packet)
        show_command(*_xmlsec1(place / "authority", packet))
    if (place / DESCRIPTION).exists():
        show_command(*this_program(), "axis", "draw", str(place / DESCRIPTION))
    invocation.tell(
        N_("Broker and connectors were stopped; this runs them again, until Ctrl-C:")
    )
    show_command(*this_program(), "demo", "--resume", str(place))


def _xmlsec1(authority: Path, packet: str) -> tuple[str, ...]:
    root, issuing = authority / "root.pem", authority / "issuing.pem"
    trust = ("--trusted-pem", str(root), "--untrusted-pem", str(issuing))
    return ("xmlsec1", "--verify", *trust, packet)
