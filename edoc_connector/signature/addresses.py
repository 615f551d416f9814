"""Where a certificate says that its revocation is published."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID

from edoc_connector.signature.extensions import extension_of


def ocsp_addresses(certificate: x509.Certificate) -> tuple[str, ...]:
    """Return the addresses of its OCSP responders (RFC 5280, 4.2.2.1)."""
    access = extension_of(certificate, x509.AuthorityInformationAccess)
    return tuple(
        one.access_location.value
        for one in access or ()
        if one.access_method == AuthorityInformationAccessOID.OCSP
        and isinstance(one.access_location, x509.UniformResourceIdentifier)
    )


def crl_addresses(certificate: x509.Certificate) -> tuple[str, ...]:
    """Return the addresses of its lists of revoked certificates (4.2.1.13).

    A list for some reasons only, or of another issuer, is not among them.
    """
    points = extension_of(certificate, x509.CRLDistributionPoints)
    whole = (it for it in points or () if not (it.reasons or it.crl_issuer))
    return tuple(address for it in whole for address in uris(it.full_name))


def other_places(certificate: x509.Certificate) -> tuple[str, ...]:
    """Return where it is published in ways that are not read here."""
    points = extension_of(certificate, x509.CRLDistributionPoints)
    partial = [it for it in points or () if it.reasons or it.crl_issuer]
    return tuple(next(uris(it.full_name), "cRLDistributionPoints") for it in partial)


def uris(names: Iterable[x509.GeneralName] | None) -> Iterator[str]:
    """Yield the names that are addresses."""
    for name in names or ():
        if isinstance(name, x509.UniformResourceIdentifier):
            yield name.value
