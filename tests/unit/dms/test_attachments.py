"""Files as a register lists them."""

import pytest

from edoc_connector.dms.attachments import content_type_of, files_of
from edoc_connector.errors import (
    AttachmentEmpty,
    AttachmentMissing,
    FieldInvalid,
    FieldMissing,
)


def listed(rows, *, required: bool = True):
    """The files of a document; raises their problem, which must be the only one."""
    found = files_of(rows, required=required)
    if found.problems:
        (problem,) = found.problems
        raise problem
    return found.files


def test_a_file_without_a_name_is_called_as_its_path_ends():
    (file,) = listed([{"path": "2026\\11\\công  văn.pdf"}], required=True)

    assert file.name == "công văn.pdf"
    assert file.path == "2026\\11\\công  văn.pdf"


def test_a_name_that_is_a_path_is_only_its_last_part():
    (file,) = listed([{"name": "C:\\fakepath\\a.pdf", "size": 1}], required=True)

    assert file.name == "a.pdf"


def test_the_register_may_say_what_kind_of_file_it_is():
    (file,) = listed([{"name": "a", "content_type": "text/x"}], required=True)

    assert file.content_type == "text/x"


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("a.PDF", "application/pdf"),
        (
            "b.xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
        ("c", "application/octet-stream"),
    ],
)
def test_the_kind_of_a_file_follows_from_its_name(name, content_type):
    assert content_type_of(name) == content_type


def test_a_document_without_files_passes_only_where_the_mapping_lets_it():
    assert listed([], required=False) == ()
    with pytest.raises(FieldMissing, match="the attached file"):
        listed([], required=True)


@pytest.mark.parametrize(
    ("size", "error"), [(None, AttachmentMissing), (0, AttachmentEmpty)]
)
def test_a_file_known_to_be_empty_is_not_opened(size, error):
    with pytest.raises(error):
        listed([{"name": "a.pdf", "size": size}], required=True)


def test_the_size_of_a_column_says_nothing_about_a_file_in_the_folder():
    assert listed([{"path": "a.pdf", "size": None}], required=True)


@pytest.mark.parametrize("name", [None, "", " ", "a/"])
def test_a_file_without_any_name_is_refused(name):
    with pytest.raises(FieldMissing, match="Attachment/AttachmentName"):
        listed([{"name": name, "size": 1}], required=True)


def test_a_name_that_was_damaged_is_refused():
    with pytest.raises(FieldInvalid, match="Attachment/AttachmentName"):
        listed([{"name": "a\ufffd.pdf", "size": 1}], required=True)


def test_all_files_are_looked_at_whatever_is_wrong_with_one():
    rows = [
        {"name": None, "size": 1},
        {"name": "a.pdf", "size": 0},
        {"name": "b.pdf", "size": 1},
        {"name": "B.pdf", "size": 1},
    ]

    found = files_of(rows, required=True)

    assert [file.name for file in found.files] == ["b.pdf", "B.pdf"]
    assert [problem.code for problem in found.problems] == [
        "field-missing",
        "attachment-empty",
    ]
