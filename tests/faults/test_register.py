"""A register that is locked, slow, gone, rebuilt, or edited while we read in it."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from datetime import timedelta

import pytest

from edoc_connector.dms import database
from edoc_connector.model.delivery import InboxEvent
from edoc_connector.model.stages import Kind
from tests.support.effects import Kind as EffectKind
from tests.support.world import ONE_PDF, RECEIVER, SENDER, World

ARRIVED = ("7", "V/v kiểm kê văn bản 7", ONE_PDF)

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def world(ground, monkeypatch):
    """Two departments whose registers are not waited for long."""
    monkeypatch.setattr(database, "CONNECT", {"sqlite": {"timeout": 0.05}})
    (ground / "world").mkdir()
    world = World(ground / "world")
    yield world
    world.close()


def work_in_vain(world, rounds=2):
    for _ in range(rounds):
        for department in world.awake:
            department.steps_of_a_service()
        world.now += timedelta(seconds=5)


def check(world):
    assert world.receiver.arrived() == [ARRIVED]
    assert world.sender.states() == ["Đã đến"]
    assert world.receiver.facts().count("document:delivered") == 1
    world.check_nothing_is_left()


def each(world):
    return {"sender": world.sender, "receiver": world.receiver}


@pytest.mark.parametrize("who", ["sender", "receiver"])
def test_a_register_that_is_locked_is_waited_for(world, who):
    world.sender.write(7, RECEIVER)
    register = each(world)[who].register
    with closing(sqlite3.connect(register, isolation_level=None)) as lock:
        lock.execute("BEGIN EXCLUSIVE")
        work_in_vain(world)

    world.run()

    codes = {error.code for error in each(world)[who].failures}
    assert codes == {"dms-unavailable"}
    check(world)


@pytest.mark.parametrize("who", ["sender", "receiver"])
def test_a_register_that_is_gone_is_waited_for_and_none_is_made(world, who):
    world.sender.write(7, RECEIVER)
    register = each(world)[who].register
    away = register.rename(register.with_suffix(".away"))
    work_in_vain(world)
    assert not register.exists()
    away.rename(register)

    world.run()

    codes = {error.code for error in each(world)[who].failures}
    assert codes == {"dms-unavailable"}
    check(world)


def test_a_register_that_is_slow_is_slow_and_nothing_else(world):
    def slowly(effect):
        if effect.place.startswith("register"):
            time.sleep(0.02)

    world.effects.before = slowly
    world.sender.write(7, RECEIVER)

    world.run()

    check(world)


def alter(department, statement):
    with closing(sqlite3.connect(department.register)) as connection, connection:
        connection.execute(statement)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("van_ban_di.trich_yeu", "trich_yeu_cu"),
        ("noi_nhan_van_ban_di.ma_dinh_danh", "ma"),
        ("tep_dinh_kem_van_ban_di.noi_dung", "du_lieu"),
    ],
)
def test_a_column_that_is_gone_from_what_is_sent_stops_nothing_else(world, old, new):
    table, _, column = old.partition(".")
    world.sender.write(7, RECEIVER)
    world.receiver.write(9, SENDER)
    alter(world.sender, f"ALTER TABLE {table} RENAME COLUMN {column} TO {new}")
    work_in_vain(world, 4)
    assert [it[0] for it in world.sender.arrived()] == ["9"]

    alter(world.sender, f"ALTER TABLE {table} RENAME COLUMN {new} TO {column}")
    world.run()

    assert {error.code for error in world.sender.failures} == {"dms-refused"}
    check(world)


def test_a_column_that_is_gone_where_steps_are_written_delays_them_only(world):
    world.sender.write(7, RECEIVER)
    alter(
        world.sender,
        "ALTER TABLE noi_nhan_van_ban_di RENAME COLUMN trang_thai TO trang_thai_cu",
    )
    work_in_vain(world, 6)
    assert world.receiver.arrived() == [ARRIVED]

    alter(
        world.sender,
        "ALTER TABLE noi_nhan_van_ban_di RENAME COLUMN trang_thai_cu TO trang_thai",
    )
    world.now += timedelta(hours=1)
    world.run()

    check(world)


def test_what_found_no_column_on_arrival_is_kept_for_a_person(world):
    world.sender.write(7, RECEIVER)
    alter(
        world.receiver,
        "ALTER TABLE van_ban_den RENAME COLUMN trich_yeu TO trich_yeu_cu",
    )
    work_in_vain(world, 4)
    with world.receiver.storage.reading() as work:
        (kept,) = work.inbox.recent(Kind.EDOC, 5)
    assert kept.reason.code == "dms-refused"
    assert world.sender.states() == ["Đã gửi"]  # neither arrived nor refused

    alter(
        world.receiver,
        "ALTER TABLE van_ban_den RENAME COLUMN trich_yeu_cu TO trich_yeu",
    )
    with world.receiver.storage.work() as work:
        work.inbox.move(kept.id, InboxEvent.RELEASE)
    world.run()

    check(world)


# --- a clerk at work meanwhile ------------------------------------------------


class Meanwhile:
    """Does something between two transactions of a register: before the nth of them."""

    def __init__(self, place, at, act):
        self.place, self.at, self.act, self.begun = place, at, act, 0

    def __call__(self, effect):
        if effect.kind is not EffectKind.SQL or effect.place != self.place:
            return
        if effect.name.startswith("BEGIN"):
            if self.begun == self.at:
                self.act()
            self.begun += 1


MOST_TRANSACTIONS = 200


def at_each_transaction(ground, department, act):
    """Yield worlds in which a clerk has acted before the 1st, 2nd ... transaction."""
    for at in range(MOST_TRANSACTIONS):
        (ground / f"{at}").mkdir()
        world = World(ground / f"{at}")
        world.sender.write(7, RECEIVER)
        who = each(world)[department]
        place = f"register of {who.code}"
        listener = Meanwhile(place, at, lambda who=who: alter(who, act))
        world.effects.before = listener
        world.run()
        world.effects.before = None
        yield at, world
        world.close()
        if listener.begun <= at:
            return
    raise AssertionError("there are more")


def test_a_row_edited_at_any_moment_arrives_whole_and_once(ground):
    edit = "UPDATE van_ban_di SET trich_yeu = 'khác'"

    for at, world in at_each_transaction(ground, "sender", edit):
        ((_, subject, data),) = world.receiver.arrived()
        assert (subject in {ARRIVED[1], "khác"}, data) == (True, ONE_PDF), at
        assert world.sender.states() == ["Đã đến"], at
        world.check_nothing_is_left()


def test_a_row_deleted_at_any_moment_arrives_whole_or_not_at_all(ground):
    delete = "DELETE FROM van_ban_di"
    arrivals = set()

    for _, world in at_each_transaction(ground, "sender", delete):
        arrivals.add(tuple(world.receiver.arrived()))
        world.check_nothing_is_left()

    assert arrivals == {(), (ARRIVED,)}


def test_a_file_taken_out_at_any_moment_arrives_whole_or_is_told_to_be_missing(ground):
    take_out = "DELETE FROM tep_dinh_kem_van_ban_di"

    for at, world in at_each_transaction(ground, "sender", take_out):
        arrived = world.receiver.arrived()
        with world.sender.storage.reading() as work:
            (document,) = work.documents.recent(5)
        assert arrived == [ARRIVED] or document.reason is not None, at
        world.check_nothing_is_left()


def test_a_recipient_taken_out_at_any_moment_gets_it_or_does_not(ground):
    take_out = "DELETE FROM noi_nhan_van_ban_di"
    arrivals = set()

    for at, world in at_each_transaction(ground, "sender", take_out):
        arrived = world.receiver.arrived()
        arrivals.add(tuple(arrived))
        with world.sender.storage.reading() as work:
            (document,) = work.documents.recent(5)
        assert arrived or document.reason is not None, at
        world.check_nothing_is_left()

    assert arrivals == {(), (ARRIVED,)}


def test_an_arrival_deleted_by_a_clerk_is_not_put_there_again(ground):
    """What was registered and thrown away is the clerk's affair from then on."""
    delete = "DELETE FROM van_ban_den"
    arrivals = set()

    for at, world in at_each_transaction(ground, "receiver", delete):
        found = world.receiver.arrived()
        arrivals.add(tuple(found))
        assert world.receiver.facts().count("document:delivered") == 1, at
        assert world.sender.states() == ["Đã đến"], at
        world.check_nothing_is_left()

    assert arrivals == {(), (ARRIVED,)}
