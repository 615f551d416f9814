"""The demo shows what it promises to show."""

from collections import Counter
from datetime import date

import pytest

from edoc_connector.demo.life import ASKING, lively
from edoc_connector.demo.paper import Kind
from edoc_connector.demo.plot import (
    CENTRE,
    COMMUNE,
    DEPARTMENT,
    ORGANIZATIONS,
    PROVINCE,
)
from edoc_connector.demo.scene import FIRST_DAY, Outcome, lately, scene
from edoc_connector.model.change import ChangeKind


def outcomes(documents: int = 12) -> Counter[Outcome]:
    return Counter(line.outcome for line in scene(documents).expected)


def test_four_levels_take_part():
    assert [one.code for one in scene().organizations] == [
        "G22",
        "H20",
        "H20.14",
        "H20.28.05",
    ]


def test_everybody_writes_to_everybody():
    written = {
        (document.sender, recipient)
        for document in scene().documents
        for recipient in document.recipients
    }

    assert written >= {
        (sender, recipient)
        for sender in ORGANIZATIONS
        for recipient in ORGANIZATIONS
        if sender != recipient
    }


def test_twelve_can_be_sent_and_one_row_is_broken():
    documents = scene().documents

    assert sum(document.number is not None for document in documents) == 12
    (broken,) = [document for document in documents if document.number is None]
    assert [file.paper for file in broken.files] == [None]


def test_one_recipient_is_on_no_axis_and_the_broken_row_goes_nowhere():
    assert outcomes() == {
        Outcome.CONFIRMED: 14,
        Outcome.UNROUTABLE: 1,
        Outcome.REFUSED: 1,
    }


def test_every_document_that_can_be_sent_is_confirmed_by_somebody():
    confirmed = {
        (line.sender, line.row_id)
        for line in scene().expected
        if line.outcome is Outcome.CONFIRMED
    }

    assert len(confirmed) == 12


def test_one_title_has_the_most_characters_the_standard_allows():
    assert max(len(document.subject) for document in scene().documents) == 500


def test_one_has_three_files_of_different_kinds_and_one_is_large():
    kinds = [
        tuple(file.paper.kind for file in document.files if file.paper)
        for document in scene().documents
    ]

    assert (Kind.LETTER, Kind.SHEET, Kind.IMAGE) in kinds
    assert (Kind.SCAN,) in kinds


def test_there_are_urgent_and_normal_ones_and_answers():
    documents = scene().documents

    assert {document.priority for document in documents} >= {
        "Thường",
        "Khẩn",
        "Hỏa tốc",
    }
    (first, answer, *_) = documents
    assert answer.reply is not None
    assert answer.reply.code == first.label
    assert answer.reply.organization == first.sender.code
    assert answer.reply.promulgated == first.promulgated


def test_number_and_notation_are_never_used_twice_by_one_sender():
    labels = [(one.sender.code, one.label) for one in scene(60).documents]

    assert len(set(labels)) == len(labels)


@pytest.mark.parametrize("documents", [1, 12, 60])
def test_more_are_more_of_the_same(documents):
    many = scene(documents)

    assert many == scene(documents)
    assert len(many.documents) == documents + 1
    assert (
        many.documents[: min(documents, 12)] == scene().documents[: min(documents, 12)]
    )


def test_many_documents_need_few_papers():
    papers = {file.paper for one in scene(500).documents for file in one.files}

    assert len(papers) < 30


@pytest.mark.parametrize("sender", [CENTRE, PROVINCE, DEPARTMENT, COMMUNE])
def test_the_rows_of_each_register_are_counted_from_one(sender):
    rows = [one.row_id for one in scene(40).sent_by(sender.code)]

    assert rows == list(range(1, len(rows) + 1))


# --- what people do ---


def alive(documents: int = 12):
    return lively(scene(documents), first_day=FIRST_DAY)


def test_the_demo_shows_a_refusal_two_recalls_and_a_replacement():
    assert Counter(line.outcome for line in alive().expected) == {
        Outcome.CONFIRMED: 10,
        Outcome.TURNED_DOWN: 1,
        Outcome.RECALLED: 1,
        Outcome.REPLACED: 1,
        Outcome.KEPT: 1,
        Outcome.AGREED: 2,
        Outcome.DECLINED: 1,
        Outcome.UNROUTABLE: 1,
        Outcome.REFUSED: 1,
    }


def test_every_change_is_about_an_earlier_row_of_its_own_register():
    played = alive()

    for document in played.documents:
        if document.change is not None:
            rows = {it.row_id: it for it in played.sent_by(document.sender.code)}
            original = rows[document.change.original]
            assert original.row_id < document.row_id
            assert original.recipients == document.recipients


def test_a_recall_is_in_no_register_of_arrivals_and_a_replacement_is():
    kinds = {
        document.change.kind: document.is_put
        for document in alive().documents
        if document.change is not None
    }

    assert kinds == {ChangeKind.RECALL: False, ChangeKind.REPLACE: True}


def test_the_clerk_who_refuses_a_recall_is_one_who_is_asked():
    refused = [
        document
        for document in alive().documents
        if document.change is not None and document.change.refusal
    ]

    assert [it.recipients for it in refused] == [ASKING]


def test_rows_are_counted_from_one_with_all_that_people_ask_for():
    for sender in ORGANIZATIONS:
        rows = sorted(one.row_id for one in alive(40).sent_by(sender.code))
        assert rows == list(range(1, len(rows) + 1))


def test_a_scene_without_these_documents_has_no_changes_of_them():
    assert len(alive(1).documents) == 2


def test_no_document_of_the_scene_is_of_the_future():
    today = date(2031, 3, 5)

    documents = scene(40, first_day=lately(today)).documents

    assert max(document.promulgated for document in documents) < today
