"""`edoc document statement`: the proof that a recipient never confirmed a document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import click

from edoc_connector.cli.document_id import ID
from edoc_connector.cli.files import write_argument
from edoc_connector.cli.group import Command
from edoc_connector.cli.invocation import Invocation, pass_invocation
from edoc_connector.cli.organization_option import ORGANIZATION
from edoc_connector.cli.output import print_json, shown
from edoc_connector.cli.standing_text import AS_JSON
from edoc_connector.envelope.non_delivery import read_non_delivery
from edoc_connector.errors import (
    N_,
    NoStatement,
    NotARecipient,
    SeveralStatements,
    StatementOfChange,
)
from edoc_connector.flows.inspecting.meant import sent_story
from edoc_connector.flows.inspecting.story import Story
from edoc_connector.flows.inspecting.wording import FACTS
from edoc_connector.language import word_of
from edoc_connector.model.document import Priority
from edoc_connector.model.identifiers import MessageId
from edoc_connector.model.non_delivery import Outcome
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.status import StatusCode
from edoc_connector.model.tables import PRIORITIES, STATUSES
from edoc_connector.own_storage import look_at_storage
from edoc_connector.signature.fields import Leaf
from edoc_connector.storage import Work
from edoc_connector.storage.records import KeptStatement


@click.command(
    cls=Command,
    help=N_(
        "Write the sealed statement that a recipient has not confirmed a document by"
        " the last deadline: what was tried, when, and with which answers. Check it"
        " with xmlsec1."
    ),
)
@ID
@click.option(
    "--to",
    type=ORGANIZATION,
    metavar=N_("CODE"),
    help=N_("About this recipient, where there are statements about several."),
)
@click.option(
    "--text", "as_text", is_flag=True, help=N_("As a text for people, not sealed.")
)
@click.option(
    "-o",
    "--output",
    metavar=N_("FILE"),
    type=click.Path(allow_dash=True, path_type=Path),
    help=N_("Where to; a file that is there is not overwritten. Not needed for JSON."),
)
@AS_JSON
@pass_invocation
def command(  # noqa: PLR0913  (its options)
    invocation: Invocation,
    *,
    id: str,  # noqa: A002
    to: OrganizationCode | None,
    as_text: bool,
    output: Path | None,
    as_json: bool,
) -> None:
    """Copy the statement, or say what it says."""
    _require_place(invocation, output, as_json=as_json)
    with look_at_storage(invocation.settings) as storage:
        with storage.reading() as work:
            story = sent_story(work, id, because=ONLY_SENT)
            kept = _chosen(work, story, to)
        signed = b"".join(storage.content.chunks(kept.content))
    if output is not None:
        written = _text(invocation, signed) if as_text else signed
        write_argument(output, [written])
    if as_json:
        print_json([_plain(story, kept, signed, output)])
        return
    invocation.tell(
        N_("statement of {document} to {recipient}, SHA-256 {digest}"),
        document=story.label,
        recipient=kept.recipient,
        digest=kept.content,
    )


def _require_place(
    invocation: Invocation, output: Path | None, *, as_json: bool
) -> None:
    """Raise where it goes nowhere, or two things would go to standard output."""
    if output is None and not as_json:
        text = N_("say where to with -o FILE, or take --json")
        raise click.UsageError(invocation.text(text))
    if as_json and output is not None and str(output) == "-":
        text = N_("--json has standard output for itself; give -o a file")
        raise click.UsageError(invocation.text(text))


def _plain(
    story: Story, kept: KeptStatement, signed: bytes, output: Path | None
) -> Mapping[str, object]:
    """Return what it is, and what it says in the order in which it says it."""
    leaves = read_non_delivery(signed)
    return {
        "id": story.id,
        "document": story.label,
        "recipient": kept.recipient,
        "made_at": kept.made_at,
        "sha256": kept.content,
        "output": str(output) if output is not None else None,
        "content": [{"path": path, "value": value} for path, value in leaves],
    }


def _chosen(work: Work, story: Story, to: OrganizationCode | None) -> KeptStatement:
    kept = work.non_deliveries.of(MessageId(story.id))
    if to is not None:
        code = _recipient(story, to)
        kept = tuple(it for it in kept if it.recipient == code)
    if not kept:
        _point_to_change(work, story)
        raise NoStatement(document=story.label or story.id)
    if len(kept) > 1:
        raise SeveralStatements(
            document=story.label, recipients=", ".join(it.recipient for it in kept)
        )
    return kept[0]


def _point_to_change(work: Work, story: Story) -> None:
    """Raise `StatementOfChange` where only what was asked about it did not arrive."""
    for change in dict.fromkeys(it.change for it in reversed(story.changes)):
        if change != story.id and work.non_deliveries.of(change):
            raise StatementOfChange(document=story.label, change=change[:8])


def _recipient(story: Story, meant: OrganizationCode) -> str:
    """Return the recipient that is this body.  Raises `NotARecipient`."""
    codes = [leg.recipient for leg in story.legs]
    for code in codes:
        if meant.is_same_body(OrganizationCode(code)):
            return code
    raise NotARecipient(
        recipient=meant, document=story.label, recipients=", ".join(codes)
    )


ONLY_SENT: Final = N_("there are statements only about what was sent")

LABELS: Final[Mapping[str, str]] = {
    "Outcome": N_("Outcome"),
    "StatedAt": N_("Stated at"),
    "LastDeadline": N_("Last deadline"),
    "From/OrganId": N_("Sender"),
    "From/OrganName": N_("Name of the sender"),
    "To/OrganId": N_("Recipient"),
    "To/OrganName": N_("Name of the recipient"),
    "Document/Code": N_("Document"),
    "Document/Subject": N_("Subject"),
    "Document/DocumentId": N_("Document id"),
    "Document/MessageId": N_("Id"),
    "Document/Priority": N_("Priority"),
    "Document/PacketSha256": N_("Packet"),
    "TakenAt": N_("Taken over at"),
    "LateAt": N_("Late since"),
    "FailedAttempts": N_("Failed attempts"),
    "LastFailure": N_("Last failure"),
    "Tried/At": N_("Tried"),
    "Tried/What": N_("What was done"),
    "Tried/Detail": N_("Reason"),
    "Answer/At": N_("Answer"),
    "Answer/StatedAt": N_("Time it states"),
    "Answer/StatusCode": N_("Status"),
    "Answer/Description": N_("Text"),
    "Answer/MessageId": N_("Id of the receipt"),
}
"""What the paths of a statement are called."""

OUTCOMES: Final[Mapping[str, str]] = {
    Outcome.NOT_SENT: N_("could not be sent by the last deadline"),
    Outcome.NO_RECEIPT: N_("sent, and not confirmed by the last deadline"),
}

MOMENTS: Final = frozenset(
    {"StatedAt", "LastDeadline", "TakenAt", "LateAt"}
    | {"Tried/At", "Answer/At", "Answer/StatedAt"}
)

TITLE: Final = N_("STATEMENT OF NON-DELIVERY")


def _text(invocation: Invocation, signed: bytes) -> bytes:
    lines = _lines(invocation, read_non_delivery(signed))
    return "".join(f"{line}\n" for line in lines).encode()


def _lines(invocation: Invocation, leaves: tuple[Leaf, ...]) -> Iterator[str]:
    yield invocation.text(TITLE)
    yield ""
    for path, value in leaves:
        label = invocation.text(LABELS.get(path, path))
        yield f"{label}: {shown(_said(invocation, path, value))}"


def _said(invocation: Invocation, path: str, value: str) -> str:
    """Return a value in the reader's words, where it is a word of ours."""
    match path:
        case "Outcome":
            return invocation.text(OUTCOMES.get(value, value))
        case "Document/Priority":
            return word_of(PRIORITIES[Priority(int(value))], invocation.language)
        case "Tried/What":
            return invocation.text(FACTS.get(value, value))
        case "Answer/StatusCode":
            meaning = word_of(STATUSES[StatusCode(value)], invocation.language)
            return f"{value} ({meaning})"
        case _ if path in MOMENTS:
            return invocation.text("{at}", at=value)
        case _:
            return value
