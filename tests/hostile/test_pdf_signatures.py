"""Attacks on signatures inside PDFs, each on a letter that is really signed."""

from io import BytesIO

import pytest

from edoc_connector.model.pdf_signatures import (
    PdfChain,
    PdfCoverage,
    PdfOutcome,
    PdfRequirement,
    PdfState,
    shortcoming,
)
from edoc_connector.pdf import judgement
from edoc_connector.pdf.examine import examine
from edoc_connector.pdf.judgement import GAP
from edoc_connector.pdf.trust import Trust
from tests.support import pdfs
from tests.support.builders import SENT_AT

LETTER = pdfs.letter()
SIGNED = pdfs.signed(LETTER)


def looked_at(data):
    return examine(BytesIO(data), Trust(pdfs.anchors()), SENT_AT).report


def refused(data):
    return shortcoming(looked_at(data), PdfRequirement.INTACT) is not None


def test_a_letter_that_another_one_wrote_into_the_gap_of_a_signature_is_broken():
    (found,) = looked_at(pdfs.wrapped(SIGNED)).signatures

    assert found.outcome is PdfOutcome.BROKEN
    assert found.coverage is PdfCoverage.PART
    assert found.problem == GAP


def test_only_our_look_into_the_gap_sees_it(monkeypatch):
    """The day this fails pyHanko sees it too: keep the look, drop this test."""
    monkeypatch.setattr(judgement, "is_only_the_value", lambda *_: True)

    (found,) = looked_at(pdfs.wrapped(SIGNED)).signatures

    assert found.outcome is PdfOutcome.TRUSTED
    assert found.coverage is PdfCoverage.WHOLE


def test_no_byte_of_a_signed_letter_can_be_changed():
    begin, end, _ = pdfs.hole(SIGNED)
    signed = [*range(0, begin, 41), *range(end, len(SIGNED), 41)]

    for place in signed:
        data = SIGNED[:place] + bytes([SIGNED[place] ^ 1]) + SIGNED[place + 1 :]
        report = looked_at(data)
        trusted = [it for it in report.signatures if it.is_sound]
        assert not trusted, place


@pytest.mark.parametrize(
    "more", [b"\n% and more\n", b"4 0 obj\n<<>>\nendobj\n" + b"%" * 2000]
)
def test_bytes_after_the_end_are_a_change(more):
    report = looked_at(SIGNED + more)

    assert not any(it.covers_the_file for it in report.signatures)
    assert refused(SIGNED + more)


def test_a_line_feed_after_the_end_is_none():
    (found,) = looked_at(SIGNED + b"\r\n").signatures

    assert found.covers_the_file


@pytest.mark.parametrize(
    "ranges",
    [
        b"[0 0 0 0]",
        b"[0 10 20 1]",
        b"[0 -1 -1 -1]",
        b"[0 1 2 99999999999999]",
        b"[]",
        b"(none)",
        b"[0 1.5 2.5 3]",
        b"[null null null null]",
    ],
)
def test_other_ranges_than_the_signers_are_refused(ranges):
    begin, end, rest = pdfs.hole(SIGNED)
    was = b"[0 %d %d %d]" % (begin, end, rest)

    assert refused(SIGNED.replace(was, ranges.ljust(len(was))))


def test_a_range_that_ends_before_its_revision_does_is_broken():
    begin, end, rest = pdfs.hole(SIGNED)
    was, less = (b"[0 %d %d %d]" % (begin, end, it) for it in (rest, rest - 10))

    (found,) = looked_at(SIGNED.replace(was, less)).signatures

    assert found.outcome is PdfOutcome.BROKEN
    assert found.coverage is PdfCoverage.PART


def test_an_unknown_algorithm_is_refused():
    begin, end, _ = pdfs.hole(SIGNED)
    sha256 = "608648016503040201"
    digits = SIGNED[begin:end].replace(sha256.encode(), b"6086480165030402ff")

    assert refused(SIGNED[:begin] + digits + SIGNED[end:])


def test_tables_that_name_each_other_for_ever_end():
    start = int(pdfs.START_XREF.search(SIGNED)[1])
    data = SIGNED.replace(b"/Prev 685", b"/Prev %d" % start)

    assert looked_at(data).state in (PdfState.UNREADABLE, PdfState.CHECKED)
    assert refused(data)


def test_brackets_in_brackets_for_ever_end():
    deep = b"[" * 100_000
    data = SIGNED.replace(b"/Info 7 0 R", b"/Info 7 0 R/Deep " + deep)

    assert refused(data)


def test_a_value_longer_than_any_signature_is_broken():
    begin, _, _ = pdfs.hole(SIGNED)
    data = SIGNED[: begin + 1] + b"00" * 300_000 + SIGNED[begin + 1 :]

    assert refused(data)


def test_a_signer_cannot_bring_his_own_authority():
    own = pdfs.signed(LETTER, by=pdfs.stranger())

    (found,) = looked_at(own).signatures

    assert found.outcome is PdfOutcome.INTACT
    assert found.chain is PdfChain.UNKNOWN


def test_an_authority_that_a_store_in_the_file_brings_is_not_trusted():
    data = pdfs.with_certificates(
        pdfs.signed(LETTER, by=pdfs.stranger(), chain=False), pdfs.unknown_authority()
    )

    first = looked_at(data).signatures[0]

    assert first.outcome is PdfOutcome.INTACT
    assert first.chain is PdfChain.UNKNOWN
