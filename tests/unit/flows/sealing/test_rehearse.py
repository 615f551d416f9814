"""What would fail, and for whom, if a certificate were gone tomorrow."""

from dataclasses import replace

import pytest

from edoc_connector.errors import CertificateOutOfDate, KeyRevoked, KeyUnknown
from edoc_connector.flows.outgoing.seal import seal
from edoc_connector.flows.outgoing.take import take
from edoc_connector.flows.sealing.keys import use_key
from edoc_connector.flows.sealing.rehearse import Trouble, rehearse
from tests.support.rings import Drawer, key
from tests.support.world import RECEIVER, SENDER, World

FIRST, SECOND, THIRD = (key(SENDER, number) for number in (1, 2, 3))


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    yield world
    world.close()


def with_keys(world, drawer):
    world.sender.site = replace(world.sender.site, ring=drawer.ring())


def rehearsed(world, drawer, name=""):
    with world.sender.storage.reading() as work:
        return rehearse(drawer.ring(), work, name, now=world.clock())


def troubles(found):
    return [(it.trouble, it.document, it.organization) for it in found.failures]


def taken(world, number):
    world.sender.write(number, RECEIVER)
    take(world.sender.site, world.sender.dms, world.sender.storage, limit=10)


def sealed(world, number):
    taken(world, number)
    seal(world.sender.site, world.sender.storage, limit=10)


def sent(world, number):
    world.sender.write(number, RECEIVER)
    world.sender.steps()


def test_without_a_second_key_everything_under_way_is_named_with_its_receiver(world):
    drawer = Drawer(default=FIRST)
    with_keys(world, drawer)
    sent(world, 1)
    sealed(world, 2)
    taken(world, 3)

    found = rehearsed(world, drawer)

    assert (found.key, found.is_in_use, found.takes_over) == ("default", True, "")
    assert found.is_missed
    assert found.days_left == 334
    assert troubles(found) == [
        (Trouble.NO_SEAL, "3/UBND-VX", RECEIVER),
        (Trouble.NOT_SENT, "2/UBND-VX", RECEIVER),
        (Trouble.UNANSWERED, "1/UBND-VX", RECEIVER),
    ]


def test_what_was_confirmed_would_not_fail(world):
    drawer = Drawer(default=FIRST)
    with_keys(world, drawer)
    world.sender.write(1, RECEIVER)
    world.run()

    assert rehearsed(world, drawer).failures == ()


def test_an_arrival_that_must_be_answered_is_named_with_its_sender(world):
    drawer = Drawer(default=key(RECEIVER))
    world.receiver.site = replace(world.receiver.site, ring=drawer.ring())
    sent(world, 1)
    with world.receiver.storage.reading() as work:
        assert rehearse(drawer.ring(), work, "", now=world.clock()).failures == ()
    accepted(world.receiver)

    with world.receiver.storage.reading() as work:
        found = rehearse(drawer.ring(), work, "", now=world.clock())

    assert [(it.trouble, it.organization) for it in found.failures] == [
        (Trouble.NO_ANSWER, SENDER)
    ]


def accepted(receiver):
    from edoc_connector.flows.incoming.accept import accept

    accept(receiver.site, receiver.consumer, receiver.storage, wait_seconds=0)


def test_an_answer_that_is_not_sent_yet_is_named_with_whom_it_is_for(world):
    drawer = Drawer(default=key(RECEIVER))
    world.receiver.site = replace(world.receiver.site, ring=drawer.ring())
    sent(world, 1)
    accepted(world.receiver)
    from edoc_connector.flows.incoming.deliver import deliver

    receiver = world.receiver
    deliver(receiver.site, receiver.dms, receiver.storage, limit=10)

    with receiver.storage.reading() as work:
        found = rehearse(drawer.ring(), work, "", now=world.clock())

    assert [(it.trouble, it.organization) for it in found.failures] == [
        (Trouble.NOT_SENT, SENDER)
    ]


def test_with_one_other_key_that_one_takes_over_and_nothing_waits(world):
    drawer = Drawer(default=FIRST, next=SECOND)
    with_keys(world, drawer)
    sealed(world, 1)
    taken(world, 2)

    found = rehearsed(world, drawer)

    assert (found.takes_over, found.others) == ("next", ("next",))
    assert [trouble for trouble, *_ in troubles(found)] == [Trouble.NOT_SENT]


def test_of_several_others_a_person_chooses(world):
    found = rehearsed(world, Drawer(default=FIRST, next=SECOND, third=THIRD))

    assert (found.takes_over, found.others) == ("", ("next", "third"))


def test_a_key_that_is_no_longer_in_use_may_still_have_sealed_something(world):
    drawer = Drawer(default=FIRST, next=SECOND)
    with_keys(world, drawer)
    sealed(world, 1)
    use_key(drawer.ring(), world.sender.storage, "next", at=world.clock())
    taken(world, 2)

    old, new = (rehearsed(world, drawer, name) for name in ("default", "next"))

    assert (old.is_in_use, new.is_in_use) == (False, True)
    assert troubles(old) == [(Trouble.NOT_SENT, "1/UBND-VX", RECEIVER)]
    assert troubles(new) == []


def test_a_key_that_nobody_has_is_said(world):
    with pytest.raises(KeyUnknown):
        rehearsed(world, Drawer(default=FIRST), "other")


def test_where_no_key_seals_what_is_wrong_with_it_is_said_until_one_is_named(world):
    drawer = Drawer(default=key(SENDER, 4, ends=-1))

    with pytest.raises(CertificateOutOfDate):
        rehearsed(world, drawer)
    found = rehearsed(world, drawer, "default")
    assert (found.days_left, found.is_in_use, found.is_missed) == (-2, True, True)


def test_a_revoked_key_is_said_to_be_and_nobody_takes_over_from_it(world):
    drawer = Drawer(default=FIRST, next=SECOND)
    with_keys(world, drawer)
    sealed(world, 1)
    taken(world, 2)
    with world.sender.storage.work() as work:
        work.watched.revoke(drawer.ring().keys[0].digest, world.clock())

    with pytest.raises(KeyRevoked):
        rehearsed(world, drawer)
    found = rehearsed(world, drawer, "default")

    assert (found.takes_over, found.others, found.is_missed) == ("", ("next",), True)
    assert [trouble for trouble, *_ in troubles(found)] == [
        Trouble.NO_SEAL,
        Trouble.NOT_SENT,
    ]
