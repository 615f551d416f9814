"""Real packets by other software, held against the reading profile where they are."""

from pathlib import Path

import pytest

from edoc_connector.cli.schemas import Profile
from edoc_connector.errors import EnvelopeMalformed
from tests.support.profiles import problems, said

SAMPLES = Path(__file__).parents[2] / "../shared/samples"

pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason="no sample packets here")


def samples(*folders):
    """Every packet in these folders."""
    found = [path for each in folders for path in sorted((SAMPLES / each).glob("*"))]
    return pytest.mark.parametrize("path", found, ids=lambda path: path.name)


def test_there_are_samples():
    assert len([*SAMPLES.glob("official/*.edxml")]) == 13
    assert len([*SAMPLES.glob("delivered/*.edxml")]) == 1


@samples("official", "delivered")
def test_what_was_sent_and_what_was_delivered_fits(path):
    assert said(path.read_bytes(), Profile.READING) == []


@samples("official", "delivered")
def test_nobody_writes_exactly_as_we_do(path):
    assert said(path.read_bytes())


def test_a_form_with_remarks_for_values_is_told_remark_by_remark():
    found = problems((SAMPLES / "dotnet/form.edxml").read_bytes(), Profile.READING)

    assert [(problem.line, problem.path) for problem in found] == [
        (35, "MessageHeader/PromulgationInfo/PromulgationDate"),
        (38, "MessageHeader/DocumentType/Type"),
        (49, "MessageHeader/DueDate"),
        (55, "MessageHeader/OtherInfo/Priority"),
        (58, "MessageHeader/OtherInfo/PromulgationAmount"),
        (59, "MessageHeader/OtherInfo/PageAmount"),
        (69, "MessageHeader/ResponseFor/PromulgationDate"),
        (71, "MessageHeader/SteeringType"),
        (110, "AttachmentEncoded/Attachment/ContentTransferEncoded"),
    ]
    assert str(found[1].sentence).startswith(
        "DocumentType/Type is '1(1-Văn bản quy phạm pháp luật"
    )


def test_a_packet_that_is_not_well_formed_is_held_against_nothing():
    with pytest.raises(EnvelopeMalformed, match="line 116: the prefix xlink of"):
        problems(
            (SAMPLES / "broken/undeclared-prefix.edxml").read_bytes(), Profile.READING
        )
