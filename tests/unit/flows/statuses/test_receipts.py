"""Statuses in: what receivers say, shown here and in the sending register."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from edoc_connector.flows.inspecting.telling import tell_story
from edoc_connector.flows.outgoing.post import resend
from edoc_connector.flows.sealing.packing import pack
from edoc_connector.flows.statuses.receipts import count
from edoc_connector.model.delivery import InboxState
from edoc_connector.model.document import ResponseFor, Unread
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.stages import Kind
from edoc_connector.model.status import Status, StatusCode
from tests.support.builders import organization, status
from tests.support.world import RECEIVER, SENDER, World

DOCUMENT_ID = "H20.14,2026/11/20,7/UBND-VX"
BUSINESS = """
SELECT trang_thai, trang_thai_xu_ly, ly_do FROM noi_nhan_van_ban_di
"""


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    yield world
    world.close()


def sent(world):
    """A document that has arrived; its key."""
    world.sender.write(7, RECEIVER)
    world.run()
    with world.sender.storage.reading() as work:
        return tell_story(work, DOCUMENT_ID).id


def say(world, code, *, number=1, answers="", **changes):
    """Let the receiver say a status by hand, in a sealed packet of its own."""
    receiver = world.receiver
    given = {
        "sender": organization(RECEIVER),
        "response_for": ResponseFor(organization=SENDER, document_id=DOCUMENT_ID),
        "code": StatusCode(code),
        "at": world.clock().replace(microsecond=0),
    }
    packed = pack(receiver.site, receiver.storage, Status(**given | changes))
    with receiver.storage.work() as work:
        work.outbox.add(
            message_id=f"made-by-hand-{number}",
            kind=Kind.STATUS,
            sender=RECEIVER,
            recipient=SENDER,
            correlation_id=DOCUMENT_ID,
            business_type=0,
            priority=0,
            packet=packed.packet,
            packet_bytes=packed.packet_bytes,
            answers=answers,
            at=world.clock(),
        )
    world.run()


def leg(world):
    with world.sender.storage.reading() as work:
        (leg,) = tell_story(work, DOCUMENT_ID).legs
        (delivery,) = work.deliveries.of(tell_story(work, DOCUMENT_ID).id)
    return leg, delivery


@pytest.mark.parametrize(
    ("code", "word"),
    [
        ("03", "Đã tiếp nhận"),
        ("04", "Đã phân công"),
        ("05", "Đang xử lý"),
        ("06", "Hoàn thành"),
    ],
)
def test_what_the_receiver_does_reaches_the_sending_register(world, code, word):
    sent(world)

    say(world, code)

    assert world.sender.ask(BUSINESS) == [("Đã đến", word, None)]
    _, delivery = leg(world)
    assert (delivery.state, delivery.status) == ("delivered", code)


def test_a_refusal_of_what_had_arrived_is_shown_with_its_reason_and_stays_arrived(
    world,
):
    sent(world)

    say(world, "02", description="Gửi nhầm nơi nhận")

    ((state, status, reason),) = world.sender.ask(BUSINESS)
    assert (state, status) == ("Bị từ chối", "Từ chối")
    assert "Gửi nhầm nơi nhận" in reason
    _, delivery = leg(world)
    assert (delivery.state, delivery.status) == ("delivered", "02")


def test_a_clerk_who_refused_by_mistake_and_accepts_clears_the_reason(world):
    sent(world)
    say(world, "02", description="Gửi nhầm nơi nhận", number=1)

    world.now += timedelta(minutes=1)
    say(world, "03", number=2)

    assert world.sender.ask(BUSINESS) == [("Đã đến", "Đã tiếp nhận", None)]
    assert leg(world)[1].reason is None


def test_an_older_status_that_comes_late_is_kept_and_not_told(world):
    key = sent(world)
    now = world.clock().replace(microsecond=0)
    say(world, "06", number=1, at=now + timedelta(hours=1))
    before = world.sender.ask("SELECT cap_nhat_xu_ly_luc FROM noi_nhan_van_ban_di")

    world.now += timedelta(minutes=1)
    say(world, "03", number=2, at=now)

    assert world.sender.ask(BUSINESS) == [("Đã đến", "Hoàn thành", None)]
    assert before == world.sender.ask(
        "SELECT cap_nhat_xu_ly_luc FROM noi_nhan_van_ban_di"
    )
    with world.sender.storage.reading() as work:
        assert [it.status for it in work.receipts.of(key)] == ["01", "06", "03"]


def test_03_and_05_of_one_moment_show_the_later_step_whichever_comes_first(world):
    sent(world)
    moment = world.clock().replace(microsecond=0)

    say(world, "05", number=1, at=moment)
    say(world, "03", number=2, at=moment)

    assert world.sender.ask(BUSINESS) == [("Đã đến", "Đang xử lý", None)]


@pytest.mark.parametrize("at", [None, Unread("hôm qua")])
def test_a_status_without_a_readable_time_is_said_when_it_comes(world, at):
    """Only a peer who cannot seal yet says none: the seal needs its time."""
    sent(world)

    world.now += timedelta(minutes=1)
    said = status(sender=organization(RECEIVER), code=StatusCode.ACCEPTED, at=at)
    with world.sender.storage.work() as work:
        _, delivery = leg(world)
        count(world.sender.site, work, said, delivery, receipt="by-hand")

    _, delivery = leg(world)
    assert (delivery.status, delivery.status_at.minute) == ("03", world.now.minute)


def test_a_status_from_an_old_code_of_the_same_body_is_the_receivers(world):
    sent(world)

    say(world, "03", sender=organization("000.05.28.H20"))

    assert world.sender.ask(BUSINESS) == [("Đã đến", "Đã tiếp nhận", None)]


def test_a_document_sent_to_an_old_code_is_answered_by_the_new_one(world):
    old = OrganizationCode("000.05.28.H20")
    world.axis.attach(RECEIVER, f"edoc.inbox.{RECEIVER}", f"edoc.{old}")
    world.sender.write(7, old)
    world.run()

    say(world, "03")

    assert world.sender.recipients() == {old: "Đã đến"}
    assert leg(world)[1].status == "03"


def test_a_status_is_found_by_number_and_day_where_it_has_another_id(world):
    sent(world)

    response = ResponseFor(
        organization=SENDER,
        code="7/UBND-VX",
        document_id="docid-of-their-gateway",
        promulgation_date=date(2026, 11, 20),
    )
    say(world, "03", response_for=response)

    assert leg(world)[1].status == "03"


@pytest.mark.parametrize(
    ("code", "day"),
    [
        ("7/UBND-VX", date(2025, 11, 20)),
        ("8/UBND-VX", date(2026, 11, 20)),
        ("", date(2026, 11, 20)),
    ],
)
def test_a_number_of_another_year_is_another_document(world, code, day):
    sent(world)

    response = ResponseFor(
        organization=SENDER, code=code, document_id="?", promulgation_date=day
    )
    say(world, "03", response_for=response)

    assert leg(world)[1].status == "01"
    with world.sender.storage.reading() as work:
        entries = work.inbox.in_state(InboxState.RECORDED, 10)
    assert entries[-1].reason.code == "not-found"


@pytest.mark.parametrize(("others", "status"), [(0, "03"), (1, "01")])
def test_without_a_day_a_number_must_mean_one_document(world, others, status):
    for _ in range(others):
        world.sender.write(7, RECEIVER, ngay_ban_hanh="2026-01-20")
    sent(world)

    response = ResponseFor(organization=SENDER, code="7/UBND-VX", document_id="?")
    say(world, "03", response_for=response)

    assert leg(world)[1].status == status


def test_an_answer_to_a_change_is_no_status_of_the_document(world):
    key = sent(world)

    say(world, "15")

    assert leg(world)[1].status == "01"
    with world.sender.storage.reading() as work:
        assert [it.status for it in work.receipts.of(key)] == ["01", "15"]


def test_a_refusal_that_comes_again_after_a_resend_is_told_again(world):
    good = world.receiver.site
    world.receiver.site = replace(good, policy=replace(good.policy, anchors=()))
    key = sent(world)
    before = world.sender.ask(BUSINESS)

    resend(world.sender.storage, key, at=world.clock())
    world.run()

    assert world.sender.ask(BUSINESS) == before
    assert before[0][:2] == ("Bị từ chối", "Từ chối")


def test_a_stamp_of_the_far_past_never_hides_what_was_said_since(world):
    sent(world)

    say(world, "02", at=datetime(1970, 1, 1, tzinfo=UTC))

    assert leg(world)[1].status == "01"
    assert world.sender.ask(BUSINESS) == [("Đã đến", "Đã đến", None)]
