"""Certificates of strangers are values or our errors, and nothing else."""

from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from edoc_connector.errors import SealInvalid
from edoc_connector.signature.certificate import read_certificate
from edoc_connector.signature.trust import check_trust
from tests.support.builders import SENT_AT
from tests.support.pki import anchors, p256_sealer, rsa_sealer

CERTIFICATES = (rsa_sealer().certificate, p256_sealer().certificate)


def judged(der: bytes) -> None:
    """Read and trust it, or say why not in our own words."""
    with suppress(SealInvalid):
        check_trust(read_certificate(der), anchors(), SENT_AT)


@given(
    der=st.sampled_from(CERTIFICATES),
    share=st.floats(0, 1, exclude_max=True),
    byte=st.integers(0, 255),
)
def test_one_changed_byte_of_a_certificate_ends_in_our_words(
    der: bytes, share: float, byte: int
) -> None:
    position = int(share * len(der))

    judged(der[:position] + bytes([byte]) + der[position + 1 :])


@given(der=st.sampled_from(CERTIFICATES), share=st.floats(0, 1, exclude_max=True))
def test_a_certificate_cut_short_ends_in_our_words(der: bytes, share: float) -> None:
    judged(der[: int(share * len(der))])


@given(st.binary(max_size=300))
def test_any_bytes_at_all_end_in_our_words(data: bytes) -> None:
    judged(data)
