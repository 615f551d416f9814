from base64 import b64decode
from datetime import UTC, datetime, timedelta

import pytest
from lxml import etree

from edoc_connector.errors import SealMalformed
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.stages import TraceStamp
from edoc_connector.signature import profile
from edoc_connector.signature.choices import SealAlgorithm
from edoc_connector.signature.sign import seal, sign
from tests.support.builders import SENDER, SENT_AT, envelope, status
from tests.support.pki import rsa_sealer
from tests.support.seals import DS, XADES


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


def test_what_is_stamped_is_the_canonical_form_of_the_signature_value() -> None:
    whole = etree.fromstring(seal(envelope(), rsa_sealer()).seal)
    value = whole.find(f"{DS}SignatureValue")
    assert value is not None
    canonical = etree.tostring(value, method="c14n", exclusive=True, with_tail=False)

    assert profile.stamped(b64decode(value.text or "")) == canonical


def test_a_time_stamp_stands_beside_what_is_signed() -> None:
    sealed = sign(envelope(), rsa_sealer()).sealed(b"a token")

    stamps = etree.fromstring(sealed.seal).findall(f".//{XADES}SignatureTimeStamp")

    assert [etree.QName(one).localname for one in stamps[0].iterancestors()] == [
        "UnsignedSignatureProperties",
        "UnsignedProperties",
        "QualifyingProperties",
        "Object",
        "Signature",
    ]
    token = stamps[0].findtext(f"{XADES}EncapsulatedTimeStamp", default="")
    assert b64decode(token) == b"a token"
