"""`edoc verify`: is this packet what its sender sealed.  Needs no broker and no DMS."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import assert_never

import click

from edoc_connector.app import policy_of
from edoc_connector.cli.files import MOST_BYTES, read_argument, write_argument
from edoc_connector.cli.group import Command
from edoc_connector.cli.invocation import Invocation, pass_invocation
from edoc_connector.cli.output import print_fields, print_json
from edoc_connector.cli.verdict_text import verdict_fields
from edoc_connector.clock import system_clock
from edoc_connector.envelope.read import read
from edoc_connector.errors import N_, ExitCode, Reason
from edoc_connector.model.document import Document
from edoc_connector.model.stages import VerifiedEnvelope
from edoc_connector.model.status import Status
from edoc_connector.model.verdict import Indication, SealForm, TimeSource
from edoc_connector.pki.certificates import load_anchors
from edoc_connector.signature.policy import Policy
from edoc_connector.signature.reconstitute import reconstitute
from edoc_connector.signature.verify import verify


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedFile:
    """What a seal says of an attachment: of its type it says nothing."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What a seal that holds proves, and what is missing for a full proof."""

    indication: Indication
    form: SealForm
    organization: str
    name: str
    document_id: str
    sealed_at: datetime | None
    proven_at: datetime
    time_source: TimeSource
    certificate_digest: str | None
    statement_digest: str
    doubts: tuple[Reason, ...]
    notes: tuple[Reason, ...]
    attachments: tuple[SealedFile, ...]


@click.command(
    cls=Command,
    help=N_(
        "Check the seal of a packet in a file: who sealed it, when, and that nothing"
        " was changed since. Trusts the authorities of the settings, or those named."
    ),
)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--anchor",
    "anchors",
    multiple=True,
    metavar=N_("FILE"),
    type=click.Path(dir_okay=False, path_type=Path),
    help=N_("Trust this authority (PEM) and not those of the settings."),
)
@click.option(
    "--reconstitute",
    "output",
    metavar=N_("FILE"),
    type=click.Path(dir_okay=False, path_type=Path),
    help=N_("Write the seal as a stand-alone signature that xmlsec1 verifies."),
)
@click.option("--json", "as_json", is_flag=True, help=N_("One JSON object."))
@pass_invocation
def command(
    invocation: Invocation,
    *,
    file: Path,
    anchors: tuple[Path, ...],
    output: Path | None,
    as_json: bool,
) -> None:
    """Print what the seal proves, or raise what is wrong with it."""
    received = read(read_argument(file), max_bytes=MOST_BYTES)
    policy, now = _policy(invocation, anchors), system_clock()
    verified = verify(
        received, policy, account=None, received_at=now, now=now, revocation=None
    )
    if output is not None:
        write_argument(output, [reconstitute(received)])
    proof = _proof(verified)
    if as_json:
        print_json([proof])
    else:
        print_fields(invocation, _fields(invocation, proof))
    _conclude(invocation, proof.indication, as_json=as_json)


def _conclude(invocation: Invocation, indication: Indication, *, as_json: bool) -> None:
    if indication is not Indication.PASSED:
        raise click.exceptions.Exit(ExitCode.INDETERMINATE)
    if not as_json:
        invocation.tell(N_("the seal is valid"))


def _policy(invocation: Invocation, anchors: tuple[Path, ...]) -> Policy:
    if anchors:
        return Policy(anchors=load_anchors(anchors))
    return policy_of(invocation.settings)


def _proof(verified: VerifiedEnvelope) -> Proof:
    content, verdict = verified.envelope.content, verified.verdict
    match content:
        case Document():
            document_id, attachments = content.document_id, content.attachments
        case Status():
            document_id, attachments = content.response_for.document_id, ()
        case other:
            assert_never(other)
    return Proof(
        indication=verdict.indication,
        form=verdict.form,
        organization=content.sender.code,
        name=content.sender.name,
        document_id=document_id,
        sealed_at=verified.sealed_at,
        proven_at=verdict.proven_at,
        time_source=verdict.time_source,
        certificate_digest=verified.certificate_digest,
        statement_digest=verified.statement_digest,
        doubts=verdict.doubts,
        notes=verdict.notes,
        attachments=tuple(
            SealedFile(name=it.name, size=it.size, sha256=it.sha256)
            for it in attachments
        ),
    )


def _fields(invocation: Invocation, proof: Proof) -> Iterator[tuple[str, object]]:
    yield N_("Sealed by"), f"{proof.organization}  {proof.name}"
    yield from verdict_fields(invocation, proof)
    yield N_("Document id"), proof.document_id
    yield N_("Certificate SHA-256"), proof.certificate_digest or "-"
    yield N_("Statement SHA-256"), proof.statement_digest
    for attachment in proof.attachments:
        yield N_("Attachment"), f"{attachment.sha256}  {attachment.name}"
