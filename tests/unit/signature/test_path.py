from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from edoc_connector.errors import CertificateUntrusted
from edoc_connector.signature.certificate import tolerant
from edoc_connector.signature.path import Anchor, find_path, find_paths, keys_of
from tests.support.builders import SENT_AT
from tests.support.pki import (
    AUTHORITY_USAGE,
    DAY,
    certificate,
    der,
    issuing,
    name,
    p256_key,
    root,
    rsa_sealer,
    sha1_authority,
    trusted,
)


def authority(subject: str, key: int, issuer: str, by: int, **changes):
    values = {
        "subject": name(subject),
        "key": p256_key(key),
        "issuer": name(issuer),
        "issuer_key": p256_key(by),
        "authority": True,
        "usage": AUTHORITY_USAGE,
    }
    return certificate(**values | changes)


LEAF = x509.load_der_x509_certificate(rsa_sealer().certificate)


def test_the_path_leads_from_the_certificate_to_the_anchor() -> None:
    assert find_path(LEAF, trusted(root(), issuing()), SENT_AT) == (
        LEAF,
        issuing(),
        root(),
    )


def test_an_anchor_is_trusted_in_its_period_only() -> None:
    since, until = SENT_AT - DAY, SENT_AT + DAY
    known = (Anchor(der(root()), since, until), *trusted(issuing()))

    for at in (since, SENT_AT, until):
        assert find_path(LEAF, known, at)
    for at in (since - timedelta(seconds=1), until + timedelta(seconds=1)):
        with pytest.raises(CertificateUntrusted, match=r"trust\.periods"):
            find_path(LEAF, known, at)


def test_an_authority_on_the_way_is_trusted_in_its_period_only() -> None:
    known = (*trusted(root()), Anchor(der(issuing()), until=SENT_AT - DAY))

    with pytest.raises(CertificateUntrusted, match=r"trust\.periods"):
        find_path(LEAF, known, SENT_AT)


def test_an_anchor_is_no_anchor_beyond_its_own_dates() -> None:
    old = authority("root", -2, "root", -2, not_after=SENT_AT - DAY)

    with pytest.raises(CertificateUntrusted, match="was not valid at that time"):
        find_path(LEAF, trusted(old, issuing()), SENT_AT)


def test_of_two_anchors_the_one_that_holds_is_taken() -> None:
    old = authority("root", -2, "root", -2, not_after=SENT_AT - DAY)

    for known in (trusted(old, issuing(), root()), trusted(root(), issuing(), old)):
        assert find_path(LEAF, known, SENT_AT)[-1] == root()


def test_an_authority_that_renewed_its_key_is_found_by_the_right_key() -> None:
    other = authority("issuing", 30, "root", -2)
    theirs = certificate(issuer_key=p256_key(30))

    for known in (trusted(root(), other, issuing()), trusted(issuing(), other, root())):
        assert find_path(LEAF, known, SENT_AT)[1] == issuing()
        assert find_path(theirs, known, SENT_AT)[1] == other


def test_a_root_that_renewed_its_key_vouches_for_the_new_one() -> None:
    old = authority("national", 31, "national", 31)
    new_by_old = authority("national", 32, "national", 31)
    below = authority("provider", 33, "national", 32, path_length=0)
    leaf = certificate(issuer=name("provider"), issuer_key=p256_key(33))

    path = find_path(leaf, trusted(old, new_by_old, below), SENT_AT)

    assert path == (leaf, below, new_by_old, old)


def test_a_cross_certificate_leads_to_the_other_root() -> None:
    cross = authority("root", -2, "another root", 34)
    other = authority("another root", 34, "another root", 34)

    path = find_path(LEAF, trusted(issuing(), cross, other), SENT_AT)

    assert path == (LEAF, issuing(), cross, other)


def test_authorities_that_vouch_for_each_other_end_nowhere() -> None:
    first = authority("a", 35, "b", 36)
    second = authority("b", 36, "a", 35)
    leaf = certificate(issuer=name("a"), issuer_key=p256_key(35))

    with pytest.raises(CertificateUntrusted, match="no path to a trust anchor; the"):
        find_path(leaf, trusted(first, second), SENT_AT)


def test_the_shorter_of_two_paths_is_taken() -> None:
    cross = authority("root", -2, "another root", 34)
    other = authority("another root", 34, "another root", 34)
    known = trusted(cross, other, issuing(), root())

    assert find_path(LEAF, known, SENT_AT) == (LEAF, issuing(), root())


def test_the_issuer_a_certificate_names_by_its_key_is_tried_first() -> None:
    key = x509.SubjectKeyIdentifier.from_public_key(p256_key(-1).public_key())
    named = authority("issuing", -1, "root", -2, more=(key,), not_after=SENT_AT - DAY)
    leaf = certificate(
        more=(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(key),)
    )
    other = authority("issuing", 30, "root", -2)

    with pytest.raises(CertificateUntrusted, match="was not valid at that time"):
        find_path(leaf, trusted(other, named, root()), SENT_AT)


def test_an_issuer_that_cannot_be_read_is_said_to_be_so() -> None:
    data = der(certificate())
    broken = data.replace(b"\x0c\x07issuing", b"\x0c\x07issuin\xff")

    with pytest.raises(CertificateUntrusted):
        find_path(x509.load_der_x509_certificate(broken), trusted(root()), SENT_AT)


def test_an_authority_signed_with_sha1_leads_nowhere() -> None:
    old, above = sha1_authority(None)
    leaf = certificate(issuer=name("state"), issuer_key=p256_key(41))

    with pytest.raises(CertificateUntrusted, match="no path"):
        find_path(leaf, trusted(old, above), SENT_AT)


def test_a_way_of_more_authorities_than_there_are_levels_is_not_followed() -> None:
    names = [f"level {number}" for number in range(7)]
    ways = [
        authority(it, 60 + number, names[min(number + 1, 6)], 60 + min(number + 1, 6))
        for number, it in enumerate(names)
    ]
    leaf = certificate(issuer=name(names[0]), issuer_key=p256_key(60))
    shorter = certificate(issuer=name(names[2]), issuer_key=p256_key(62))

    assert find_path(shorter, trusted(*ways), SENT_AT)[-1] == ways[-1]
    with pytest.raises(CertificateUntrusted, match="no path to a trust anchor; the"):
        find_path(leaf, trusted(*ways), SENT_AT)


def test_an_anchor_with_an_odd_name_is_read_without_a_word() -> None:
    """Warnings are errors here, and would fill the log of a service."""
    with tolerant():
        long = x509.Name(
            [x509.NameAttribute(NameOID.COMMON_NAME, "a" * 70, _validate=False)]
        )
        odd = certificate(
            subject=long,
            key=p256_key(70),
            issuer=long,
            issuer_key=p256_key(70),
            authority=True,
            usage=AUTHORITY_USAGE,
        )

    assert find_path(LEAF, trusted(odd, root(), issuing()), SENT_AT)[-1] == root()


def test_only_the_ways_that_hold_are_other_ways() -> None:
    over = Anchor(der(issuing()), until=SENT_AT - DAY)
    renewed = authority("issuing", -1, "root", -2)

    found = find_paths(LEAF, (*trusted(root(), renewed), over), SENT_AT)

    assert [*found] == [(LEAF, renewed, root())]


def test_an_anchor_that_cannot_be_read_has_no_key() -> None:
    assert keys_of((Anchor(b"no certificate"),)) == frozenset()
    assert len(keys_of(trusted(root(), issuing()))) == 2
