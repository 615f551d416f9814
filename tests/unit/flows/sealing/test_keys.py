"""Which key seals: the one in use, one that was chosen, or the only one that can."""

import logging
from dataclasses import replace
from hashlib import sha256

import pytest

from edoc_connector.errors import (
    CertificateOutOfDate,
    KeyRevoked,
    KeyUnknown,
    KeyUnusable,
    KeyWaits,
    PinRefused,
    TokenAway,
)
from edoc_connector.flows.sealing.keys import (
    key_for_seal,
    ready_key,
    sealing_key,
    use_key,
)
from edoc_connector.model.delivery import InboxState
from edoc_connector.model.own_key import Cause
from tests.support.builders import SENT_AT
from tests.support.rings import Drawer, days, key
from tests.support.world import RECEIVER, SENDER, World

FIRST, SECOND, THIRD = (key(SENDER, number) for number in (1, 2, 3))
OLD = key(SENDER, 4, ends=-1)
EARLY = key(SENDER, 5, begins=2)


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    yield world
    world.close()


def at(world, drawer):
    """The sender's site, with these keys, as a process that was just started."""
    return replace(world.sender.site, ring=drawer.ring())


def uses(world):
    with world.sender.storage.reading() as work:
        rows = work.ledger.entries()
        return [
            (it.details["key"], it.details["cause"])
            for it in rows
            if it.kind == "key:used"
        ]


def digest(key):
    return sha256(key.certificate).hexdigest()


def use(world, drawer, name):
    """A person chooses a key, in a process of their own."""
    return use_key(drawer.ring(), world.sender.storage, name, at=world.clock())


def test_the_key_of_the_settings_seals_and_the_ledger_says_since_when(world):
    site = at(world, Drawer(default=FIRST, next=SECOND))

    for _ in range(3):
        assert key_for_seal(site, world.sender.storage) is FIRST

    assert uses(world) == [("default", "started")]
    with world.sender.storage.reading() as work:
        (fact,) = work.ledger.of(digest(FIRST))
    assert fact.details == {"key": "default", "cause": "started", "before": ""}


def test_a_key_that_is_chosen_seals_the_next_document_of_a_running_connector(world):
    drawer = Drawer(default=FIRST, next=SECOND)
    world.sender.site = at(world, drawer)
    world.sender.write(1, RECEIVER)
    world.run()

    chosen = use(world, drawer, "next")
    world.sender.write(2, RECEIVER)
    world.run()

    assert chosen.digest == digest(SECOND)
    assert uses(world) == [("default", "started"), ("next", "chosen")]
    with world.sender.storage.reading() as work:
        sealed = [
            it.details["certificate"]
            for it in work.ledger.entries()
            if it.kind == "document:sealed"
        ]
        known = work.documents.in_state("sealed", 10)
    assert sealed == [digest(FIRST), digest(SECOND)]
    assert [it.certificate for it in known] == sealed
    assert len(world.receiver.arrived()) == 2


def test_choosing_what_is_in_use_changes_nothing(world):
    drawer = Drawer(default=FIRST)
    key_for_seal(at(world, drawer), world.sender.storage)

    use(world, drawer, "default")

    assert uses(world) == [("default", "started")]


@pytest.mark.parametrize(
    ("held", "error"),
    [
        (OLD, CertificateOutOfDate),
        (EARLY, CertificateOutOfDate),
        (KeyUnusable(path="next.pem", problem="it is damaged"), KeyUnusable),
        (TokenAway(path="pkcs11:object=a", problem="gone"), TokenAway),
    ],
    ids=["expired", "not yet valid", "damaged", "token away"],
)
def test_a_key_that_cannot_seal_today_is_not_put_into_use(world, held, error):
    drawer = Drawer(default=FIRST, next=held)

    with pytest.raises(error):
        use(world, drawer, "next")

    assert key_for_seal(at(world, drawer), world.sender.storage) is FIRST
    assert uses(world) == [("default", "started")]


def test_a_key_that_nobody_has_cannot_be_chosen(world):
    with pytest.raises(KeyUnknown, match=r"add it as \[seal\.keys\.other\]"):
        use(world, Drawer(default=FIRST), "other")


