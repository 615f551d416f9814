"""Many at once take as few statements as a few, and each is alone where one fails."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta

import pytest
import sqlalchemy as sa

from edoc_connector.errors import KeyWaits, StorageUnavailable
from edoc_connector.flows.outgoing import looking
from edoc_connector.flows.outgoing import seal as seal_module
from edoc_connector.flows.outgoing.seal import seal
from edoc_connector.flows.outgoing.take import take
from edoc_connector.model.delivery import DeliveryEvent, DocumentState
from edoc_connector.model.organization_code import OrganizationCode
from tests.support.lists import csv_list, imported
from tests.support.world import RECEIVER, World

MANY = tuple(OrganizationCode(f"H20.{number}") for number in range(31, 37))


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    yield world
    world.close()


def take_at(sender, limit=50):
    return take(sender.site, sender.dms, sender.storage, limit=limit)


@contextmanager
def asked_of(storage):
    """Give a list of all that is asked of our database while the block lasts."""
    asked = []

    def note(_connection, _cursor, statement, *_):
        asked.append(statement)

    engines = {storage._engine, storage._readers}
    for engine in engines:
        sa.event.listen(engine, "before_cursor_execute", note)
    yield asked
    for engine in engines:
        sa.event.remove(engine, "before_cursor_execute", note)


def seal_at(sender):
    return seal(sender.site, sender.storage, limit=20)


def queued(world):
    with world.sender.storage.reading() as work:
        return [it.recipient for it in work.outbox.list_waiting(1000)]


def statements(world, step):
    with asked_of(world.sender.storage) as asked:
        step(world.sender)
    return len(asked)


def write(world, *numbers, to=(RECEIVER,)):
    for number in numbers:
        world.sender.write(number, *to)


def taken(world):
    with world.sender.storage.reading() as work:
        return [it.row_id for it in work.documents.in_state(DocumentState.TAKEN, 100)]


def taken_in_turn(world):
    """How many statements a few rows take, and many to many recipients."""
    write(world, 1)
    take_at(world.sender)  # the first connections prepare themselves
    write(world, 2, 3)
    a_few = statements(world, take_at)
    write(world, *range(4, 16), to=MANY)
    many = statements(world, take_at)
    assert len(taken(world)) == 15
    return a_few, many


def test_many_rows_are_taken_with_as_few_statements_as_a_few(world):
    a_few, many = taken_in_turn(world)

    assert many == a_few


def test_who_many_recipients_are_is_asked_with_as_few_statements_as_of_a_few(
    world, tmp_path
):
    listed = (f"{code},Phòng {code}" for code in (*MANY, RECEIVER))
    imported(world.sender.storage, csv_list(tmp_path, *listed))

    a_few, many = taken_in_turn(world)

    assert many == a_few


def test_many_documents_are_sealed_with_as_few_statements_as_a_few(world):
    write(world, 1)
    take_at(world.sender)
    seal_at(world.sender)
    write(world, 2, 3)
    take_at(world.sender)
    a_few = statements(world, seal_at)
    write(world, *range(4, 16), to=MANY)
    take_at(world.sender)

    many = statements(world, seal_at)

    assert len(queued(world)) == 3 + 12 * len(MANY)
    assert many == a_few


def test_documents_before_one_that_must_wait_are_sealed(world, monkeypatch):
    write(world, 1, 2, 3)
    take_at(world.sender)
    real, signed = seal_module.sign_with, []

    def sign(*arguments):
        signed.append(1)
        if len(signed) == 2:
            raise KeyWaits(problem="the token is gone")
        return real(*arguments)

    monkeypatch.setattr(seal_module, "sign_with", sign)
    with pytest.raises(KeyWaits):
        seal_at(world.sender)
    assert len(queued(world)) == 1

    assert seal_at(world.sender) == 2
    assert len(queued(world)) == 3


def test_what_a_recall_has_stopped_for_one_goes_to_the_others(world):
    write(world, 1, to=MANY)
    write(world, 2)
    take_at(world.sender)
    with world.sender.storage.work() as work:
        (_, first) = work.documents.recent(2)
        at = world.now
        work.deliveries.move(first.key, MANY[0], DeliveryEvent.WITHDRAW, at=at)

    seal_at(world.sender)

    assert queued(world) == [*MANY[1:], RECEIVER]


@pytest.mark.parametrize("most", ["MOST_BYTES", "MOST_FILES"])
def test_no_more_rows_are_looked_at_together_than_there_is_room_for(
    world, monkeypatch, most
):
    monkeypatch.setattr(looking, most, 1)
    looks = []
    real = world.sender.storage.content.batch
    monkeypatch.setattr(
        world.sender.storage.content, "batch", lambda: looks.append(1) or real()
    )
    write(world, 1, 2, 3)

    assert take_at(world.sender) == 3
    assert len(looks) == 3


def reads_of_rows(world):
    """How often the register is asked for what belongs to one row, at one `take`."""
    asked = []
    listen = lambda *it: asked.append(it[2])  # noqa: E731
    engine = world.sender.dms._database._engine
    sa.event.listen(engine, "before_cursor_execute", listen)
    take_at(world.sender)
    sa.event.remove(engine, "before_cursor_execute", listen)
    return sum("van_ban_id = ?" in it for it in asked)


def test_rows_that_were_just_taken_are_not_read_again(world):
    write(world, 1, 2)

    assert reads_of_rows(world) == 2 * 2
    assert reads_of_rows(world) == 0


def test_a_row_that_changes_before_the_register_is_told_is_taken_again_later(world):
    write(world, 1, 2)
    take_at(world.sender)
    world.sender.ask("UPDATE van_ban_di SET trich_yeu = 'V/v khác' WHERE so = '1'")

    at_once = take_at(world.sender)
    world.now += timedelta(minutes=2)
    later = take_at(world.sender)

    assert (at_once, later) == (0, 1)
    assert taken(world) == ["1", "2", "1"]


def test_a_clock_that_was_ahead_lets_no_row_wait(world):
    world.now += timedelta(days=300)
    write(world, 1)
    take_at(world.sender)
    world.now -= timedelta(days=300)
    world.sender.ask("UPDATE van_ban_di SET trich_yeu = 'V/v khác'")

    assert take_at(world.sender) == 1


def test_nobody_who_uses_the_register_waits_for_our_disk(world, monkeypatch):
    write(world, 1, 2)
    real = world.sender.storage.content.batch

    @contextmanager
    def slow():
        with real() as batch:
            # Who changes it meanwhile would be told that it is locked.
            world.sender.write(3, RECEIVER)
            yield batch

    monkeypatch.setattr(world.sender.storage.content, "batch", slow)

    assert take_at(world.sender) == 2


def test_rows_before_a_full_disk_are_taken_and_the_others_wait(world, monkeypatch):
    write(world, 1, 2, 3)
    real, kept = looking._Keeping._keep, []

    def keep(self, attachment, file, content_id):
        kept.append(content_id)
        if len(kept) == 2:
            raise StorageUnavailable(problem="no space left on device")
        return real(self, attachment, file, content_id)

    monkeypatch.setattr(looking._Keeping, "_keep", keep)
    with pytest.raises(StorageUnavailable):
        take_at(world.sender)
    assert taken(world) == ["1"]
    assert world.sender.facts() == ["document:taken"]

    assert take_at(world.sender) == 2
    assert taken(world) == ["1", "2", "3"]
