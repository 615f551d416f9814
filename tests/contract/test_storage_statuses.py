"""Statuses, given and received, are kept alike on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from edoc_connector.errors import LostRace, StatusWordUnknown
from edoc_connector.model.identifiers import DocumentId
from edoc_connector.storage.records import OwedAnswer
from tests.support import builders
from tests.support.storage import (
    BOTH,
    COMMUNE,
    DEPARTMENT,
    NOW,
    PROVINCE,
    arrival,
    digest,
    outgoing,
    receive,
)

pytest_plugins = ("tests.support.databases",)

LATER = NOW + timedelta(hours=1)
REASON = StatusWordUnknown(word="Lưu tủ").reason


def taken(work):
    document = outgoing()
    work.documents.add(document, BOTH)
    return document


def arrived(work, row_id="93", **changes):
    entry = receive(work, f"m-{row_id}-{changes.get('key', '')}")
    kept = arrival(entry, **{"row_id": row_id, "key": digest(row_id)} | changes)
    work.arrivals.add(kept)
    return kept


def test_the_status_shown_is_that_of_one_recipient(storage):
    with storage.work() as work:
        document = taken(work)
        seen = work.deliveries.get(document.key, DEPARTMENT)
        work.deliveries.show(seen, status="03", at=LATER)

    with storage.reading() as work:
        shown = work.deliveries.get(document.key, DEPARTMENT)
        other = work.deliveries.get(document.key, COMMUNE)
    assert (shown.status, shown.status_at) == ("03", LATER)
    assert (other.status, other.status_at) == (None, None)


@pytest.mark.parametrize("change", [{"status": "01"}, {"status_at": NOW}])
def test_who_saw_an_older_status_has_lost_the_race(storage, change):
    with storage.work() as work:
        document = taken(work)
        seen = work.deliveries.get(document.key, DEPARTMENT)

    with pytest.raises(LostRace), storage.work() as work:
        work.deliveries.show(replace(seen, **change), status="03", at=LATER)

    with storage.reading() as work:
        assert work.deliveries.get(document.key, DEPARTMENT).status is None


def test_documents_are_found_by_number_and_notation_newest_first(storage):
    with storage.work() as work:
        taken(work)
        work.documents.add(outgoing("18"), ())

    with storage.reading() as work:
        found = work.documents.by_label(PROVINCE, "28/2026/UBND-VX")
        assert work.documents.by_label(DEPARTMENT, "28/2026/UBND-VX") == ()
        assert work.documents.by_label(PROVINCE, "28") == ()
    assert [it.row_id for it in found] == ["18", "17"]


def test_an_arrival_is_found_by_its_row_and_the_newest_one_counts(storage):
    with storage.work() as work:
        arrived(work, key=digest("old"), document_id=DocumentId("old"))
        newest = arrived(work, key=digest("new"))
        arrived(work, "94")

    with storage.reading() as work:
        assert work.arrivals.of_row("93") == newest
        assert work.arrivals.of_row("95") is None


def test_an_arrival_has_the_status_its_register_gives_it(storage):
    with storage.work() as work:
        seen = arrived(work)
        work.arrivals.withhold(seen, REASON)
        seen = work.arrivals.of_row("93")
        assert seen.withheld == REASON
        work.arrivals.say(seen, status="03", at=LATER, line="a line")

    with storage.reading() as work:
        said = work.arrivals.of_row("93")
    assert (said.status, said.status_at, said.status_line) == ("03", LATER, "a line")
    assert said.withheld is None


@pytest.mark.parametrize("change", [{"status": "02"}, {"status_line": "other"}])
def test_of_two_who_saw_the_same_register_one_says_it(storage, change):
    with storage.work() as work:
        seen = arrived(work)

    stale = replace(seen, **change)
    with pytest.raises(LostRace), storage.work() as work:
        work.arrivals.say(stale, status="03", at=LATER, line="a line")
    with pytest.raises(LostRace), storage.work() as work:
        work.arrivals.withhold(stale, REASON)


def test_what_is_withheld_is_counted_until_it_is_said(storage):
    with storage.work() as work:
        seen = arrived(work)
        arrived(work, "94")
        work.arrivals.withhold(seen, REASON, line="a line")
        assert work.arrivals.withheld() == 1
        work.arrivals.withhold(work.arrivals.of_row("93"), None)
        assert work.arrivals.withheld() == 0
        assert work.arrivals.of_row("93").status_line == "a line"


def test_what_is_owed_to_one_packet_comes_in_its_order(storage):
    with storage.work() as work:
        first, other = receive(work, "m-1"), receive(work, "m-2")
        for inbox_id, message_id in ((first, "a"), (other, "b"), (first, "c")):
            work.owed_answers.add(
                OwedAnswer(
                    inbox_id=inbox_id,
                    message_id=message_id,
                    status=builders.status(),
                )
            )

    with storage.reading() as work:
        assert [it.message_id for it in work.owed_answers.of(first)] == ["a", "c"]
