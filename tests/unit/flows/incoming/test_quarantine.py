"""What a person decides about a packet that was set aside."""

from __future__ import annotations

import pytest

from edoc_connector.errors import (
    EdocError,
    EnvelopeMalformed,
    NotQuarantined,
    Poison,
    SeveralPackets,
)
from edoc_connector.flows.incoming.accept import accept
from edoc_connector.flows.incoming.quarantine import (
    list_set_aside,
    reject,
    release,
    show_set_aside,
)
from edoc_connector.flows.inspecting.telling import tell_story
from edoc_connector.flows.outgoing.post import resend
from edoc_connector.model.delivery import InboxEvent, InboxState
from edoc_connector.model.stages import Kind
from tests.support.storage import receive
from tests.support.world import RECEIVER, World


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    yield world
    world.close()


def set_aside(world, reason):
    """A document that came whole and was set aside, and nobody was told."""
    world.sender.write(7, RECEIVER)
    while world.sender.steps():
        pass
    receiver = world.receiver
    accept(receiver.site, receiver.consumer, receiver.storage, wait_seconds=0)
    with receiver.storage.work() as work:
        work.inbox.move(1, InboxEvent.QUARANTINE, reason=reason)


DEFECT = EdocError(problem="ZeroDivisionError").reason


def test_a_rejected_document_is_answered_with_a_sealed_refusal_and_its_reason(world):
    set_aside(world, DEFECT)

    assert reject(world.receiver.site, world.receiver.storage, "1", because="gửi nhầm")
    world.run()

    with world.sender.storage.reading() as work:
        leg = tell_story(work, "7/UBND-VX").legs[0]
    assert leg.state == "refused"
    assert "gửi nhầm" in leg.reason.details["description"]
    with world.receiver.storage.reading() as work:
        entry = work.inbox.get(1)
    assert entry.state is InboxState.REJECTED
    assert entry.reason.details["text"] == "gửi nhầm"
    assert entry.reason.causes == (DEFECT,)
    assert "quarantine:rejected" in world.receiver.facts()


def test_sending_a_rejected_document_again_repeats_the_refusal_and_no_judgement(world):
    set_aside(world, DEFECT)
    reject(world.receiver.site, world.receiver.storage, "1", because="gửi nhầm")
    world.run()
    with world.sender.storage.work() as work:
        (document,) = work.documents.recent(1)

    resend(world.sender.storage, document.key, at=world.now)
    world.run()

    assert world.receiver.arrived() == []
    assert world.sender.facts().count("receipt:accepted") == 1
    with world.receiver.storage.reading() as work:
        assert work.inbox.get(1).state is InboxState.REJECTED


def test_who_was_told_before_is_not_told_once_more(world):
    world.sender.write(7, RECEIVER)
    while world.sender.steps():
        pass
    (held,) = world.axis.queues[f"edoc.inbox.{RECEIVER}"]
    held.body = held.body.replace(b"</edXML", b"</edXMLL")
    world.run()

    assert not reject(world.receiver.site, world.receiver.storage, "1", because="x")

    with world.receiver.storage.reading() as work:
        assert len(work.answers.of(1)) == 1


@pytest.mark.parametrize(
    "changes",
    [{"kind": Kind.STATUS}, {"sender": ""}],
)
def test_nobody_is_told_of_a_status_or_of_what_came_from_nobody(world, changes):
    with world.receiver.storage.work() as work:
        receive(work, "m", state=InboxState.QUARANTINED, reason=DEFECT, **changes)

    assert not reject(world.receiver.site, world.receiver.storage, "m", because="x")

    with world.receiver.storage.reading() as work:
        assert work.outbox.waiting() == 0
        assert work.inbox.get(1).state is InboxState.REJECTED


def test_a_released_document_is_judged_again_and_arrives(world):
    set_aside(world, DEFECT)

    release(world.receiver.storage, "1", at=world.now)
    world.run()

    assert len(world.receiver.arrived()) == 1
    assert "quarantine:released" in world.receiver.facts()


def test_copies_of_a_poison_are_released_with_it(world):
    poison = Poison(attempts=3, problem="x").reason
    with world.receiver.storage.work() as work:
        for name, reason in (("a", poison), ("b", poison), ("c", DEFECT)):
            receive(
                work,
                name,
                packet="0" * 64,
                state=InboxState.QUARANTINED,
                reason=reason,
            )

    release(world.receiver.storage, "a", at=world.now)

    with world.receiver.storage.reading() as work:
        states = [work.inbox.get(it).state for it in (1, 2, 3)]
    assert states == ["accepted", "accepted", "quarantined"]


def test_a_rejected_packet_may_be_released_after_all(world):
    set_aside(world, DEFECT)
    reject(world.receiver.site, world.receiver.storage, "1", because="x")

    release(world.receiver.storage, "1", at=world.now)
    world.run()

    assert len(world.receiver.arrived()) == 1


def test_what_is_shown_is_read_again_unless_it_may_end_the_process(world):
    set_aside(world, DEFECT)

    def shown():
        with world.receiver.storage.reading() as work:
            most = world.receiver.site.max_packet_bytes
            return show_set_aside(world.receiver.storage, work, "1", max_bytes=most)

    assert shown().reason == DEFECT
    with world.receiver.storage.work() as work:
        work.inbox.move(1, InboxEvent.RELEASE)
        work.inbox.move(
            1, InboxEvent.QUARANTINE, reason=Poison(attempts=3, problem="x").reason
        )
    (world.receiver.storage.content).remove(shown().packet)  # nothing opens it

    assert shown().is_poison


def test_what_cannot_be_read_is_shown_without_its_departures(world):
    malformed = EnvelopeMalformed(problem="x").reason
    with world.receiver.storage.work() as work:
        stored = world.receiver.storage.content.add((b"no XML",))
        receive(
            work,
            "m",
            packet=stored.digest,
            state=InboxState.QUARANTINED,
            reason=malformed,
        )

    with world.receiver.storage.reading() as work:
        found = show_set_aside(world.receiver.storage, work, "1", max_bytes=100)

    assert found.deviations == ()


def test_a_name_of_nothing_or_of_several_changes_nothing(world):
    with world.receiver.storage.work() as work:
        for name in ("m-001", "m-002"):
            receive(work, name, state=InboxState.QUARANTINED, reason=DEFECT)

    with pytest.raises(NotQuarantined, match="edoc quarantine list"):
        release(world.receiver.storage, "x", at=world.now)
    with pytest.raises(SeveralPackets, match="2, 1"):
        release(world.receiver.storage, "m-00", at=world.now)

    with world.receiver.storage.reading() as work:
        assert [it.id for it in list_set_aside(work, 10)] == [2, 1]
