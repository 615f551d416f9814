"""What every register must do, whatever database it is in."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from edoc_connector.dms import sink
from edoc_connector.dms.database import Connection
from edoc_connector.dms.mapping import Store
from edoc_connector.dms.port import (
    BrokenRow,
    PendingChange,
    PendingDocument,
    Put,
    Step,
)
from edoc_connector.dms.sql import SqlDms
from edoc_connector.errors import (
    AttachmentEmpty,
    AttachmentMissing,
    ColumnTooLarge,
    DmsFileTooLarge,
    DmsRefused,
    DmsTooNarrow,
    DmsUnavailable,
)
from edoc_connector.model.document import Attachment, BusinessType, Code
from edoc_connector.model.organization_code import OrganizationCode
from tests.support import builders
from tests.support.registers import (
    MOMENT,
    RECIPIENT,
    ROW,
    Register,
    demo_mapping,
    key,
    progress,
    verified,
)

pytest_plugins = ("tests.support.register_fixtures",)

COUNT = "SELECT count(*) FROM van_ban_den"
COUNT_FILES = "SELECT count(*) FROM tep_dinh_kem_van_ban_den"


@pytest.fixture
def dms(register: Register) -> SqlDms:
    return register.open()


def only(dms: SqlDms) -> PendingDocument:
    (row,) = dms.pending(50)
    assert isinstance(row, PendingDocument)
    return row


class Interrupted(BaseException):
    """The process ends here."""


class Interrupting:
    """Contents that end the process in the middle of a file."""

    def chunks(self, _attachment: Attachment) -> Iterator[bytes]:
        yield builders.PDF[:10]
        raise Interrupted


# --- the statements of the mapping ---


def test_a_mapping_that_fits_is_tried_on_an_empty_register_and_nothing_refused(dms):
    assert list(dms.trial()) == []


def test_what_an_empty_register_does_not_fit_is_told_once_each(register):
    mapping = demo_mapping()
    recipients = replace(
        mapping.recipients, select="SELECT ma_dinh_danh AS cde FROM noi_nhan_van_ban_di"
    )
    attachments = replace(mapping.attachments, select="SELECT path FROM nowhere")
    dms = register.open(
        replace(mapping, recipients=recipients, attachments=attachments)
    )

    told = [error.details["statement"] for error in dms.trial()]
    register.write()

    assert told == ["recipients.select", "attachments.select"]
    assert [error.details["statement"] for error in dms.trial()] == told


# --- what waits to be sent ---


def test_a_row_becomes_a_document(register, dms):
    register.write(do_khan="Hỏa tốc", han_tra_loi="2026-12-01")

    row = only(dms)

    assert row.row_id == "1"
    assert row.document.sender == builders.organization()
    assert row.document.code == Code("15", "UBND-VX")
    assert row.document.document_id == "H20,2026/11/23,15/UBND-VX"
    assert row.document.priority == 3
    assert str(row.document.due_date) == "2026-12-01"
    assert [one.code for one in row.document.recipients] == [RECIPIENT]
    assert [file.name for file in row.attachments] == ["công văn.pdf"]
    assert row.attachments[0].content_type == "application/pdf"


def test_a_file_in_a_column_is_read_when_it_is_opened(register, dms):
    register.write()
    row = only(dms)
    register.run("UPDATE tep_dinh_kem_van_ban_di SET noi_dung = :new", new=b"later")

    with row.attachments[0].open() as file:
        content = file.read()

    assert content == b"later"


def test_a_file_in_the_folder_is_found_by_its_path(register, dms):
    register.write()
    (register.files / "2026").mkdir()
    (register.files / "2026" / "a.xlsx").write_bytes(b"sheet")
    register.attach(name="phụ lục.xlsx", content=None, path="2026\\a.xlsx")

    row = only(dms)

    with row.attachments[1].open() as file:
        assert file.read() == b"sheet"


@pytest.mark.parametrize(
    ("content", "error"), [(None, AttachmentMissing), (b"", AttachmentEmpty)]
)
def test_a_file_that_went_away_is_noticed_when_it_is_opened(
    register, dms, content, error
):
    register.write()
    row = only(dms)
    register.run("UPDATE tep_dinh_kem_van_ban_di SET noi_dung = :new", new=content)

    with pytest.raises(error):
        row.attachments[0].open()


def test_a_row_stays_pending_until_it_is_marked(register, dms):
    register.write()

    assert only(dms).revision == only(dms).revision

    dms.mark(progress(Step.TAKEN))

    assert list(dms.pending(50)) == []


def test_the_most_urgent_rows_come_first_and_no_more_than_asked_for(register, dms):
    register.write(1)
    register.write(2, so="16", do_khan="Khẩn")
    register.write(3, so="17", do_khan="Hỏa tốc")

    rows = list(dms.pending(2))

    assert [row.row_id for row in rows] == ["3", "2"]


def test_broken_rows_do_not_block_the_others(register, dms):
    register.write(1, so=None)
    register.write(2, ngay_ban_hanh=None)
    register.write(3, do_mat="Mật")
    register.write(4, do_khan="Siêu khẩn")
    register.write(5)
    register.run("DELETE FROM noi_nhan_van_ban_di WHERE van_ban_id = 5")
    register.write(6)
    register.attach(6, name="mất.pdf", content=None, path="khong-co.pdf")
    register.write(7)
    register.attach(7, name="rỗng.pdf", content=b"")
    register.write(8)

    rows = {row.row_id: row for row in dms.pending(50)}

    reasons = {
        row_id: row.reason.code
        for row_id, row in rows.items()
        if isinstance(row, BrokenRow)
    }
    assert reasons == {
        "1": "field-missing",
        "2": "field-missing",
        "3": "state-secret",
        "4": "field-invalid",
        "5": "recipient-missing",
        "6": "attachment-missing",
        "7": "attachment-empty",
    }
    assert isinstance(rows["8"], PendingDocument)


def test_a_broken_row_says_which_field_in_the_words_of_the_clerk(register, dms):
    register.write(so=None)

    (row,) = dms.pending(50)

    assert isinstance(row, BrokenRow)
    assert row.label == "UBND-VX"
    assert row.reason.details == {"field": "Code/CodeNumber"}


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE van_ban_di SET trich_yeu = 'Khác'",
        "UPDATE noi_nhan_van_ban_di SET ma_dinh_danh = 'H20.15'",
        "DELETE FROM tep_dinh_kem_van_ban_di",
    ],
)
def test_whatever_a_clerk_changes_makes_a_new_revision(register, dms, change):
    register.write()
    (before,) = dms.pending(50)

    register.run(change)
    (after,) = dms.pending(50)

    assert before.revision != after.revision


def test_attaching_the_missing_file_again_makes_a_new_revision(register, dms):
    register.write()
    register.attach(name="mất.pdf", content=None, path="tep.pdf")
    (before,) = dms.pending(50)

    (register.files / "tep.pdf").write_bytes(b"found")
    (after,) = dms.pending(50)

    assert isinstance(before, BrokenRow)
    assert isinstance(after, PendingDocument)
    assert before.revision != after.revision


def test_being_marked_makes_no_new_revision(register, dms):
    register.write()
    before = only(dms).revision

    dms.mark(progress(Step.SENT, recipient=RECIPIENT))

    assert only(dms).revision == before


def test_what_waits_to_be_told_hides_no_other_row(register, dms):
    for number in (1, 2, 3):
        register.write(number, so=f"{number}")
    first, second, _ = dms.pending(50)
    untold = {(row.row_id, row.revision) for row in (first, second)}

    (found,) = dms.pending(1, untold)

    assert found.row_id == "3"


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE van_ban_di SET trich_yeu = 'Khác' WHERE id = 1",
        "UPDATE noi_nhan_van_ban_di SET ma_dinh_danh = 'H20.15' WHERE van_ban_id = 1",
    ],
)
def test_what_waits_to_be_told_comes_where_it_has_changed_and_nothing_else_waits(
    register, dms, change
):
    for number in (1, 2):
        register.write(number, so=f"{number}")
    first, second = dms.pending(50)
    untold = {(first.row_id, first.revision)}
    register.run(change)

    with_another = [row.row_id for row in dms.pending(50, untold)]
    untold.add((second.row_id, second.revision))
    alone = [row.row_id for row in dms.pending(50, untold)]

    assert (with_another, alone) == (["2"], ["1"])


def test_what_rests_does_not_come_though_it_has_changed(register, dms):
    for number in (1, 2):
        register.write(number, so=f"{number}")
    first, second = dms.pending(50)
    untold = {(it.row_id, it.revision) for it in (first, second)}
    register.run("UPDATE van_ban_di SET trich_yeu = 'Khác'")

    (found,) = dms.pending(50, untold, resting={first.row_id})

    assert found.row_id == second.row_id


def test_what_waits_to_be_told_and_is_as_it_was_does_not_come(register, dms):
    register.write()
    row = only(dms)

    assert list(dms.pending(50, {(row.row_id, row.revision)})) == []


def test_files_are_read_in_one_transaction_that_is_over_with_the_block(
    register, dms, monkeypatch
):
    register.write(1)
    register.write(2, so="16")
    rows = list(dms.pending(50))
    real, begun = dms._database._engine.connect, []
    monkeypatch.setattr(
        dms._database._engine, "connect", lambda: begun.append(1) or real()
    )

    with dms.reading():
        read = [row.attachments[0].open().read() for row in rows]
    register.run("UPDATE van_ban_di SET do_khan = 'Khẩn'")
    with rows[0].attachments[0].open() as later:
        read.append(later.read())

    assert len(set(read)) == 1
    assert len(begun) == 2


def test_each_thread_reads_in_a_transaction_of_its_own(register, dms):
    register.write()

    with dms.reading(), ThreadPoolExecutor(1) as others:
        (row,) = others.submit(lambda: list(dms.pending(50))).result()
        assert others.submit(row.attachments[0].open).result().read()


def test_no_transaction_is_open_while_rows_are_taken(register, dms):
    register.write(1)
    register.write(2)

    rows = dms.pending(50)
    next(rows)
    # A register whose users had to wait for us would fail here.
    register.run("UPDATE van_ban_di SET do_khan = 'Khẩn'")

    assert len(list(rows)) == 1


# --- how far it has come ---


@pytest.mark.parametrize(
    ("step", "state"),
    [
        (Step.SENT, "Đã gửi"),
        (Step.DELIVERED, "Đã đến"),
        (Step.UNROUTABLE, "Không có nơi nhận"),
        (Step.REJECTED, "Bị từ chối"),
        (Step.PARKED, "Tạm dừng"),
    ],
)
def test_each_step_shows_at_its_recipient_and_at_no_other(register, dms, step, state):
    register.write()
    register.address(code="H20.15")

    dms.mark(progress(step, recipient=RECIPIENT))
    dms.mark(progress(step, recipient=RECIPIENT))

    assert register.state() == state
    assert register.state(code="H20.15") == "Chờ gửi"


@pytest.mark.parametrize("pasted", ["H20.14 ", "H20.14\u200b", "000.00.14.H20"])
def test_a_step_shows_however_the_row_spells_the_recipients_code(register, dms, pasted):
    register.write()
    register.address(code=pasted)
    register.address(code="H20.15")

    dms.mark(progress(Step.SENT, recipient=OrganizationCode("H20.14")))

    assert register.state(code="H20.14") == "Đã gửi"
    assert register.state(code=pasted) == "Đã gửi"
    assert register.state(code="H20.15") == "Chờ gửi"


def test_a_refused_row_shows_the_reason_to_the_clerk(register, dms):
    register.write(so=None)

    dms.mark(progress(Step.REFUSED))
    dms.mark(progress(Step.REFUSED))

    assert register.rows("SELECT trang_thai_lien_thong, ly_do FROM van_ban_di") == [
        ("Không gửi được", "lý do")
    ]


def test_a_step_that_comes_late_does_not_undo_a_later_one(register, dms):
    register.write()

    dms.mark(progress(Step.DELIVERED, recipient=RECIPIENT, seconds=2))
    dms.mark(progress(Step.SENT, recipient=RECIPIENT, seconds=1))

    assert register.state() == "Đã đến"


def test_a_step_is_written_in_the_time_of_vietnam(register, dms):
    register.write()

    dms.mark(progress(Step.DELIVERED, recipient=RECIPIENT))

    shown = register.value("SELECT ngay_den FROM noi_nhan_van_ban_di")
    assert str(shown).startswith(f"{MOMENT:%Y-%m-%d %H:%M:%S}")


def test_a_step_the_mapping_does_not_show_changes_nothing(register, dms):
    register.write()

    dms.mark(progress(Step.SENT))

    assert only(dms).row_id == "1"


# --- what arrives ---


def test_what_arrives_stands_in_the_register_with_its_files(register, dms):
    data = bytes(range(256)) * 1000
    file = builders.attachment(data, name="phụ lục.xlsx")
    document = builders.document(attachments=(builders.attachment(), file))

    row_id = dms.put(
        verified(document, builders.contents(data)), key=key(), recipient=RECIPIENT
    )

    (row,) = register.rows(
        "SELECT id, ma_van_ban, ma_don_vi_gui, so, ky_hieu, trich_yeu, do_khan,"
        " trang_thai FROM van_ban_den"
    )
    assert tuple(row) == (
        int(row_id),
        "H20,2026/11/23,15/UBND-VX",
        "H20",
        "15",
        "UBND-VX",
        document.subject,
        "Thường",
        "Chờ tiếp nhận",
    )
    files = register.rows(
        "SELECT ten_tep, noi_dung FROM tep_dinh_kem_van_ban_den ORDER BY thu_tu"
    )
    assert [(name, bytes(content)) for name, content in files] == [
        ("công văn.pdf", builders.PDF),
        ("phụ lục.xlsx", data),
    ]


def test_putting_twice_changes_nothing_and_names_the_same_row(register, dms):
    first = dms.put(verified(), key=key(), recipient=RECIPIENT)
    second = dms.put(verified(), key=key(), recipient=RECIPIENT)

    assert first == second
    assert register.value(COUNT) == 1
    assert register.value(COUNT_FILES) == 1


def test_the_same_content_under_another_key_is_another_document(register, dms):
    first = dms.put(verified(), key=key("first"), recipient=RECIPIENT)
    second = dms.put(verified(), key=key("second"), recipient=RECIPIENT)

    assert first != second
    assert register.value(COUNT) == 2


def test_what_a_clerk_did_to_a_row_survives_a_second_put(register, dms):
    dms.put(verified(), key=key(), recipient=RECIPIENT)
    register.run("UPDATE van_ban_den SET trang_thai = 'Đã tiếp nhận', so_den = 7")

    dms.put(verified(), key=key(), recipient=RECIPIENT)

    assert register.rows("SELECT trang_thai, so_den FROM van_ban_den") == [
        ("Đã tiếp nhận", 7)
    ]


def test_puts_that_race_make_one_row(register, dms):
    other = register.open()
    start = threading.Barrier(8)

    def put(number: int) -> str:
        start.wait()
        one = dms if number % 2 else other
        return one.put(verified(), key=key(), recipient=RECIPIENT)

    with ThreadPoolExecutor(8) as pool:
        row_ids = set(pool.map(put, range(8)))

    assert len(row_ids) == 1
    assert register.value(COUNT) == 1
    assert register.value(COUNT_FILES) == 1


def test_a_row_that_appears_between_looking_and_writing_is_found(register):
    """The slower of two puts meets the unique key and returns the faster one's row."""
    faster = register.open()
    row_ids = []

    class Overtaken:
        def chunks(self, _attachment: Attachment) -> Iterator[bytes]:
            row_ids.append(faster.put(verified(), key=key(), recipient=RECIPIENT))
            yield builders.PDF

    folder = replace(demo_mapping().incoming, store=Store.FOLDER)
    slower = register.open(replace(demo_mapping(), incoming=folder))

    row_id = slower.put(verified(files=Overtaken()), key=key(), recipient=RECIPIENT)

    assert [row_id] == row_ids
    assert register.value(COUNT) == 1


