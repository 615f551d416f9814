"""Traps that real registers set, in one register that sets them all."""

from pathlib import Path

import pytest

from edoc_connector.dms.mapping import load_mapping
from edoc_connector.dms.port import PendingDocument, Step
from edoc_connector.dms.sql import SqlDms
from edoc_connector.errors import DmsTooNarrow
from edoc_connector.model.document import Code
from tests.support import builders
from tests.support.registers import RECIPIENT, Register, key, made, progress, verified

SCHEMA = """
CREATE TABLE outgoing (
    id TEXT PRIMARY KEY, notation_number TEXT, title TEXT, issued_utc TEXT,
    urgency_id INTEGER, receivers TEXT, status INTEGER DEFAULT 0
);
CREATE TABLE events (
    outgoing_id TEXT, receiver TEXT, code TEXT, at TEXT,
    PRIMARY KEY (outgoing_id, receiver, code)
);
CREATE TABLE attachments (outgoing_id TEXT, file_name TEXT, created TEXT);
CREATE TABLE inbox (
    guid TEXT PRIMARY KEY, doc_key TEXT UNIQUE, title VARCHAR(20), urgency TEXT
);
CREATE TABLE inbox_files (inbox TEXT, display TEXT, server_path TEXT);
"""

MAPPING = """
[documents]
combined_code = true
select = '''
SELECT id AS row_id, NULL AS number, notation_number AS notation, title AS subject,
       issued_utc AS promulgation_date, urgency_id AS priority, 0 AS secrecy,
       receivers AS recipients
FROM outgoing WHERE status = 0 ORDER BY id
'''
# A local list that begins with the most urgent.
[documents.priority]
1 = 4
2 = 3
3 = 2
4 = 1
5 = 0

[recipients]
separator = ";"

[attachments]
# The path is not stored: it follows from the day.
select = '''
SELECT file_name AS name, strftime('%Y/%m/', created) || file_name AS path
FROM attachments WHERE outgoing_id = :row_id
'''

[marks.document]
taken = ["UPDATE outgoing SET status = 1 WHERE id = :row_id"]

# A state is a row of its own, in a table that is only added to.
[marks.recipient]
sent = ["INSERT OR IGNORE INTO events VALUES (:row_id, :recipient, 'sent', :at)"]
delivered = [
    "INSERT OR IGNORE INTO events VALUES (:row_id, :recipient, 'sent', :at)",
    "INSERT OR IGNORE INTO events VALUES (:row_id, :recipient, '01', :at)",
]

[incoming]
find = "SELECT guid FROM inbox WHERE doc_key = :key"
insert = '''
INSERT INTO inbox VALUES ('guid-' || substr(:key, 1, 8), :key, :subject, :priority)
'''
insert_attachment = "INSERT INTO inbox_files VALUES (:row_id, :name, :path)"
store = "folder"
[incoming.limits]
subject = 20
[incoming.values.priority]
0 = "VB_Thuong"
1 = "VB_Khan"
"""

OUTGOING = {
    "id": "1",
    "notation_number": "28/2018/QĐ-TTg",
    "title": "Về việc\r\nkết nối",
    "issued_utc": "2026-11-22T17:00:00Z",
    "urgency_id": 2,
    "receivers": "H20.14; G22;H20.14;",
}


@pytest.fixture
def register(tmp_path: Path):
    (tmp_path / "files" / "2026" / "11").mkdir(parents=True)
    found = made(f"sqlite:///{tmp_path}/r.db", None, tmp_path / "files", SCHEMA)
    found.insert("outgoing", **OUTGOING)
    found.insert(
        "attachments", outgoing_id="1", file_name="a.pdf", created="2026-11-23"
    )
    (found.files / "2026" / "11" / "a.pdf").write_bytes(builders.PDF)
    yield found
    found.close()


@pytest.fixture
def dms(register: Register, tmp_path: Path) -> SqlDms:
    (tmp_path / "mapping.toml").write_text(MAPPING)
    return register.open(load_mapping(str(tmp_path / "mapping.toml")))


def test_a_row_full_of_traps_becomes_the_right_document(dms):
    (row,) = dms.pending(10)

    assert isinstance(row, PendingDocument)
    assert row.document.code == Code("28/2018", "QĐ-TTg")
    assert row.document.document_id == "H20,2026/11/23,28/2018/QĐ-TTg"
    assert row.document.subject == "Về việc kết nối"
    assert row.document.priority == 3
    assert [one.code for one in row.document.recipients] == ["H20.14", "G22"]
    with row.attachments[0].open() as file:
        assert file.read() == builders.PDF


def test_states_may_be_rows_and_are_there_once(register, dms):
    for step in (Step.SENT, Step.SENT, Step.DELIVERED, Step.DELIVERED):
        dms.mark(progress(step, recipient=RECIPIENT))

    assert register.rows("SELECT receiver, code FROM events ORDER BY code") == [
        (RECIPIENT, "01"),
        (RECIPIENT, "sent"),
    ]


def test_a_taken_row_waits_no_longer(dms):
    dms.mark(progress(Step.TAKEN))

    assert list(dms.pending(10)) == []


def test_the_key_of_an_incoming_row_may_be_any_text(register, dms):
    document = builders.document(subject="Về việc kết nối")

    row_ids = {
        dms.put(verified(document), key=key(), recipient=RECIPIENT) for _ in range(2)
    }

    assert row_ids == {f"guid-{key()[:8]}"}
    assert register.value("SELECT urgency FROM inbox") == "VB_Thuong"
    ((display, path),) = register.rows("SELECT display, server_path FROM inbox_files")
    assert display == "công văn.pdf"
    assert (register.files / path).read_bytes() == builders.PDF


def test_a_subject_is_never_cut_silently(register, dms):
    with pytest.raises(DmsTooNarrow):
        dms.put(verified(), key=key(), recipient=RECIPIENT)

    assert register.value("SELECT count(*) FROM inbox") == 0
