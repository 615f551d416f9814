"""Whom pyHanko may believe: our anchors, the evidence in the file, no network."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from asn1crypto import crl, ocsp, x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import (
    MultivaluedAttributeError,
    NonexistentAttributeError,
    find_unique_cms_attribute,
)
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.policy_decl import (
    CertRevTrustPolicy,
    RevocationCheckingPolicy,
    RevocationCheckingRule,
)

from edoc_connector.signature.path import Anchor

KNOWN: Final = RevocationCheckingRule.CRL_OR_OCSP_REQUIRED
WHATEVER: Final = RevocationCheckingRule.NO_CHECK

# Never "if declared": then a list in the file that names the signer counts for nothing
# where the certificate does not say who publishes lists.
ALL_KNOWN: Final = RevocationCheckingPolicy(KNOWN, KNOWN)
SIGNER_KNOWN: Final = RevocationCheckingPolicy(KNOWN, WHATEVER)
NONE_KNOWN: Final = RevocationCheckingPolicy(WHATEVER, WHATEVER)

SIGNER: Final = KeyUsageConstraints(
    key_usage={"digital_signature", "non_repudiation"}, match_all_key_usages=False
)
"""Authorities here issue certificates with either bit."""


@dataclass(frozen=True)
class Evidence:
    """Certificates and revocation data that travel inside a file."""

    certificates: tuple[x509.Certificate, ...] = ()
    crls: tuple[crl.CertificateList, ...] = ()
    ocsps: tuple[ocsp.OCSPResponse, ...] = ()

    @property
    def tells_of_revocation(self) -> bool:
        """Whether anything in it could say that a certificate is revoked."""
        return bool(self.crls or self.ocsps)

    @property
    def certificates_only(self) -> Evidence:
        """The same without what nobody could read."""
        return Evidence(self.certificates)

    def __add__(self, other: Evidence) -> Evidence:
        """Put two heaps together."""
        return Evidence(
            self.certificates + other.certificates,
            self.crls + other.crls,
            self.ocsps + other.ocsps,
        )


@dataclass(frozen=True)
class Trust:
    """The certificates of the settings: self-issued ones end a path, others lead on."""

    anchors: tuple[Anchor, ...]
    stamps: tuple[Anchor, ...] = ()
    """Authorities of time; without any, those of signers are asked for time too."""

    @property
    def of_time(self) -> Trust:
        """Whom to believe what time it was."""
        return Trust(self.stamps or self.anchors)

    def _trusted(self, moment: datetime) -> list[x509.Certificate]:
        trusted = (it for it in self.anchors if it.is_trusted(moment))
        return [x509.Certificate.load(it.der) for it in trusted]

    def allows(self, path: Iterable[x509.Certificate], moment: datetime) -> bool:
        """Whether no authority on a path has fallen out of the operator's trust.

        A file may bring a certificate that the operator no longer trusts.
        """
        ended = {it.der for it in self.anchors if not it.is_trusted(moment)}
        return not any(it.dump() in ended for it in path)

    def at(
        self,
        moment: datetime,
        evidence: Evidence,
        *,
        revocation: RevocationCheckingPolicy = NONE_KNOWN,
    ) -> ValidationContext:
        """Return what a chain is judged by; each judgement needs a new one."""
        trusted = self._trusted(moment)
        links = (it for it in trusted if not it.self_issued)
        return ValidationContext(
            # Never None: that would mean the authorities of the operating system.
            trust_roots=[it for it in trusted if it.self_issued],
            other_certs=[*links, *evidence.certificates],
            crls=list(evidence.crls),
            ocsps=list(evidence.ocsps),
            moment=moment,
            allow_fetching=False,
            # What was fetched after signing says what was revoked before it.
            revinfo_policy=CertRevTrustPolicy(revocation, retroactive_revinfo=True),
        )


def stored_evidence(reader: PdfFileReader) -> Evidence:
    """Return what stands in the Document Security Store.

    Raises `NoDSSFoundError`, or whatever libraries raise at bytes of strangers.
    """
    store = DocumentSecurityStore.read_dss(reader)
    return Evidence(
        tuple(store.load_certs()),
        tuple(crl.CertificateList.load(it) for it in _streams(store.crls)),
        tuple(ocsp.OCSPResponse.load(it) for it in _streams(store.ocsps)),
    )


def _streams(references: Iterable[Any]) -> Iterator[bytes]:
    for reference in references:
        yield reference.get_object().data


def carried_evidence(embedded: EmbeddedPdfSignature) -> Evidence:
    """Return what Adobe's attribute of the signature itself carries."""
    return Evidence(
        (), tuple(_carried(embedded, "crl")), tuple(_carried(embedded, "ocsp"))
    )


def _carried(embedded: EmbeddedPdfSignature, kind: str) -> Iterator[object]:
    with suppress(
        NonexistentAttributeError, MultivaluedAttributeError, ValueError, TypeError
    ):
        found = find_unique_cms_attribute(
            embedded.signer_info["signed_attrs"], "adobe_revocation_info_archival"
        )
        yield from found[kind] or ()
