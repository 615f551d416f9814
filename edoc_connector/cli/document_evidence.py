"""`edoc document evidence`: all by which others can judge a document's seal again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from edoc_connector.cli.authorities import authorities_of
from edoc_connector.cli.document_id import ID
from edoc_connector.cli.evidence_folder import (
    Finding,
    failed,
    with_stamps,
    write_folder,
)
from edoc_connector.cli.files import MOST_BYTES, write_new
from edoc_connector.cli.group import Command
from edoc_connector.cli.invocation import Invocation, pass_invocation
from edoc_connector.envelope.read import read
from edoc_connector.errors import N_, SealInvalid
from edoc_connector.flows.inspecting.story import Story
from edoc_connector.flows.inspecting.telling import tell_story
from edoc_connector.flows.outgoing.post import packet_of
from edoc_connector.model.delivery import InboxState
from edoc_connector.model.evidence import Evidence
from edoc_connector.model.identifiers import Digest
from edoc_connector.own_storage import look_at_storage
from edoc_connector.parts import policy_of
from edoc_connector.signature.policy import Policy
from edoc_connector.signature.reconstitute import reconstitute
from edoc_connector.storage import Storage
from edoc_connector.storage.records import KeptEvidence

PACKET = "packet.edxml"
SEAL = "seal.xml"


@click.command(
    cls=Command,
    help=N_(
        "Write the packet of a document, its seal as xmlsec1 reads it, and the evidence"
        " for it into a folder. Judge it again with `edoc verify FOLDER/packet.edxml"
        " --evidence FOLDER`, also years later and without a network. Of a document"
        " that was sent there is no more than a time stamp that came later: whether our"
        " certificate held is for its receivers to find out."
    ),
)
@ID
@click.option(
    "-o",
    "--output",
    required=True,
    metavar=N_("FOLDER"),
    type=click.Path(file_okay=False, path_type=Path),
    help=N_("Where to; files that are there are not overwritten."),
)
@pass_invocation
def command(invocation: Invocation, *, id: str, output: Path) -> None:  # noqa: A002
    """Write all of it, the verdict last."""
    with look_at_storage(invocation.settings) as storage:
        with storage.reading() as work:
            story = tell_story(work, id)
            packet = packet_of(story)
            kept = work.evidence.of(packet)
        evidence = tuple(_evidence(storage, kept))
        issuers = _issuers(storage, story, evidence, policy_of(invocation.settings))
        write_folder(output, _finding(story), evidence, issuers)
        _write_packet(storage, packet, output)
    invocation.tell(N_("pieces of evidence: {count}"), count=len(kept))


def _evidence(storage: Storage, kept: tuple[KeptEvidence, ...]) -> Iterator[Evidence]:
    for one in kept:
        yield Evidence(one.kind, b"".join(storage.content.chunks(one.content)))


def _issuers(
    storage: Storage, story: Story, evidence: tuple[Evidence, ...], policy: Policy
) -> bytes:
    if story.packet is None or story.verdict is None:
        return b""
    with storage.content.mapped(story.packet) as body:
        received = with_stamps(read(body, max_bytes=MOST_BYTES), evidence)
        return authorities_of(received.seal, policy, story.verdict.proven_at)


def _finding(story: Story) -> Finding | None:
    verdict = story.verdict
    if story.received_at is None or story.packet is None:
        return None
    if story.reason is not None and story.state == InboxState.QUARANTINED:
        return failed(story.packet, story.reason, received_at=story.received_at)
    if verdict is None:
        return None
    return Finding(
        packet=story.packet,
        received_at=story.received_at,
        indication=verdict.indication,
        form=verdict.form,
        sealed_at=verdict.sealed_at,
        proven_at=verdict.proven_at,
        time_source=verdict.time_source,
        certificate=verdict.certificate,
        doubts=verdict.doubts,
        notes=verdict.notes,
    )


def _write_packet(storage: Storage, packet: Digest, folder: Path) -> None:
    write_new(folder / PACKET, storage.content.chunks(packet))
    with storage.content.mapped(packet) as body:
        try:
            seal = reconstitute(read(body, max_bytes=MOST_BYTES))
        except SealInvalid:  # none, or none of our profile: the packet is all there is
            return
    write_new(folder / SEAL, [seal])
