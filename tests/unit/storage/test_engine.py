import sqlite3

import pytest
import sqlalchemy as sa

from edoc_connector.errors import (
    SettingsInvalid,
    StorageDamaged,
    StorageNew,
    StorageUnavailable,
)
from edoc_connector.storage import Storage
from edoc_connector.storage.engine import open_engine


@pytest.mark.parametrize(
    "url",
    [
        "",
        "edoc.db",
        "mysql://localhost/edoc",
        "postgresql+nothing://localhost/edoc",
        "nothing://localhost/edoc",
        "postgresql+psycopg://localhost:port/edoc",
    ],
)
def test_an_address_of_no_database_we_know_is_a_wrong_setting(url):
    with pytest.raises(SettingsInvalid, match=r"state\.database"):
        open_engine(url, None)


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("postgresql+psycopg://edoc@db.example:5433/h53_14", "db.example:5433"),
        ("postgresql+psycopg://edoc@db.example:5433/h53_15", "db.example:5433"),
        ("sqlite:////var/lib/edoc/h53.14/edoc.db", "/var/lib/edoc/h53.14/edoc.db"),
    ],
)
def test_databases_of_one_server_are_asked_at_one_place(url, server, tmp_path):
    assert Storage(url, None, tmp_path).server == server


def test_a_password_is_in_no_text_about_the_database(tmp_path):
    engine = open_engine("postgresql+psycopg://edoc@127.0.0.1:1/edoc", "tài-khoản")
    storage = Storage(
        "postgresql+psycopg://edoc@127.0.0.1:1/edoc", "tài-khoản", tmp_path
    )

    told = f"{engine!r} {engine.url} {storage!r}"

    assert "tài-khoản" not in told


def test_a_sqlite_database_survives_power_cuts_and_keeps_its_keys(tmp_path):
    engine = open_engine(f"sqlite:///{tmp_path}/edoc.db", None)

    with engine.connect() as connection:
        settings = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }

    engine.dispose()
    assert settings == {
        "journal_mode": "wal",
        "synchronous": 2,  # FULL
        "foreign_keys": 1,
        "busy_timeout": 5000,
    }


def test_every_sqlite_transaction_is_a_writer_from_its_first_moment(tmp_path):
    engine = open_engine(f"sqlite:///{tmp_path}/edoc.db", None)
    other = sqlite3.connect(tmp_path / "edoc.db", timeout=0, isolation_level=None)

    with engine.begin(), pytest.raises(sqlite3.OperationalError, match="locked"):
        other.execute("BEGIN IMMEDIATE")

    other.close()
    engine.dispose()


def test_making_a_table_is_undone_with_its_transaction(tmp_path):
    engine = open_engine(f"sqlite:///{tmp_path}/edoc.db", None)

    with engine.connect() as connection:
        connection.execute(sa.text("CREATE TABLE t (id INTEGER)"))
        connection.rollback()
        assert sa.inspect(connection).get_table_names() == []

    engine.dispose()


def test_a_folder_that_is_not_there_may_come_back(tmp_path):
    storage = Storage(f"sqlite:///{tmp_path}/gone/edoc.db", None, tmp_path)

    with pytest.raises(StorageUnavailable), storage.work():
        pass


def test_a_full_disk_undoes_the_whole_and_may_be_tried_again(tmp_path):
    engine = open_engine(f"sqlite:///{tmp_path}/edoc.db", None)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE t (it TEXT)"))

    def fill():
        with engine.begin() as connection:
            connection.exec_driver_sql("PRAGMA max_page_count = 4")
            for _ in range(9):
                connection.execute(sa.text("INSERT INTO t VALUES (zeroblob(4000))"))

    with pytest.raises(StorageUnavailable, match="full"):
        fill()

    with engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM t")) == 0
    engine.dispose()


def test_a_database_in_memory_serves_too(tmp_path):
    storage = Storage("sqlite://", None, tmp_path)

    storage.migrate()

    storage.check()
    storage.close()


def test_a_file_that_is_no_database_is_named_with_what_to_do(tmp_path):
    file = tmp_path / "edoc.sqlite"
    file.write_bytes(b"this is no database" * 100)
    storage = Storage(f"sqlite:///{file}", None, tmp_path / "content")

    with pytest.raises(StorageDamaged, match=rf"{file} is damaged .* from a backup"):
        storage.check()

    storage.close()


def test_before_the_first_run_the_way_to_it_is_told(tmp_path):
    file = tmp_path / "edoc.sqlite"
    storage = Storage(f"sqlite:///{file}", None, tmp_path / "content")

    with pytest.raises(StorageNew, match=rf"no connector has run on {file} yet"):
        storage.check()

    storage.close()
