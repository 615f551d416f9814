import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from edoc_connector.signature.constraints import (
    constrains_names,
    name_problem,
    other_constraints,
)
from tests.support.pki import AUTHORITY_USAGE, certificate, p256_key
from tests.support.pki import name as common

C, ORG, OU, CN = (
    NameOID.COUNTRY_NAME,
    NameOID.ORGANIZATION_NAME,
    NameOID.ORGANIZATIONAL_UNIT_NAME,
    NameOID.COMMON_NAME,
)


def name(*steps: tuple[x509.ObjectIdentifier, str]) -> x509.Name:
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in steps])


def trees(*names: x509.Name) -> list[x509.GeneralName] | None:
    return [x509.DirectoryName(one) for one in names] or None


def authority(
    permitted: list[x509.GeneralName] | None,
    excluded: list[x509.GeneralName] | None = None,
    **changes,
) -> x509.Certificate:
    constraints = x509.NameConstraints(permitted, excluded)
    return certificate(
        authority=True, usage=AUTHORITY_USAGE, extra=constraints, **changes
    )


def problem(subject: x509.Name, above: x509.Certificate, **changes) -> str:
    return name_problem((certificate(subject=subject, **changes), above))


GOVERNMENT = name((C, "VN"), (ORG, "Chính phủ"))


@pytest.mark.parametrize(
    "subject",
    [
        GOVERNMENT,
        name((C, "VN"), (ORG, "Chính phủ"), (CN, "Sở Nội vụ")),
        name((C, "vn"), (ORG, "CHÍNH  PHỦ "), (CN, "x")),
        name((C, "VN"), (ORG, " chính phủ"), (OU, "a"), (CN, "x")),
        x509.Name([]),
    ],
    ids=["itself", "below", "capitals and spaces", "deep", "no name"],
)
def test_a_name_below_a_permitted_one_is_permitted(subject) -> None:
    assert problem(subject, authority(trees(GOVERNMENT))) == ""


@pytest.mark.parametrize(
    "subject",
    [
        name((C, "VN")),
        name((C, "VN"), (ORG, "Chính phủ giả"), (CN, "x")),
        name((ORG, "Chính phủ"), (C, "VN"), (CN, "x")),
        name((C, "VN"), (OU, "Chính phủ"), (CN, "x")),
        name((CN, "x"), (C, "VN"), (ORG, "Chính phủ")),
    ],
    ids=["above", "longer", "another order", "another attribute", "not at the start"],
)
def test_any_other_name_is_refused(subject) -> None:
    assert "nameConstraints" in problem(subject, authority(trees(GOVERNMENT)))


def test_steps_of_several_parts_are_compared_whole() -> None:
    both = x509.RelativeDistinguishedName(
        [x509.NameAttribute(ORG, "a"), x509.NameAttribute(OU, "b")]
    )
    turned = x509.RelativeDistinguishedName(
        [x509.NameAttribute(OU, "B"), x509.NameAttribute(ORG, "A")]
    )
    above = authority(trees(x509.Name([both])))

    assert problem(x509.Name([turned]), above) == ""
    assert problem(name((ORG, "a")), above)


def test_one_of_several_permitted_names_is_enough() -> None:
    above = authority(trees(name((C, "LA")), name((C, "VN"))))

    assert problem(GOVERNMENT, above) == ""


def test_an_excluded_name_is_refused_also_below_a_permitted_one() -> None:
    above = authority(trees(name((C, "VN"))), trees(GOVERNMENT))

    assert problem(name((C, "VN"), (ORG, "Khác")), above) == ""
    assert problem(name((C, "VN"), (ORG, "Chính phủ"), (CN, "x")), above)


def test_a_second_name_of_the_certificate_must_be_permitted_too() -> None:
    above = authority(trees(GOVERNMENT))
    other = x509.SubjectAlternativeName(
        [x509.DirectoryName(name((C, "LA"))), x509.RFC822Name("a@b.vn")]
    )

    assert problem(GOVERNMENT, above, more=(other,))
    assert problem(GOVERNMENT, authority(None, trees(name((C, "LA")))), more=(other,))


def test_authorities_between_are_bound_as_well() -> None:
    above = authority(trees(GOVERNMENT))
    stray = authority(None, trees(name((C, "XX"))), subject=common("stray"))
    leaf = certificate(subject=GOVERNMENT)

    assert name_problem((leaf, stray, above))
    assert name_problem((leaf, certificate(subject=GOVERNMENT), above)) == ""


def test_an_authority_that_renews_itself_is_not_bound() -> None:
    above = authority(trees(GOVERNMENT))
    renewed = certificate(
        subject=common("issuing"),
        key=p256_key(4),
        authority=True,
        usage=AUTHORITY_USAGE,
    )

    assert renewed.issuer == renewed.subject
    assert name_problem((certificate(subject=GOVERNMENT), renewed, above)) == ""


def test_values_that_are_no_text_are_compared_as_they_are() -> None:
    bits = x509.Name(
        [
            x509.NameAttribute(
                NameOID.X500_UNIQUE_IDENTIFIER, b"\1\2", x509.name._ASN1Type.BitString
            )
        ]
    )

    assert problem(bits, authority(trees(bits))) == ""
    assert problem(GOVERNMENT, authority(trees(bits)))


def test_other_kinds_of_names_are_left_to_the_library() -> None:
    mail, servers = x509.RFC822Name("gov.vn"), x509.DNSName("gov.vn")
    mixed = authority([mail, *(trees(GOVERNMENT) or ())], [servers])

    left = other_constraints(mixed)

    assert left == x509.NameConstraints([mail], [servers])
    assert other_constraints(authority(trees(GOVERNMENT))) is None
    assert other_constraints(certificate()) is None


def test_an_authority_without_such_constraints_is_the_librarys() -> None:
    assert constrains_names(authority(None, trees(GOVERNMENT)))
    assert constrains_names(authority(trees(GOVERNMENT)))
    assert not constrains_names(authority([x509.DNSName("gov.vn")]))
    assert not constrains_names(certificate())
