"""Whatever lists come, in whatever order, what was known when stays answerable."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from edoc_connector.directory.read import read_list
from edoc_connector.directory.statement import stated
from edoc_connector.directory.survey import surveyed
from edoc_connector.model.body import in_effect
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.storage import Storage
from edoc_connector.storage.directory import Asked
from edoc_connector.storage.tables import bodies
from tests.support.lists import NOON, TODAY, csv_list, imported

CODES = [f"H53.{number}" for number in range(1, 5)]
DAYS = [TODAY + timedelta(days=days) for days in (-400, -30, 0, 1, 30, 400)]
HEADINGS = "code,name,successor,valid_from,closed_on,deleted"

day = st.sampled_from(["", "", *map(str, DAYS)])
rows = st.lists(
    st.tuples(
        st.sampled_from(CODES),
        st.sampled_from(["Sở A", "Sở B", "Sở C"]),
        st.sampled_from(["", "", *CODES]),
        day,
        day,
        st.sampled_from(["", "", "", "true"]),
    ).map(",".join),
    max_size=6,
)
lists = st.lists(st.tuples(rows, st.booleans(), st.sampled_from(DAYS)), max_size=4)


def answers(storage, known):
    """Say for each code and day who was there, by what was known at a moment."""
    with storage.reading() as work:
        return {
            (code, on): _answer(work, code, Asked(on, known))
            for code in CODES
            for on in DAYS
        }


def _answer(work, code, asked):
    found = work.directory.of(OrganizationCode(code), asked)
    if found is None or not found.stretch.holds(asked.on):
        return None
    return found.stretch.body.name


@given(lists)
@settings(max_examples=10)
def test_no_list_changes_what_was_known_before_it(lists):
    with TemporaryDirectory() as folder:
        storage = Storage(f"sqlite:///{folder}/a.db", None, Path(folder) / "content")
        storage.migrate()
        remembered = []
        for number, (rows, wants_full, on) in enumerate(lists):
            is_full = wants_full and bool(rows)  # a full list of nobody is refused
            path = csv_list(Path(folder), *rows, headings=HEADINGS)
            now = NOON + timedelta(hours=number)
            imported(storage, path, on=on, now=now, is_full=is_full)
            remembered.append((now, answers(storage, None)))

            again = imported(storage, path, on=on, now=now, is_full=is_full)
            assert again.summary.changes == 0

        for now, known in remembered:
            assert answers(storage, now) == known
        _never_two_at_once(storage)
        storage.close()


def _never_two_at_once(storage):
    """Of a code nothing else is known for a day than one thing."""
    query = sa.select(bodies).where(bodies.c.known_to.is_(None))
    with storage._engine.connect() as connection:
        now = connection.execute(query.order_by(bodies.c.valid_from)).all()
    for code in CODES:
        mine = [it for it in now if it.code == code]
        ends = [date.min, *(it.valid_to for it in mine)]
        assert all(it.valid_from < it.valid_to for it in mine)
        assert all(end <= it.valid_from for end, it in zip(ends, mine, strict=False))


def surveyed_rows(rows, on):
    """Return what of a list is laid over a body, in its order."""
    with TemporaryDirectory() as folder:
        listed = read_list(csv_list(Path(folder), *rows, headings=HEADINGS)).listed
    found = surveyed(
        listed, on=on, knowledge=lambda _: {}, ids_to_codes=lambda _: {}
    ).listed
    mine = [it for it in found if it.code == CODES[0]]
    return sorted(mine, key=lambda it: it.since or date.min)


def laid(known, rows, on):
    for row in rows:
        known = stated(known, row, on)
    return known


@given(rows, rows, st.sampled_from(DAYS))
def test_a_list_says_what_it_says_and_again_nothing_more(before, rows, on):
    known = laid((), surveyed_rows(before, on), on)
    listed = surveyed_rows(rows, on)

    after = laid(known, listed, on)

    assert laid(after, listed, on) == after
    assert all(it.since < it.until for it in after)
    assert all(one.until <= other.since for one, other in pairwise(after))


@given(rows, st.sampled_from(DAYS))
def test_what_a_row_says_is_so_from_the_day_it_says(rows, on):
    known = ()
    for row in surveyed_rows(rows, on):
        known = stated(known, row, on)

        ends = row.until or (on if row.is_closed else None)
        begins = row.since or on
        if ends is None:
            assert in_effect(known, begins).body.name == row.name
        else:
            assert in_effect(known, max(ends, begins) + timedelta(days=1)) is None
