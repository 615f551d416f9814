from dataclasses import replace
from datetime import UTC, datetime

import pytest

from edoc_connector.model.pdf_signatures import (
    BROKEN,
    NOT_CHECKED,
    UNCOVERED,
    UNREADABLE,
    UNREADABLE_FILE,
    UNSIGNED,
    UNTRUSTED,
    PdfChanges,
    PdfCoverage,
    PdfMark,
    PdfOutcome,
    PdfReport,
    PdfRequirement,
    PdfSignature,
    PdfState,
    PdfTime,
    Shortcoming,
    not_checked,
    shortcoming,
)

AT = datetime(2026, 11, 23, tzinfo=UTC)
TRUSTED = PdfSignature(
    field="S",
    mark=PdfMark.SIGNATURE,
    sub_filter="ETSI.CAdES.detached",
    outcome=PdfOutcome.TRUSTED,
    coverage=PdfCoverage.WHOLE,
    changes=PdfChanges.NONE,
)
STRANGER = replace(TRUSTED, outcome=PdfOutcome.INTACT)
FIRST_OF_TWO = replace(
    TRUSTED, coverage=PdfCoverage.REVISION, changes=PdfChanges.SIGNING
)
ARCHIVED = replace(FIRST_OF_TWO, changes=PdfChanges.MAINTENANCE)
CHANGED = replace(
    FIRST_OF_TWO, outcome=PdfOutcome.CHANGED, changes=PdfChanges.OTHER, field="C"
)
SPOILED = replace(TRUSTED, outcome=PdfOutcome.BROKEN, field="B")
FOREIGN = replace(TRUSTED, outcome=PdfOutcome.UNREADABLE, field="U")
STAMP = replace(TRUSTED, mark=PdfMark.TIMESTAMP)


def report(*signatures: PdfSignature) -> PdfReport:
    return PdfReport(state=PdfState.CHECKED, signatures=signatures)


EVERYTHING = [
    report(),
    report(TRUSTED),
    report(SPOILED),
    not_checked("late"),
    PdfReport(state=PdfState.UNREADABLE),
    PdfReport(state=PdfState.NO_PDF),
]


@pytest.mark.parametrize("found", EVERYTHING)
def test_by_default_no_pdf_holds_up_a_document(found):
    assert shortcoming(found, PdfRequirement.NOTHING) is None


@pytest.mark.parametrize("required", PdfRequirement)
def test_what_is_no_pdf_needs_no_signature(required):
    assert shortcoming(PdfReport(state=PdfState.NO_PDF), required) is None


@pytest.mark.parametrize(
    "found",
    [
        report(),
        report(TRUSTED),
        report(STRANGER),
        report(FIRST_OF_TWO, STRANGER),
        report(ARCHIVED, STAMP),
        report(CHANGED, STRANGER),
    ],
)
def test_intact_is_what_is_unsigned_or_signed_and_answered_for(found):
    assert shortcoming(found, PdfRequirement.INTACT) is None


@pytest.mark.parametrize("required", [PdfRequirement.INTACT, PdfRequirement.TRUSTED])
@pytest.mark.parametrize(
    ("found", "why"),
    [
        (report(TRUSTED, SPOILED), Shortcoming(BROKEN, "B")),
        (report(FOREIGN), Shortcoming(UNREADABLE, "U")),
        (report(CHANGED), Shortcoming(UNCOVERED, "C")),
        (report(CHANGED, STAMP), Shortcoming(UNCOVERED, "C")),
        (not_checked("late"), Shortcoming(NOT_CHECKED)),
        (PdfReport(state=PdfState.UNREADABLE), Shortcoming(UNREADABLE_FILE)),
    ],
)
def test_what_is_broken_or_changed_or_cannot_be_checked_is_not_intact(
    found, why, required
):
    assert shortcoming(found, required) == why


@pytest.mark.parametrize(
    "found",
    [
        report(TRUSTED),
        report(ARCHIVED, STAMP),
        report(STRANGER, TRUSTED),
        report(CHANGED, TRUSTED),
    ],
)
def test_trusted_is_what_one_known_signer_signed_as_a_whole(found):
    assert shortcoming(found, PdfRequirement.TRUSTED) is None


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (report(), UNSIGNED),
        (report(STRANGER), UNTRUSTED),
        (report(FIRST_OF_TWO, STRANGER), UNTRUSTED),
        (report(STAMP), UNTRUSTED),
    ],
)
def test_an_unsigned_pdf_or_one_of_a_stranger_is_not_trusted(found, why):
    assert shortcoming(found, PdfRequirement.TRUSTED) == Shortcoming(why)


def test_only_a_stamp_of_an_authority_known_here_proves_the_time():
    proven = replace(TRUSTED, stamped_at=AT, time=PdfTime.PROVEN)
    doubtful = replace(TRUSTED, stamped_at=AT, time=PdfTime.STAMP_UNKNOWN)

    assert proven.proven_at == AT
    assert doubtful.proven_at is None
