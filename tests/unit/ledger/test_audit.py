from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest

from edoc_connector.errors import LedgerBroken
from edoc_connector.ledger.audit import audit
from edoc_connector.ledger.canonical import (
    EMPTY,
    Entry,
    Head,
    digest_of,
    entry_after,
    read,
    write,
)
from edoc_connector.ledger.facts import DocumentResent

AT = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
OTHER = "f" * 64


def endless():
    """A ledger without end, in which every entry says the same."""
    head = EMPTY
    while True:
        entry = entry_after(head, DocumentResent(document="d", recipient="H20.14"), AT)
        yield entry
        head = Head(entry.position, entry.digest)


def ledger(length=5):
    return list(islice(endless(), length))


def rewritten(entry, **changes):
    """The entry as somebody writes it who knows how entries are written."""
    text = write(replace(read(entry.text), **changes))
    columns = {name: it for name, it in changes.items() if name in ("kind", "subject")}
    return replace(entry, text=text, digest=digest_of(text), **columns)


def test_an_untouched_ledger_leads_to_its_head():
    entries = ledger(5)

    head = audit(entries)

    assert head == Head(5, entries[-1].digest)
    assert audit(entries, head) == head


def test_a_ledger_without_entries_fits():
    assert audit([], EMPTY) == EMPTY


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("kind", "document:sent"),
        ("subject", "e"),
        ("text", "{}"),
        ("text", "b'...'"),
        ("digest", OTHER),
        ("digest", ""),
        ("digest", "é"),
    ],
)
@pytest.mark.parametrize("place", [0, 2, 4])
def test_a_change_in_any_column_of_any_entry_is_named(place, column, value):
    entries = ledger(5)
    entries[place] = replace(entries[place], **{column: value})

    with pytest.raises(LedgerBroken, match=f"from entry {place + 1} on"):
        audit(entries)


@pytest.mark.parametrize("place", [0, 1, 3])
def test_a_missing_entry_is_named(place):
    entries = ledger(5)
    del entries[place]

    with pytest.raises(LedgerBroken, match=f"from entry {place + 1} on.*missing"):
        audit(entries)


def test_a_missing_entry_shows_also_when_the_others_move_up():
    entries = ledger(5)
    del entries[2]
    entries[2:] = [
        replace(entry, position=position)
        for position, entry in enumerate(entries[2:], start=3)
    ]

    with pytest.raises(LedgerBroken, match="from entry 3 on"):
        audit(entries)


def test_two_entries_that_changed_places_are_named():
    entries = ledger(5)
    entries[1], entries[2] = entries[2], entries[1]

    with pytest.raises(LedgerBroken, match="from entry 2 on"):
        audit(entries)


def test_an_entry_that_comes_twice_is_named():
    entries = ledger(3)
    entries.insert(2, entries[1])

    with pytest.raises(LedgerBroken, match=r"from entry 2 on.*out of order"):
        audit(entries)


def test_an_inserted_entry_is_named_where_the_old_ones_go_on():
    entries = ledger(4)
    head = Head(2, entries[1].digest)
    foreign = entry_after(head, DocumentResent(document="x", recipient="H20"), AT)
    entries[2] = foreign

    with pytest.raises(LedgerBroken, match=r"from entry 4 on.*before was replaced"):
        audit(entries)


@pytest.mark.parametrize(
    "changes",
    [
        {"at": AT + timedelta(microseconds=1)},
        {"kind": "document:sent"},
        {"subject": "e"},
        {"details": {"recipient": "H21"}},
        {"previous": OTHER},
        {"position": 9},
    ],
)
def test_an_entry_rewritten_with_a_digest_that_fits_is_named_all_the_same(changes):
    entries = ledger(5)
    entries[1] = rewritten(entries[1], **changes)

    with pytest.raises(LedgerBroken, match=r"from entry [23] on"):
        audit(entries)


def test_the_last_entry_cannot_be_rewritten_under_a_head_known_from_elsewhere():
    entries = ledger(5)
    head = audit(entries)
    entries[4] = rewritten(entries[4], details={"recipient": "H21"})

    with pytest.raises(LedgerBroken, match=r"from entry 5 on.*another one"):
        audit(entries, head)


@pytest.mark.parametrize("left", [0, 1, 4])
def test_a_tail_that_was_cut_off_shows_when_the_head_is_known(left):
    entries = ledger(5)
    head = audit(entries)

    with pytest.raises(LedgerBroken, match=f"from entry {left + 1} on.*cut off"):
        audit(entries[:left], head)


def test_an_entry_beyond_the_head_is_named():
    entries = ledger(5)

    with pytest.raises(LedgerBroken, match=r"from entry 4 on.*added"):
        audit(entries, Head(3, entries[2].digest))


def test_a_text_that_is_not_canonical_is_named_though_its_digest_fits():
    entries = ledger(3)
    spaced = entries[1].text.replace(',"', ', "')
    entries[1] = replace(entries[1], text=spaced, digest=digest_of(spaced))

    with pytest.raises(LedgerBroken, match=r"from entry 2 on.*canonical"):
        audit(entries)


def test_only_one_entry_is_held_at_a_time():
    alive = 0
    most = 0

    class Counted(Entry):
        __slots__ = ()

        def __del__(self):
            nonlocal alive
            alive -= 1

    def counted():
        nonlocal alive, most
        for entry in islice(endless(), 200):
            alive += 1
            most = max(most, alive)
            yield Counted(**{name: getattr(entry, name) for name in Entry.__slots__})

    audit(counted())

    assert most <= 3
