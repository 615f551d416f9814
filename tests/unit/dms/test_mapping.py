"""Mappings as data."""

from pathlib import Path

import pytest

from edoc_connector.dms.mapping import Store, load_mapping
from edoc_connector.dms.port import Step
from edoc_connector.errors import (
    SettingOutOfRange,
    SettingsInvalid,
    SettingUnknown,
    SettingWrong,
)
from tests.support.registers import PROFILES

SMALL = """
[documents]
select = "SELECT id AS row_id FROM di LIMIT :limit"
[recipients]
select = "SELECT ma AS code FROM nhan WHERE id = :row_id"
[attachments]
select = "SELECT id AS attachment_id FROM tep WHERE id = :row_id"
[marks.recipient]
sent = ["UPDATE di SET at = :at, x = '\\\\:10'::text WHERE id = :row_id"]
[incoming]
find = "SELECT id FROM den WHERE ma = :key"
insert = "INSERT INTO den VALUES (:key, :subject)"
insert_attachment = "INSERT INTO tep VALUES (:row_id, :bytes)"
[incoming.limits]
subject = 500
"""


def loaded(folder: Path, text: str = SMALL, *, instead: tuple[str, str] = ("", "")):
    path = folder / "register.toml"
    path.write_text(text.replace(*instead))
    return load_mapping(str(path))


def test_a_mapping_is_read_from_any_file(tmp_path):
    mapping = loaded(tmp_path)

    assert mapping.incoming.store is Store.COLUMN
    assert mapping.incoming.limits == {"subject": 500}
    assert list(mapping.marks.recipient) == [Step.SENT]
    assert mapping.marks.document == {}
    assert mapping.attachments.required


def test_a_shipped_mapping_is_found_by_its_name():
    assert load_mapping("demo") == load_mapping(str(PROFILES / "demo.toml"))


def test_a_name_that_is_not_shipped_is_refused():
    with pytest.raises(SettingsInvalid, match=r"unheard-of .* there is: demo"):
        load_mapping("unheard-of")


def test_a_file_that_is_not_there_is_told_by_its_setting(tmp_path):
    with pytest.raises(SettingsInvalid, match=r"^dms\.profile names .*No such file"):
        load_mapping(str(tmp_path / "our.toml"))


@pytest.mark.parametrize(
    ("right", "wrong", "error", "told"),
    [
        (":limit", ":limits", SettingUnknown, "did you mean :limit"),
        (":subject", ":subjct", SettingUnknown, "did you mean :subject"),
        ("incoming.limits", "incoming.limit", SettingUnknown, "mean incoming.limits"),
        ("sent =", "send =", SettingsInvalid, "sent"),
        ("subject = 500", "subjects = 500", SettingUnknown, "did you mean subject"),
        ("subject = 500", "subject = 0", SettingOutOfRange, "subject"),
        ('"SELECT id FROM den WHERE ma = :key"', '" "', SettingWrong, "SQL"),
    ],
)
def test_what_is_wrong_is_named_with_what_is_nearest(
    tmp_path, right, wrong, error, told
):
    with pytest.raises(error, match=told):
        loaded(tmp_path, instead=(right, wrong))
