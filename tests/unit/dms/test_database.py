"""Other people's databases and their errors."""

import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import exc

from edoc_connector.dms import database
from edoc_connector.dms.database import Database
from edoc_connector.errors import DmsRefused, DmsUnavailable, SettingsInvalid
from edoc_connector.model.organization_code import OrganizationCode

pytest_plugins = ("tests.support.register_fixtures",)

LARGE = {"key": "x" * 99_999}


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(database, "CONNECT", {"sqlite": {"timeout": 0.05}})
    file = tmp_path / "register with space & ?.db"
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE t (a TEXT UNIQUE)")
    connection.close()
    return file


@pytest.fixture
def opened(path: Path) -> Database:
    return Database(str(sa.URL.create("sqlite", database=str(path))), None)


def write(opened: Database, value: object) -> None:
    with opened.writing() as connection:
        connection.execute("test", "INSERT INTO t VALUES (:key)", {"key": value})


def count(opened: Database) -> object:
    with opened.reading() as connection:
        return connection.value("test", "SELECT count(*) FROM t", {})


def test_what_is_written_is_there_afterwards(opened):
    write(opened, "x")

    assert count(opened) == 1


def test_a_code_reaches_the_driver_as_plain_text(opened):
    seen = []

    def look(_connection, _cursor, _statement, parameters, *_):
        seen.extend(parameters)

    sa.event.listen(opened._engine, "before_cursor_execute", look)
    write(opened, OrganizationCode("H20"))

    assert seen == ["H20"]
    assert type(seen[0]) is str


def test_what_fails_leaves_nothing(opened):
    def fail() -> None:
        with opened.writing() as connection:
            connection.execute("test", "INSERT INTO t VALUES ('x')", {})
            raise KeyError

    with pytest.raises(KeyError):
        fail()

    assert count(opened) == 0


def test_a_locked_database_is_waited_for_and_then_unavailable(opened, path):
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(DmsUnavailable, match="locked"):
        write(opened, "x")
    assert count(opened) == 0

    other.execute("COMMIT")
    other.close()
    write(opened, "x")


def test_a_path_that_leads_nowhere_makes_no_database(tmp_path):
    nowhere = tmp_path / "none.db"

    with pytest.raises(DmsUnavailable, match=r"\.\w+: unable to open"):
        count(Database(f"sqlite:///{nowhere}", None))

    assert not nowhere.exists()


def test_a_file_that_is_no_database_is_unavailable(tmp_path):
    (tmp_path / "x.db").write_text("no database " * 100)

    with pytest.raises(DmsUnavailable, match="not a database"):
        count(Database(f"sqlite:///{tmp_path}/x.db", None))


def test_a_constraint_is_a_refusal(opened):
    write(opened, "x")

    with pytest.raises(DmsRefused, match="UNIQUE"):
        write(opened, "x")


@pytest.mark.parametrize("value", [2**70, chr(0xD800), object()])
def test_a_value_no_database_takes_is_a_refusal(opened, value):
    with pytest.raises(DmsRefused):
        write(opened, value)


def test_a_full_disk_is_unavailable(opened):
    def fill() -> None:
        with opened.writing() as connection:
            connection.execute("test", "PRAGMA max_page_count = 1", {})
            connection.execute("test", "INSERT INTO t VALUES (:key)", LARGE)

    with pytest.raises(DmsUnavailable, match="full"):
        fill()

    assert count(opened) == 0


def test_the_journal_of_the_register_is_left_as_it_is(opened, path):
    write(opened, "x")

    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    connection.close()


def test_damaged_text_in_one_row_does_not_hide_the_others(opened):
    with opened.writing() as connection:
        connection.execute("test", "INSERT INTO t VALUES (CAST(X'61FF' AS TEXT))", {})
        connection.execute("test", "INSERT INTO t VALUES ('b')", {})

    with opened.reading() as connection:
        rows = connection.rows("test", "SELECT a AS VALUE FROM t ORDER BY a", {})

    assert rows == [{"value": "a\ufffd"}, {"value": "b"}]


def test_no_more_rows_are_read_than_wanted(opened):
    for value in "abc":
        write(opened, value)

    with opened.reading() as connection:
        assert len(connection.rows("test", "SELECT a FROM t", {}, 2)) == 2


@pytest.mark.parametrize(
    "url", ["nonsense", "martian://x@host/db", "postgresql+martian://x@host/db"]
)
def test_a_database_of_no_known_kind_is_a_fault_of_the_settings(url):
    with pytest.raises(SettingsInvalid, match="dms"):
        Database(url, "secret")


def test_a_password_is_shown_nowhere():
    opened = Database("postgresql+psycopg://user@127.0.0.1:1/db", "pa55word")

    with pytest.raises(DmsUnavailable) as error:
        count(opened)

    assert "pa55word" not in repr(vars(opened))
    assert "pa55word" not in f"{error.value} {error.value.__cause__}"


class Foreign(Exception):
    """An error of some driver."""

    def __init__(self, sqlstate: str | None) -> None:
        super().__init__("what the driver says\nDETAIL: what it quotes")
        self.sqlstate = sqlstate


@pytest.mark.parametrize(
    ("kind", "sqlstate", "error"),
    [
        (exc.OperationalError, None, DmsUnavailable),
        (exc.InterfaceError, None, DmsUnavailable),
        (exc.InternalError, "25006", DmsUnavailable),
        (exc.DBAPIError, "40P01", DmsUnavailable),
        (exc.InternalError, "XX000", DmsRefused),
        (exc.OperationalError, "54000", DmsRefused),
        (exc.ProgrammingError, "42P01", DmsRefused),
        (exc.DataError, "22001", DmsRefused),
        (exc.IntegrityError, "23505", DmsRefused),
    ],
)
def test_what_passes_by_waiting_is_told_from_what_does_not(kind, sqlstate, error):
    with pytest.raises(error) as told, database._translated("incoming.insert"):
        raise kind("INSERT", {"subject": "confidential"}, Foreign(sqlstate))

    assert "DETAIL" not in str(told.value)


def test_a_connection_that_broke_is_unavailable():
    broken = exc.DBAPIError("SELECT", {}, Foreign(None), connection_invalidated=True)

    with pytest.raises(DmsUnavailable), database._translated("find"):
        raise broken


def test_a_busy_pool_is_waited_for():
    with pytest.raises(DmsUnavailable), database._translated("find"):
        raise exc.TimeoutError


def test_a_url_that_says_how_to_open_a_file_is_left_alone(path):
    url = sa.make_url(f"sqlite:///file:{path.parent}/other.db?mode=rwc&uri=true")

    assert database._existing(url) == url
