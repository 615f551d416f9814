"""The database comes from any release to this one, and no further."""

import stat

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from edoc_connector.errors import StorageOutdated
from edoc_connector.storage.migrations import HEAD
from edoc_connector.storage.migrations.versions.v0010_life import STATUSES
from edoc_connector.storage.tables import metadata
from tests.support.storage import BOTH, DEPARTMENT, NOW, only, outgoing, receipt

pytest_plugins = ("tests.support.databases",)


def test_the_migrations_make_exactly_the_tables_of_this_release(storage):
    with storage._engine.connect() as connection:
        context = MigrationContext.configure(connection)
        differences = compare_metadata(context, metadata)

    assert differences == []


def test_the_comparison_would_see_a_table_a_column_and_a_key(storage):
    changed = sa.MetaData(naming_convention=metadata.naming_convention)
    for table in metadata.tables.values():
        table.to_metadata(changed)
    changed.tables["outbox"].append_column(sa.Column("forgotten", sa.Text))
    changed.tables["inbox"].append_constraint(sa.UniqueConstraint("message_id"))
    sa.Table("forgotten", changed, sa.Column("id", sa.Integer, primary_key=True))

    with storage._engine.connect() as connection:
        context = MigrationContext.configure(connection)
        differences = compare_metadata(context, changed)

    kinds = {difference[0] for difference in differences}
    assert kinds == {"add_column", "add_table", "add_constraint"}


def test_the_head_this_release_asks_for_is_the_last_migration():
    config = Config()
    config.set_main_option("script_location", "edoc_connector.storage:migrations")

    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


def test_an_older_database_has_the_statuses_that_this_release_would_say(storage):
    said = [("03", "06"), ("06", "03"), ("02", "06"), ("06", "02")]
    with storage.work() as work:
        keys = [stated(work, f"{row}", two) for row, two in enumerate(said)]

    with storage._engine.begin() as connection:
        connection.execute(sa.text(STATUSES))
    with storage.reading() as work:
        found = [work.deliveries.get(key, DEPARTMENT).status for key in keys]
        newest = [work.receipts.newest(key, DEPARTMENT).status for key in keys]

    assert found == newest == ["06", "06", "02", "02"]


def stated(work, row, statuses):
    """Tell what a receiver has said, all of it in one second."""
    document = outgoing(row)
    work.documents.add(document, BOTH)
    for number, status in enumerate(statuses):
        work.receipts.add(
            receipt(
                document.key,
                DEPARTMENT,
                status=status,
                stated_at=NOW,
                message_id=f"r-{9 - number}",
            )
        )
    return document.key


def test_a_database_that_nobody_migrated_is_not_used(empty_database):
    storage = empty_database.open()

    with pytest.raises(StorageOutdated, match=r"no connector has run on .* yet"):
        storage.check()

    storage.close()


@only("sqlite", "empty_database")
def test_looking_at_a_database_that_is_not_there_does_not_make_one(empty_database):
    storage = empty_database.open()

    with pytest.raises(StorageOutdated):
        storage.check()

    assert list(empty_database.folder.iterdir()) == []


def test_a_migrated_database_is_ready_and_may_be_migrated_again(empty_database):
    storage = empty_database.open()

    storage.migrate()
    storage.check()
    storage.migrate()

    storage.check()
    storage.close()


def test_a_database_of_a_newer_release_is_left_alone(database):
    storage = database.open()
    set_version(storage, "9999")

    with pytest.raises(StorageOutdated, match=r"9999.* needs the release that made it"):
        storage.check()
    with pytest.raises(StorageOutdated, match="9999"):
        storage.migrate()

    set_version(storage, HEAD)
    storage.close()


def set_version(storage, version):
    statement = sa.text("UPDATE alembic_version SET version_num = :version")
    with storage._engine.begin() as connection:
        connection.execute(statement, {"version": version})


def test_a_migration_that_fails_leaves_the_database_as_it_was(empty_database):
    storage = empty_database.open()
    with storage._engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE receipts (id INTEGER)"))

    with pytest.raises(Exception, match="refused"):
        storage.migrate()

    with storage._engine.connect() as connection:
        assert sa.inspect(connection).get_table_names() == ["receipts"]
    storage.close()


@only("sqlite", "empty_database")
def test_nobody_else_on_the_computer_reads_the_database(empty_database):
    storage = empty_database.open()

    storage.migrate()

    storage.close()
    modes = {
        stat.S_IMODE(path.stat().st_mode)
        for path in empty_database.folder.glob("edoc.db*")
    }
    assert modes == {0o600}
