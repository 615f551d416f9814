from datetime import UTC, datetime, timedelta

import pytest
from lxml import etree

from edoc_connector.errors import SealMalformed
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.stages import TraceStamp
from edoc_connector.signature import profile
from edoc_connector.signature.ports import SealAlgorithm
from tests.support.builders import SENDER, SENT_AT, envelope, status


def stamp(code: str, minutes: int) -> TraceStamp:
    return TraceStamp(OrganizationCode(code), SENT_AT + timedelta(minutes=minutes))


def test_a_document_was_sealed_when_its_sender_stamped_it() -> None:
    trace = (stamp("", 1), stamp("02.29.W00", 2), stamp(SENDER, 3), stamp(SENDER, 4))

    assert profile.sealing_time(envelope(trace=trace)) == SENT_AT + timedelta(minutes=3)


def test_without_the_senders_stamp_nobody_knows_when() -> None:
    with pytest.raises(SealMalformed, match="no TraceHeader of the sender H20"):
        profile.sealing_time(envelope(trace=(stamp("02.29.W00", 2),)))


def test_a_status_was_sealed_at_its_own_time() -> None:
    assert profile.sealing_time(envelope(status())) == SENT_AT


def test_signed_properties_say_the_time_in_vietnam() -> None:
    at = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)

    written = profile.signed_properties(at, b"\0" * 32)

    assert b"<xades:SigningTime>2026-11-24T01:00:00+07:00<" in written


@pytest.mark.parametrize(
    "part",
    [
        profile.signed_properties(SENT_AT, b"\0" * 32),
        profile.signed_info(
            SealAlgorithm.RSA_PKCS1_SHA256,
            statement_digest=b"\1" * 32,
            properties_digest=b"\2" * 32,
        ),
    ],
    ids=["signed-properties", "signed-info"],
)
def test_what_is_digested_is_its_own_canonical_form(part: bytes) -> None:
    canonical = etree.tostring(etree.fromstring(part), method="c14n", exclusive=True)

    assert part == canonical
