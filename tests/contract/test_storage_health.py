"""What our database says of itself, on both kinds."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from edoc_connector.storage.health import Health
from tests.support.storage import BOTH, COMMUNE, DEPARTMENT, NOW, only, outgoing

pytest_plugins = ("tests.support.databases",)


def test_a_database_of_this_release_has_all_its_indexes(storage):
    with storage.reading() as work:
        assert [*work.health.missing_indexes()] == []


@pytest.mark.parametrize("name", ["ix_inbox_state_id", "ix_outbox_message_id"])
def test_an_index_that_was_dropped_is_named(storage, name):
    with storage._engine.connect() as connection:
        connection.execute(sa.text(f"DROP INDEX {name}"))

        # Not committed: the database is used again.
        assert [*Health(connection).missing_indexes()] == [name]


def test_to_whom_was_written_of_late_is_known_once_each(storage):
    with storage.work() as work:
        work.documents.add(outgoing("1"), BOTH)
        work.documents.add(outgoing("2"), BOTH[:1])
        old = outgoing("3", taken_at=NOW - timedelta(days=40))
        work.documents.add(old, BOTH)

    with storage.reading() as work:
        since = NOW - timedelta(days=30)
        assert work.health.recipients(since, 9) == (DEPARTMENT, COMMUNE)
        assert work.health.recipients(since, 1) == (DEPARTMENT,)
        assert work.health.recipients(NOW + timedelta(days=1), 9) == ()


@only("postgresql", "database")
def test_a_server_says_what_time_it_is(database):
    storage = database.open()
    with storage.reading() as work:
        assert not work.health.is_file
        ahead = work.health.clock().astimezone(UTC) - datetime.now(UTC)
    storage.close()

    assert abs(ahead) < timedelta(seconds=10)
