"""Four levels on three linked brokers: a broker down, a cable pulled, kills under load.

Everything signs in by certificate.  Whatever is done to them, each document is in the
register of each recipient once, and meanwhile each sender is told what is true.
"""

from __future__ import annotations

import random
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest

from edoc_connector.axis.definitions import definitions
from edoc_connector.axis.description import Axis
from edoc_connector.axis.names import (
    express_queue,
    inbox_queue,
    link_account,
    link_queue,
    return_queue,
)
from edoc_connector.bus.way import LINK_QUEUE
from edoc_connector.demo import dms
from edoc_connector.demo.axis_plot import DONG_THAP, HA_NOI, NATIONAL
from edoc_connector.demo.outcome import Line
from edoc_connector.demo.plot import COMMUNE, FAR_DEPARTMENT, PROVINCE, Plot
from edoc_connector.demo.scene import FIRST_DAY, Scene, SceneDocument, written_in_turn
from edoc_connector.demo.site import DemoSite
from edoc_connector.flows.inspecting.standing import Actor
from edoc_connector.flows.inspecting.story import Direction, Leg
from edoc_connector.flows.inspecting.telling import tell_story
from edoc_connector.model.document import Organization
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.stages import Kind
from edoc_connector.own_storage import look_at_storage
from edoc_connector.settings import load
from tests.support.broker import operating
from tests.support.four_levels import (
    NODES,
    Copies,
    FourLevels,
    Taps,
    levels,
    mail_in,
    pause,
    running,
)
from tests.support.stages import edoc, wait_for

__all__ = ["levels", "running"]

pytestmark = [pytest.mark.broker, pytest.mark.timeout(600)]

LATEST_SECONDS = 2.0
"""A round's documents are exchanged in about that time when nobody is killed."""


def is_local(line: Line) -> bool:
    return NODES[line.expected.sender] == NODES[line.expected.recipient]


def test_every_message_crosses_each_link_on_its_way_once_and_no_other(running):
    running.wait_until_all_is_known()
    with Taps(running) as taps:
        scene = running.write(12)
        running.wait_until_all_is_known()
        running.wait_until_nothing_waits()

        passed = {link: taps.passed(*link) for link in running.links()}

    for (left, reached), (copies, senders) in passed.items():
        there = running.crossing(scene, left, reached)
        back = running.crossing(scene, reached, left)
        carried = mail_over(copies, behind(left, reached))
        assert carried == {"edoc": len(there), "status": len(back)}, (left, reached)
        assert set(copies.values()) == {1}, (left, reached)
        assert senders == behind(reached, left), (left, reached)
    running.check_books()


def mail_over(copies: Copies, beyond: set[str]) -> Counter[str]:
    """Count what was carried to whom beyond a link: a probe is no mail."""
    return Counter(
        kind
        for kind, _, named in copies.elements()
        for recipient in named
        if kind != Kind.PROBE and recipient in beyond
    )


def behind(broker: str, link: str) -> set[str]:
    """Who is behind a link: nobody's mail comes back over the one it left by."""
    nearer = {broker} if broker != NATIONAL else {NATIONAL, DONG_THAP, HA_NOI} - {link}
    return {code for code, place in NODES.items() if place not in nearer}


def test_what_is_sent_while_the_broker_in_the_middle_is_down_arrives_once(running):
    running.brokers[NATIONAL].stop()
    scene = running.write(24)

    wait_for(lambda: all(map(is_honest, running.lines(scene))))
    going = len(running.crossing(scene, DONG_THAP, NATIONAL))
    with operating(running.brokers[DONG_THAP]) as channel:
        waiting = list(mail_in(channel, link_queue(NATIONAL)))
    beyond = behind(DONG_THAP, NATIONAL)
    assert sum(it == "edoc" and to in beyond for it, to in waiting) == going

    running.brokers[NATIONAL].start()
    running.wait_until_all_is_known()
    running.wait_until_nothing_waits()
    running.check_books()


def is_honest(line: Line) -> bool:
    """Whether a sender says what is so while the broker in the middle is down.

    Within a province all goes on.  What its own broker has is sent and no more; what no
    broker has taken is not even sent.
    """
    if NODES[line.expected.sender] == NATIONAL:
        return line.state == "sealed" and not line.is_sent
    if is_local(line):
        return line.state == "delivered"
    return line.state == "sent" and line.is_sent and line.status is None


def test_a_link_that_is_cut_and_comes_back_neither_loops_nor_doubles(running):
    running.wait_until_all_is_known()
    with Taps(running) as taps:
        for _ in range(4):
            running.write(18)
            pause(LATEST_SECONDS / 2)
            running.cables.pull()
            pause(LATEST_SECONDS / 4)
            running.cables.put_in()
        running.wait_until_all_is_known()
        running.wait_until_nothing_waits()

        passed = {link: taps.passed(*link) for link in running.links()}

    assert all(cable.carried > 1 for cable in running.cables.all)
    for (left, reached), (_, senders) in passed.items():
        assert senders == behind(reached, left), (left, reached)
    running.check_books()


def test_kills_of_brokers_and_connectors_under_load_lose_and_double_nothing(
    running, record_property
):
    seed = random.SystemRandom().randrange(1 << 32)
    record_property("seed", seed)
    chance = random.Random(seed)  # noqa: S311  (a printed seed, to play it again)
    brokers = list(running.brokers.items()) * 3
    victims = [*brokers, *((it.account, it) for it in running.stage.sites)]
    chance.shuffle(victims)

    for _, victim in victims:
        running.write(12)
        pause(chance.uniform(0.0, LATEST_SECONDS))
        victim.kill()
        victim.start()

    running.wait_until_all_is_known()
    running.wait_until_nothing_waits()
    running.check_books()
    assert all(site.is_running() for site in running.stage.sites)


