"""The registers of the demo, and what its report reads from them."""

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from edoc_connector.demo import dms
from edoc_connector.demo.plot import (
    CENTRE,
    COMMUNE,
    DEPARTMENT,
    ORGANIZATIONS,
    PROVINCE,
)
from edoc_connector.demo.scene import scene
from edoc_connector.dms.mapping import load_mapping
from edoc_connector.dms.port import BrokenRow, PendingDocument, Progress, Step
from edoc_connector.dms.sql import SqlDms
from edoc_connector.model.identifiers import DeliveryKey
from edoc_connector.model.organization_code import OrganizationCode
from tests.support import builders
from tests.support.registers import MOMENT, verified

SCENE = scene()


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("demo")
    paths = {one.code: folder / one.code / "dms.sqlite" for one in ORGANIZATIONS}
    for one in ORGANIZATIONS:
        dms.create(paths[one.code], one)
        dms.fill(paths[one.code], SCENE, one)
    return paths


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    path = tmp_path / "dms.sqlite"
    dms.create(path, PROVINCE)
    return path


def opened(path: Path, organization=PROVINCE) -> SqlDms:
    mapping = load_mapping(dms.PROFILE)
    folder = dms.files_folder(path)
    return SqlDms(f"sqlite:///{path}", None, mapping, organization, folder)


@pytest.mark.parametrize("one", ORGANIZATIONS, ids=lambda one: one.code)
def test_the_connector_reads_every_document_of_the_scene(filled, one):
    rows = {row.row_id: row for row in opened(filled[one.code], one).pending(50)}

    for written in SCENE.sent_by(one.code):
        row = rows.pop(str(written.row_id))
        if written.number is None:
            assert isinstance(row, BrokenRow)
            continue
        assert isinstance(row, PendingDocument)
        assert row.document.code.text == written.label
        assert row.document.subject == written.subject
        assert row.document.due_date == written.due
        assert [file.name for file in row.attachments] == [
            file.name for file in written.files
        ]
    assert rows == {}


def test_the_files_the_connector_reads_are_those_the_report_counts(filled):
    path = filled[DEPARTMENT.code]
    for row in opened(path, DEPARTMENT).pending(50):
        if isinstance(row, BrokenRow):
            continue
        read = []
        for attachment in row.attachments:
            with attachment.open() as file:
                data = file.read()
            read.append((attachment.name, hashlib.sha256(data).hexdigest()))
        stored = dms.outgoing_files(path, row.row_id)
        assert read == [(file.name, file.sha256) for file in stored]
        assert all(file.size for file in stored)


def test_a_file_that_is_not_there_is_counted_as_empty(filled):
    broken = SCENE.documents[-1]

    (gone,) = dms.outgoing_files(filled[DEPARTMENT.code], str(broken.row_id))

    assert gone.size == 0


def test_nothing_of_a_document_is_lost_in_the_register(filled):
    rows = {row.row_id: row for row in opened(filled["H20"]).pending(50)}

    answer = rows["1"].document
    assert answer.responses[0].organization == CENTRE.code
    assert answer.signer.full_name == "Người ký mẫu"
    assert answer.type.name == "Báo cáo"
    assert answer.promulgation_place == "Đồng Tháp"


def test_the_report_shows_how_far_each_recipient_has_come(tmp_path):
    path = tmp_path / "dms.sqlite"
    dms.create(path, PROVINCE)
    dms.fill(path, SCENE, PROVINCE)
    step = Progress(
        row_id="3",
        step=Step.UNROUTABLE,
        recipient=OrganizationCode("H20.99"),
        text="vì sao",
        at=MOMENT,
    )
    register = opened(path)

    register.mark(replace(step, step=Step.TAKEN, recipient=""))
    register.mark(step)
    register.mark(replace(step, step=Step.DELIVERED, recipient=COMMUNE.code))

    rows = {(row.row_id, row.recipient): row for row in dms.outgoing(path)}
    unknown, arrived = rows["3", "H20.99"], rows["3", COMMUNE.code]
    assert unknown.state == "Đã chuyển liên thông"
    assert unknown.recipient_state == "Không có nơi nhận"
    assert unknown.recipient_reason == "vì sao"
    assert arrived.recipient_state == "Đã đến"
    assert arrived.arrived_at.startswith("2026-11-23 08:30:00")
    assert rows["1", CENTRE.code].recipient_state == "Chờ gửi"


def test_the_report_shows_what_arrived_with_its_digests(empty):
    key = DeliveryKey("ab" * 32)

    row_id = opened(empty).put(verified(), key=key, recipient=PROVINCE.code)

    (row,) = dms.incoming(empty)
    assert (row.row_id, row.key, row.copies) == (row_id, key, 1)
    assert row.label == "15/UBND-VX"
    assert row.sender == "H20"
    assert row.state == "Chờ tiếp nhận"
    assert dms.incoming_files(empty, row_id) == [
        dms.StoredFile("công văn.pdf", len(builders.PDF), builders.attachment().sha256)
    ]


def test_an_empty_register_says_nothing(empty):
    assert dms.incoming(empty) == []
    assert dms.outgoing(empty) == []
