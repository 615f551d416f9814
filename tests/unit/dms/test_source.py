"""The sending half, where a mapping does not fit."""

from dataclasses import replace

import pytest

from edoc_connector.dms.port import BrokenRow, PendingDocument, Step
from edoc_connector.errors import AttachmentUnreadable, DmsRefused
from tests.support.registers import demo_mapping, progress

pytest_plugins = ("tests.support.register_fixtures",)

SELECT = "SELECT id AS row_id, so AS number, trich_yeu AS subject, ky_hieu AS notation,"


def pending(register, **changes):
    mapping = demo_mapping()
    parts = {
        name: replace(getattr(mapping, name), **change)
        for name, change in changes.items()
    }
    return list(register.open(replace(mapping, **parts)).pending(50))


@pytest.mark.parametrize(
    ("columns", "problem"),
    [
        (
            "ngay_ban_hanh AS promulgation_day, 0 AS secrecy",
            "unknown column promulgation_day; did you mean promulgation_date",
        ),
        ("ngay_ban_hanh AS promulgation_date", "there is no column secrecy"),
    ],
)
def test_a_column_the_connector_does_not_know_is_named(
    sqlite_register, columns, problem
):
    sqlite_register.write()

    with pytest.raises(DmsRefused, match=problem):
        pending(
            sqlite_register,
            documents={"select": f"{SELECT} {columns} FROM van_ban_di"},
        )


def test_rows_need_a_key(sqlite_register):
    sqlite_register.write()
    select = SELECT.replace("id AS row_id", "NULL AS row_id")

    with pytest.raises(DmsRefused, match="row_id is empty"):
        pending(
            sqlite_register,
            documents={
                "select": f"{select} ngay_ban_hanh AS promulgation_date, 0 AS secrecy"
                " FROM van_ban_di"
            },
        )


def test_a_list_of_recipients_needs_no_second_table(sqlite_register):
    sqlite_register.write()

    (row,) = pending(
        sqlite_register,
        documents={
            "select": f"{SELECT} ngay_ban_hanh AS promulgation_date, 0 AS secrecy,"
            " 'H20.14, G22' AS recipients FROM van_ban_di"
        },
        recipients={"select": None},
    )

    assert isinstance(row, PendingDocument)
    assert [one.code for one in row.document.recipients] == ["H20.14", "G22"]


def test_a_file_without_a_path_is_missing_where_no_column_holds_files(sqlite_register):
    sqlite_register.write()

    (row,) = pending(sqlite_register, attachments={"content": None})

    assert isinstance(row, BrokenRow)
    assert row.reason.code == "attachment-missing"


def test_a_column_that_holds_no_bytes_breaks_only_its_row(sqlite_register):
    sqlite_register.write()
    (row,) = pending(
        sqlite_register, attachments={"content": "SELECT 1 WHERE :attachment_id <> ''"}
    )

    with pytest.raises(AttachmentUnreadable):
        row.attachments[0].open()


def test_a_broken_row_tells_all_at_once(sqlite_register):
    sqlite_register.write(so=None, trich_yeu=" ")
    sqlite_register.attach(name="mất.pdf", content=None, path="khong-co.pdf")

    (row,) = pending(sqlite_register)

    assert isinstance(row, BrokenRow)
    assert [(it.code, it.details) for it in row.problems] == [
        ("field-missing", {"field": "Code/CodeNumber"}),
        ("field-missing", {"field": "Subject"}),
        ("attachment-missing", {"name": "mất.pdf"}),
    ]
    assert row.reason.code == "several-problems"
    assert row.reason.causes == row.problems
    assert row.document is not None


def test_of_a_secret_nothing_more_is_read(sqlite_register):
    sqlite_register.write(do_mat="Mật", so=None)

    (row,) = pending(sqlite_register)

    assert isinstance(row, BrokenRow)
    assert [it.code for it in row.problems] == ["state-secret"]
    assert row.document is None


def test_a_text_too_long_for_the_register_is_cut_visibly(sqlite_register):
    sqlite_register.write()
    mapping = demo_mapping()
    marks = replace(mapping.marks, text_characters=5)
    step = replace(progress(Step.REFUSED), text="một lý do dài")

    sqlite_register.open(replace(mapping, marks=marks)).mark(step)

    assert sqlite_register.value("SELECT ly_do FROM van_ban_di") == "một …"
