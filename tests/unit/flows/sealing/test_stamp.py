"""What leaves without its time stamp gets it later, beside it."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest

from edoc_connector.envelope.read import read
from edoc_connector.flows.inspecting.story import StampState
from edoc_connector.flows.inspecting.telling import tell_story
from edoc_connector.flows.outgoing.seal import seal
from edoc_connector.flows.outgoing.take import take
from edoc_connector.flows.sealing.stamp import stamp
from edoc_connector.model.delivery import DocumentState
from edoc_connector.model.evidence import EvidenceKind
from edoc_connector.model.verdict import SealForm
from tests.support.stampers import SlowStamper, Stamper, stamping, token_of
from tests.support.world import RECEIVER, World


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    yield world
    world.close()


def seal_at(sender, service):
    take(sender.site, sender.dms, sender.storage, limit=10)
    return seal(sender.site, sender.storage, limit=10, stamping=service)


def stamp_at(sender, service):
    return stamp(sender.site, sender.storage, service)


def sealed(sender):
    """The documents that were sealed, oldest first, each with its seal as found."""
    with sender.storage.reading() as work:
        documents = work.documents.in_state(DocumentState.SEALED, 10)
    return [
        (
            one,
            read(
                b"".join(sender.storage.content.chunks(one.packet)), max_bytes=1 << 26
            ).seal,
        )
        for one in documents
    ]


def story(sender):
    (one, _), *_ = sealed(sender)
    with sender.storage.reading() as work:
        return tell_story(work, one.key)


def tokens_beside(sender):
    with sender.storage.reading() as work:
        kept = [one for it, _ in sealed(sender) for one in work.evidence.of(it.packet)]
    assert {one.kind for one in kept} <= {EvidenceKind.TIMESTAMP}
    return [b"".join(sender.storage.content.chunks(one.content)) for one in kept]


def test_a_document_leaves_with_its_time_stamp(world):
    sender = world.sender
    sender.write(7, RECEIVER)

    seal_at(sender, stamping(Stamper()))

    ((document, found),) = sealed(sender)
    assert document.seal_form is SealForm.B_T
    assert len(found.timestamps) == 1
    assert story(sender).stamp is None
    assert stamp_at(sender, stamping(Stamper())) == 0


def test_without_a_service_documents_leave_without_and_none_is_asked_for(world):
    sender = world.sender
    sender.write(7, RECEIVER)

    seal_at(sender, None)

    ((document, found),) = sealed(sender)
    assert document.seal_form is SealForm.B_B
    assert found.timestamps == ()
    assert stamp_at(sender, None) == 0
    assert stamp_at(sender, stamping(Stamper())) == 0


def test_a_slow_service_never_stops_the_post(world, caplog):
    sender, slow = world.sender, SlowStamper()
    for number in range(6):
        sender.write(number, RECEIVER)

    assert seal_at(sender, stamping(slow, wait_seconds=0.05)) == 6

    assert {one.seal_form for one, _ in sealed(sender)} == {SealForm.B_B}
    marked = [it for it in caplog.messages if it == "seal_without_timestamp"]
    assert len(marked) == 6
    slow.released.set()


def test_a_stamp_that_comes_later_is_kept_beside_the_packet_that_left(world, caplog):
    sender = world.sender
    sender.write(7, RECEIVER)
    seal_at(sender, stamping(Stamper(is_down=True)))
    before = sealed(sender)
    assert story(sender).stamp is StampState.AWAITED
    caplog.clear()
    caplog.set_level(logging.INFO, logger="edoc_connector.flows.sealing.stamp")

    assert stamp_at(sender, stamping(stamper := Stamper())) == 1

    assert sealed(sender) == before
    assert tokens_beside(sender)[0].startswith(token_of(b""))
    assert stamper.asked == [pytest.approx(180.0, abs=9)]
    assert "document:stamped" in sender.facts()
    assert caplog.messages == ["document_stamped"]
    assert story(sender).stamp is StampState.KEPT
    assert stamp_at(sender, stamping(Stamper())) == 0


def test_a_stamp_that_fails_again_is_asked_for_after_growing_pauses(world):
    sender, service = world.sender, stamping(Stamper(is_down=True))
    sender.write(7, RECEIVER)
    seal_at(sender, service)

    assert stamp_at(sender, service) == 1
    assert stamp_at(sender, service) == 0
    world.now += timedelta(seconds=61)
    assert stamp_at(sender, service) == 1
    world.now += timedelta(seconds=61)
    stamp_at(sender, service)
    world.now += timedelta(hours=2)
    stamp_at(sender, service)

    assert story(sender).stamp is StampState.GIVEN_UP
    assert stamp_at(sender, service) == 0
    assert tokens_beside(sender) == []


def test_later_stamps_take_half_of_the_places_and_leave_half_to_documents(world):
    sender = world.sender
    for number in range(6):
        sender.write(number, RECEIVER)
    seal_at(sender, stamping(Stamper(is_down=True)))

    service = stamping(Stamper(), at_once=8)
    assert stamp_at(sender, service) == 4
    assert stamp_at(sender, service) == 2
    assert len(tokens_beside(sender)) == 6


def test_a_stamp_that_another_worker_has_fetched_is_not_kept_twice(world):
    sender = world.sender
    sender.write(7, RECEIVER)
    seal_at(sender, stamping(Stamper(is_down=True)))

    def rival(value):
        stamp_at(sender, stamping(Stamper()))
        return b"another token of " + value[:8]

    assert stamp_at(sender, stamping(Stamper(answer=rival))) == 1

    assert len(tokens_beside(sender)) == 1
    assert sender.facts().count("document:stamped") == 1