def test_a_crash_between_insert_and_commit_leaves_nothing(register, dms):
    with pytest.raises(Interrupted):
        dms.put(verified(files=Interrupting()), key=key(), recipient=RECIPIENT)

    assert register.value(COUNT) == 0

    dms.put(verified(), key=key(), recipient=RECIPIENT)

    assert register.value(COUNT) == 1
    assert register.value(COUNT_FILES) == 1


def put_of(name, document=None, **given):
    return Put(
        verified=verified(document or builders.document(), **given),
        key=key(name),
        recipient=RECIPIENT,
    )


def test_several_that_arrive_together_stand_in_the_register_in_their_order(
    register, dms
):
    data = bytes(range(256)) * 1000
    bare = builders.document(
        subject="b", promulgation_date=None, due_date=None, attachments=()
    )
    larger = builders.document(subject="c", attachments=(builders.attachment(data),))
    contents = builders.contents(data)

    row_ids = dms.put_all(
        [
            put_of("a", builders.document(subject="a")),
            put_of("b", bare),
            put_of("c", larger, files=contents),
        ]
    )

    shown = register.rows("SELECT id, trich_yeu, ngay_ban_hanh FROM van_ban_den")
    assert [(str(row), text) for row, text, _ in sorted(shown)] == list(
        zip(row_ids, "abc", strict=True)
    )
    assert [day is None for _, _, day in sorted(shown)] == [False, True, False]
    files = register.rows(
        "SELECT van_ban_id, noi_dung FROM tep_dinh_kem_van_ban_den ORDER BY van_ban_id"
    )
    assert [(str(row), bytes(content)) for row, content in files] == [
        (row_ids[0], builders.PDF),
        (row_ids[2], data),
    ]


