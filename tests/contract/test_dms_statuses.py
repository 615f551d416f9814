"""How registers show what they do with a document, in every style met so far."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from edoc_connector.clock import VIETNAM
from edoc_connector.dms.mapping import load_mapping
from edoc_connector.dms.port import Step
from edoc_connector.errors import DmsRefused, SettingsInvalid, SettingUnknown
from edoc_connector.model.document import Staff
from edoc_connector.model.status import StatusCode
from tests.support.registers import MOMENT, RECIPIENT, demo_schema, made, progress

pytest_plugins = ("tests.support.register_fixtures",)

ARRIVED = {
    "id": 1,
    "ma_giao_nhan": "ab" * 32,
    "ma_van_ban": "H20,2026/11/23,15/UBND-VX",
    "ma_don_vi_gui": "H20",
    "trich_yeu": "Về việc kết nối",
    "do_khan": "Thường",
    "ngay_den": datetime(2026, 11, 23, 8, 30),  # noqa: DTZ001  (as registers have it)
}


def arrive(register, row_id=1, **changes):
    values = {**ARRIVED, "id": row_id, "ma_giao_nhan": f"{row_id:064}"} | changes
    register.insert("van_ban_den", **values)


def codes(dms, limit=50):
    return [(it.row_id, it.code) for it in dms.statuses(limit)]


def tick_off_all(dms):
    for said in dms.statuses(50):
        dms.told(said, at=MOMENT)


# --- the demo's register: one word per document, and the word that was told ---


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("Từ chối", "02"),
        ("Đã tiếp nhận", "03"),
        ("Đã phân công", "04"),
        ("Đang xử lý", "05"),
        ("Hoàn thành", "06"),
    ],
)
def test_a_word_of_the_register_is_a_status_of_the_standard(register, word, code):
    arrive(register, trang_thai=word, ly_do_tra_lai="Gửi nhầm")

    (said,) = register.open().statuses(50)

    assert (said.row_id, said.word, said.code) == ("1", word, StatusCode(code))
    assert said.text == "Gửi nhầm"


def test_what_waits_for_the_clerk_is_not_named(register):
    arrive(register)

    assert register.open().statuses(50) == []


def test_what_was_ticked_off_is_not_named_again(register):
    arrive(register, trang_thai="Đã tiếp nhận")
    dms = register.open()

    tick_off_all(dms)
    tick_off_all(dms)

    assert dms.statuses(50) == []


def test_a_state_that_changed_before_it_was_ticked_off_is_named_next(register):
    arrive(register, trang_thai="Đã tiếp nhận")
    dms = register.open()
    (said,) = dms.statuses(50)
    register.run("UPDATE van_ban_den SET trang_thai = 'Hoàn thành'")

    dms.told(said, at=MOMENT)

    assert codes(dms) == [("1", StatusCode.FINISHED)]


def test_a_word_nobody_explained_is_named_without_a_code(register):
    arrive(register, trang_thai="Lưu tủ")

    (said,) = register.open().statuses(50)

    assert (said.word, said.code) == ("Lưu tủ", None)


def test_no_more_are_named_than_were_asked_for(register):
    for row_id in range(1, 6):
        arrive(register, row_id, trang_thai="Đã tiếp nhận")

    assert codes(register.open(), limit=2) == [("1", "03"), ("2", "03")]


@pytest.mark.parametrize(
    ("step", "word"),
    [
        (Step.ACCEPTED, "Đã tiếp nhận"),
        (Step.ASSIGNED, "Đã phân công"),
        (Step.PROCESSING, "Đang xử lý"),
        (Step.FINISHED, "Hoàn thành"),
        (Step.DELIVERED, "Đã đến"),
        (Step.REJECTED, "Từ chối"),
    ],
)
def test_what_a_receiver_does_is_marked_and_an_older_mark_changes_nothing(
    register, step, word
):
    register.write()
    dms = register.open()

    dms.mark(progress(step, recipient=RECIPIENT, seconds=9))
    dms.mark(progress(step, recipient=RECIPIENT, seconds=9))
    dms.mark(progress(Step.DELIVERED, recipient=RECIPIENT, seconds=1))

    assert register.rows("SELECT trang_thai_xu_ly FROM noi_nhan_van_ban_di") == [
        (word,)
    ]


# --- other styles, in one database ---

SCHEMA = """
CREATE TABLE by_date (
    id INTEGER PRIMARY KEY, accepted TEXT, assigned TEXT, finished TEXT,
    told_03 TEXT, told_04 TEXT, told_06 TEXT
);
CREATE TABLE events (
    id INTEGER PRIMARY KEY, document INTEGER, code TEXT, happened TEXT, note TEXT,
    person TEXT, unit TEXT, told INTEGER DEFAULT 0
);
CREATE TABLE by_flags (id INTEGER PRIMARY KEY, flags INTEGER, told INTEGER DEFAULT 0);
CREATE TABLE numbered (id INTEGER PRIMARY KEY, state INTEGER, told INTEGER)
"""

HEAD = """
[documents]
select = "SELECT 1 AS row_id FROM by_date"
[attachments]
select = "SELECT 1 AS name"
[marks]
[incoming]
find = "SELECT 1"
insert = "SELECT 1"
insert_attachment = "SELECT 1"
"""

BY_DATE = """
[statuses]
select = '''
SELECT * FROM (
    SELECT id AS row_id, '03' AS status, accepted AS at FROM by_date
    WHERE accepted IS NOT NULL AND told_03 IS NULL
    UNION ALL
    SELECT id, '04', assigned FROM by_date
    WHERE assigned IS NOT NULL AND told_04 IS NULL
    UNION ALL
    SELECT id, '06', finished FROM by_date
    WHERE finished IS NOT NULL AND told_06 IS NULL
) ORDER BY row_id, at, status LIMIT :limit
'''
told = [
    "UPDATE by_date SET told_03 = :at WHERE id = :row_id AND :status = '03'",
    "UPDATE by_date SET told_04 = :at WHERE id = :row_id AND :status = '04'",
    "UPDATE by_date SET told_06 = :at WHERE id = :row_id AND :status = '06'",
]
"""

EVENTS = """
[statuses]
select = '''
SELECT document AS row_id, code AS status, happened AS at, note AS text,
       person AS staff, unit AS department, id AS event_id
FROM events WHERE told = 0 ORDER BY id LIMIT :limit
'''
told = ["UPDATE events SET told = 1 WHERE id = :event_id"]
[statuses.values]
TIEPNHAN = "03"
XULY = "05"
"""

BY_FLAGS = """
[statuses]
select = '''
SELECT id AS row_id, CASE WHEN flags & 8 & ~told THEN 'done'
                          WHEN flags & 1 & ~told THEN 'in' END AS status
FROM by_flags WHERE flags & 9 & ~told ORDER BY id LIMIT :limit
'''
# Who is told the later one needs no earlier one any more.
told = ['''
UPDATE by_flags SET told = told | CASE :status WHEN 'done' THEN 9 ELSE 1 END
WHERE id = :row_id
''']
[statuses.values]
in = "03"
done = "06"
"""

NUMBERED = """
[statuses]
select = '''
SELECT id AS row_id, state AS status FROM numbered
WHERE state IS NOT told ORDER BY id LIMIT :limit
'''
told = ["UPDATE numbered SET told = state WHERE id = :row_id AND state = :status"]
"""


@pytest.fixture
def other(tmp_path):
    found = made(f"sqlite:///{tmp_path}/r.db", None, tmp_path, SCHEMA)
    yield found
    found.close()


def opened(register, mapping):
    path = register.files / "register.toml"
    path.write_text(HEAD + mapping, encoding="utf-8")
    return register.open(load_mapping(str(path)))


def test_one_column_per_date_is_a_status_for_each_that_is_filled_in(other):
    dms = opened(other, BY_DATE)
    other.insert("by_date", id=1, accepted="2026-11-23 08:00", assigned="23/11/2026")
    other.insert("by_date", id=2, accepted=None, finished="2026-11-23T09:00:00+07:00")

    said = dms.statuses(50)

    assert [(it.row_id, it.code) for it in said] == [
        ("1", "03"),
        ("1", "04"),
        ("2", "06"),
    ]
    assert said[0].at == datetime(2026, 11, 23, 8, tzinfo=VIETNAM)
    assert said[1].at is None  # a day is no moment
    assert said[2].at == datetime(2026, 11, 23, 9, tzinfo=VIETNAM)
    dms.told(said[0], at=MOMENT)
    assert codes(dms) == [("1", "04"), ("2", "06")]
    tick_off_all(dms)
    assert codes(dms) == []


def test_rows_of_events_are_statuses_one_by_one_also_where_two_are_alike(other):
    dms = opened(other, EVENTS)
    event = {"document": 7, "note": "Chuyển phòng", "happened": "23/11/2026 08:30"}
    other.insert("events", id=1, code="TIEPNHAN", **event, person="A", unit="VX")
    other.insert("events", id=2, code="XuLy", **event)
    other.insert("events", id=3, code="XULY", **event)

    first, second, third = dms.statuses(50)

    assert [it.code for it in (first, second, third)] == ["03", "05", "05"]
    assert first.staff == Staff(staff="A", department="VX")
    assert first.at == datetime(2026, 11, 23, 8, 30, tzinfo=VIETNAM)
    assert second.staff is None
    assert second.event_id != third.event_id
    dms.told(second, at=MOMENT)
    assert [it.event_id for it in dms.statuses(50)] == ["1", "3"]


def test_bits_of_a_flag_are_statuses(other):
    dms = opened(other, BY_FLAGS)
    other.insert("by_flags", id=1, flags=1)
    other.insert("by_flags", id=2, flags=2)
    first = codes(dms)
    tick_off_all(dms)

    other.run("UPDATE by_flags SET flags = flags | 8 WHERE id = 1")

    assert first == [("1", "03")]
    assert codes(dms) == [("1", "06")]
    tick_off_all(dms)
    assert codes(dms) == []


def test_a_register_that_writes_the_codes_needs_no_words(other):
    dms = opened(other, NUMBERED)
    for row_id, state in ((1, 3), (2, 6), (3, 99)):
        other.insert("numbered", id=row_id, state=state)

    assert codes(dms) == [("1", "03"), ("2", "06"), ("3", None)]
    tick_off_all(dms)
    assert codes(dms) == []


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (None, None),
        ("hôm qua", None),
        ("31/02/2026 08:00", None),
        ("2026-11-23", None),
        (date(2026, 11, 23).isoformat(), None),
        ("2026-11-23 08:30:05", datetime(2026, 11, 23, 8, 30, 5, tzinfo=VIETNAM)),
        ("2026-11-23T01:30:05Z", datetime(2026, 11, 23, 8, 30, 5, tzinfo=VIETNAM)),
        ("3/1/2026 8:05:09", datetime(2026, 1, 3, 8, 5, 9, tzinfo=VIETNAM)),
    ],
)
def test_a_time_is_read_as_registers_write_it_or_not_at_all(other, written, read):
    dms = opened(other, EVENTS)
    other.insert("events", id=1, document=7, code="XULY", happened=written)

    assert dms.statuses(5)[0].at == read


def test_a_mapping_without_statuses_reads_none(other):
    dms = opened(other, "")

    assert dms.statuses(50) == ()


@pytest.mark.parametrize(
    ("mapping", "error"),
    [
        (EVENTS.replace(":event_id", ":event"), SettingUnknown),
        (EVENTS.replace('"05"', '"13"'), SettingUnknown),
        (EVENTS.replace('"05"', "5"), SettingsInvalid),
    ],
)
def test_a_mapping_that_cannot_work_is_refused_before_anything_runs(
    other, mapping, error
):
    with pytest.raises(error):
        opened(other, mapping)


@pytest.mark.parametrize("wrong", ["happened AS when", "happened AS at, 1 AS extra"])
def test_a_select_with_another_column_is_refused_by_its_name(other, wrong):
    dms = opened(other, EVENTS.replace("happened AS at", wrong))
    other.insert("events", id=1, document=7, code="XULY")

    with pytest.raises(DmsRefused):
        dms.statuses(50)


def test_a_time_stamp_of_the_database_is_read_with_or_without_its_zone(register):
    arrive(register, trang_thai="Hoàn thành")
    mapping = load_mapping("demo")
    from dataclasses import replace

    select = mapping.statuses.select.replace(
        "FROM van_ban_den", ", ngay_den AS at FROM van_ban_den"
    )
    statuses = replace(mapping.statuses, select=select)
    dms = register.open(replace(mapping, statuses=statuses))

    (said,) = dms.statuses(5)

    assert said.at == datetime(2026, 11, 23, 8, 30, tzinfo=VIETNAM)


def test_the_demos_tables_have_room_for_every_word_of_its_mapping():
    words = load_mapping("demo").statuses.values

    assert all(len(word) <= 30 for word in words)
    assert "trang_thai_da_bao     VARCHAR(30)" in demo_schema()
