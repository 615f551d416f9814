"""How every register changes what it has received, whatever database it is in."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from edoc_connector.dms.mapping import Changes, Store
from edoc_connector.dms.port import RowChange
from edoc_connector.dms.sql import SqlDms
from edoc_connector.errors import DmsRefused, DmsUnavailable
from edoc_connector.model.change import ChangeDecision, ChangeKind
from edoc_connector.model.document import Code
from edoc_connector.model.identifiers import DocumentId
from tests.support import builders
from tests.support.registers import (
    MOMENT,
    RECIPIENT,
    Register,
    demo_mapping,
    key,
    verified,
)

pytest_plugins = ("tests.support.register_fixtures",)

NEW_PDF = b"%PDF-1.7 what it says now"
ID = builders.document().document_id


@pytest.fixture
def dms(register: Register) -> SqlDms:
    return register.open()


@pytest.fixture
def row_id(dms: SqlDms) -> str:
    """A document that arrived."""
    return dms.put(verified(), key=key(), recipient=RECIPIENT)


def change(row_id: str, **changes: object) -> RowChange:
    """A request about it; a test changes one detail."""
    values = {
        "row_id": row_id,
        "request": "12-abcdef01",
        "document_id": ID,
        "reason": "Gửi nhầm nơi nhận",
        "at": MOMENT,
    }
    return RowChange(**values | changes)  # type: ignore[arg-type]


def newer():
    """What an update says."""
    document = builders.document(
        document_id=DocumentId("another"),
        code=Code("16", "UBND-TH"),
        subject="Về việc khác",
        attachments=(builders.attachment(NEW_PDF, name="mới.pdf"),),
    )
    return verified(document, builders.contents(NEW_PDF))


def update(dms, row_id, name="second", **changes):
    dms.update(change(row_id, **changes), newer(), key=key(name), recipient=RECIPIENT)


def everything(register):
    return [
        register.rows("SELECT * FROM van_ban_den ORDER BY id"),
        register.rows("SELECT * FROM tep_dinh_kem_van_ban_den ORDER BY id"),
    ]


def files(register):
    return [
        (name, bytes(content), is_old)
        for name, content, is_old in register.rows(
            "SELECT ten_tep, noi_dung, thay_the_luc IS NOT NULL"
            " FROM tep_dinh_kem_van_ban_den ORDER BY id"
        )
    ]


def test_a_row_is_found_by_its_key(dms, row_id):
    assert dms.find(key()) == row_id
    assert dms.find(key("another")) == ""


# --- recall ---


def test_a_recalled_row_is_cancelled_and_keeps_what_it_says(register, dms, row_id):
    dms.recall(change(row_id))

    (row,) = register.rows(
        "SELECT trang_thai, ly_do_thay_doi, ma_van_ban, so, trich_yeu FROM van_ban_den"
    )
    assert row[:2] == ("Đã thu hồi", "Gửi nhầm nơi nhận")
    assert row[2:4] == (ID, "15")
    assert files(register) == [("công văn.pdf", builders.PDF, False)]


def test_only_the_row_it_is_about_is_changed(register, dms, row_id):
    other = dms.put(verified(), key=key("other"), recipient=RECIPIENT)

    dms.recall(change(row_id))
    update(dms, row_id)
    dms.replace(
        change(row_id), newer(), new_row_id="7", key=key("new"), recipient=RECIPIENT
    )
    dms.ask(change(row_id), ChangeKind.RECALL)

    (row,) = register.rows(
        "SELECT trang_thai, trich_yeu, thay_the_boi, yeu_cau FROM van_ban_den"
        " WHERE id = :id",
        id=int(other),
    )
    assert tuple(row) == (
        "Chờ tiếp nhận",
        builders.document().subject,
        None,
        None,
    )


# --- update ---


def test_an_updated_row_says_what_the_update_says(register, dms, row_id):
    update(dms, row_id)

    (row,) = register.rows("SELECT so, ky_hieu, trich_yeu, ma_van_ban FROM van_ban_den")
    assert tuple(row) == ("16", "UBND-TH", "Về việc khác", ID)


def test_an_updated_row_has_the_new_files_and_the_old_ones_marked(
    register, dms, row_id
):
    update(dms, row_id)

    assert files(register) == [
        ("công văn.pdf", builders.PDF, True),
        ("mới.pdf", NEW_PDF, False),
    ]


def test_what_a_clerk_did_to_a_row_survives_an_update(register, dms, row_id):
    register.run("UPDATE van_ban_den SET trang_thai = 'Đã tiếp nhận', so_den = 7")

    update(dms, row_id)

    assert register.rows("SELECT trang_thai, so_den FROM van_ban_den") == [
        ("Đã tiếp nhận", 7)
    ]


def test_an_update_whose_file_fails_changes_nothing(register, dms, row_id):
    before = everything(register)

    class Gone:
        def chunks(self, _attachment) -> Iterator[bytes]:
            yield NEW_PDF[:5]
            raise DmsUnavailable(problem="the disk")

    broken = verified(newer().envelope.content, Gone())
    with pytest.raises(DmsUnavailable):
        dms.update(change(row_id), broken, key=key("second"), recipient=RECIPIENT)

    assert everything(register) == before


def test_files_of_an_update_may_go_into_the_folder(register, row_id):
    mapping = demo_mapping()
    folder = replace(
        mapping,
        incoming=replace(mapping.incoming, store=Store.FOLDER),
        changes=replace(
            mapping.changes,
            update_attachment=(
                "INSERT INTO tep_dinh_kem_van_ban_den (van_ban_id, thu_tu, ten_tep,"
                " kieu_tep, kich_thuoc, noi_dung, phien_ban)"
                " VALUES (:row_id, :position, :path, :content_type, :size, '', :key)"
            ),
        ),
    )
    update(register.open(folder), row_id)

    path = register.value(
        "SELECT ten_tep FROM tep_dinh_kem_van_ban_den ORDER BY id DESC"
    )
    assert (register.files / path).read_bytes() == NEW_PDF


# --- replacement ---


def test_a_replaced_row_names_the_new_one(register, dms, row_id):
    new = dms.put(newer(), key=key("new"), recipient=RECIPIENT)

    dms.replace(
        change(row_id), newer(), new_row_id=new, key=key("new"), recipient=RECIPIENT
    )

    assert register.rows(
        "SELECT thay_the_boi, trang_thai FROM van_ban_den ORDER BY id"
    ) == [(int(new), "Đã bị thay thế"), (None, "Chờ tiếp nhận")]


@pytest.mark.parametrize("is_recalled_first", [False, True])
def test_what_was_recalled_stays_recalled(register, dms, row_id, is_recalled_first):
    def replaced():
        dms.replace(
            change(row_id), newer(), new_row_id="7", key=key("n"), recipient=RECIPIENT
        )

    if not is_recalled_first:
        replaced()
    dms.recall(change(row_id))
    if is_recalled_first:
        replaced()
    update(dms, row_id)

    assert register.rows("SELECT trang_thai, thay_the_boi, so FROM van_ban_den") == [
        ("Đã thu hồi", 7, "15")
    ]


# --- a clerk is asked ---


def test_a_request_stands_before_the_clerk_in_the_words_of_the_register(
    register, dms, row_id
):
    dms.ask(change(row_id), ChangeKind.UPDATE)

    assert register.rows("SELECT yeu_cau, ly_do_yeu_cau FROM van_ban_den") == [
        ("Cập nhật", "Gửi nhầm nơi nhận")
    ]
    assert dms.decisions(10) == []


@pytest.mark.parametrize(
    ("word", "decision"),
    [
        ("Đồng ý", ChangeDecision.AGREE),
        ("đồng ý ", ChangeDecision.AGREE),
        ("Từ chối", ChangeDecision.REFUSE),
        ("Để xem", None),
    ],
)
def test_a_decision_is_read_with_its_request_and_reason(
    register, dms, row_id, word, decision
):
    dms.ask(change(row_id), ChangeKind.RECALL)
    register.run(
        "UPDATE van_ban_den SET quyet_dinh = :word, ly_do_quyet_dinh = 'Đã xử lý'",
        word=word,
    )

    (found,) = dms.decisions(10)

    assert (found.request, found.decision) == ("12-abcdef01", decision)
    assert found.reason == "Đã xử lý"


def test_what_was_told_is_no_decision_any_more(register, dms, row_id):
    dms.ask(change(row_id), ChangeKind.RECALL)
    register.run("UPDATE van_ban_den SET quyet_dinh = 'Đồng ý'")

    dms.settle(change(row_id), ChangeDecision.AGREE)

    assert dms.decisions(10) == []


def test_a_decision_given_elsewhere_shows_in_the_register(register, dms, row_id):
    dms.ask(change(row_id), ChangeKind.RECALL)

    dms.settle(change(row_id, reason="Đã xử lý"), ChangeDecision.REFUSE)

    assert register.rows("SELECT quyet_dinh, ly_do_quyet_dinh FROM van_ban_den") == [
        ("Từ chối", "Đã xử lý")
    ]


def test_no_more_decisions_come_than_asked_for(register, dms):
    for name in "abc":
        row = dms.put(verified(), key=key(name), recipient=RECIPIENT)
        dms.ask(change(row, request=f"{name}-1"), ChangeKind.RECALL)
    register.run("UPDATE van_ban_den SET quyet_dinh = 'Đồng ý'")

    assert [it.request for it in dms.decisions(2)] == ["a-1", "b-1"]


def test_what_a_clerk_decided_survives_that_the_same_is_asked_again(
    register, dms, row_id
):
    dms.ask(change(row_id), ChangeKind.RECALL)
    register.run("UPDATE van_ban_den SET quyet_dinh = 'Từ chối'")

    dms.ask(change(row_id), ChangeKind.RECALL)

    assert len(dms.decisions(10)) == 1


def test_another_question_takes_the_place_of_the_first(register, dms, row_id):
    dms.ask(change(row_id), ChangeKind.UPDATE)
    register.run("UPDATE van_ban_den SET quyet_dinh = 'Từ chối'")

    dms.ask(change(row_id, request="13-abcdef01"), ChangeKind.RECALL)

    assert dms.decisions(10) == []
    assert register.value("SELECT yeu_cau FROM van_ban_den") == "Thu hồi"


# --- all of them ---


WRITES = {
    "recall": lambda dms, row_id: dms.recall(change(row_id)),
    "update": update,
    "replace": lambda dms, row_id: dms.replace(
        change(row_id), newer(), new_row_id="7", key=key("new"), recipient=RECIPIENT
    ),
    "ask": lambda dms, row_id: dms.ask(change(row_id), ChangeKind.RECALL),
    "settle": lambda dms, row_id: dms.settle(change(row_id), ChangeDecision.AGREE),
}


@pytest.mark.parametrize("name", WRITES)
def test_the_second_time_changes_nothing(register, dms, row_id, name):
    dms.ask(change(row_id), ChangeKind.RECALL)
    WRITES[name](dms, row_id)
    before = everything(register)

    WRITES[name](dms, row_id)

    assert everything(register) == before


@pytest.mark.parametrize("name", WRITES.keys() - {"update"})
def test_a_row_that_somebody_deleted_is_no_obstacle(register, dms, row_id, name):
    register.run("DELETE FROM tep_dinh_kem_van_ban_den")
    register.run("DELETE FROM van_ban_den")

    WRITES[name](dms, row_id)

    assert register.value("SELECT count(*) FROM van_ban_den") == 0


@pytest.mark.parametrize("kind", ChangeKind)
def test_a_mapping_without_statements_can_change_nothing(register, row_id, kind):
    dms = register.open(replace(demo_mapping(), changes=Changes()))
    before = everything(register)

    dms.recall(change(row_id))
    dms.ask(change(row_id), kind)
    dms.settle(change(row_id), ChangeDecision.AGREE)

    assert not dms.can(kind)
    assert dms.decisions(10) == ()
    assert everything(register) == before


@pytest.mark.parametrize("kind", ChangeKind)
def test_the_mapping_of_the_demo_can_do_all(dms, kind):
    assert dms.can(kind)


def test_a_reason_that_is_too_long_is_cut_where_it_can_be_seen(register, dms, row_id):
    dms.recall(change(row_id, reason="x" * 1500))

    reason = register.value("SELECT ly_do_thay_doi FROM van_ban_den")
    assert len(reason) == 1000
    assert reason.endswith("…")


def test_columns_that_nobody_knows_are_named(register, row_id):
    mapping = demo_mapping()
    decisions = mapping.changes.decisions
    assert decisions is not None
    wrong = replace(decisions, select="SELECT 1 AS request, 2 AS decided")
    changes = replace(mapping.changes, decisions=wrong)
    dms = register.open(replace(mapping, changes=changes))
    assert row_id

    with pytest.raises(DmsRefused, match="decision"):
        dms.decisions(10)
