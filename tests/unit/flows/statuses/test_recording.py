"""Most statuses are counted together; what leaves a doubt is asked about alone."""

from __future__ import annotations

import itertools

import pytest
import sqlalchemy as sa

from edoc_connector.flows.statuses import recording
from edoc_connector.flows.statuses.receipts import write_record
from edoc_connector.model.status import StatusCode
from tests.property.test_statuses_together import (
    DAY,
    FIRST,
    OTHERS,
    SECOND,
    SITE,
    arrived,
    fill,
    told,
)
from tests.support.storage import COMMUNE, DEPARTMENT, PROVINCE
from tests.support.world import migrated, open_storage

PACKETS = itertools.count()


@pytest.fixture
def storage(tmp_path):
    (tmp_path / "edoc.sqlite").write_bytes(migrated())
    storage = open_storage(tmp_path)
    fill(storage, [])
    yield storage
    storage.close()


def says(document, code="01", sender=DEPARTMENT, **changes):
    given = {
        "code": StatusCode(code),
        "sender": sender,
        "document_id": document.document_id,
        "seconds": 0,
        "to": PROVINCE,
        "answers": "",
    }
    return given | changes


@pytest.fixture
def long_way(monkeypatch):
    """Whatever is written down alone."""
    alone = []

    def write(site, work, judged, status):
        alone.append(status)
        write_record(site, work, judged, status)

    monkeypatch.setattr(recording, "write_record", write)
    return alone


def written(storage, *statuses):
    """Write these down together; all statements that took."""
    statements = []
    listen = lambda *it: statements.append(it[2])  # noqa: E731
    with storage.work() as work:
        answered = [
            arrived(work, it | {"number": number}, number)
            for it, number in zip(statuses, PACKETS, strict=False)
        ]
    sa.event.listen(storage._engine, "before_cursor_execute", listen)
    with storage.work() as work:
        recording.write_records(SITE, work, answered)
    sa.event.remove(storage._engine, "before_cursor_execute", listen)
    return statements


def test_what_most_receivers_say_takes_as_many_statements_for_many_as_for_two(
    storage, long_way
):
    two = written(storage, says(OTHERS[0]), says(OTHERS[1]))
    many = written(
        storage, *(says(it, "03", COMMUNE, seconds=1) for it in OTHERS), says(FIRST)
    )

    assert long_way == []
    assert any(" progress" in it for it in two)
    assert len(many) == len(two)


@pytest.mark.parametrize(
    "doubtful",
    [
        says(FIRST, "02"),
        says(FIRST, "15"),
        says(FIRST, to=COMMUNE),
        says(FIRST, document_id="of nobody"),
        says(FIRST, sender=PROVINCE),
        says(FIRST, document_id=""),
    ],
    ids=[
        "refused",
        "answers a change",
        "not of us",
        "unknown",
        "no recipient",
        "no id",
    ],
)
def test_what_leaves_a_doubt_goes_the_long_way_and_the_others_do_not(
    storage, long_way, doubtful
):
    written(storage, says(OTHERS[0]), doubtful, says(OTHERS[1], sender=COMMUNE))

    (alone,) = long_way
    assert alone.code == doubtful["code"]
    with storage.reading() as work:
        shown = [work.deliveries.of(it.key) for it in OTHERS[:2]]
    said = [[it.status for it in both] for both in shown]
    assert said == [["01", None], [None, "01"]]


def test_one_alone_goes_the_long_way(storage, long_way):
    """It is the way of each of those of whom one could not be written with others."""
    written(storage, says(FIRST))

    assert len(long_way) == 1


def test_what_was_said_before_is_not_shown_for_what_was_said_later(storage):
    written(storage, says(FIRST, "06", seconds=2), says(SECOND, seconds=2))

    written(storage, says(FIRST, "03", seconds=1), says(SECOND, "03", seconds=3))

    with storage.reading() as work:
        (first, _), (second, _) = (work.deliveries.of(it.key) for it in (FIRST, SECOND))
    assert (first.status, second.status) == ("06", "03")


def test_what_one_sender_says_is_told_in_its_order(storage):
    written(
        storage,
        says(FIRST, "02", seconds=1),
        says(FIRST, "03", seconds=2),
        says(SECOND, "01", sender=COMMUNE),
    )

    with storage.reading() as work:
        steps = [step for row, _, step, *_ in told(work) if row == FIRST.row_id]
    assert steps == ["rejected", "accepted"]


def test_a_status_of_the_future_is_one_of_now(storage):
    written(storage, says(FIRST, "06", seconds=DAY), says(SECOND))

    with storage.reading() as work:
        (first, _) = work.deliveries.of(FIRST.key)
    assert first.status_at == SITE.clock()