def test_what_is_there_already_is_named_and_not_changed_among_others(register, dms):
    there = dms.put(verified(), key=key("b"), recipient=RECIPIENT)
    register.run("UPDATE van_ban_den SET trang_thai = 'Đã tiếp nhận'")

    row_ids = dms.put_all([put_of("a"), put_of("b"), put_of("c")])

    assert row_ids[1] == there
    assert len(set(row_ids)) == register.value(COUNT) == 3
    assert register.value(COUNT_FILES) == 3
    changed = "SELECT id FROM van_ban_den WHERE trang_thai = 'Đã tiếp nhận'"
    assert str(register.value(changed)) == there


def test_of_several_all_are_put_or_none(register, dms):
    too_long = builders.document(subject="x" * 501)
    puts = [put_of("a"), put_of("b", files=Interrupting())]

    with pytest.raises(Interrupted):
        dms.put_all(puts)
    with pytest.raises(DmsTooNarrow):
        dms.put_all([put_of("a"), put_of("b", too_long)])

    assert register.value(COUNT) == register.value(COUNT_FILES) == 0


def test_files_of_several_are_in_memory_a_few_at_a_time(register, dms, monkeypatch):
    monkeypatch.setattr(sink, "MOST_BYTES", 2 * len(builders.PDF))
    held = []
    real = Connection.execute_all

    def execute_all(connection, name, sql, rows):
        held.append((name, len(rows)))
        real(connection, name, sql, rows)

    monkeypatch.setattr(Connection, "execute_all", execute_all)

    dms.put_all([put_of(name) for name in "abc"])

    assert held == [
        ("incoming.insert", 3),
        ("incoming.insert_attachment", 2),
        ("incoming.insert_attachment", 1),
    ]
    assert register.value(COUNT_FILES) == 3


