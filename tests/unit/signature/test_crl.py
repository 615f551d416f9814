from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.x509.oid import NameOID

from edoc_connector.errors import AnswerUnusable
from edoc_connector.signature import crl
from edoc_connector.signature.certificate import load_certificate, tolerant
from edoc_connector.signature.crl import read_crl
from tests.support.builders import SENT_AT
from tests.support.pki import (
    SHA1_WITH_RSA,
    SHA256_WITH_RSA,
    certificate,
    der,
    name,
    p256_key,
    rsa_key,
    usage,
)
from tests.support.revocation import (
    AGES,
    AUTHORITY_KEY,
    CRL,
    HOUR,
    LISTING,
    addresses,
    authority,
    entry,
    issued,
    revocation_list,
    sealer,
)


def read(data: bytes, of: x509.Certificate | None = None):
    return read_crl(data, of or sealer(), authority())


def test_a_certificate_that_is_not_listed_is_good() -> None:
    said = read(revocation_list(entry(SENT_AT, of=issued())))

    assert said.revoked is None
    assert said.this_update == SENT_AT - HOUR
    assert said.next_update == SENT_AT + 23 * HOUR
    assert said.remembered_since is None


@pytest.mark.parametrize(
    ("reason", "why"),
    [
        (None, "no reason given"),
        (x509.ReasonFlags.key_compromise, "its key was compromised"),
        (x509.ReasonFlags.certificate_hold, "it is on hold"),
    ],
)
def test_when_and_why_a_listed_certificate_was_revoked_is_read(reason, why) -> None:
    said = read(revocation_list(entry(SENT_AT - HOUR, reason)))

    assert said.revoked
    assert said.revoked.at == SENT_AT - HOUR
    assert said.revoked.why == why


def test_a_hold_that_has_ended_is_none() -> None:
    listed = revocation_list(entry(SENT_AT, x509.ReasonFlags.remove_from_crl))

    assert read(listed).revoked is None


def point(**changes) -> tuple[x509.ExtensionType, bool]:
    values = {
        "full_name": None,
        "relative_name": None,
        "only_contains_user_certs": False,
        "only_contains_ca_certs": False,
        "only_some_reasons": None,
        "indirect_crl": False,
        "only_contains_attribute_certs": False,
    }
    return x509.IssuingDistributionPoint(**values | changes), True


def uri(address: str) -> list[x509.GeneralName]:
    return [x509.UniformResourceIdentifier(address)]


@pytest.mark.parametrize(
    "extra",
    [
        (x509.CRLNumber(7), False),
        point(full_name=uri(CRL)),
        point(only_contains_user_certs=True),
        point(full_name=[x509.DirectoryName(name("x")), *uri(CRL)]),
    ],
    ids=["number", "its address", "people's", "one of its addresses"],
)
def test_a_list_that_covers_the_certificate_is_believed(extra) -> None:
    assert read(revocation_list(extra=(extra,))).revoked is None


def test_a_list_of_authorities_covers_an_authority() -> None:
    lower = issued(subject=name("lower"), authority=True, usage=LISTING)
    only = revocation_list(extra=(point(only_contains_ca_certs=True),))

    assert read(only, lower).revoked is None
    with pytest.raises(AnswerUnusable, match="a list of other certificates"):
        read(revocation_list(extra=(point(only_contains_user_certs=True),)), lower)


def sha1_list() -> bytes:
    modern = revocation_list(issuer=name("authority"), key=rsa_key(3))
    parsed = x509.load_der_x509_crl(modern)
    body = parsed.tbs_certlist_bytes.replace(SHA256_WITH_RSA, SHA1_WITH_RSA)
    value = rsa_key(3).sign(body, padding.PKCS1v15(), SHA1())  # noqa: S303  (what is refused)
    whole = modern.replace(parsed.tbs_certlist_bytes, body)
    return whole.replace(SHA256_WITH_RSA, SHA1_WITH_RSA).replace(
        parsed.signature, value
    )


