import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from edoc_connector.errors import CertificateUntrusted
from edoc_connector.signature.validation import is_strong, path_problem
from tests.support.builders import SENT_AT
from tests.support.pki import (
    AUTHORITY_USAGE,
    DAY,
    certificate,
    name,
    p256_key,
    rsa_key,
    sha1_authority,
    usage,
)


def subject(*names: str) -> x509.Name:
    parts = [x509.NameAttribute(NameOID.COUNTRY_NAME, "VN")]
    parts += [x509.NameAttribute(NameOID.ORGANIZATION_NAME, it) for it in names]
    return x509.Name(parts)


def constraints(*permitted: x509.GeneralName, excluded=None) -> x509.NameConstraints:
    return x509.NameConstraints([*permitted] or None, excluded)


GOVERNMENT = x509.DirectoryName(subject("Chính phủ"))


def authority(level: str, above: str, **changes) -> x509.Certificate:
    values = {
        "subject": name(level),
        "key": KEYS[level],
        "issuer": name(above),
        "issuer_key": KEYS[above],
        "authority": True,
        "usage": AUTHORITY_USAGE,
    }
    return certificate(**values | changes)


KEYS = {"root": p256_key(40), "state": p256_key(41), "issuer": p256_key(42)}
ROOT = authority("root", "root")
STATE = authority("state", "root", extra=constraints(GOVERNMENT))
ISSUER = authority("issuer", "state", subject=subject("Chính phủ", "CA"))


def leaf(**changes) -> x509.Certificate:
    values = {
        "subject": subject("Chính phủ", "Sở Nội vụ"),
        "issuer": subject("Chính phủ", "CA"),
        "issuer_key": KEYS["issuer"],
    }
    return certificate(**values | changes)


def judged(path: tuple[x509.Certificate, ...]) -> str:
    """What is wrong with a path, as English readers get it."""
    found = path_problem(path, SENT_AT)
    return (
        CertificateUntrusted(certificate="x", **found).details["problem"]
        if found
        else ""
    )


def problem(*, end=None, issuer=ISSUER, state=STATE, root=ROOT) -> str:
    return judged((end or leaf(), issuer, state, root))


def test_a_path_through_a_constrained_authority_holds() -> None:
    assert problem() == ""


def test_a_constrained_authority_may_issue_directly() -> None:
    end = leaf(issuer=name("state"), issuer_key=KEYS["state"])

    assert judged((end, STATE, ROOT)) == ""


def test_an_anchor_may_be_constrained() -> None:
    root = authority("root", "root", extra=constraints(GOVERNMENT))
    state = authority("state", "root", subject=subject("Chính phủ", "state"))
    end = leaf(issuer=subject("Chính phủ", "state"), issuer_key=KEYS["state"])

    assert judged((end, state, root)) == ""
    outside = leaf(
        subject=subject("Công ty"), issuer=state.subject, issuer_key=KEYS["state"]
    )
    assert "nameConstraints" in judged((outside, state, root))


@pytest.mark.parametrize("critical", [True, False])
def test_a_name_outside_is_refused_whether_critical_or_not(critical) -> None:
    bound = authority(
        "state", "root", extra=constraints(GOVERNMENT), extra_critical=critical
    )

    assert "nameConstraints" in problem(end=leaf(subject=subject("Khác")), state=bound)


UNKNOWN = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\5\0")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"end": leaf(not_after=SENT_AT - DAY)}, "not valid at that time"),
        ({"end": leaf(extra=UNKNOWN)}, r"1.2.3.4"),
        ({"end": leaf(issuer_key=p256_key(49))}, "no path"),
        ({"issuer": authority("issuer", "root", subject=ISSUER.subject)}, "no path"),
        ({"issuer": authority("issuer", "state", subject=ISSUER.subject,
                              authority=False)}, "no path"),
        ({"issuer": authority("issuer", "state", subject=ISSUER.subject,
                              usage=usage())}, "keyCertSign"),
    ],
    ids=["expired", "extension", "forged", "another issuer", "no CA", "no usage"],
)  # fmt: skip
def test_what_is_below_is_judged_like_any_path(changes, told) -> None:
    assert told in problem(**changes)


def state(**changes) -> dict[str, x509.Certificate]:
    return {"state": authority("state", "root", **changes)}


BOUND = {"extra": constraints(GOVERNMENT)}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (state(**BOUND, not_after=SENT_AT - DAY), "not valid at that time"),
        (state(**BOUND, authority=False), "no path"),
        (state(**BOUND, usage=usage()), "keyCertSign"),
        (state(**BOUND, usage=None), "may not issue certificates"),
        (state(**BOUND, more=()) | {"root": authority("root", "root",
               not_before=SENT_AT + DAY)}, "not valid at that time"),
        ({"root": authority("root", "root", authority=False)}, "may not issue"),
        ({"root": authority("root", "root", usage=None)}, "may not issue"),
        ({"root": authority("root", "root", basic=False)}, "may not issue"),
        ({"root": authority("root", "root", extra=UNKNOWN)}, "known here: 1.2.3.4"),
        (state(**BOUND, issuer_key=p256_key(49)), "not signed by its issuer"),
        (state(**BOUND, path_length=0), "more authorities"),
        ({"root": authority("root", "root", path_length=1)}, "more authorities"),
    ],
    ids=["expired", "no CA", "no keyCertSign", "no usage", "root not yet valid",
         "root no CA", "root no usage", "root no basic", "root extension", "forged",
         "length of the bound", "length of the root"],
)  # fmt: skip
def test_the_constrained_authority_and_those_above_are_judged_too(
    changes, told
) -> None:
    assert told in problem(**changes)


def test_the_lengths_allow_what_they_say() -> None:
    bound = authority("state", "root", path_length=1, **BOUND)
    root = authority("root", "root", path_length=2)

    assert problem(state=bound, root=root) == ""


def test_a_short_key_above_is_refused() -> None:
    weak = rsa_key(50, bits=1024)
    root = authority("root", "root", key=weak, issuer_key=weak)
    bound = authority("state", "root", issuer_key=weak, **BOUND)

    assert "weak key" in problem(state=bound, root=root)


def test_sha1_above_is_refused() -> None:
    assert not is_strong(None)
    bound, root = sha1_authority(constraints(GOVERNMENT))
    end = leaf(issuer=bound.subject, issuer_key=KEYS["state"])

    assert "weak algorithm" in judged((end, bound, root))


SERVERS = x509.DNSName("gov.vn")


def with_server(dns: str) -> x509.Certificate:
    return leaf(more=(x509.SubjectAlternativeName([x509.DNSName(dns)]),))


@pytest.mark.parametrize(
    "changes",
    [
        state(extra=constraints(GOVERNMENT, SERVERS)),
        {"root": authority("root", "root", extra=constraints(SERVERS))},
    ],
    ids=["beside", "above"],
)
def test_constraints_on_other_names_hold_as_well(changes) -> None:
    assert problem(**changes, end=with_server("so.gov.vn")) == ""
    assert "no path" in problem(**changes, end=with_server("example.com"))


def test_two_constrained_authorities_both_bind() -> None:
    narrow = authority(
        "issuer",
        "state",
        subject=ISSUER.subject,
        extra=constraints(x509.DirectoryName(subject("Chính phủ", "Sở Nội vụ"))),
    )

    assert problem(issuer=narrow) == ""
    other = leaf(subject=subject("Chính phủ", "Sở Y tế"))
    assert problem(end=other) == ""
    assert "nameConstraints" in problem(end=other, issuer=narrow)