def test_a_text_too_long_for_the_register_is_refused_by_name(register, dms):
    document = builders.document(subject="x" * 501)

    with pytest.raises(DmsTooNarrow, match="Subject has 501 characters") as error:
        dms.put(verified(document), key=key(), recipient=RECIPIENT)

    assert isinstance(error.value, DmsRefused)
    assert register.value(COUNT) == 0


def test_a_text_the_mapping_may_cut_is_cut_visibly(register, dms):
    sender = builders.organization(name="Ủ" * 300)
    document = builders.document(sender=sender)

    dms.put(verified(document), key=key(), recipient=RECIPIENT)

    shown = register.value("SELECT ten_don_vi_gui FROM van_ban_den")
    assert shown == "Ủ" * 199 + "…"


def test_a_document_without_the_optional_fields_arrives_too(register, dms):
    bare = builders.document(
        promulgation_date=None, due_date=None, responses=(), attachments=()
    )

    dms.put(verified(bare), key=key(), recipient=RECIPIENT)

    assert register.rows("SELECT ngay_ban_hanh, han_tra_loi FROM van_ban_den") == [
        (None, None)
    ]


# --- what can go wrong with a database ---


@pytest.mark.parametrize(
    "change",
    [
        {"select": "SELECT nothing FROM van_ban_di"},
        {"select": "SELECT * FROM no_such_table"},
        {"select": "SELEC"},
        {"select": "UPDATE van_ban_di SET so = so"},
    ],
)
def test_sql_that_does_not_fit_is_refused_by_the_name_of_its_entry(register, change):
    register.write()
    mapping = demo_mapping()
    dms = register.open(
        replace(mapping, documents=replace(mapping.documents, **change))
    )

    with pytest.raises(DmsRefused, match=r"documents\.select"):
        list(dms.pending(50))


