"""Which document a row of the register means when it changes one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from edoc_connector.dms.port import PendingChange, PendingDocument
from edoc_connector.errors import OriginalUnknown, RecallOfRecall
from edoc_connector.flows.changes.rows import completed
from edoc_connector.model.document import BusinessType, Code, Document
from edoc_connector.model.identifiers import DocumentId
from tests.support.changes import documents, recall, take_at, update
from tests.support.world import RECEIVER, World


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    world.sender.write(7, RECEIVER)
    take_at(world.sender)
    yield world
    world.close()


def row(world, *, row_id="99", row_id_of="", **change):
    """A recall in the register that names its original in one way or another."""
    document = Document(
        sender=world.sender.site.organization,
        recipients=(),
        document_id=DocumentId(""),
        code=Code("99"),
    )
    return PendingDocument(
        row_id=row_id,
        revision="recall",
        document=document,
        attachments=(),
        change=PendingChange(type=BusinessType.RECALL, row_id=row_id_of, **change),
    )


def meant(world, pending):
    with world.sender.storage.reading() as work:
        _, wish = completed(world.sender.site, work, pending)
    return wish.original.key


def test_the_original_is_found_by_its_row_or_by_its_document_id(world):
    (original,) = documents(world.sender)

    by_row = meant(world, row(world, row_id_of="1"))
    by_id = meant(world, row(world, document_id=original.document_id))

    assert by_row == by_id == original.key


def test_a_register_may_change_a_document_in_its_own_row(world):
    (original,) = documents(world.sender)

    assert meant(world, row(world, row_id="1")) == original.key


def test_what_updates_a_document_means_the_document_itself(world):
    update(world.sender)
    take_at(world.sender)
    original, _ = documents(world.sender)

    assert meant(world, row(world, document_id=original.document_id)) == original.key
    assert meant(world, row(world, row_id_of="2")) == original.key


def test_the_recall_of_a_document_does_not_stand_before_it(world):
    recall(world.sender)
    take_at(world.sender)

    with pytest.raises(RecallOfRecall):
        meant(world, row(world, row_id_of="2"))


@pytest.mark.parametrize(
    "change", [{"row_id_of": "77"}, {"document_id": "H20,2026/11/23,77/X"}, {}]
)
def test_what_was_never_sent_is_not_found_in_any_way(world, change):
    with pytest.raises(OriginalUnknown):
        meant(world, row(world, **change))


def test_a_recall_is_judged_as_its_original_would_be(world):
    (original,) = documents(world.sender)
    with world.sender.storage.reading() as work:
        whole, wish = completed(world.sender.site, work, row(world, row_id_of="1"))

    # It is stopped here for everybody, and says all the same to whom it was addressed.
    assert whole.document.code == original.document.code
    assert whole.document.recipients == original.document.recipients
    assert wish.document is None


def test_a_new_document_stays_as_it_is(world):
    pending = replace(row(world), change=None)
    with world.sender.storage.reading() as work:
        assert completed(world.sender.site, work, pending) == (pending, None)