@pytest.mark.parametrize("ended", [OLD, EARLY], ids=["expired", "not yet valid"])
def test_the_only_other_key_takes_over_when_one_has_ended(world, ended, caplog):
    site = at(world, Drawer(default=ended, next=SECOND, older=OLD))

    with caplog.at_level(logging.WARNING, "edoc_connector"):
        assert key_for_seal(site, world.sender.storage) is SECOND
        assert key_for_seal(site, world.sender.storage) is SECOND

    assert uses(world) == [("next", "took-over")]
    assert [it.message for it in caplog.records] == ["key_used"]
    assert caplog.records[0].cause == Cause.TOOK_OVER


def test_who_took_over_goes_on_when_the_other_is_valid_again(world):
    drawer = Drawer(default=EARLY, next=SECOND)
    key_for_seal(at(world, drawer), world.sender.storage)

    later = replace(at(world, drawer), clock=lambda: SENT_AT + days(3))

    assert key_for_seal(later, world.sender.storage) is SECOND


def test_of_two_that_could_take_over_none_is_guessed(world):
    site = at(world, Drawer(default=OLD, next=SECOND, third=THIRD))

    with pytest.raises(CertificateOutOfDate) as got:
        key_for_seal(site, world.sender.storage)

    assert got.value.retryable
    assert uses(world) == []


def test_without_another_key_what_has_ended_waits_for_a_new_one(world):
    drawer = Drawer(default=OLD)
    site = at(world, drawer)

    with pytest.raises(CertificateOutOfDate):
        key_for_seal(site, world.sender.storage)
    drawer.keys["default"] = FIRST  # the new certificate comes
    use(world, drawer, "default")

    assert key_for_seal(site, world.sender.storage) is FIRST


def test_a_key_that_was_renewed_is_taken_up_without_a_restart(world):
    drawer = Drawer(default=FIRST)
    site = at(world, drawer)
    key_for_seal(site, world.sender.storage)

    drawer.keys["default"] = SECOND
    assert key_for_seal(site, world.sender.storage) is FIRST
    use(world, drawer, "default")

    assert key_for_seal(site, world.sender.storage) is SECOND
    assert uses(world) == [("default", "started"), ("default", "chosen")]


def test_a_certificate_that_was_replaced_between_two_starts_is_recorded(world):
    key_for_seal(at(world, Drawer(default=FIRST)), world.sender.storage)

    key_for_seal(at(world, Drawer(default=SECOND)), world.sender.storage)

    assert uses(world) == [("default", "started"), ("default", "renewed")]


def test_a_revoked_certificate_seals_nothing_and_no_other_hides_it(world):
    drawer = Drawer(default=FIRST, next=SECOND)
    site = at(world, drawer)
    key_for_seal(site, world.sender.storage)
    with world.sender.storage.work() as work:
        work.watched.revoke(digest(FIRST), SENT_AT)

    with pytest.raises(KeyRevoked, match="edoc key use NAME") as got:
        key_for_seal(site, world.sender.storage)
    with pytest.raises(KeyRevoked):
        use(world, drawer, "default")

    assert got.value.retryable
    use(world, drawer, "next")
    assert key_for_seal(site, world.sender.storage) is SECOND


def test_a_process_that_does_not_know_the_chosen_key_goes_on_and_says_so(world, caplog):
    site = at(world, Drawer(default=FIRST))
    key_for_seal(site, world.sender.storage)
    use(world, Drawer(default=FIRST, next=SECOND), "next")

    caplog.clear()
    with caplog.at_level(logging.WARNING, "edoc_connector"):
        assert key_for_seal(site, world.sender.storage) is FIRST
        assert key_for_seal(site, world.sender.storage) is FIRST

    assert [(it.message, it.key) for it in caplog.records] == [("key_unknown", "next")]
    started_anew = at(world, Drawer(default=FIRST, next=SECOND))
    assert key_for_seal(started_anew, world.sender.storage) is SECOND


def test_a_new_key_may_be_moved_to_the_place_of_the_old_one(world):
    site = at(world, Drawer(default=FIRST, next=SECOND))
    key_for_seal(site, world.sender.storage)
    use(world, Drawer(default=FIRST, next=SECOND), "next")
    started_anew = at(world, Drawer(default=SECOND))

    assert key_for_seal(started_anew, world.sender.storage) is SECOND
    with world.sender.storage.reading() as work:
        assert work.key_uses.newest().name == "default"


