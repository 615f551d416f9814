from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID

from edoc_connector.signature.addresses import crl_addresses, ocsp_addresses
from tests.support.pki import certificate, name
from tests.support.revocation import CRL, OCSP, addresses, sealer


def test_a_certificate_names_where_to_ask() -> None:
    assert ocsp_addresses(sealer()) == (OCSP,)
    assert crl_addresses(sealer()) == (CRL,)


def test_several_addresses_keep_their_order() -> None:
    several = certificate(more=addresses(("http://b", "http://a"), ("http://d", "e")))

    assert ocsp_addresses(several) == ("http://b", "http://a")
    assert crl_addresses(several) == ("http://d", "e")


def test_a_certificate_that_names_none_has_none() -> None:
    assert ocsp_addresses(certificate()) == ()
    assert crl_addresses(certificate()) == ()


def test_what_is_no_responder_is_not_asked() -> None:
    access = x509.AuthorityInformationAccess(
        [
            x509.AccessDescription(
                AuthorityInformationAccessOID.CA_ISSUERS,
                x509.UniformResourceIdentifier("http://issuer"),
            ),
            x509.AccessDescription(
                AuthorityInformationAccessOID.OCSP, x509.DirectoryName(name("x"))
            ),
        ]
    )

    assert ocsp_addresses(certificate(more=(access,))) == ()


def test_a_list_of_a_part_or_of_another_is_not_asked_for() -> None:
    uri = [x509.UniformResourceIdentifier("http://part")]
    other = [x509.DirectoryName(name("other"))]
    some = frozenset([x509.ReasonFlags.superseded])
    points = x509.CRLDistributionPoints(
        [
            x509.DistributionPoint(uri, None, some, None),
            x509.DistributionPoint(uri, None, None, other),
            x509.DistributionPoint(other, None, None, None),
        ]
    )

    assert crl_addresses(certificate(more=(points,))) == ()
