"""One body gets its mail once, whatever it is called; a closed one's successor does."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from edoc_connector.envelope.names import NODE_ALIAS
from edoc_connector.flows.directory.routes import is_ours, routes_in
from edoc_connector.flows.inspecting.telling import tell_story
from edoc_connector.flows.outgoing.post import resend
from edoc_connector.model.delivery import DeliveryState
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.route import STRAIGHT, Route
from tests.support.changes import documents, send
from tests.support.lists import csv_list, imported
from tests.support.world import RECEIVER, World

CLOSED, ALIAS, OLD = "H20.27", "H20.11.77", "000.05.28.H20"
HEADINGS = "code,name,successor,closed_on,aliases"
HEIR = f"{RECEIVER},Trung tâm Chuyển đổi số,,,{ALIAS}"
MERGED = f"{CLOSED},Trung tâm Tin học,{RECEIVER},2026-07-01,"


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    yield world
    world.close()


def knows(department, tmp_path, *rows):
    imported(department.storage, csv_list(tmp_path, *rows, headings=HEADINGS))


def deliveries(world):
    with world.sender.storage.reading() as work:
        return work.deliveries.of(documents(world.sender)[0].key)


def route(department, code):
    with department.storage.reading() as work:
        return routes_in(work, department.site.clock())(OrganizationCode(code))


def packet(world):
    """What was written, To by To."""
    key = documents(world.sender)[0].packet
    return b"".join(world.sender.storage.content.chunks(key)).decode()


def takes_over(department, *codes, since=date(2026, 7, 1)):
    over = {OrganizationCode(code): since for code in codes}
    department.site = replace(department.site, takes_over=over)


# --- aliases ---


def test_a_body_named_by_both_its_codes_gets_one_copy(world):
    world.sender.write(7, OLD, RECEIVER)

    world.run()

    (delivery,) = deliveries(world)
    assert (delivery.recipient, delivery.state) == (OLD, DeliveryState.DELIVERED)
    assert len(world.receiver.arrived()) == 1


def test_an_alias_travels_under_the_code_of_today_and_is_answered(world, tmp_path):
    knows(world.sender, tmp_path, HEIR)
    world.receiver.site = replace(
        world.receiver.site, aliases=(OrganizationCode(ALIAS),)
    )
    world.sender.write(7, ALIAS, RECEIVER)

    world.run()

    (delivery,) = deliveries(world)
    assert (delivery.recipient, delivery.goes_to) == (ALIAS, RECEIVER)
    assert delivery.state is DeliveryState.DELIVERED
    assert len(world.receiver.arrived()) == 1
    assert all(f"OrganId>{code}<" in packet(world) for code in (ALIAS, RECEIVER))
    assert NODE_ALIAS not in packet(world)


def test_the_receivers_own_directory_says_that_an_alias_is_its_own(world, tmp_path):
    for one in (world.sender, world.receiver):
        knows(one, tmp_path, HEIR)
    world.sender.write(7, ALIAS)

    world.run()

    assert deliveries(world)[0].state is DeliveryState.DELIVERED


def test_an_alias_of_two_bodies_leads_nowhere(world, tmp_path):
    knows(world.sender, tmp_path, HEIR, f"H20.30,Sở,,,{ALIAS}")

    assert route(world.sender, ALIAS) is STRAIGHT


def test_we_answer_under_the_writing_that_was_written_to(world):
    world.sender.write(7, OLD)

    world.run()

    with world.receiver.storage.reading() as work:
        (answer,) = work.answers.of(1)
    text = b"".join(world.receiver.storage.content.chunks(answer.packet)).decode()
    assert f"OrganId>{OLD}<" in text
    assert deliveries(world)[0].state is DeliveryState.DELIVERED


# --- closed codes ---


def test_what_is_for_a_closed_code_goes_to_its_successor(world, tmp_path):
    knows(world.sender, tmp_path, HEIR, MERGED)
    takes_over(world.receiver, CLOSED)
    world.sender.write(7, CLOSED)

    world.run()

    (delivery,) = deliveries(world)
    assert (delivery.recipient, delivery.goes_to) == (CLOSED, RECEIVER)
    assert delivery.closed_on == date(2026, 7, 1)
    assert delivery.state is DeliveryState.DELIVERED
    assert len(world.receiver.arrived()) == 1


def test_the_clerks_recipient_stays_and_the_successor_is_marked_beside(world, tmp_path):
    knows(world.sender, tmp_path, HEIR, MERGED)
    world.sender.write(7, CLOSED)

    world.run()

    assert f"OrganId>{CLOSED}<" in packet(world)
    assert f"OrganId>{RECEIVER}<" in packet(world)
    assert packet(world).count(NODE_ALIAS) == 1


def test_the_ledger_and_the_story_say_to_whom_it_went_and_why(world, tmp_path):
    knows(world.sender, tmp_path, HEIR, MERGED)
    world.sender.write(7, CLOSED)

    world.run()

    assert world.sender.facts().count("document:redirected") == 1
    with world.sender.storage.reading() as work:
        (leg,) = tell_story(work, "7/UBND-VX").legs
    assert (leg.goes_to, leg.closed_on) == (RECEIVER, date(2026, 7, 1))
    assert "document:redirected" in [it.kind for it in leg.timeline]


def test_the_answer_names_the_closed_code_and_our_own(world, tmp_path):
    knows(world.sender, tmp_path, HEIR, MERGED)
    takes_over(world.receiver, CLOSED)
    world.sender.write(7, CLOSED)

    world.run()

    with world.sender.storage.reading() as work:
        (receipt,) = work.receipts.of(documents(world.sender)[0].key)
    assert f"{CLOSED}; {RECEIVER}" in receipt.description


def test_before_its_day_a_closed_body_is_not_taken_over(world):
    takes_over(world.receiver, CLOSED, since=date(2026, 12, 1))

    assert not world.receiver.site.serves(OrganizationCode(CLOSED))


def test_of_two_who_became_one_body_each_is_said_and_one_copy_goes(world, tmp_path):
    knows(world.sender, tmp_path, HEIR, MERGED, f"H20.26,Sở,{RECEIVER},2026-07-01,")
    takes_over(world.receiver, CLOSED, "H20.26")
    world.sender.write(7, CLOSED, "H20.26")

    world.run()

    assert len(deliveries(world)) == 1
    assert world.sender.facts().count("document:redirected") == 2
    assert len(world.receiver.arrived()) == 1


def test_a_successor_that_is_closed_itself_gets_nothing(world, tmp_path):
    gone = f"{RECEIVER},Trung tâm,,2026-08-01,"
    knows(world.sender, tmp_path, gone, MERGED)

    assert route(world.sender, CLOSED) is STRAIGHT


def test_who_was_below_a_closed_body_goes_nowhere_by_itself(world, tmp_path):
    knows(world.sender, tmp_path, HEIR, MERGED)

    assert route(world.sender, f"{CLOSED}.4") is STRAIGHT


def test_a_province_goes_to_the_one_that_it_was_merged_into(world):
    found = route(world.sender, "000.00.00.H58")

    assert found == Route(
        goes_to=OrganizationCode("H20"),
        closed_on=date(2025, 7, 1),
        name="Ủy ban nhân dân tỉnh Đồng Tháp",
    )


def test_what_is_sent_again_takes_the_way_that_is_known_by_now(world, tmp_path):
    world.sender.write(7, CLOSED)
    world.run()
    assert deliveries(world)[0].state is DeliveryState.UNROUTABLE
    knows(world.sender, tmp_path, HEIR, MERGED)
    takes_over(world.receiver, CLOSED)

    resend(
        world.sender.storage,
        documents(world.sender)[0].key,
        at=world.sender.site.clock(),
    )
    world.run()

    assert deliveries(world)[0].state is DeliveryState.DELIVERED


def test_an_answer_goes_to_who_follows_the_sender(world, tmp_path):
    knows(world.receiver, tmp_path, "H20.15,Sở Thông tin,,,H20.14")
    world.sender.write(7, RECEIVER)
    send(world.sender)
    world.receiver.accept_and_deliver()

    with world.receiver.storage.reading() as work:
        (item,) = work.outbox.list_waiting(10)
    assert (item.recipient, item.goes_to) == ("H20.14", "H20.15")


def test_a_directory_makes_nobody_elses_code_ours(world, tmp_path):
    knows(world.receiver, tmp_path, HEIR, MERGED)

    with world.receiver.storage.reading() as work:
        site = world.receiver.site
        assert is_ours(site, work, OrganizationCode(CLOSED))
        assert not is_ours(site, work, OrganizationCode("H20.30"))
