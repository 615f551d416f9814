"""What is written about a document that arrived."""

from dataclasses import replace
from datetime import datetime

import pytest

from edoc_connector.dms.fields import INCOMING, INCOMING_FILE
from edoc_connector.dms.incoming import document_parameters, incoming_files
from edoc_connector.dms.mapping import Incoming
from edoc_connector.errors import DmsTooNarrow
from tests.support import builders
from tests.support.registers import RECIPIENT, demo_mapping, key, verified


def incoming(**changes: object) -> Incoming:
    return replace(demo_mapping().incoming, **changes)


def values(document=None, **changes: object):
    document = document or builders.document()
    return document_parameters(
        verified(document),
        document,
        incoming(**changes),
        key=key(),
        recipient=RECIPIENT,
    )


def files(*names: str, **changes: object):
    attachments = tuple(builders.attachment(name=name) for name in names)
    document = builders.document(attachments=attachments)
    return incoming_files(builders.contents(), document, incoming(**changes), key())


def test_every_parameter_a_mapping_may_use_has_a_value():
    assert set(values()) == INCOMING
    (file,) = files("a.pdf")
    assert {*file.values, "row_id", "path", "bytes"} == INCOMING_FILE


def test_times_are_those_of_a_vietnamese_clock():
    assert values()["at"] == datetime(2026, 11, 23, 8, 30)  # noqa: DTZ001


def test_the_first_answered_document_is_told():
    assert values()["reply_code"] == "9/SNV-VP"
    assert values()["reply_document_id"] == "H20.14,2026/11/02,9/SNV-VP"


def test_a_document_that_answers_nothing_says_nothing():
    silent = values(builders.document(responses=()))

    replies = {name: value for name, value in silent.items() if "reply" in name}
    assert set(replies.values()) == {None}


def test_values_are_told_in_the_words_of_the_register():
    assert values()["priority"] == "Thường"
    assert values(values={})["priority"] == 0


def test_a_value_without_a_word_is_told_as_it_is():
    urgency = {"priority": {"1": "Khẩn"}}

    assert values(values=urgency)["priority"] == 0


def test_a_limit_counts_characters_and_is_allowed_itself():
    fits = builders.document(subject="Ủ" * 500)

    assert values(fits)["subject"] == "Ủ" * 500
    with pytest.raises(DmsTooNarrow, match="Subject"):
        values(builders.document(subject="Ủ" * 501))


def test_what_may_be_cut_keeps_its_width():
    cut = values(limits={"subject": 10}, cut=("subject",))["subject"]

    assert cut == "Về việc k…"


def test_a_field_without_a_vietnamese_word_is_named_as_it_is():
    with pytest.raises(DmsTooNarrow, match="sender_name"):
        values(limits={"sender_name": 1}, cut=())


def test_the_names_of_files_have_limits_too():
    with pytest.raises(DmsTooNarrow, match="name"):
        files("a-long-name.pdf", limits={"name": 5})


def test_files_are_kept_under_names_of_our_own():
    paths = [file.path for file in files("a.PDF", "../x", "b.tar.gz")]

    assert paths == [
        f"{key()[:2]}/{key()}-001.pdf",
        f"{key()[:2]}/{key()}-002.bin",
        f"{key()[:2]}/{key()}-003.gz",
    ]


def test_two_files_of_one_name_are_told_apart():
    assert [file.values["name"] for file in files("a.pdf", "A.pdf", "a (2).pdf")] == [
        "a.pdf",
        "A (2).pdf",
        "a (2) (2).pdf",
    ]
