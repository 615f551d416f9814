"""What is kept of a seal that was judged, and of a packet without one."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from edoc_connector.flows.packing import pack
from edoc_connector.flows.story import tell_story
from edoc_connector.model.delivery import InboxState
from edoc_connector.model.stages import Kind
from edoc_connector.model.verdict import Indication, SealForm, TimeSource
from edoc_connector.signature.policy import Unsealed
from tests.support import pki
from tests.support.builders import attachment, document, organization
from tests.support.world import ONE_PDF, RECEIVER, SENDER, World

SEAL = re.compile(rb"\s*<ds:Signature.*</ds:Signature>", re.DOTALL)


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    yield world
    world.close()


def bring(world, *, seal=True):
    """A packet of the sender in the receiver's inbox, with its seal or without."""
    sender, receiver = world.sender, world.receiver
    sender.storage.content.add([ONE_PDF])
    content = document(
        sender=organization(SENDER),
        recipients=(organization(RECEIVER),),
        attachments=(attachment(ONE_PDF),),
    )
    packed = pack(sender.site, sender.storage, content)
    body = b"".join(sender.storage.content.chunks(packed.packet))
    stored = receiver.storage.content.add([body if seal else SEAL.sub(b"", body)])
    with receiver.storage.work() as work:
        work.inbox.add(
            account=SENDER,
            message_id="m-1",
            kind=Kind.EDOC,
            sender=SENDER,
            correlation_id=content.document_id,
            answers="",
            packet=stored.digest,
            packet_bytes=stored.size,
            state=InboxState.ACCEPTED,
            reason=None,
            at=world.clock(),
        )
    receiver.steps()


def allow(world, accepted):
    policy = pki.policy(unsealed={SENDER: accepted})
    world.receiver.site = replace(world.receiver.site, policy=policy)


def told(world):
    with world.receiver.storage.reading() as work:
        return tell_story(work, "m-1")


def test_the_verdict_of_a_delivered_packet_is_kept_with_it(world):
    bring(world)

    story = told(world)

    assert story.state == InboxState.DELIVERED
    assert story.verdict.indication is Indication.PASSED
    assert story.verdict.form is SealForm.B_B
    assert story.verdict.time_source is TimeSource.RECEPTION
    assert story.verdict.proven_at < story.verdict.judged_at
    assert "seal:judged" in [it.kind for it in story.timeline]


def test_a_packet_without_a_seal_is_quarantined(world):
    bring(world, seal=False)

    assert told(world).reason.code == "seal-absent"
    assert told(world).verdict is None


def test_a_body_that_cannot_seal_yet_is_delivered_and_marked(world):
    allow(world, Unsealed.ACCEPT_ABSENT)

    bring(world, seal=False)

    story = told(world)
    assert story.state == InboxState.DELIVERED
    assert story.verdict.form is SealForm.ABSENT
    assert story.verdict.indication is Indication.INDETERMINATE
    assert story.verdict.certificate == ""
    assert "INDETERMINATE" in [it.text for it in story.timeline]
