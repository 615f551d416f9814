"""xmllint judges our packets by our XSDs, and agrees with what the program says."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edoc_connector.cli.schemas import Profile
from edoc_connector.model.fields import FIELDS
from edoc_connector.model.stages import Kind
from tests.support import builders, golden
from tests.support.builders import RECIPIENT
from tests.support.conforming import packets
from tests.support.pki import p256_sealer, rsa_sealer
from tests.support.profiles import (
    RELEASED,
    SCHEMAS,
    kind_with,
    said,
    whole,
    with_text,
    without,
)
from tests.support.seals import sealed_packet
from tests.support.second_opinion import xmllint_says

VALID, INVALID = "validates", "fails to validate"
WRITING, READING = (SCHEMAS / profile for profile in Profile)
GOLDEN = sorted([*golden.FOLDER.glob("*.edxml"), *RELEASED.glob("*.edxml")])

LACKING = {
    "bare.edxml": "PromulgationInfo and SteeringType",
}
"""Packets of the tests that say less than the standard requires, and what they lack."""


def test_xmllint_accepts_every_golden_packet_that_is_complete(tmp_path):
    verdicts = xmllint_says([path.read_bytes() for path in GOLDEN], WRITING, tmp_path)

    expected = [INVALID if path.name in LACKING else VALID for path in GOLDEN]
    assert verdicts == expected
    assert verdicts.count(INVALID) == len(LACKING)


def test_xmllint_reads_every_golden_packet(tmp_path):
    verdicts = xmllint_says([path.read_bytes() for path in GOLDEN], READING, tmp_path)

    assert set(verdicts) == {VALID}


def test_xmllint_accepts_sealed_packets_of_both_kinds(tmp_path):
    sealed = [
        sealed_packet(builders.document(), key=rsa_sealer()),
        sealed_packet(builders.document(), key=p256_sealer()),
        sealed_packet(builders.status(), key=rsa_sealer(RECIPIENT)),
        sealed_packet(builders.status(), key=p256_sealer(RECIPIENT)),
    ]

    for schema in (WRITING, READING):
        assert xmllint_says(sealed, schema, tmp_path) == [VALID] * 4


# The folder is written anew each time, so that it may be shared.
@settings(max_examples=3, suppress_health_check=list(HealthCheck))
@given(drawn=st.lists(packets(), min_size=8, max_size=8))
def test_xmllint_accepts_whatever_is_written_within_the_table_of_fields(
    drawn, tmp_path
):
    for schema in (WRITING, READING):
        assert xmllint_says(drawn, schema, tmp_path) == [VALID] * 8


def test_xmllint_accepts_a_packet_with_a_large_file(tmp_path):
    scan = builders.PDF + bytes(12 * 1024 * 1024)
    document = builders.document(attachments=(builders.attachment(scan),))
    packet = builders.packet(document, files=builders.contents(scan))

    for schema in (WRITING, READING):
        assert xmllint_says([packet], schema, tmp_path, "--huge") == [VALID]
    # Without that switch libxml2 reads no text of more than ten megabytes.
    assert xmllint_says([packet], WRITING, tmp_path) != [VALID]


def test_xmllint_refuses_what_the_program_finds_wrong_and_nothing_else(tmp_path):
    changed = [whole(kind) for kind in Kind]
    for path in FIELDS:
        kind = kind_with(path)
        texts = ("", " 9x", "x" * 501)
        changed += [with_text(path, text, kind) for text in texts]
        changed += [without(path, kind)]

    for profile, schema in ((Profile.WRITING, WRITING), (Profile.READING, READING)):
        verdicts = xmllint_says(changed, schema, tmp_path)
        found = [INVALID if said(packet, profile) else VALID for packet in changed]
        assert verdicts == found
        assert {*verdicts} == {VALID, INVALID}
