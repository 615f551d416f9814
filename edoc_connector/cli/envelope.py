"""`edoc envelope`: packets in files, read, made and checked.  Needs no settings."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Final

import click

from edoc_connector.cli import envelope_files
from edoc_connector.cli.envelope_check import MEASURES, Finding, findings
from edoc_connector.cli.envelope_text import print_deviations, print_envelope
from edoc_connector.cli.files import (
    MOST_BYTES,
    TO_FILE,
    map_argument,
    read_argument,
    write_argument,
)
from edoc_connector.cli.group import Group
from edoc_connector.cli.invocation import Invocation, pass_invocation
from edoc_connector.cli.output import print_json, print_table
from edoc_connector.cli.schemas import Profile
from edoc_connector.envelope.json_form import (
    JsonFile,
    contents_of,
    embedded,
    envelope_from_json,
    json_envelope,
    sealed_of,
)
from edoc_connector.envelope.salvage import Salvaged, salvage
from edoc_connector.envelope.write import write
from edoc_connector.errors import N_, ExitCode, FilesTooLarge
from edoc_connector.model.document import Document
from edoc_connector.model.other_files import OtherFiles

MOST_EMBEDDED: Final = 256 * 1024 * 1024
"""A packet of a few kilobytes may hold a ZIP of this."""

FILE = click.argument("file", type=click.Path(allow_dash=True, path_type=Path))


@click.group(cls=Group, help=N_("Packets in files: show, build, check."))
def command() -> None:
    """Only a name for those below."""


@command.command(
    help=N_(
        "Show what a packet says, how it departs from the form we write, and what is"
        " wrong with it. Of a packet that is refused it shows what can be read. FILE"
        " may be - for standard input."
    )
)
@FILE
@click.option(
    "--json", "as_json", is_flag=True, help=N_("One JSON object, nothing left out.")
)
@click.option(
    "--files",
    "folder",
    metavar=N_("FOLDER"),
    type=click.Path(file_okay=False, path_type=Path),
    help=N_("Write the attachments into this folder, and only their paths into JSON."),
)
@pass_invocation
def show(
    invocation: Invocation, *, file: Path, as_json: bool, folder: Path | None
) -> None:
    """Print the packet; what is wrong with it decides the exit code."""
    found = salvage(map_argument(file), max_bytes=MOST_BYTES)
    files = _files(found, folder) if folder or as_json else ()
    if as_json:
        print_json([json_envelope(found, files)])
    else:
        print_envelope(invocation, found)
        print_deviations(invocation, found.deviations)
    _complain(invocation, found)


def _files(found: Salvaged, folder: Path | None) -> tuple[JsonFile, ...]:
    document = _document(found)
    if document is None:
        return ()
    if folder is None:
        _refuse_large(document)
        return tuple(embedded(document, found.contents))
    return tuple(envelope_files.extract(document, found.contents, folder))


def _refuse_large(document: Document) -> None:
    size = sum(attachment.size for attachment in document.attachments)
    if size > MOST_EMBEDDED:
        raise FilesTooLarge(size=size, limit=MOST_EMBEDDED)


def _document(found: Salvaged) -> Document | None:
    content = found.envelope.content if found.envelope else None
    return content if isinstance(content, Document) else None


def _complain(invocation: Invocation, found: Salvaged) -> None:
    """Say what is wrong with the packet, and raise the first of it."""
    for problem in found.problems[1:]:
        invocation.tell(N_("also: {problem}"), problem=invocation.reason(problem))
    if found.problems:
        raise found.problems[0]


@command.command(
    help=N_(
        "Make the packet that a JSON file describes, as `edoc envelope show --json`"
        " prints it. Files that stand beside the JSON are looked for in its folder."
    )
)
@FILE
@TO_FILE
@click.option(
    "--other-files",
    default=OtherFiles.ZIP.value,
    show_default=True,
    type=click.Choice([way.value for way in OtherFiles]),
    help=N_("How attachments travel that are no PDF, Word or ZIP file."),
)
@pass_invocation
def build(
    invocation: Invocation, *, file: Path, output: Path, other_files: str
) -> None:
    """Write the packet."""
    found = envelope_from_json(read_argument(file))
    data = envelope_files.collected(found.files, file.parent)
    packet = io.BytesIO()
    write(
        sealed_of(found),
        contents_of(found, data),
        packet,
        other_files=OtherFiles(other_files),
    )
    write_argument(output, [packet.getvalue()])
    _warn(invocation, packet.getvalue())
    invocation.tell(N_("{size} bytes"), size=len(packet.getvalue()))


def _warn(invocation: Invocation, packet: bytes) -> None:
    """Say what is wrong with a packet that was made: it is made all the same."""
    found = salvage(packet, max_bytes=MOST_BYTES)
    for it in findings(invocation, packet, found, Profile.WRITING):
        told = ": ".join(filter(None, (it.where, it.message)))
        invocation.tell(N_("not as we would send it: {problem}"), problem=told)


@command.command(
    help=N_(
        "Check a packet: whether it can be read, whether it fits the schema, and what"
        " no schema can say. The reading profile takes every dialect that was met; the"
        " writing profile only what this connector would send, in the form it writes."
    )
)
@FILE
@click.option(
    "--profile",
    default="reading",
    show_default=True,
    type=click.Choice([profile.name.lower() for profile in Profile]),
    help=N_("What to hold it against."),
)
@click.option("--json", "as_json", is_flag=True, help=N_("JSON lines."))
@pass_invocation
def check(
    invocation: Invocation, *, file: Path, profile: str, as_json: bool
) -> ExitCode:
    """Print what was found; nothing found is said too."""
    body = map_argument(file)
    found = salvage(body, max_bytes=MOST_BYTES)
    told = list(findings(invocation, body, found, Profile[profile.upper()]))
    if as_json:
        print_json(told)
    elif told:
        rows = (_row(invocation, it) for it in told)
        print_table(invocation, COLUMNS, rows)
    if told:
        return ExitCode.NOT_VERIFIED
    invocation.tell(N_("nothing is wrong with it"))
    return ExitCode.OK


COLUMNS: Final = (N_("Measure"), N_("Line"), N_("Where"), N_("Problem"), N_("Code"))


def _row(invocation: Invocation, it: Finding) -> tuple[object, ...]:
    measure = invocation.text(MEASURES[it.measure])
    return measure, it.line or "", it.where, it.message, it.code