BROKEN = x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.28"), b"x"), True
SOME_REASONS = frozenset([x509.ReasonFlags.key_compromise])
RELATIVE = x509.RelativeDistinguishedName(
    [x509.NameAttribute(x509.NameOID.COMMON_NAME, "part 1")]
)


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (revocation_list(key=p256_key(9)), "the authority did not sign it"),
        (revocation_list(key=rsa_key()), "the authority did not sign it|no list"),
        (revocation_list(issuer=name("another")), "of another authority"),
        (sha1_list(), "weak algorithm"),
        (revocation_list(extra=((x509.DeltaCRLIndicator(3), True),)), "only a part"),
        (revocation_list(extra=(point(indirect_crl=True),)), "other certificates"),
        (revocation_list(extra=(point(only_contains_ca_certs=True),)), "other cert"),
        (revocation_list(extra=(point(only_contains_attribute_certs=True),)), "other"),
        (revocation_list(extra=(point(only_some_reasons=SOME_REASONS),)), "other"),
        (revocation_list(extra=(point(relative_name=RELATIVE),)), "other"),
        (revocation_list(extra=(point(full_name=uri("http://b/")),)), "other"),
        (revocation_list(extra=(BROKEN,)), "no list of revoked certificates"),
        (b"", "no list of revoked certificates"),
        (b"<html>", "no list of revoked certificates"),
        (revocation_list()[:-30], "no list of revoked certificates"),
    ],
    ids=[
        "forged", "another kind of key", "another authority", "SHA-1", "delta",
        "indirect", "of authorities", "of attributes", "some reasons", "relative",
        "another address", "broken", "empty", "html", "cut",
    ],
)  # fmt: skip
def test_a_list_that_proves_nothing_is_refused_with_a_reason(data, problem) -> None:
    with pytest.raises(AnswerUnusable, match=problem):
        read(data)


def test_an_address_that_the_certificate_does_not_name_covers_nothing() -> None:
    silent = issued(more=addresses(crl=()))

    with pytest.raises(AnswerUnusable, match="a list of other certificates"):
        read(revocation_list(extra=(point(full_name=uri(CRL)),)), silent)


@pytest.mark.parametrize("key_usage", [usage(key_cert_sign=True), None])
def test_an_authority_that_may_not_sign_lists_signs_none(key_usage) -> None:
    other = certificate(
        subject=name("authority"),
        key=AUTHORITY_KEY,
        issuer=name("authority"),
        issuer_key=AUTHORITY_KEY,
        authority=True,
        usage=key_usage,
        **AGES,
    )

    with pytest.raises(AnswerUnusable, match="cRLSign"):
        read_crl(revocation_list(), sealer(), other)


@pytest.mark.parametrize(
    ("value", "since"),
    [
        (b"\x18\x0f20200102030405Z", datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)),
        (b"\x18\x0f2020010203Z", None),
        (b"\x05\x00", None),
        (b"\xff\xff", None),
    ],
)
def test_a_list_says_from_when_it_remembers_expired_certificates(value, since) -> None:
    extension = x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.60"), value)

    said = read(revocation_list(extra=((extension, False),)))

    assert said.remembered_since == since


def test_lists_are_remembered_within_so_many_bytes(monkeypatch) -> None:
    lists = crl._Lists(3000)
    monkeypatch.setattr(crl, "_LISTS", lists)
    answers = [
        revocation_list(*(entry(SENT_AT, of=issued()) for _ in range(20)))
        for _ in range(4)
    ]

    for one in answers:
        read(one)
        read(answers[0])

    held = [der for der, _ in lists._known]
    assert answers[0] in held
    assert sum(map(len, held)) <= 3000


def test_a_list_larger_than_the_memory_for_lists_is_read_once(monkeypatch) -> None:
    lists = crl._Lists(10)
    monkeypatch.setattr(crl, "_LISTS", lists)
    answer = revocation_list()

    read(answer)

    assert lists.find(answer, authority()) is crl._authentic(answer, authority())


def test_a_list_with_an_odd_name_of_its_issuer_is_read_without_a_word() -> None:
    """Warnings are errors here, and would fill the log of a service."""
    with tolerant():
        odd = x509.Name(
            [x509.NameAttribute(NameOID.COMMON_NAME, "a" * 70, _validate=False)]
        )
        made = certificate(
            subject=odd, key=AUTHORITY_KEY, issuer=odd, issuer_key=AUTHORITY_KEY,
            authority=True, usage=LISTING, **AGES,
        )  # fmt: skip
        answer = revocation_list(issuer=odd)
    issuer = load_certificate(der(made))

    assert crl.read_crl(answer, sealer(), issuer).revoked is None
