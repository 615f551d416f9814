"""The demo shows what it promises to show."""

from collections import Counter
from datetime import date

import pytest

from edoc_connector.demo.paper import Kind
from edoc_connector.demo.plot import (
    CENTRE,
    COMMUNE,
    DEPARTMENT,
    ORGANIZATIONS,
    PROVINCE,
)
from edoc_connector.demo.scene import Outcome, lately, scene


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


def test_no_document_of_the_scene_is_of_the_future():
    today = date(2031, 3, 5)

    documents = scene(40, first_day=lately(today)).documents

    assert max(document.promulgated for document in documents) < today
