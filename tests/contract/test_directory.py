"""Lists of bodies are laid over the directory, on both databases."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from edoc_connector.directory.read import read_list
from edoc_connector.errors import (
    BodyUnknown,
    ListClosesMany,
    ListElsewhere,
    ListEmpty,
)
from edoc_connector.flows.directory.closures import closures_in, expect
from edoc_connector.flows.directory.importing import Scope, closings
from edoc_connector.flows.directory.lookup import lookup, tree
from edoc_connector.flows.directory.problems import (
    contradictions,
    flaws_of_last_import,
)
from edoc_connector.model.closure import Closure
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.storage.directory import Asked
from edoc_connector.storage.tables import bodies
from tests.support.lists import NOON, TODAY, csv_list, imported, json_list, kinds

pytest_plugins = ("tests.support.databases",)

TOMORROW = TODAY + timedelta(days=1)
LATER = NOON + timedelta(days=1)
ALL = ("H53,UBND tỉnh Tây Ninh", "H53.14,Sở Nội vụ", "H53.14.2,Chi cục Văn thư")


def who(storage, text, on=TODAY, known=None, limit=20):
    with storage.reading() as work:
        return lookup(work, text, Asked(on, known), limit)


def names(storage, text, **more):
    return [it.name for it in who(storage, text, **more)]


def closure(storage, code, on=TODAY):
    with storage.reading() as work:
        return closures_in(work)(OrganizationCode(code), on)


# --- asked for many at once -----------------------------------------------------


@pytest.fixture
def known(storage, tmp_path):
    """Bodies that are open, closed, to be opened, renamed, and known by other codes."""
    headings = "code,name,aliases,valid_from,valid_to,successor"
    for day, rows in (
        (TODAY, ("H53,UBND tỉnh,,,,", "H53.14,Sở Nội vụ,000.00.09.H53 H54.9,,,")),
        (TODAY, ("H53.20,Sở Tương lai,,2030-01-01,,", "H53.15,Sở Hai,H54.9,,,")),
        (TODAY, ("H53.30,Sở Cũ,H53.14,2000-01-01,2020-01-01,H53.14",)),
        (TOMORROW, ("H53.14,Sở Nội vụ và Lao động,H54.9,,,",)),
    ):
        imported(storage, csv_list(tmp_path, *rows, headings=headings), on=day)
    codes = [
        "H53",
        "H53.14",
        "H53.20",
        "H53.30",
        "H54.9",
        "H53.99",
        "H54",
        "000.00.09.H53",
    ]
    return tuple(OrganizationCode(code).canonical for code in codes)


@pytest.mark.parametrize("on", [date(2010, 1, 1), TODAY, TOMORROW, date(2031, 1, 1)])
def test_what_is_expected_is_answered_as_if_it_had_been_asked(storage, known, on):
    asked = Asked(on)
    with storage.reading() as work:
        own = [work.directory.of(code, asked) for code in known]
        others = [work.directory.called(code, asked) for code in known]

    with storage.reading() as work:
        work.directory.expect(known, asked)

        assert [work.directory.of(code, asked) for code in known] == own
        assert [work.directory.called(code, asked) for code in known] == others
    assert any(own)
    assert on < TODAY or any(others)


def closures_of(work, codes):
    closure_of = closures_in(work)
    return [closure_of(code, TODAY) for code in codes]


def test_what_is_expected_is_asked_but_once(storage, known):
    engine, statements = storage._readers, []
    listen = lambda *it: statements.append(it[2])  # noqa: E731
    with storage.reading() as work:
        asked_alone = closures_of(work, known)
    with storage.reading() as work:
        expect(work, known, TODAY)
        sa.event.listen(engine, "before_cursor_execute", listen)

        found = closures_of(work, known)

    sa.event.remove(engine, "before_cursor_execute", listen)
    assert found == asked_alone
    assert any(found)
    # Only what the successor of a closed one is called was not expected.
    assert len(statements) <= 1


def test_nothing_is_expected_of_codes_that_a_database_may_refuse(storage, known):
    strange = [OrganizationCode(it) for it in ("H53\x00.14", "H53.\ud800", "Sở")]

    with storage.reading() as work:
        expect(work, [*strange, *known], TODAY)

        assert closures_of(work, known[:1]) == [None]


# --- importing ------------------------------------------------------------------


def test_a_list_is_imported_and_the_same_again_changes_nothing(storage, tmp_path):
    path = csv_list(tmp_path, *ALL)

    first = imported(storage, path)
    with storage.reading() as work:
        one = work.directory_rows.newest()
    again = imported(storage, path, on=TOMORROW, now=LATER)

    assert (first.summary.new, first.summary.changes) == (3, 3)
    assert (again.summary.unchanged, again.summary.changes) == (3, 0)
    with storage.reading() as work:
        assert work.directory_rows.newest() == one
        rows = sa.select(sa.func.count()).select_from(bodies)
        assert work.connection.scalar(rows) == 3


def test_a_new_name_holds_from_the_day_of_its_import(storage, tmp_path):
    imported(storage, csv_list(tmp_path, *ALL))
    renamed = csv_list(tmp_path, "H53.14,Sở Nội vụ và Lao động")

    done = imported(storage, renamed, on=TOMORROW, now=LATER)

    assert (done.summary.changed, done.summary.new) == (1, 0)
    assert names(storage, "H53.14") == ["Sở Nội vụ"]
    assert names(storage, "H53.14", on=TOMORROW) == ["Sở Nội vụ và Lao động"]


def test_what_we_knew_before_stays_answerable(storage, tmp_path):
    imported(storage, csv_list(tmp_path, *ALL))
    headings = "code,name,valid_from"
    path = csv_list(tmp_path, "H53.14,Sở Nội chính,2020-01-01", headings=headings)

    imported(storage, path, now=LATER)

    assert names(storage, "H53.14") == ["Sở Nội chính"]
    assert names(storage, "H53.14", known=NOON) == ["Sở Nội vụ"]
    assert names(storage, "H53.14", on=date(2019, 5, 5)) == ["Sở Nội vụ"]
    with pytest.raises(BodyUnknown):
        who(storage, "H53.14", known=NOON - timedelta(seconds=1))


def test_a_clock_that_was_set_back_does_not_make_us_forget(storage, tmp_path):
    imported(storage, csv_list(tmp_path, *ALL))
    path = csv_list(tmp_path, "H53.14,Sở Nội chính")

    imported(storage, path, now=NOON - timedelta(days=9))

    assert names(storage, "H53.14") == ["Sở Nội chính"]
    with pytest.raises(BodyUnknown):
        who(storage, "H53.14", known=NOON - timedelta(days=8))


def test_a_delta_closes_nobody_and_a_full_list_whom_it_lacks(storage, tmp_path):
    imported(storage, csv_list(tmp_path, *ALL))
    path = csv_list(tmp_path, *ALL[:2])

    delta = imported(storage, path, now=LATER)
    full = imported(storage, path, on=TOMORROW, now=LATER, is_full=True)

    assert (delta.summary.closed, full.summary.closed) == (0, 1)
    (found,) = who(storage, "H53.14.2", on=TOMORROW)
    assert (found.is_open, found.until) == (False, TOMORROW)
    assert who(storage, "H53.14.2")[0].is_open


def test_a_full_list_of_one_province_closes_nobody_elsewhere(storage, tmp_path):
    imported(storage, csv_list(tmp_path, *ALL, "H5,x", "H20,UBND tỉnh", "H530,y"))

    done = imported(storage, csv_list(tmp_path, *ALL[:2]), is_full=True, root="H53")

    assert done.summary.closed == 1
    assert who(storage, "H20")[0].is_open


def test_a_full_list_that_was_cut_off_closes_nobody(storage, tmp_path):
    imported(storage, csv_list(tmp_path, *ALL))
    path = csv_list(tmp_path, ALL[0])

    with storage.reading() as work:
        scope = Scope(on=TODAY, is_full=True)
        lacking = closings(work, read_list(path), scope)
    with pytest.raises(ListClosesMany, match="2 of 3"):
        imported(storage, path, is_full=True, may_close=1)

    assert (lacking.count, lacking.total) == (2, 3)
    assert who(storage, "H53.14")[0].is_open


def test_a_full_list_of_another_root_changes_nothing(storage, tmp_path):
    imported(storage, csv_list(tmp_path, *ALL, "H54,UBND tỉnh"))

    with pytest.raises(ListElsewhere, match="at or below H54; it names H53"):
        imported(storage, csv_list(tmp_path, *ALL), is_full=True, root="H54")

    assert who(storage, "H54")[0].is_open


@pytest.mark.parametrize("root", ["", "H53"])
def test_a_full_list_of_nobody_changes_nothing(storage, tmp_path, root):
    imported(storage, csv_list(tmp_path, *ALL))

    with pytest.raises(ListEmpty):
        imported(storage, csv_list(tmp_path), is_full=True, root=root)

    assert who(storage, "H53.14")[0].is_open


def test_where_nobody_would_be_closed_for_a_row_unread_nobody_is_counted(
    storage, tmp_path
):
    imported(storage, csv_list(tmp_path, *ALL))
    path = csv_list(tmp_path, ALL[0], "H53.14,Sở,lạ")

    with storage.reading() as work:
        lacking = closings(work, read_list(path), Scope(on=TODAY, is_full=True))

    assert (lacking.count, lacking.total) == (0, 3)


def test_who_stands_in_a_row_that_is_left_out_is_not_closed(storage, tmp_path):
    imported(storage, csv_list(tmp_path, *ALL))

    path = csv_list(tmp_path, *ALL[:2], "H53.14.2,")
    done = imported(storage, path, is_full=True)

    assert (done.summary.closed, kinds(done)) == (0, [(4, "name-missing")])


def test_a_row_that_cannot_be_read_keeps_a_full_list_from_closing(storage, tmp_path):
    imported(storage, csv_list(tmp_path, *ALL))

    path = csv_list(tmp_path, *ALL[:2], "H53.14.2,Chi cục,lạ")
    done = imported(storage, path, is_full=True)

    assert (done.summary.closed, done.summary.withheld) == (0, 1)


def test_a_moved_body_is_closed_and_its_successor_goes_on(storage, tmp_path):
    imported(storage, csv_list(tmp_path, *ALL))
    path = csv_list(
        tmp_path,
        "H53.14,,H20.14,2026-01-01",
        "H20.14,Sở Nội vụ tỉnh Đồng Tháp,,",
        "H20,UBND tỉnh Đồng Tháp,,",
        headings="code,name,successor,closed_on",
    )

    done = imported(storage, path, now=LATER)

    assert (done.summary.closed, done.summary.new, done.flaws) == (1, 2, ())
    assert closure(storage, "000.00.14.H53") == Closure(
        code=OrganizationCode("H53.14"),
        since=date(2026, 1, 1),
        successor=OrganizationCode("H20.14"),
        name="Sở Nội vụ tỉnh Đồng Tháp",
    )
    assert closure(storage, "H53.14", date(2025, 12, 31)) is None


def test_the_axis_moves_a_body_by_giving_it_another_code(storage, tmp_path):
    old = {"id": "7", "pid": "1", "code": "H53.14", "name": "Sở Nội vụ", "version": 1}
    top = {"id": "1", "pid": "0", "code": "H53", "name": "UBND tỉnh", "version": 1}
    imported(storage, json_list(tmp_path, top, old))
    new = {**old, "code": "H20.14", "version": 2, "modifyDate": "2026-07-01 08:00:00"}

    imported(storage, json_list(tmp_path, new), now=LATER)

    assert closure(storage, "H53.14").successor == "H20.14"
    assert who(storage, "H53.14")[0].until == date(2026, 7, 1)
    assert who(storage, "H20.14")[0].parent == "H53"


def test_a_deleted_entry_is_closed_and_an_older_one_is_left_out(storage, tmp_path):
    entry = {"id": "1", "code": "H53", "name": "UBND tỉnh", "version": 3}
    imported(storage, json_list(tmp_path, entry))

    older = {**entry, "name": "Tên cũ", "version": 2}
    outdated = imported(storage, json_list(tmp_path, older), now=LATER)
    deleted = {**entry, "deleted": True, "version": 4}
    imported(storage, json_list(tmp_path, deleted), now=LATER)

    assert kinds(outdated) == [(2, "outdated")]
    assert outdated.summary.refused == 1
    assert [(it.name, it.is_open) for it in who(storage, "H53")] == [
        ("UBND tỉnh", False)
    ]


# --- finding --------------------------------------------------------------------


def test_a_body_is_found_by_either_writing_and_by_its_other_codes(storage, tmp_path):
    headings = "code,name,old_code,alias"
    row = "H53.14,Sở Nội vụ,000.14.00.H53,020100107370;H99.1"
    imported(storage, csv_list(tmp_path, row, headings=headings))

    for text in ("H53.14", "000.00.14.H53", "000.14.00.H53", "H99.1", "0100107370"):
        assert names(storage, text) == ["Sở Nội vụ"], text


@pytest.mark.parametrize(
    "text",
    ["so noi vu", "SỞ NỘI VỤ", "nội v", "vu tinh tay", "tay so", "vụ  ninh"],
)
def test_a_body_is_found_by_words_of_its_name_without_tones(storage, tmp_path, text):
    path = csv_list(tmp_path, "H53.14,Sở Nội vụ tỉnh Tây Ninh", "H53.15,Sở Y tế")
    imported(storage, path)

    assert [it.code for it in who(storage, text)] == ["H53.14"]


def test_who_is_called_exactly_so_comes_first(storage, tmp_path):
    rows = [f"H53.1.{n},Ban Sở Nội vụ {n}" for n in range(50)]
    imported(storage, csv_list(tmp_path, *rows, "H53.14,Sở Nội vụ"))

    assert names(storage, "sở nội vụ", limit=2)[0] == "Sở Nội vụ"


def test_a_percent_sign_finds_no_others(storage, tmp_path):
    imported(storage, csv_list(tmp_path, *ALL))

    with pytest.raises(BodyUnknown):
        who(storage, "%")


def test_what_nobody_imported_is_known_of_level_one(storage):
    (found,) = who(storage, "000.00.00.H58")

    assert (found.source, found.is_open, found.successor) == ("shipped", False, "H20")


def test_a_tree_shows_each_under_its_own(storage, tmp_path):
    imported(storage, csv_list(tmp_path, *ALL, "H53.2,Sở Y tế"))

    with storage.reading() as work:
        whole = tree(work, "H53", Asked(TODAY), depth=2, limit=100)
        top = tree(work, "", Asked(TODAY), depth=1, limit=100)
        few = tree(work, "H53", Asked(TODAY), depth=9, limit=2)

    assert [(it.depth, it.body.code) for it in whole] == [
        (0, "H53"),
        (1, "H53.14"),
        (2, "H53.14.2"),
        (1, "H53.2"),
    ]
    assert [it.body.code for it in top] == ["H53"]
    assert len(few) == 2


# --- closed codes -----------------------------------------------------------------


def test_the_imported_directory_is_asked_before_the_table(storage, tmp_path):
    assert closure(storage, "H58.14").code == "H58"

    imported(storage, csv_list(tmp_path, "H58,UBND tỉnh Tiền Giang"))

    assert closure(storage, "H58.14") is None


def test_who_is_below_a_closed_body_is_closed_with_it(storage, tmp_path):
    headings = "code,name,successor,closed_on"
    rows = ("H53,UBND tỉnh,,", "H53.31,UBND huyện Bến Cầu,H53,2025-07-01")
    imported(storage, csv_list(tmp_path, *rows, headings=headings))

    found = closure(storage, "000.12.31.H53")

    assert (found.code, found.successor, found.name) == ("H53.31", "H53", "UBND tỉnh")


def test_the_last_of_several_successors_is_named_and_a_circle_ends(storage, tmp_path):
    headings = "code,name,successor,closed_on"
    rows = (
        "H53.1,a,H53.2,2020-01-01",
        "H53.2,b,H53.3,2021-01-01",
        "H53.3,c,,",
        "H53.8,x,H53.9,2020-01-01",
        "H53.9,y,H53.8,2020-01-01",
    )
    path = csv_list(
        tmp_path,
        *(
            it.replace("H1,", "H53.1,")
            .replace("H2,", "H53.2,")
            .replace("H3,", "H53.3,")
            for it in rows
        ),
        headings=headings,
    )
    imported(storage, path)

    assert closure(storage, "H53.1").successor == "H53.3"
    assert closure(storage, "H53.8").successor in {"H53.8", "H53.9"}


def test_an_old_code_of_an_open_body_is_open(storage, tmp_path):
    headings = "code,name,alias"
    imported(storage, csv_list(tmp_path, "H20.14,Sở,H58.14", headings=headings))

    assert closure(storage, "H58.14") is None


# --- problems ---------------------------------------------------------------------


def test_flaws_are_kept_and_contradictions_found(storage, tmp_path):
    headings = "code,name,parent,alias,successor,closed_on"
    first = csv_list(
        tmp_path,
        "H53,UBND tỉnh,,,,",
        "H53.1,Sở A,H53,000.01.02.H53,,",
        "H53.2,Sở B,H77.7,,,",
        "H53.3,Sở C,,,H53.4,2020-01-01",
        "H58,UBND tỉnh Tiền Giang,,,,",
        headings=headings,
    )
    done = imported(storage, first)
    second = csv_list(
        tmp_path,
        "H53.4,Sở D,,,,2021-01-01",
        "H53.5,Sở E,,000.01.02.H53,,",
        "H53.6,Sở G,,H53.2,,",
        headings=headings,
    )
    last = imported(storage, second, now=LATER)

    with storage.reading() as work:
        kept = flaws_of_last_import(work)
        found = [(it.kind.value, it.code) for it in contradictions(work, TODAY)]

    assert kinds(done) == [
        (4, "parent-unknown"),
        (5, "successor-unknown"),
        (6, "closed-by-decision"),
    ]
    assert kept == last.flaws != ()
    assert sorted(found) == [
        ("alias-taken", "H53.5"),
        ("alias-taken", "H53.6"),
        ("closed-by-decision", "H58"),
        ("closed-without-successor", "H53.4"),
        ("parent-unknown", "H53.2"),
        ("successor-closed", "H53.3"),
    ]


def test_two_lists_may_make_a_circle_that_neither_has(storage, tmp_path):
    headings = "code,name,parent"
    imported(storage, csv_list(tmp_path, "H53.1,A,H53.2", headings=headings))

    imported(storage, csv_list(tmp_path, "H53.2,B,H53.1", headings=headings), now=LATER)

    with storage.reading() as work:
        found = {(it.kind.value, it.code) for it in contradictions(work, TODAY)}
        branches = tree(work, "H53.1", Asked(TODAY), depth=20, limit=30)
    assert found == {("parent-circular", "H53.1"), ("parent-circular", "H53.2")}
    assert len(branches) <= 30