def test_a_constraint_of_the_register_is_a_refusal(register, dms):
    register.run("DROP TABLE tep_dinh_kem_van_ban_den")

    with pytest.raises(DmsRefused, match=r"incoming\.insert_attachment"):
        dms.put(verified(), key=key(), recipient=RECIPIENT)

    assert register.value(COUNT) == 0


def test_an_error_quotes_no_content(register, dms):
    register.run("DROP TABLE tep_dinh_kem_van_ban_den")

    with pytest.raises(DmsRefused) as error:
        dms.put(verified(), key=key(), recipient=RECIPIENT)

    assert builders.document().subject not in f"{error.value} {error.value.__cause__}"


def test_a_database_that_is_not_there_is_unavailable(register: Register):
    elsewhere = (
        register.url.replace("register.db", "no/such.db")
        if "sqlite" in register.url
        else register.url + "_gone"
    )
    dms = replace(register, url=elsewhere).open()

    with pytest.raises(DmsUnavailable):
        list(dms.pending(50))
    with pytest.raises(DmsUnavailable):
        dms.put(verified(), key=key(), recipient=RECIPIENT)


def test_files_go_into_the_folder_where_the_mapping_says_so(register: Register):
    mapping = demo_mapping()
    incoming = replace(
        mapping.incoming,
        store=Store.FOLDER,
        insert_attachment=(
            "INSERT INTO tep_dinh_kem_van_ban_den"
            " (van_ban_id, thu_tu, ten_tep, kich_thuoc, noi_dung, kieu_tep)"
            " VALUES (:row_id, :position, :name, :size, '', :path)"
        ),
    )
    dms = register.open(replace(mapping, incoming=incoming))
    document = builders.document(
        attachments=(builders.attachment(name="../../etc/cron.d/x.PDF"),)
    )

    for _ in range(2):
        dms.put(verified(document), key=key(), recipient=RECIPIENT)

    kept = [path for path in register.files.rglob("*") if path.is_file()]
    assert [path.read_bytes() for path in kept] == [builders.PDF]
    path = Path(register.value("SELECT kieu_tep FROM tep_dinh_kem_van_ban_den"))
    assert register.files / path == kept[0]
    assert path.name == f"{key()}-001.pdf"


