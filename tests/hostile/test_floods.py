"""Who may say something may say it ten thousand times, and under each of its names."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from edoc_connector.flows.requests import rulings
from edoc_connector.model.business import RANKS
from edoc_connector.model.identifiers import DocumentId
from edoc_connector.model.status import StatusCode
from edoc_connector.storage.receipts import Receipts
from edoc_connector.storage.tables import receipts
from tests.support.asking import Asker, orders
from tests.support.changes import documents, say, send
from tests.support.storage import receipt
from tests.support.world import RECEIVER, World

OLD_CODE, NEW_CODE = "000.00.30.H20", "H20.30"


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    yield world
    world.close()


def test_a_flood_of_recalls_under_the_old_and_the_new_code_is_one_flood(
    world, monkeypatch
):
    monkeypatch.setattr(rulings, "MOST_REMEMBERED", 1)
    flooder = Asker(world, NEW_CODE)
    renamed = Asker(world, OLD_CODE, account=NEW_CODE, key=NEW_CODE)

    for number, asker in enumerate((flooder, renamed)):
        asker.bring(asker.recall(DocumentId(f"H20.30,2026/11/20,{number}/X")))

    assert [order.state for order in orders(world)] == ["agreed", "refused"]


def test_ten_thousand_statuses_of_one_delivery_do_not_make_the_next_one_slow(
    world, monkeypatch
):
    world.sender.write(7, RECEIVER)
    send(world.sender)
    about = documents(world.sender)[0]
    flood(world, about, 10_000)
    monkeypatch.setattr(Receipts, "of", None)  # not one by one, all of them

    world.now += timedelta(days=1)
    say(world, StatusCode.FINISHED, about)

    with world.sender.storage.reading() as work:
        (delivery,) = work.deliveries.of(about.key)
    assert delivery.status == StatusCode.FINISHED


def flood(world, about, count):
    """So many statuses that were recorded before."""
    now = world.clock()
    rows = [
        {
            "document": about.key,
            "recipient": RECEIVER,
            "status": StatusCode.PROCESSING,
            "description": "",
            "stated_at": now + timedelta(seconds=it),
            "received_at": now,
            "message_id": f"s-{it}",
        }
        for it in range(count)
    ]
    with world.sender.storage.work() as work:
        work.receipts._rows.connection.execute(sa.insert(receipts), rows)


def newest(said):
    """The rule, in other words than the database has it."""
    counted = [it for it in said if it.status in RANKS]
    by_time = sorted(counted, key=lambda it: it.message_id)
    by_time.sort(key=lambda it: RANKS[it.status])
    by_time.sort(key=lambda it: it.stated_at)
    return by_time[-1] if by_time else None


def test_the_newest_that_the_database_finds_is_the_newest_by_the_rule(world):
    world.sender.write(7, RECEIVER)
    send(world.sender)
    about = documents(world.sender)[0]
    with world.sender.storage.work() as work:
        assert work.receipts.newest(about.key, RECEIVER) is None
        for number, code in enumerate(("15", "01", "03", "02", "02", "06", "13")):
            work.receipts.add(
                receipt(
                    about.key,
                    RECEIVER,
                    status=code,
                    stated_at=world.clock().replace(second=0, microsecond=0)
                    + timedelta(minutes=number == 6),
                    received_at=world.clock(),
                    message_id=f"s-{number}",
                )
            )
            found = work.receipts.newest(about.key, RECEIVER)
            assert found == newest(work.receipts.of(about.key))
