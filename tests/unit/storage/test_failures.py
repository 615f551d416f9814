import sqlite3
from types import SimpleNamespace

import psycopg
import pytest
import sqlalchemy as sa

from edoc_connector.errors import StorageRefused, StorageUnavailable
from edoc_connector.storage.failures import translate


def failure(error, wrapped=sa.exc.DBAPIError, **changes):
    """What SQLAlchemy tells of a failed statement."""
    values = {
        "original_exception": error,
        "sqlalchemy_exception": wrapped("INSERT INTO t", None, error),
        "statement": "INSERT INTO documents VALUES (?)",
        "is_disconnect": False,
        "engine": None,
        "is_pre_ping": False,
    }
    return SimpleNamespace(**values | changes)


def sqlite_error(name, kind=sqlite3.OperationalError, message="told by SQLite"):
    error = kind(message)
    error.sqlite_errorcode = getattr(sqlite3, name)
    error.sqlite_errorname = name
    return error


@pytest.mark.parametrize(
    "name",
    [
        "SQLITE_BUSY",
        "SQLITE_BUSY_SNAPSHOT",
        "SQLITE_LOCKED",
        "SQLITE_FULL",
        "SQLITE_IOERR",
        "SQLITE_IOERR_FSYNC",
        "SQLITE_CANTOPEN",
        "SQLITE_READONLY",
    ],
)
def test_a_busy_file_or_a_broken_disk_may_be_tried_again(name):
    translated = translate(failure(sqlite_error(name), sa.exc.OperationalError))

    assert isinstance(translated, StorageUnavailable)
    assert "told by SQLite" in str(translated)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("SQLITE_ERROR", sqlite3.OperationalError),
        ("SQLITE_CORRUPT", sqlite3.DatabaseError),
        ("SQLITE_NOTADB", sqlite3.DatabaseError),
        ("SQLITE_CONSTRAINT_UNIQUE", sqlite3.IntegrityError),
    ],
)
def test_a_damaged_file_or_a_defect_of_ours_is_not_tried_again(name, kind):
    translated = translate(failure(sqlite_error(name, kind)))

    assert isinstance(translated, StorageRefused)
    assert not translated.retryable
    assert name in str(translated)
    assert "INSERT INTO documents" in str(translated)


@pytest.mark.parametrize(
    ("error", "wrapped"),
    [
        (psycopg.errors.LockNotAvailable(), sa.exc.OperationalError),
        (psycopg.errors.DeadlockDetected(), sa.exc.OperationalError),
        (psycopg.errors.DiskFull(), sa.exc.OperationalError),
        (psycopg.errors.AdminShutdown(), sa.exc.OperationalError),
        (psycopg.errors.ReadOnlySqlTransaction(), sa.exc.InternalError),
        (psycopg.InterfaceError("closed"), sa.exc.InterfaceError),
    ],
)
def test_a_server_that_is_away_or_busy_may_be_tried_again(error, wrapped):
    assert isinstance(translate(failure(error, wrapped)), StorageUnavailable)


def test_a_connection_that_broke_may_be_tried_again_whatever_it_is_called():
    broken = failure(psycopg.DatabaseError("cut"), is_disconnect=True)

    assert isinstance(translate(broken), StorageUnavailable)


@pytest.mark.parametrize(
    ("error", "wrapped"),
    [
        (psycopg.errors.UniqueViolation(), sa.exc.IntegrityError),
        (psycopg.errors.UndefinedTable(), sa.exc.ProgrammingError),
        (psycopg.errors.ProgramLimitExceeded(), sa.exc.OperationalError),
    ],
)
def test_what_a_server_will_never_take_is_not_tried_again(error, wrapped):
    translated = translate(failure(error, wrapped))

    assert isinstance(translated, StorageRefused)
    assert error.sqlstate in str(translated)


def test_an_error_before_any_statement_is_told_without_one():
    translated = translate(failure(ValueError("a time without a zone"), statement=None))

    assert str(translated).endswith("refused: ValueError")


def test_the_values_of_a_row_are_not_told():
    detail = "duplicate key\nDETAIL: Key (subject)=(Văn bản mật) exists"
    busy = psycopg.errors.LockNotAvailable(detail)
    refused = psycopg.errors.UniqueViolation(detail)

    told = (
        translate(failure(busy, sa.exc.OperationalError)),
        translate(failure(refused, sa.exc.IntegrityError)),
    )

    assert "Văn bản mật" not in f"{told[0]} {told[1]}"


def test_a_ping_and_the_end_of_the_process_are_left_to_others():
    assert translate(failure(psycopg.OperationalError(), is_pre_ping=True)) is None
    assert translate(failure(KeyboardInterrupt())) is None