def test_a_file_too_large_for_a_column_is_refused_before_it_is_read(register):
    mapping = demo_mapping()
    small = replace(mapping.attachments, column_bytes=len(builders.PDF) - 1)
    dms = register.open(replace(mapping, attachments=small))
    register.write()

    (row,) = dms.pending(50)

    assert isinstance(row, BrokenRow)
    assert [it.code for it in row.problems] == [ColumnTooLarge.code]


def test_a_file_too_large_for_a_column_is_put_into_none(register):
    mapping = demo_mapping()
    small = replace(mapping.incoming, column_bytes=len(builders.PDF) - 1)
    dms = register.open(replace(mapping, incoming=small))

    with pytest.raises(DmsFileTooLarge, match=str(len(builders.PDF) - 1)):
        dms.put(verified(), key=key(), recipient=RECIPIENT)

    assert register.value(COUNT) == 0


# --- what recalls, updates or replaces ---


def recall(register: Register, **changes: object) -> None:
    """A clerk recalls row 1: nothing but which one and why is filled in."""
    nothing = {"so": None, "ky_hieu": None, "trich_yeu": None, "ngay_ban_hanh": None}
    change = {
        "loai_nghiep_vu": "Thu hồi",
        "van_ban_goc": 1,
        "ly_do_nghiep_vu": "Ban hành nhầm",
    }
    values = {**ROW, **nothing, **change, "id": 2, **changes}
    register.insert("van_ban_di", **values)


