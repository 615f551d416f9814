"""What is late is said once, and what nobody confirms expires with a statement."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from importlib.resources import files

import pytest
import sqlalchemy as sa
from lxml import etree

from edoc_connector.envelope.non_delivery import read_non_delivery
from edoc_connector.errors import MailboxBusy, TokenAway
from edoc_connector.flows.inspecting.listed import outgoing
from edoc_connector.flows.inspecting.telling import tell_story
from edoc_connector.flows.outgoing.post import resend
from edoc_connector.flows.outgoing.take import take
from edoc_connector.flows.statuses import deadlines as deadlines_module
from edoc_connector.flows.statuses.deadlines import PATIENCE, REST, look_at_deadlines
from edoc_connector.language import Language, say
from edoc_connector.model.delivery import DeliveryState
from edoc_connector.storage.resting import PAUSE
from edoc_connector.storage.tables import deliveries
from tests.support.publishers import OneByOne
from tests.support.world import NOWHERE, RECEIVER, World

EVENING = datetime(2026, 11, 23, 10, 0, 1, tzinfo=UTC)
"""Monday, one second after the end of the working day in Vietnam."""

FRIDAY = datetime(2026, 11, 27, 10, 0, 1, tzinfo=UTC)
"""Past the last deadline of what was late since Monday evening or Tuesday."""


@pytest.fixture
def world(tmp_path):
    """Monday morning; the receiver is switched off."""
    world = World(tmp_path)
    yield world
    world.close()


def work_at(department, rounds=6):
    for _ in range(rounds):
        department.steps()


def leg_of(sender, recipient=RECEIVER):
    with sender.storage.reading() as work:
        (story,) = outgoing(work, 5)
        story = tell_story(work, story.id)
    return next(leg for leg in story.legs if leg.recipient == recipient)


def statements(sender):
    with sender.storage.reading() as work:
        (story,) = outgoing(work, 5)
        return work.non_deliveries.of(story.id)


def statement_of(sender):
    (kept,) = statements(sender)
    return b"".join(sender.storage.content.chunks(kept.content))


def test_a_receipt_is_promised_from_the_confirm_of_the_broker_on(world):
    world.sender.write(7, RECEIVER)
    work_at(world.sender)

    leg = leg_of(world.sender)

    assert leg.state == "sent"
    assert leg.due_at == datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
    assert leg.late_at is None


def test_a_late_receipt_is_an_alert_once_and_a_mark_in_the_register(world, caplog):
    world.sender.write(7, RECEIVER)
    work_at(world.sender)
    world.now = EVENING

    work_at(world.sender)

    late = [it for it in caplog.records if it.message == "receipt_late"]
    assert [it.levelno for it in late] == [logging.ERROR]
    assert leg_of(world.sender).late_at >= EVENING
    assert world.sender.recipients() == {RECEIVER: "Quá hạn"}
    ((why,),) = world.sender.ask("SELECT ly_do FROM noi_nhan_van_ban_di")
    assert "17:00:00 23/11/2026" in why
    assert world.sender.facts().count("receipt:late") == 1


def let_fail(monkeypatch, is_bad):
    look, tried = deadlines_module._look, []

    def fail(site, storage, delivery):
        tried.append(delivery.document)
        if is_bad(delivery):
            raise ZeroDivisionError
        look(site, storage, delivery)

    monkeypatch.setattr(deadlines_module, "_look", fail)
    return tried


def look(sender):
    return look_at_deadlines(sender.site, sender.storage, limit=20)


def late(world, count):
    """So many documents are late, in the order of their deadlines."""
    sender = world.sender
    for number in range(count):
        sender.write(number, RECEIVER)
    work_at(sender, rounds=12)
    world.now = EVENING + timedelta(hours=1)
    with sender.storage.reading() as work:
        return work.deliveries.due(100, world.clock())


def test_a_defect_at_one_deadline_does_not_keep_the_others(world, monkeypatch, caplog):
    first, *_ = late(world, 3)
    with monkeypatch.context() as broken:
        tried = let_fail(broken, lambda it: it.document == first.document)

        assert look(world.sender) == 2
        assert look(world.sender) == 0

    assert tried.count(first.document) == 1
    (logged,) = [it for it in caplog.records if it.exc_info]
    assert (logged.message, logged.document, logged.recipient) == (
        "deadline_not_looked_at",
        first.document,
        RECEIVER,
    )
    world.now += PAUSE
    assert look(world.sender) == 1
    assert world.sender.facts().count("receipt:late") == 3


def test_many_deadlines_that_fail_do_not_keep_the_one_behind_them(world, monkeypatch):
    *_, last = late(world, 26)
    let_fail(monkeypatch, lambda it: it.document != last.document)

    done = look(world.sender) + look(world.sender)

    assert done == 1
    assert world.sender.facts().count("receipt:late") == 1


def test_a_deadline_nobody_could_set_is_set_later_and_nothing_is_late_before(
    world, monkeypatch
):
    world.sender.write(7, RECEIVER)
    with monkeypatch.context() as broken:
        let_fail(broken, lambda _: True)
        work_at(world.sender)
    world.now += PAUSE

    look(world.sender)

    leg = leg_of(world.sender)
    assert (leg.due_at, leg.late_at) == (
        datetime(2026, 11, 23, 10, 0, tzinfo=UTC),
        None,
    )


def test_what_is_not_late_is_left_alone(world):
    world.sender.write(7, RECEIVER)
    work_at(world.sender)
    world.now = EVENING - timedelta(seconds=2)

    work_at(world.sender)

    assert leg_of(world.sender).late_at is None


def test_a_receipt_ends_what_was_late(world):
    world.sender.write(7, RECEIVER)
    work_at(world.sender)
    world.now = EVENING
    work_at(world.sender)

    world.run()

    leg = leg_of(world.sender)
    assert (leg.state, leg.due_at, leg.late_at) == ("delivered", None, None)
    assert world.sender.recipients() == {RECEIVER: "Đã đến"}


def test_past_the_last_deadline_it_expires_with_a_sealed_statement(world, caplog):
    world.sender.write(7, RECEIVER)
    work_at(world.sender)
    world.now = EVENING
    work_at(world.sender)
    world.now = FRIDAY

    work_at(world.sender)

    leg = leg_of(world.sender)
    assert (leg.state, leg.due_at, leg.late_at) == ("expired", None, None)
    assert leg.reason.code == "never-received"
    assert world.sender.recipients() == {RECEIVER: "Không có phản hồi"}
    assert world.sender.facts().count("document:expired") == 1
    assert "document_expired" in [it.message for it in caplog.records]
    said = dict(read_non_delivery(statement_of(world.sender)))
    assert said["Outcome"] == "no-receipt"
    assert said["LastDeadline"] == "2026-11-27T17:00:00+07:00"
    assert said["To/OrganId"] == RECEIVER
    assert said["Document/Code"] == "7/UBND-VX"


def test_a_statement_says_what_was_tried_as_its_schema_has_it(world):
    world.sender.write(7, RECEIVER)
    work_at(world.sender)
    world.now = EVENING
    work_at(world.sender)
    world.now = FRIDAY
    work_at(world.sender)

    signed = statement_of(world.sender)

    tried = [value for path, value in read_non_delivery(signed) if path == "Tried/What"]
    assert tried == [
        "document:taken",
        "document:sealed",
        "document:sent",
        "receipt:late",
    ]
    schema = etree.XMLSchema(
        etree.fromstring(
            (files("edoc_connector.schemas") / "non-delivery.xsd").read_bytes()
        )
    )
    (stated,) = etree.fromstring(signed).iter("{*}NonDelivery")
    schema.assertValid(stated)


def test_a_receipt_after_the_end_is_the_truth_all_the_same(world):
    world.sender.write(7, RECEIVER)
    work_at(world.sender)
    world.now = EVENING
    work_at(world.sender)
    world.now = FRIDAY
    work_at(world.sender)

    world.run()

    assert leg_of(world.sender).state == "delivered"
    assert world.sender.recipients() == {RECEIVER: "Đã đến"}
    assert len(statements(world.sender)) == 1


def test_sent_once_more_after_the_end_it_has_its_time_anew(world):
    world.sender.write(7, RECEIVER)
    work_at(world.sender)
    world.now = EVENING
    work_at(world.sender)
    world.now = FRIDAY
    work_at(world.sender)
    with world.sender.storage.reading() as work:
        (story,) = outgoing(work, 1)
    resend(world.sender.storage, story.id, at=world.clock())

    work_at(world.sender)

    leg = leg_of(world.sender)
    assert (leg.state, leg.late_at) == ("sent", None)
    assert leg.due_at == datetime(2026, 11, 30, 10, 0, tzinfo=UTC)


def test_it_may_expire_twice_and_the_newest_statement_counts(world):
    world.sender.write(7, RECEIVER)
    work_at(world.sender)
    for moment in (EVENING, FRIDAY):
        world.now = moment
        work_at(world.sender)
    (first,) = statements(world.sender)
    with world.sender.storage.reading() as work:
        (story,) = outgoing(work, 1)
    resend(world.sender.storage, story.id, at=world.clock())
    work_at(world.sender)

    for days in (7, 14):
        world.now = FRIDAY + timedelta(days=days)
        work_at(world.sender)

    (second,) = statements(world.sender)
    assert second.content != first.content
    assert world.sender.storage.content.has(first.content)
    assert world.sender.facts().count("document:expired") == 2


class Busy(OneByOne):
    """A broker whose mailbox takes nothing."""

    def publish(self, message):
        raise MailboxBusy(address="broker", recipient=message.recipient)


def test_what_never_left_is_late_and_then_leaves_the_queue_with_its_reason(
    world, caplog
):
    world.sender.write(7, RECEIVER)
    world.sender.publisher = Busy()
    work_at(world.sender)
    world.now = EVENING
    work_at(world.sender)
    assert "document_late" in [it.message for it in caplog.records]
    assert leg_of(world.sender).state == "sealed"
    world.now = FRIDAY

    work_at(world.sender)

    leg = leg_of(world.sender)
    assert (leg.state, leg.reason.code) == ("expired", "never-sent")
    said = dict(read_non_delivery(statement_of(world.sender)))
    assert said["Outcome"] == "not-sent"
    assert int(said["FailedAttempts"]) >= 1
    with world.sender.storage.reading() as work:
        assert work.outbox.waiting() == 0


def test_what_a_relay_has_in_hand_does_not_expire_under_it(world, caplog):
    world.sender.write(7, RECEIVER)
    world.sender.publisher = Busy()
    work_at(world.sender)
    world.now = EVENING
    work_at(world.sender)
    world.now = FRIDAY
    with world.sender.storage.work() as work:
        work.leases.claim(1, worker="another", now=world.now, lease_seconds=300)

    look_at_deadlines(world.sender.site, world.sender.storage, limit=10)

    assert leg_of(world.sender).state == "sealed"
    assert leg_of(world.sender).due_at > world.now
    assert "expiry_postponed" in [it.message for it in caplog.records]
    world.now += REST
    with world.sender.storage.work() as work:
        work.leases.claim(1, worker="another", now=world.now, lease_seconds=9999)
    look_at_deadlines(world.sender.site, world.sender.storage, limit=10)
    assert leg_of(world.sender).state == "sealed"
    world.now += PATIENCE
    look_at_deadlines(world.sender.site, world.sender.storage, limit=10)
    assert leg_of(world.sender).state == "expired"


def test_while_our_key_is_away_the_end_waits_for_it(world, monkeypatch):
    world.sender.write(7, RECEIVER)
    work_at(world.sender)
    world.now = EVENING
    work_at(world.sender)
    world.now = FRIDAY

    def away(*_):
        raise TokenAway(path="seal", problem="away")

    with monkeypatch.context() as patched:
        patched.setattr("edoc_connector.flows.statuses.non_delivery.key_for_seal", away)
        look_at_deadlines(world.sender.site, world.sender.storage, limit=10)
        assert leg_of(world.sender).state == "sent"
        assert statements(world.sender) == ()

    world.now += REST
    look_at_deadlines(world.sender.site, world.sender.storage, limit=10)
    assert leg_of(world.sender).state == "expired"


def test_what_is_not_even_sealed_is_said_to_be_late_again_and_again(world, caplog):
    world.sender.write(7, RECEIVER)
    sender = world.sender
    take(sender.site, sender.dms, sender.storage, limit=10)
    for moment in (EVENING, FRIDAY, FRIDAY + timedelta(days=7)):
        world.now = moment
        look_at_deadlines(sender.site, sender.storage, limit=10)

    assert leg_of(sender).state == "taken"
    late = [it for it in caplog.records if it.message == "document_late"]
    assert len(late) == 3
    assert sender.facts().count("document:late") == 1


def test_who_cannot_be_reached_at_all_has_no_deadline(world):
    world.sender.write(7, NOWHERE)
    work_at(world.sender)

    leg = leg_of(world.sender, NOWHERE)

    assert (leg.state, leg.due_at) == ("unroutable", None)


def test_an_urgent_one_is_late_at_night_too(world):
    world.now = datetime(2026, 11, 21, 19, 0, tzinfo=UTC)  # Sunday, two in the morning
    world.sender.write(7, RECEIVER, do_khan="Hỏa tốc")
    work_at(world.sender)
    world.now += timedelta(minutes=31)

    work_at(world.sender)

    assert leg_of(world.sender).late_at is not None


def test_a_clock_that_was_a_day_ahead_makes_late_and_lets_nothing_expire(world):
    world.sender.write(7, RECEIVER)
    work_at(world.sender)
    before = world.now
    world.now += timedelta(days=1)
    work_at(world.sender)
    world.now = before + timedelta(minutes=1)

    work_at(world.sender)
    assert leg_of(world.sender).state == "sent"
    world.run()

    leg = leg_of(world.sender)
    assert (leg.state, leg.late_at) == ("delivered", None)


def test_deliveries_of_an_earlier_release_get_their_deadline_first(world):
    world.sender.write(7, RECEIVER)
    work_at(world.sender)
    planned = leg_of(world.sender).due_at
    with world.sender.storage.work() as work:
        work.deliveries._connection.execute(
            sa.update(deliveries).values(due_at=deliveries.c.changed_at)
        )
    assert leg_of(world.sender).due_at is None

    work_at(world.sender)

    assert leg_of(world.sender).due_at == planned
    assert leg_of(world.sender).late_at is None


@pytest.mark.parametrize("language", Language)
def test_a_clerk_reads_why_in_both_languages(world, language):
    world.sender.write(7, RECEIVER)
    work_at(world.sender)
    for moment in (EVENING, FRIDAY):
        world.now = moment
        work_at(world.sender)

    said = say(leg_of(world.sender).reason, language)

    day = {"vi": "17:00:00 27/11/2026", "en": "2026-11-27 17:00:00"}
    assert day[language] in said
    assert {"vi": "hoặc gửi lại", "en": "or send it again"}[language] in said


def test_what_moves_between_look_and_deed_is_not_late(world):
    world.sender.write(7, RECEIVER)
    work_at(world.sender)
    world.now = EVENING
    with world.sender.storage.reading() as work:
        (seen,) = work.deliveries.due(10, world.now)
    world.run()  # the receipt comes

    class Stale:
        """What another worker saw before."""

        content = world.sender.storage.content
        work = world.sender.storage.work

        def reading(self):
            return _Reading(world.sender.storage, seen)

    look_at_deadlines(world.sender.site, Stale(), limit=10)

    assert leg_of(world.sender).state == DeliveryState.DELIVERED
    assert leg_of(world.sender).late_at is None


class _Reading:
    """A look that finds what is no longer so."""

    def __init__(self, storage, seen):
        self.reading, self.seen = storage.reading(), seen

    def __enter__(self):
        work = self.reading.__enter__()
        work.deliveries.due = lambda *_: (self.seen,)
        return work

    def __exit__(self, *error):
        return self.reading.__exit__(*error)
