"""Another program, which shares no code with pyHanko, sees the same signatures."""

import re
import subprocess
from io import BytesIO

import pytest

from edoc_connector.model.pdf_signatures import PdfCoverage, PdfMark
from edoc_connector.pdf.examine import examine
from edoc_connector.pdf.trust import Trust
from tests.support import pdfs
from tests.support.builders import SENT_AT
from tests.support.second_opinion import program

LETTER = pdfs.letter()
SIGNED = pdfs.signed(LETTER)
VALID = "Signature is Valid."


def three() -> bytes:
    data = LETTER
    for field in ("A", "B", "C"):
        data = pdfs.signed(data, field=field, form=pdfs.LEGACY)
    return data


def pdfsig_says(data: bytes, folder) -> list[tuple[bool, bool]]:
    """Return of each signature whether it is valid, and whether it covers all."""
    path = folder / "letter.pdf"
    path.write_bytes(data)
    done = subprocess.run(
        [program("pdfsig"), "-nocert", path],
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    parts = re.split(r"^Signature #\d+:$", done.stdout, flags=re.MULTILINE)[1:]
    return [
        (VALID in part, "Total document signed" in part)
        for part in parts
        if "Field Name: Timestamp" not in part  # it knows no time stamps of files
    ]


def we_say(data: bytes) -> list[tuple[bool, bool]]:
    report = examine(BytesIO(data), Trust(pdfs.anchors()), SENT_AT).report
    return [
        (it.is_sound, it.coverage is PdfCoverage.WHOLE)
        for it in report.signatures
        if it.mark is PdfMark.SIGNATURE
    ]


@pytest.mark.parametrize(
    "data",
    [
        LETTER,
        SIGNED,
        pdfs.signed(LETTER, stamped=True),
        pdfs.signed(LETTER, form=pdfs.LEGACY),
        pdfs.signed(LETTER, by=pdfs.stranger(), chain=False),
        pdfs.changed(SIGNED),
        pdfs.archived(SIGNED),
        three(),
    ],
    ids=[
        "unsigned",
        "PAdES B-B",
        "PAdES B-T",
        "legacy",
        "stranger",
        "changed later",
        "archived",
        "three",
    ],
)
def test_pdfsig_counts_and_judges_the_same_signatures(data, tmp_path):
    assert sorted(pdfsig_says(data, tmp_path)) == sorted(we_say(data))


def test_pdfsig_sees_the_flipped_byte_too(tmp_path):
    data = pdfs.flipped(SIGNED)

    assert [valid for valid, _ in pdfsig_says(data, tmp_path)] == [False]
    assert [valid for valid, _ in we_say(data)] == [False]


def test_pdfsig_does_not_take_the_forged_letter_for_signed_as_a_whole(tmp_path):
    (_, whole), *_ = pdfsig_says(pdfs.wrapped(SIGNED), tmp_path)

    assert not whole
