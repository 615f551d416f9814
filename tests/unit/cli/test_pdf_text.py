from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest

from edoc_connector.cli.invocation import Invocation
from edoc_connector.cli.pdf_text import (
    CHAINS,
    CHANGES,
    COVERAGES,
    MARKS,
    OUTCOMES,
    REVOCATIONS,
    TIMES,
    print_pdfs,
)
from edoc_connector.language import Language
from edoc_connector.model.pdf_signatures import (
    PdfChain,
    PdfChanges,
    PdfCoverage,
    PdfMark,
    PdfOutcome,
    PdfReport,
    PdfRevocation,
    PdfSignature,
    PdfState,
    PdfTime,
    not_checked,
)

AT = datetime(2026, 11, 23, 1, 20, tzinfo=UTC)
SIGNATURE = PdfSignature(
    field="Signature1",
    mark=PdfMark.SIGNATURE,
    sub_filter="adbe.pkcs7.detached",
    outcome=PdfOutcome.TRUSTED,
    signer="Lãnh đạo đơn vị",
    organization="Ủy ban nhân dân tỉnh (H20.14)",
    claimed_at=AT,
    time=PdfTime.CLAIMED,
    coverage=PdfCoverage.WHOLE,
    revision=2,
    revisions=2,
    changes=PdfChanges.NONE,
    digest_algorithm="sha256",
    signature_algorithm="sha256_rsa",
    chain=PdfChain.ANCHORED,
    anchor="root",
    judged_at=AT,
)


@dataclass(frozen=True)
class File:
    report: PdfReport
    name: str = "công văn.pdf"


def told(capsys, *signatures, language=Language.ENGLISH, report=None):
    found = report or PdfReport(state=PdfState.CHECKED, signatures=signatures)
    print_pdfs(Invocation(language), [File(found)])
    return capsys.readouterr().out


def test_a_legacy_signature_is_told_as_valid_with_its_time_not_proven(capsys):
    assert told(capsys, SIGNATURE) == (
        "\n"
        "công văn.pdf: signatures: 1\n"
        "  1. signature: intact, by a signer known here\n"
        "     Field: Signature1\n"
        "     Signer: Lãnh đạo đơn vị\n"
        "     Organisation: Ủy ban nhân dân tỉnh (H20.14)\n"
        "     Time: 2026-11-23 08:20:00, as the signer says: not proven\n"
        "     Covers: the whole file\n"
        "     Certificate: leads to root; the file has no evidence of revocation;"
        " as of 2026-11-23 08:20:00\n"
        "     Form: adbe.pkcs7.detached, sha256, sha256_rsa\n"
    )


def test_a_vietnamese_reads_it_in_vietnamese(capsys):
    said = told(capsys, SIGNATURE, language=Language.VIETNAMESE)

    assert "công văn.pdf: số chữ ký: 1" in said
    assert "chữ ký số: toàn vẹn, người ký được tin cậy" in said
    assert "Phạm vi ký: toàn bộ tệp" in said


def test_a_proven_time_is_that_of_the_stamp(capsys):
    later = datetime(2026, 11, 23, 1, 25, tzinfo=UTC)
    stamped = replace(SIGNATURE, time=PdfTime.PROVEN, stamped_at=later)

    assert "2026-11-23 08:25:00, proven by a time stamp" in told(capsys, stamped)


def test_an_earlier_signature_says_what_came_later(capsys):
    first = replace(
        SIGNATURE,
        coverage=PdfCoverage.REVISION,
        revisions=4,
        changes=PdfChanges.SIGNING,
    )

    assert (
        "Covers: revision 2 of 4 of the file;"
        " later only signatures and form fields were added" in told(capsys, first)
    )


def test_a_broken_signature_says_so_first_and_why(capsys):
    broken = replace(
        SIGNATURE,
        outcome=PdfOutcome.BROKEN,
        problem="the signed bytes are not those of the file",
        coverage=PdfCoverage.PART,
        chain=PdfChain.NOT_TRIED,
    )

    said = told(capsys, broken)

    assert "BROKEN (the signed bytes are not those of the file)" in said
    assert "Covers: only a part of the file\n" in said
    assert "Certificate" not in said


def test_of_what_cannot_be_read_nothing_is_made_up(capsys):
    unreadable = PdfSignature(
        field="Signature1",
        mark=PdfMark.SIGNATURE,
        sub_filter="adbe.pkcs7.sha1",
        outcome=PdfOutcome.UNREADABLE,
        problem="this form of signature is not supported",
    )

    said = told(capsys, unreadable)

    assert "cannot be read (this form of signature is not supported)" in said
    assert "Time" not in said
    assert "Form: adbe.pkcs7.sha1\n" in said


@pytest.mark.parametrize(
    ("report", "said"),
    [
        (PdfReport(state=PdfState.CHECKED), "not signed"),
        (
            PdfReport(state=PdfState.UNREADABLE, problem="its structure is damaged"),
            "cannot be read: its structure is damaged",
        ),
        (
            not_checked("checking it took too long"),
            "not checked: checking it took too long",
        ),
    ],
)
def test_a_file_without_signatures_says_why(capsys, report, said):
    assert told(capsys, report=report) == f"\ncông văn.pdf: {said}\n"


def test_a_name_in_a_certificate_moves_no_cursor(capsys):
    hostile = replace(SIGNATURE, signer="\x1b[2JNgười ký\n  1. signature: intact")

    said = told(capsys, hostile)

    assert "\x1b" not in said
    assert said.count("\n") == told(capsys, SIGNATURE).count("\n")


@pytest.mark.parametrize(
    ("words", "of"),
    [
        (OUTCOMES, PdfOutcome),
        (TIMES, PdfTime),
        (COVERAGES, PdfCoverage),
        (CHANGES, PdfChanges),
        (CHAINS, PdfChain),
        (REVOCATIONS, PdfRevocation),
        (MARKS, PdfMark),
    ],
)
def test_there_are_words_for_everything_that_can_be_found(words, of):
    assert set(words) == set(of)