def test_such_a_process_does_not_choose_for_the_person_who_has_chosen(world):
    site = at(world, Drawer(default=FIRST, spare=THIRD))
    key_for_seal(site, world.sender.storage)
    use(world, Drawer(default=FIRST, next=SECOND, spare=THIRD), "next")
    later = replace(site, clock=lambda: SENT_AT + days(336))

    with pytest.raises(CertificateOutOfDate):
        key_for_seal(later, world.sender.storage)


def test_a_key_that_could_not_be_opened_is_tried_again_each_time(world):
    drawer = Drawer(default=TokenAway(path="pkcs11:object=a", problem="gone"))
    site = at(world, drawer)

    with pytest.raises(TokenAway):
        key_for_seal(site, world.sender.storage)
    drawer.keys["default"] = FIRST

    assert key_for_seal(site, world.sender.storage) is FIRST


def test_a_pin_that_was_refused_is_not_tried_again(world):
    drawer = Drawer(default=PinRefused(path="pkcs11:object=a", problem="wrong"))
    site = at(world, drawer)

    for _ in range(3):
        with pytest.raises(PinRefused):
            key_for_seal(site, world.sender.storage)

    assert drawer.opened == ["default"]


def test_what_is_wrong_with_the_key_stops_the_start_and_lets_a_service_wait(world):
    damaged = KeyUnusable(path="seal.pem", problem="it is damaged")
    site = at(world, Drawer(default=damaged, next=SECOND))

    with pytest.raises(KeyUnusable, match="it is damaged") as at_start:
        ready_key(site, world.sender.storage)
    with pytest.raises(KeyWaits, match="it is damaged") as running:
        key_for_seal(site, world.sender.storage)

    assert not at_start.value.retryable
    assert running.value.retryable


def test_a_ring_without_the_default_key_is_said(world):
    with pytest.raises(KeyUnknown):
        ready_key(at(world, Drawer(next=SECOND)), world.sender.storage)


def test_what_arrives_is_delivered_while_our_key_cannot_answer(world):
    """The answer is owed, and given when there is a key again."""
    ours = key(RECEIVER, 1)
    drawer = Drawer(default=key(RECEIVER, 2, ends=-1))
    receiver = world.receiver
    receiver.site = replace(receiver.site, ring=drawer.ring())
    world.sender.write(1, RECEIVER)
    for _ in range(3):
        world.sender.steps()

    receiver.accept_and_deliver()
    with receiver.storage.reading() as work:
        assert len(work.inbox.in_state(InboxState.DELIVERED, 10)) == 1
        assert len(work.owed_answers.oldest(10, SENT_AT)) == 1
        assert work.outbox.waiting() == 0
    with pytest.raises(CertificateOutOfDate):
        receiver.steps()
    drawer.keys["default"] = ours
    use_key(drawer.ring(), receiver.storage, "default", at=world.clock())
    world.run()

    assert len(receiver.arrived()) == 1
    assert world.sender.recipients() == {RECEIVER: "Đã đến"}
    with receiver.storage.reading() as work:
        assert work.owed_answers.oldest(10, SENT_AT) == ()


def test_who_seals_next_is_told_without_a_trace(world):
    with world.sender.storage.reading() as work:
        names = [
            sealing_key(drawer.ring(), work, SENT_AT)
            for drawer in (
                Drawer(default=FIRST, next=SECOND),
                Drawer(default=OLD, next=SECOND),
                Drawer(default=OLD),
            )
        ]

    assert names == ["default", "next", ""]
    assert uses(world) == []


def test_a_key_a_person_chooses_meanwhile_is_not_overruled(world, monkeypatch):
    """Opening a renewed key on a token takes seconds."""
    drawer, storage = Drawer(default=FIRST, next=SECOND), world.sender.storage
    key_for_seal(at(world, drawer), storage)
    drawer.keys["default"] = THIRD
    site = at(world, drawer)
    find = site.ring.find

    def slowly(name):
        monkeypatch.setattr(site.ring, "find", find)
        use(world, drawer, "next")
        return find(name)

    monkeypatch.setattr(site.ring, "find", slowly)

    assert key_for_seal(site, storage) is SECOND
    assert uses(world) == [("default", "started"), ("next", "chosen")]