def test_over_a_link_only_the_seal_vouches_and_every_seal_is_proven(running):
    running.write(6)
    running.wait_until_all_is_known()

    found = [row for site in running.stage.sites for row in rows(site, JUDGED)]

    assert {account for account, *_ in found} == {
        COMMUNE.code,
        PROVINCE.code,
        *map(link_account, (NATIONAL, DONG_THAP, HA_NOI)),
    }
    for account, way, sender, state, doubts in found:
        is_near = account == sender
        assert is_near or account.startswith("link."), (account, sender)
        assert is_near == (way == "[]"), (account, sender, way)
        assert state in {"delivered", "recorded"}
        assert doubts == "[]"


JUDGED = """
SELECT i.account, i.way, i.sender, i.state, v.doubts
FROM inbox i JOIN verdicts v ON v.inbox_id = i.id
"""


def rows(site: DemoSite, query: str) -> list[tuple[str, ...]]:
    with closing(sqlite3.connect(site.folder / "state" / "edoc.sqlite")) as database:
        return database.execute(query).fetchall()


def test_what_no_node_serves_comes_back_and_its_clerk_reads_why(running):
    sender = commune_of(running)

    label = write_to(sender, NOBODY, ROW).label

    wait_for(lambda: seen_by_clerk(sender, NOBODY) == "Không có nơi nhận")
    leg = leg_of(sender, label)
    assert (leg.state, leg.must_act) == ("unroutable", Actor.CLERK)
    assert leg.due_at is None
    why = edoc("--settings", sender.settings, "--lang", "en", "why", label).stdout
    told = "the broker ha-noi knows no mailbox for H26.99 and has sent it back"
    assert told in " ".join(why.split())
    running.wait_until_nothing_waits()


def test_what_arrives_after_a_broker_has_sent_it_back_has_arrived(running):
    """For an hour its broker knows no mailbox of the receiver, and says so."""
    sender = commune_of(running)
    broker = running.brokers[HA_NOI]
    with operating(broker) as channel:
        forget(channel, running.stage.axis)
        keep_a_copy(channel)

    document = write_to(sender, FAR_DEPARTMENT, ROW + 1)
    running.expect(document)
    wait_for(lambda: seen_by_clerk(sender, FAR_DEPARTMENT) == "Không có nơi nhận")
    assert leg_of(sender, document.label).state == "unroutable"

    broker.import_definitions()
    with operating(broker) as channel:
        bring_the_copy(channel)
        channel.queue_delete(KEPT)
    wait_for(lambda: seen_by_clerk(sender, FAR_DEPARTMENT) == "Đã đến")
    assert leg_of(sender, document.label).state == "delivered"
    running.wait_until_nothing_waits()
    running.check_books()


KEPT = f"{LINK_QUEUE}kept"
"""A copy of what goes back, as an operator may bring it from the queue of a link."""


def forget(channel: Any, axis: Axis) -> None:
    """Let the broker know no mailbox for the documents of the receiver."""
    for it in definitions(axis, HA_NOI)["bindings"]:
        queue, key = str(it["destination"]), str(it["routing_key"])
        if queue in MAILBOXES and key.startswith(("edoc.", "express.")):
            channel.queue_unbind(queue, it["source"], key)


MAILBOXES = (inbox_queue(FAR_DEPARTMENT.code), express_queue(FAR_DEPARTMENT.code))


def keep_a_copy(channel: Any) -> None:
    mailbox, _ = MAILBOXES
    dead = {"x-dead-letter-exchange": "", "x-dead-letter-routing-key": mailbox}
    channel.queue_declare(KEPT, durable=True, arguments=dead)
    channel.queue_bind(KEPT, return_queue(NATIONAL), "#")


def bring_the_copy(channel: Any) -> None:
    method, _, _ = channel.basic_get(KEPT)
    channel.basic_nack(method.delivery_tag, requeue=False)


def commune_of(running: FourLevels) -> DemoSite:
    return next(it for it in running.stage.sites if it.organization == COMMUNE)


def write_to(sender: DemoSite, recipient: Organization, row: int) -> SceneDocument:
    """Let the clerk of the commune write a document."""
    plot = Plot(
        sender=COMMUNE,
        recipients=(recipient,),
        subject="Về việc kết nối của Trung tâm",
        form=True,
    )
    (document,) = written_in_turn((plot,), FIRST_DAY)
    written = replace(document, row_id=row, number=str(row))
    dms.fill(sender.dms, Scene((COMMUNE,), (written,)), COMMUNE)
    return written


def seen_by_clerk(sender: DemoSite, recipient: Organization) -> str:
    """How the newest document to this recipient stands in the register."""
    query = """
        SELECT trang_thai FROM noi_nhan_van_ban_di WHERE ma_dinh_danh = ?
        ORDER BY van_ban_id DESC
    """
    with closing(sqlite3.connect(sender.dms)) as database:
        return str(database.execute(query, (recipient.code,)).fetchone()[0])


NOBODY = Organization(
    code=OrganizationCode("H26.99"),
    name="Trung tâm chưa kết nối",
    in_charge="Ủy ban nhân dân thành phố Hà Nội",
)
"""Under a code that a broker serves, and at no node of it."""

ROW = 900_000


def leg_of(site: DemoSite, label: str) -> Leg:
    """What the sender's connector knows of the only recipient of a document."""
    with look_at_storage(load(site.settings)) as storage, storage.reading() as work:
        story = tell_story(work, label, Direction.OUTGOING)
    (leg,) = story.legs
    return leg
