"""What a row is judged by before it is taken."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from edoc_connector.directory.closures import closure_of
from edoc_connector.dms.port import BrokenRow, PendingAttachment, PendingDocument
from edoc_connector.errors import (
    FieldInvalid,
    FieldMissing,
    FieldTooLong,
    RecipientMissing,
)
from edoc_connector.flows.judge import circumstances_of, file_problems, row_problems
from edoc_connector.model.document import Code
from tests.support.builders import attachment, document, organization
from tests.support.world import World


@pytest.fixture
def circumstances(tmp_path):
    world = World(tmp_path)
    yield circumstances_of(world.sender.site, closure_of)
    world.close()


def never():
    raise AssertionError("no file may be opened")


def pending(*names, **changes):
    return PendingDocument(
        row_id="1",
        revision="1",
        document=document(attachments=(), **changes),
        attachments=tuple(
            PendingAttachment(
                name=name, content_type="application/pdf", description="", open=never
            )
            for name in names
        ),
    )


def broken(*errors, **changes):
    return BrokenRow(
        row_id="1",
        revision="1",
        label="15",
        problems=tuple(error.reason for error in errors),
        document=document(attachments=(), **changes),
    )


def codes(row, circumstances):
    return [reason.code for reason in row_problems(row, circumstances)]


def test_the_day_is_that_of_vietnam(tmp_path):
    world = World(tmp_path)
    world.now = datetime(2026, 11, 23, 17, 30, tzinfo=UTC)

    today = circumstances_of(world.sender.site).today
    world.close()

    assert today == date(2026, 11, 24)


def test_files_may_be_as_large_as_a_packet_can_carry(tmp_path):
    world = World(tmp_path, max_packet_bytes=4000)

    found = circumstances_of(world.sender.site)
    world.close()

    assert (found.most_file_bytes, found.most_bytes) == (3000, 3000)


def test_a_good_row_has_no_problem_and_its_files_stay_closed(circumstances):
    assert row_problems(pending("a.pdf", "b.pdf"), circumstances) == ()


def test_the_names_of_files_are_judged_before_they_are_opened(circumstances):
    row = pending("a.pdf", "A.PDF", "b\u202e.pdf")

    assert codes(row, circumstances) == ["attachment-twice", "attachment-name-unfit"]


def test_a_broken_row_also_hears_what_the_standard_says(circumstances):
    missing = FieldMissing(field="Subject")
    row = broken(
        missing,
        subject="",
        code=Code("1" * 12, "UBND"),
        recipients=(organization("G23"),),
    )

    assert codes(row, circumstances) == [
        "field-missing",
        "field-too-long",
        "recipient-closed",
    ]


def test_nothing_is_told_twice(circumstances):
    row = broken(
        FieldMissing(field="Subject"),
        FieldTooLong(field="Code/CodeNumber", length=12, limit=11),
        FieldMissing(field='To/OrganId "Sở"'),
        subject="",
        code=Code("", "UBND"),
        recipients=(),
    )

    assert row_problems(row, circumstances) == row.problems


def test_nobody_to_send_to_is_told_once(circumstances):
    row = broken(RecipientMissing(field="To"), recipients=())

    assert codes(row, circumstances) == ["recipient-missing"]


def test_a_row_that_could_not_be_read_says_what_it_says(circumstances):
    row = replace(broken(FieldMissing(field="Subject")), document=None)

    assert row_problems(row, circumstances) == row.problems


def test_of_a_secret_nothing_is_told_that_quotes_it(circumstances):
    row = pending("a.pdf", "A.pdf", subject="TỐI MẬT " + "x" * 600, steering_type=9)
    unread = broken(
        FieldMissing(field="Code/CodeNumber"),
        FieldInvalid(field="DueDate", problem="mai"),
        content="(Mật)",
    )

    assert codes(row, circumstances) == ["secret-stamp", "field-too-long"]
    assert codes(unread, circumstances) == ["secret-stamp", "field-missing"]
    for reason in row_problems(row, circumstances)[1:]:
        assert "xxx" not in str(reason.details)


@pytest.mark.parametrize(
    "code", ["UBND tỉnh", "H20.", "#", "H20.*", "x" * 36, "H20-14", "H20 H21"]
)
def test_what_is_no_identifier_is_sent_to_nobody(circumstances, code):
    row = pending("a.pdf", recipients=(organization(code),))

    assert set(codes(row, circumstances)) <= {"code-unfit", "field-too-long"}
    assert codes(row, circumstances)


@pytest.mark.parametrize("code", ["02.29.W00", "001.00.41.W00", "w00.29"])
def test_a_node_of_the_axis_is_nobody_to_send_to(circumstances, code):
    row = pending("a.pdf", recipients=(organization(code),))

    assert "recipient-is-node" in codes(row, circumstances)


def test_all_recipients_are_judged_whatever_is_wrong_with_one(circumstances):
    recipients = tuple(map(organization, ("G23", "02.29.W00", "abc def", "H20.14")))
    row = pending("a.pdf", recipients=recipients)

    assert {"recipient-closed", "recipient-is-node", "code-unfit"} <= set(
        codes(row, circumstances)
    )


def test_the_files_of_a_broken_row_are_judged_by_their_names(circumstances):
    read = pending("a.pdf", "A.pdf", "CON.pdf").attachments
    row = replace(broken(FieldMissing(field="Subject")), attachments=read)

    assert codes(row, circumstances) == [
        "field-missing",
        "attachment-twice",
        "attachment-name-unfit",
    ]


def test_files_are_judged_when_their_bytes_are_counted(circumstances):
    (problem,) = file_problems([attachment(size=0)], circumstances)

    assert problem.code == "attachment-empty"
    assert problem.details["name"] == "công văn.pdf"


def test_a_mistake_in_the_places_shown_does_not_hide_that_nobody_receives(
    circumstances,
):
    row = broken(FieldInvalid(field="ToPlaces/Place", problem="\ufffd"), recipients=())

    assert codes(row, circumstances) == ["field-invalid", "recipient-missing"]