def test_a_row_is_a_new_document_unless_it_says_otherwise(register, dms):
    register.write()

    assert only(dms).change is None


def test_a_recall_needs_no_file_no_recipient_and_no_words_of_its_own(register, dms):
    recall(register)

    row = only(dms)

    assert row.change == PendingChange(
        type=BusinessType.RECALL, reason="Ban hành nhầm", row_id="1"
    )
    assert (row.attachments, row.document.recipients) == ((), ())


def test_a_recall_may_name_whom_it_asks(register, dms):
    recall(register)
    register.address(2)

    assert [it.code for it in only(dms).document.recipients] == [RECIPIENT]


@pytest.mark.parametrize(
    ("word", "kind"),
    [("Cập nhật", BusinessType.UPDATE), ("Thay thế", BusinessType.REPLACE)],
)
def test_an_update_and_a_replacement_are_whole_documents(register, dms, word, kind):
    register.write(2, loai_nghiep_vu=word, van_ban_goc=1)
    register.run("DELETE FROM noi_nhan_van_ban_di")

    row = only(dms)

    assert row.change == PendingChange(type=kind, row_id="1")
    assert [file.name for file in row.attachments] == ["công văn.pdf"]


def test_a_kind_of_change_that_nobody_explained_is_refused(register, dms):
    register.write(loai_nghiep_vu="Xóa bỏ")

    (row,) = dms.pending(50)

    assert isinstance(row, BrokenRow)
    assert row.reason.code == "field-invalid"


def test_a_secret_is_not_even_recalled(register, dms):
    recall(register, do_mat="Mật")

    (row,) = dms.pending(50)

    assert row.reason.code == "state-secret"


@pytest.mark.parametrize(
    ("step", "shown"),
    [
        (Step.CHANGE_AGREED, "Đã thu hồi"),
        (Step.CHANGE_REFUSED, "Từ chối thu hồi"),
        (Step.WITHDRAWN, "Đã dừng gửi"),
    ],
)
def test_what_becomes_of_a_recall_is_shown_at_the_original(register, dms, step, shown):
    register.write()
    recall(register)

    for _ in range(2):
        dms.mark(replace(progress(step, recipient=RECIPIENT), row_id="2"))

    assert register.state() == shown


@pytest.mark.parametrize(
    ("kind", "step", "shown"),
    [
        (BusinessType.UPDATE, Step.CHANGE_AGREED, "Đã cập nhật"),
        (BusinessType.UPDATE, Step.CHANGE_REFUSED, "Từ chối cập nhật"),
        (BusinessType.REPLACE, Step.CHANGE_AGREED, "Đã thay thế"),
        (BusinessType.REPLACE, Step.CHANGE_REFUSED, "Từ chối thay thế"),
    ],
)
def test_what_becomes_of_another_change_is_shown_at_both(
    register, dms, kind, step, shown
):
    register.write()
    register.write(2, van_ban_goc=1)
    told = progress(step, recipient=RECIPIENT)

    dms.mark(replace(told, row_id="2", business_type=kind))

    assert (register.state(1), register.state(2)) == (shown, shown)


def test_a_recall_by_hand_is_shown_at_its_only_row(register, dms):
    register.write()

    dms.mark(progress(Step.CHANGE_AGREED, recipient=RECIPIENT))

    assert register.state() == "Đã thu hồi"
