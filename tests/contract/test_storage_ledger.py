"""The ledger on disk: an entry per fact, and every later change to it is noticed."""

from datetime import UTC, timedelta

import pytest
import sqlalchemy as sa

from edoc_connector.errors import LedgerBroken
from edoc_connector.ledger.audit import audit
from edoc_connector.ledger.canonical import EMPTY
from edoc_connector.ledger.facts import DocumentResent, DocumentTaken, EnvelopeAccepted
from edoc_connector.storage import ledger as ledger_module
from tests.support.storage import COMMUNE, DEPARTMENT, NOW, PROVINCE, digest, only

pytest_plugins = ("tests.support.databases",)

TAKEN = DocumentTaken(
    document="d-1",
    sender=PROVINCE,
    row="17",
    revision="ấn bản 2\0",
    recipients=(DEPARTMENT, COMMUNE),
)


def record(storage, count):
    for number in range(1, count + 1):
        fact = DocumentResent(document=f"d-{number % 2}", recipient=DEPARTMENT)
        with storage.work() as work:
            assert work.ledger.append(fact, NOW + timedelta(seconds=number)) == number


def check(storage):
    with storage.reading() as work:
        return audit(work.ledger.entries(), work.ledger.head())


def tamper(storage, statement, **values):
    """Do what somebody with a database shell could do."""
    with storage._engine.begin() as connection:
        changed = connection.execute(sa.text(statement), values)
    assert changed.rowcount


def test_an_empty_ledger_has_the_empty_head(storage):
    assert check(storage) == EMPTY


def test_a_fact_comes_back_as_it_was_recorded(storage):
    with storage.work() as work:
        work.ledger.append(TAKEN, NOW)

    with storage.work() as work:
        (entry,) = work.ledger.entries()
    assert entry.at == NOW
    assert entry.at.tzinfo is UTC
    assert entry.kind == "document:taken"
    assert entry.subject == "d-1"
    assert entry.details == TAKEN.details


def test_an_untouched_ledger_fits(storage):
    record(storage, 5)

    assert check(storage).position == 5


def test_a_long_ledger_is_read_in_pages_from_anywhere(storage, monkeypatch):
    monkeypatch.setattr(ledger_module, "PAGE", 2)
    record(storage, 7)

    with storage.reading() as work:
        every = [entry.position for entry in work.ledger.entries()]
        late = [entry.position for entry in work.ledger.entries(start=6)]

    assert every == [1, 2, 3, 4, 5, 6, 7]
    assert late == [6, 7]


def test_the_entries_about_one_packet_are_found_in_order(storage):
    record(storage, 5)
    with storage.work() as work:
        found = work.ledger.of("d-1")
        nothing = work.ledger.of("d-9")

    assert [entry.position for entry in found] == [1, 3, 5]
    assert nothing == ()


def test_a_fact_is_true_together_with_what_it_tells_of_or_not_at_all(storage):
    record(storage, 1)

    class Crash(BaseException):
        pass

    def crash():
        with storage.work() as work:
            work.ledger.append(TAKEN, NOW)
            raise Crash

    with pytest.raises(Crash):
        crash()
    assert check(storage).position == 1


@pytest.mark.parametrize("position", [1, 3, 5])
@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("kind", "document:sent"),
        ("subject", "d-7"),
        ("text", "{}"),
        ("digest", digest("other")),
    ],
)
def test_a_change_in_any_column_is_noticed(storage, position, column, value):
    record(storage, 5)

    tamper(
        storage,
        f"UPDATE ledger SET {column} = :value WHERE position = :position",  # noqa: S608
        value=value,
        position=position,
    )

    with pytest.raises(LedgerBroken, match=f"from entry {position} on"):
        check(storage)


def test_one_changed_letter_in_what_was_recorded_is_noticed(storage):
    record(storage, 5)

    tamper(
        storage,
        "UPDATE ledger SET text = replace(text, 'H20.14', 'H20.15') WHERE position = 2",
    )

    with pytest.raises(LedgerBroken, match="from entry 2 on"):
        check(storage)


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("UPDATE ledger SET position = 9 WHERE position = 2", 2),
        ("UPDATE ledger SET position = 9 WHERE position = 5", 5),
        ("DELETE FROM ledger WHERE position = 1", 1),
        ("DELETE FROM ledger WHERE position = 3", 3),
        ("DELETE FROM ledger WHERE position = 5", 5),
        ("DELETE FROM ledger WHERE position > 0", 1),
        ("UPDATE ledger_head SET position = 4", 5),
        ("UPDATE ledger_head SET digest = 'f'", 5),
        ("DELETE FROM ledger_head", 1),
        (
            """INSERT INTO ledger SELECT 6, kind, subject, text, digest
            FROM ledger WHERE position = 5""",
            6,
        ),
    ],
)
def test_what_was_moved_removed_or_put_in_is_noticed(storage, statement, broken):
    record(storage, 5)

    tamper(storage, statement)

    with pytest.raises(LedgerBroken, match=f"from entry {broken} on"):
        check(storage)


def test_two_entries_that_changed_places_are_noticed(storage):
    record(storage, 5)

    for before, after in ((2, 99), (3, 2), (99, 3)):
        tamper(
            storage,
            "UPDATE ledger SET position = :after WHERE position = :before",
            before=before,
            after=after,
        )

    with pytest.raises(LedgerBroken, match="from entry 2 on"):
        check(storage)


def test_nobody_puts_an_entry_before_the_first(storage):
    record(storage, 1)

    with pytest.raises(Exception, match="refused"):
        tamper(
            storage,
            "INSERT INTO ledger SELECT 0, kind, subject, text, digest FROM ledger",
        )


@only("sqlite")  # PostgreSQL keeps nothing but text in a column for text
@pytest.mark.usefixtures("database")
def test_bytes_in_place_of_text_are_noticed(storage):
    record(storage, 2)

    tamper(
        storage,
        "UPDATE ledger SET text = CAST(text AS BLOB) WHERE position = 2",
    )

    with pytest.raises(LedgerBroken, match="from entry 2 on"):
        check(storage)


def test_large_numbers_are_kept(storage):
    fact = EnvelopeAccepted(
        message_id="m-1", account="H20", packet=digest("p"), packet_bytes=2**40
    )

    with storage.work() as work:
        work.ledger.append(fact, NOW)

    with storage.work() as work:
        assert work.ledger.of("m-1")[0].details["packet_bytes"] == 2**40
