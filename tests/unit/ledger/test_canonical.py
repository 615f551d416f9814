import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from edoc_connector.errors import LedgerBroken
from edoc_connector.ledger.canonical import (
    EMPTY,
    GREATEST,
    Entry,
    Head,
    Record,
    digest_of,
    entry_after,
    read,
    write,
)
from edoc_connector.ledger.facts import DocumentTaken, EnvelopeAccepted

AT = datetime(2026, 11, 23, 8, 30, 0, 7, tzinfo=timezone(timedelta(hours=7)))
TAKEN = DocumentTaken(
    document="6f0a3f3e-6f4b-5d57-9b62-0d1f0c6e2a51",
    sender="H20",
    row='17"\\\n\x1f',
    revision="ấn bản 2 \u2028\U0001f4c4",
    recipients=("H20.14", "H20.14.7"),
)
GOLDEN = (
    '{"at":"2026-11-23T01:30:00.000007Z","details":{"recipients":["H20.14","H20.14.7"],'
    '"revision":"ấn bản 2 \u2028\U0001f4c4",'
    '"row":"17\\"\\\\\\n\\u001f","sender":"H20"},'
    '"kind":"document:taken","position":1,"previous":"' + "0" * 64 + '",'
    '"subject":"6f0a3f3e-6f4b-5d57-9b62-0d1f0c6e2a51"}'
)
GOLDEN_DIGEST = "928e3ec4f7f4731762ff01a986b48422fc5a239bc72086840201d4c7400cd5cf"

RECORD = Record(
    position=1,
    at=AT,
    kind="document:taken",
    subject="d-1",
    details={"row": "17"},
    previous=EMPTY.digest,
)


def test_the_bytes_of_an_entry_are_these_for_ever():
    entry = entry_after(EMPTY, TAKEN, AT)

    assert entry.text == GOLDEN


def test_the_digest_is_the_leaf_hash_of_a_merkle_tree_for_ever():
    entry = entry_after(EMPTY, TAKEN, AT)

    assert entry.digest == GOLDEN_DIGEST
    assert entry.digest == hashlib.sha256(b"\0" + GOLDEN.encode()).hexdigest()


def test_each_entry_names_the_digest_of_the_one_before():
    first = entry_after(EMPTY, TAKEN, AT)

    second = entry_after(Head(first.position, first.digest), TAKEN, AT)

    assert second.position == 2
    assert read(second.text).previous == first.digest


def test_an_entry_says_again_what_was_put_in():
    entry = entry_after(EMPTY, TAKEN, AT)

    assert entry.at == AT
    assert entry.at.tzinfo is UTC
    assert entry.details == TAKEN.details
    assert (entry.kind, entry.subject) == (TAKEN.kind, TAKEN.subject)


def test_whole_numbers_stay_numbers():
    fact = EnvelopeAccepted(
        message_id="m", account="H20", packet="p", packet_bytes=GREATEST
    )

    entry = entry_after(EMPTY, fact, AT)

    assert entry.details["packet_bytes"] == GREATEST


def test_every_character_stands_as_any_program_writes_it():
    planes = (*range(0xD800), *range(0xE000, 0x110000))
    text = "".join(map(chr, planes))

    written = write(replace(RECORD, details={"it": text}))

    assert json.dumps(text, ensure_ascii=False) in written


@pytest.mark.parametrize(
    "value", [1.5, None, True, GREATEST + 1, -GREATEST - 1, ["a"], (1,), "\ud800"]
)
def test_what_two_programs_would_write_in_two_ways_is_not_written(value):
    with pytest.raises(ValueError, match=r"cannot be written|surrogates"):
        write(replace(RECORD, details={"it": value}))


def test_a_time_without_a_zone_is_not_written():
    with pytest.raises(ValueError, match="zone"):
        write(replace(RECORD, at=datetime(2026, 11, 23)))  # noqa: DTZ001


@pytest.mark.parametrize(
    "changed",
    [
        GOLDEN.replace(',"kind"', ', "kind"'),
        GOLDEN.replace("000007Z", "000007+00:00"),
        GOLDEN.replace("T01:30", "T08:30").replace("000007Z", "000007+07:00"),
        GOLDEN.replace('"position":1', '"position":1.0'),
        GOLDEN.replace('"position":1', '"position":true'),
        GOLDEN.replace('"position":1', '"position":1e0'),
        GOLDEN.replace('"position":1', '"position":2,"position":1'),
        GOLDEN.replace("ấ", "\\u1ea5"),
        GOLDEN.replace('"kind"', '"a":"b","kind"'),
        GOLDEN.replace('"H20"}', "null}"),
        GOLDEN.replace('"H20"}', "0.5}"),
        GOLDEN.replace('"H20"}', '{"a":1}}'),
        GOLDEN.replace('"document:taken"', "7"),
        GOLDEN.replace('"H20"},', '"H20"},"kind":"again",'),
        GOLDEN.replace("2026-11-23T", "2026-11-32T"),
        GOLDEN + " ",
        GOLDEN[:-1],
        "",
        "[]",
        "{}",
        "[" * 100_000,
        '"text"',
    ],
)
def test_a_text_that_is_not_the_only_one_is_not_read(changed):
    with pytest.raises(ValueError, match=r"entry|position|cannot be written"):
        read(changed)


def test_an_unreadable_entry_names_its_position():
    entry = Entry(position=7, kind="k", subject="s", text="{", digest=digest_of("{"))

    with pytest.raises(LedgerBroken, match="from entry 7 on"):
        _ = entry.at


def test_a_text_that_has_no_utf8_has_a_digest_that_fits_nothing():
    assert digest_of("\ud800") != digest_of("")
