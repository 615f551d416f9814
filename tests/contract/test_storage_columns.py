"""What stands in a column, given alone or with many: the same on both databases."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa

from edoc_connector.errors import StorageRefused
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.storage.many import execute_many
from edoc_connector.storage.tables import told

pytest_plugins = ("tests.support.databases",)

HANOI = timezone(timedelta(hours=7))
ADD = sa.insert(told)
ADVANCE = (
    sa.update(told)
    .where(told.c.row_id == sa.bindparam("row"))
    .values(at=sa.bindparam("later", type_=told.c.at.type))
)


def row(number: int, at: datetime) -> dict[str, object]:
    return {"row_id": f"{number}", "recipient": OrganizationCode("H20"), "at": at}


def add_alone(work, *rows):
    for it in rows:
        work.connection.execute(ADD, it)


def add_together(work, *rows):
    execute_many(work.connection, ADD, rows)


add_in_each_way = pytest.mark.parametrize("add", [add_alone, add_together])


@add_in_each_way
@pytest.mark.parametrize(
    "at",
    [
        datetime(2026, 11, 23, 8, 30, tzinfo=HANOI),
        datetime(2026, 11, 23, 1, 30, 0, 7, tzinfo=UTC),
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(9998, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
    ],
)
def test_a_moment_comes_back_as_it_was_in_utc(storage, add, at):
    with storage.work() as work:
        add(work, row(1, at), row(2, at))
        found = work.connection.scalars(sa.select(told.c.at)).all()

    assert found == [at, at]
    assert {it.tzinfo for it in found} == {UTC}


@add_in_each_way
def test_moments_stand_in_the_order_in_which_they_are(storage, add):
    at = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
    times = [at, at + timedelta(microseconds=7), at + timedelta(seconds=1)]
    with storage.work() as work:
        add(work, *(row(number, it) for number, it in enumerate(times[::-1])))
        found = work.connection.scalars(sa.select(told.c.at).order_by(told.c.at)).all()

    assert found == times


@add_in_each_way
def test_a_time_without_a_zone_is_refused(storage, add):
    with pytest.raises(StorageRefused, match="ValueError"), storage.work() as work:
        add(work, row(1, datetime(2026, 11, 23)))  # noqa: DTZ001


@add_in_each_way
def test_a_code_comes_back_as_a_code(storage, add):
    with storage.work() as work:
        add(work, row(1, datetime(2026, 11, 23, tzinfo=UTC)))
        found = work.connection.scalars(sa.select(told.c.recipient)).one()

    assert type(found) is OrganizationCode
    assert found == "H20"


def test_of_many_those_are_counted_that_were_there(storage):
    at = datetime(2026, 11, 23, tzinfo=UTC)
    with storage.work() as work:
        add_together(work, *(row(number, at) for number in range(3)))
        later = [{"row": f"{number}", "later": at} for number in (0, 2, 7)]
        changed = execute_many(work.connection, ADVANCE, later)

    assert changed == 2
