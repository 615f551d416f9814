"""The judge of a soak notices what it is there to notice."""

from __future__ import annotations

import random
import subprocess
from dataclasses import replace
from datetime import date

import pytest

from bench.soak.books import balance
from bench.soak.documents import document, pdf
from bench.soak.play import Outcome
from bench.soak.registers import Arrived
from edoc_connector.demo.plot import DEPARTMENT
from tests.support.second_opinion import program

TODAY = date(2026, 11, 26)
SENT = tuple(
    document(DEPARTMENT, row, seed=5, today=TODAY).fields for row in range(1, 4)
)
RELEASED = {(fields.sender, fields.number): fields for fields in SENT}


def arrivals(*fields):
    return [
        Arrived(row, f"{it.sender},{it.promulgated},{it.number}", it)
        for row, it in enumerate(fields, start=1)
    ]


def judged(*fields, acknowledged=3):
    return balance(RELEASED, arrivals(*fields), acknowledged=acknowledged)


def outcome(**changes):
    as_planned = {"planned": 3, "books": judged(*SENT), "ledgers_agree": True}
    rest = {"ledgers": {}, "states": {}, "samples": (), "seconds": 1.0}
    killed = {"killed": {"H20": 1, "broker": 1}}
    return Outcome(**(as_planned | rest | killed | changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"planned": 4},
        {"killed": {"H20": 1, "broker": 0}},
        {"ledgers_agree": False},
        {"books": judged(*SENT, acknowledged=2)},
    ],
)
def test_a_soak_that_was_not_whole_is_not_good_though_its_books_be_even(changes):
    assert outcome().is_good
    assert not outcome(**changes).is_good


def test_every_document_once_and_as_it_was_is_even():
    books = judged(*SENT)

    assert books.are_even
    assert (books.attempted, books.delivered) == (3, 3)


def test_a_document_that_never_came_is_lost():
    books = judged(*SENT[:2])

    assert books.lost == 1
    assert not books.are_even


def test_a_document_that_came_twice_is_duplicated():
    books = judged(*SENT, SENT[0])

    assert books.duplicated == 1
    assert not books.are_even


def test_a_file_that_came_under_two_identities_is_duplicated():
    books = judged(*SENT, replace(SENT[0], number="4"))

    assert books.duplicated == 1


@pytest.mark.parametrize("field", ["subject", "priority", "sha256", "file_name"])
def test_a_document_of_which_something_differs_is_altered(field):
    books = judged(replace(SENT[0], **{field: "another"}), *SENT[1:])

    assert (books.lost, books.altered) == (0, 1)
    assert not books.are_even


def test_two_documents_whose_files_were_exchanged_are_altered():
    first, second = SENT[:2]
    books = judged(
        replace(first, sha256=second.sha256),
        replace(second, sha256=first.sha256),
        SENT[2],
    )

    assert books.altered == 2


def test_a_document_whose_sender_was_not_told_is_not_even():
    assert not judged(*SENT, acknowledged=2).are_even


def test_no_two_documents_have_the_same_file():
    others = (
        document(DEPARTMENT, 1, seed=6, today=TODAY).fields,
        document(DEPARTMENT, 4, seed=5, today=TODAY).fields,
    )

    assert len({fields.sha256 for fields in (*SENT, *others)}) == 5


def test_the_files_are_real_pdfs(tmp_path):
    file = tmp_path / "a.pdf"
    file.write_bytes(pdf("H20 1", random.Random(1)))  # noqa: S311

    done = subprocess.run(
        [program("pdfinfo"), file], capture_output=True, text=True, check=True
    )

    assert done.stderr == ""
    assert "Pages:           1" in done.stdout
