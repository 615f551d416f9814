"""The time that counts: that of a stamp, else that of our own reception."""

from datetime import timedelta
from functools import cache

import pytest
from cryptography import x509

from edoc_connector.errors import CertificateRevoked
from edoc_connector.model.evidence import Evidence, EvidenceKind
from edoc_connector.model.verdict import SealForm, TimeSource
from edoc_connector.signature.answers import StoredRevocation
from edoc_connector.signature.certificate import read_certificate
from edoc_connector.signature.proven import (
    Times,
    ask_revocation,
    find_time,
    for_one_seal,
)
from edoc_connector.signature.trust import check_trust
from tests.support import pki, timestamping
from tests.support.builders import SENT_AT
from tests.support.timestamping import Authority

VALUE = b"the value of a signature"
RECEIVED = SENT_AT + timedelta(minutes=3)
TIMES = Times(sealed_at=SENT_AT, received_at=RECEIVED, now=RECEIVED)


@cache
def token() -> bytes:
    return Authority().token(VALUE)


def lists(*revoked) -> StoredRevocation:
    """What both authorities of the time stamping authority have taken back."""
    every = (
        pki.crl("time root", pki.p256_key(-20)),
        pki.crl("time issuing", pki.p256_key(-21), *revoked),
    )
    return StoredRevocation(tuple(Evidence(EvidenceKind.CRL, one) for one in every))


def revoked(certificate: x509.Certificate, at) -> x509.RevokedCertificate:
    return (
        x509.RevokedCertificateBuilder()
        .serial_number(certificate.serial_number)
        .revocation_date(at)
        .build()
    )


def found(*tokens, times=TIMES, asked=None):
    return find_time(tokens, VALUE, timestamping.policy(), times, asked or lists())


def test_without_a_stamp_the_time_of_reception_counts_and_nothing_is_said():
    proven = found()

    assert (proven.at, proven.source) == (RECEIVED, TimeSource.RECEPTION)
    assert (proven.form, proven.notes) == (SealForm.B_B, ())


def test_a_stamp_counts_and_is_kept_with_the_answers_about_its_authority():
    proven = found(token())

    assert (proven.at, proven.source) == (SENT_AT, TimeSource.TIMESTAMP)
    assert proven.form is SealForm.B_T
    kinds = [it.kind for it in proven.evidence]
    assert kinds == [EvidenceKind.TIMESTAMP, EvidenceKind.CRL, EvidenceKind.CRL]


def test_a_stamp_that_came_later_than_the_packet_proves_no_more():
    early = SENT_AT - timedelta(minutes=1)
    times = Times(sealed_at=early, received_at=early, now=RECEIVED)

    proven = found(token(), times=times)

    assert (proven.at, proven.source) == (early, TimeSource.RECEPTION)
    assert proven.form is SealForm.B_T
    assert proven.evidence[0].kind is EvidenceKind.TIMESTAMP


def test_a_stamp_that_proves_nothing_refuses_nothing_and_is_named():
    proven = found(b"no token")

    assert (proven.at, proven.form) == (RECEIVED, SealForm.B_B)
    assert [it.code for it in proven.notes] == ["time-not-proven"]


def test_the_stamp_of_a_revoked_authority_proves_nothing():
    issued = Authority()
    asked = lists(revoked(issued.certificate, SENT_AT - pki.DAY))

    proven = found(issued.token(VALUE), asked=asked)

    assert (proven.at, proven.form) == (RECEIVED, SealForm.B_B)
    assert [it.code for it in proven.notes] == ["certificate-revoked"]


def test_the_stamp_of_an_authority_nobody_can_judge_proves_nothing():
    proven = found(token(), asked=StoredRevocation(()))

    assert (proven.at, proven.form) == (RECEIVED, SealForm.B_B)
    codes = [it.code for it in proven.notes]
    assert codes[0] == "time-not-proven"
    assert set(codes[1:]) == {"revocation-not-published"}


def test_where_nobody_is_asked_a_stamp_is_believed():
    proven = find_time([token()], VALUE, timestamping.policy(), TIMES, None)

    assert proven.form is SealForm.B_T


def test_a_path_is_judged_by_who_is_asked():
    sealing = pki.rsa_sealer().certificate
    path = check_trust(read_certificate(sealing), pki.policy().anchors, SENT_AT)
    mine = x509.load_der_x509_certificate(sealing)
    taken_back = pki.crl("issuing", pki.p256_key(-1), revoked(mine, SENT_AT))
    asked = StoredRevocation((Evidence(EvidenceKind.CRL, taken_back),))

    nobody = ask_revocation(path, None, at=SENT_AT, now=SENT_AT)

    assert [it.code for it in nobody.doubts] == ["revocation-unchecked"]
    with pytest.raises(CertificateRevoked):
        ask_revocation(path, asked, at=SENT_AT, now=SENT_AT)


class Patient(StoredRevocation):
    """Asks over the network, each time for one seal."""

    def for_one_seal(self):
        return StoredRevocation(self.evidence[:1])


def test_who_asks_over_the_network_asks_for_one_seal_at_a_time():
    everything = lists().evidence

    asked = for_one_seal(Patient(everything))

    assert asked == StoredRevocation(everything[:1])


@pytest.mark.parametrize("source", [None, StoredRevocation(())])
def test_who_needs_no_time_is_asked_as_it_is(source):
    assert for_one_seal(source) is source
