"""Whatever is recorded and whatever is done to it afterwards: the audit notices."""

from dataclasses import fields, replace
from datetime import UTC, datetime

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from edoc_connector.errors import LedgerBroken
from edoc_connector.ledger.audit import audit
from edoc_connector.ledger.canonical import (
    EMPTY,
    Entry,
    Head,
    Record,
    entry_after,
    read,
    write,
)
from edoc_connector.ledger.facts import DocumentTaken

texts = st.text(st.characters(exclude_categories=["Cs"]))
moments = st.datetimes(min_value=datetime(1, 1, 2), timezones=st.just(UTC))  # noqa: DTZ001
details = st.one_of(texts, st.integers(-(2**53), 2**53), st.lists(texts).map(tuple))
records = st.builds(
    Record,
    position=st.integers(1, 2**53),
    at=moments,
    kind=texts,
    subject=texts,
    details=st.dictionaries(texts, details),
    previous=texts,
)
taken = st.builds(
    DocumentTaken,
    document=texts,
    sender=texts,
    row=texts,
    revision=texts,
    recipients=st.lists(texts, max_size=3).map(tuple),
)


@given(records)
def test_what_is_written_is_read_as_it_was(record):
    assert read(write(record)) == record


@given(records, records)
def test_two_records_never_have_the_same_text(one, other):
    assume(one != other)

    assert write(one) != write(other)


@given(st.text())
def test_a_strange_text_is_read_or_refused_and_nothing_else(text):
    try:
        record = read(text)
    except ValueError:
        return
    assert write(record) == text


@st.composite
def ledgers(draw):
    entries, head = [], EMPTY
    for fact in draw(st.lists(taken, min_size=1, max_size=6)):
        entry = entry_after(head, fact, draw(moments))
        entries.append(entry)
        head = Head(entry.position, entry.digest)
    return entries


@given(ledgers())
def test_an_untouched_ledger_fits(entries):
    assert audit(entries) == Head(len(entries), entries[-1].digest)


@given(ledgers(), st.data())
def test_one_changed_column_is_named(entries, data):
    place = data.draw(st.integers(0, len(entries) - 1))
    column = data.draw(st.sampled_from([field.name for field in fields(Entry)]))
    value = data.draw(st.integers(1, 9) if column == "position" else texts)
    assume(value != getattr(entries[place], column))
    entries[place] = replace(entries[place], **{column: value})

    with pytest.raises(LedgerBroken):
        audit(entries)


@given(ledgers(), st.data())
def test_another_order_or_number_of_entries_does_not_lead_to_the_head(entries, data):
    head = audit(entries)
    other = data.draw(st.lists(st.sampled_from(entries), max_size=8))
    assume(other != entries)

    with pytest.raises(LedgerBroken):
        audit(other, head)
