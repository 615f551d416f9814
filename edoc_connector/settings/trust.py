"""Whose signatures are believed: of packets, of time stamps, inside PDFs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Annotated

from edoc_connector.checks import Filled, Fingerprint, Limits, Rising, ServiceUrl
from edoc_connector.model.pdf_signatures import PdfRequirement
from edoc_connector.settings.values import Code, Text
from edoc_connector.signature.choices import AlgorithmName, SubjectField, Unsealed

Address = Annotated[str, Filled(), ServiceUrl("trust.revocation")]


@dataclass(frozen=True, slots=True, kw_only=True)
class BindingSettings:
    """Where a certificate says whose it is."""

    fields: Annotated[tuple[SubjectField, ...], Filled()] = (
        SubjectField.ORGANIZATION_IDENTIFIER,
    )
    """The fields of the subject that hold the identifier."""
    prefixes: tuple[str, ...] = ()
    """What may stand before the identifier there, such as "MST:"."""
    certificates: Mapping[Annotated[str, Fingerprint()], tuple[Code, ...]] = field(
        default_factory=dict
    )
    """SHA-256 of a certificate -> the identifiers it stands for, whatever it says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodSettings:
    """For what time an authority is trusted; days in Vietnam, both included."""

    since: date | None = None
    """The first day; empty: from the beginning."""
    until: date | None = None
    """The last day; empty: until its certificate ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RevocationSettings:
    """How it is found out whether a certificate was revoked."""

    check: bool = True
    """Whether anybody is asked; without it no seal is wholly proven."""
    timeout_seconds: Annotated[float, Limits(0.1, 120)] = 10.0
    """How long one OCSP responder or list server may take for its whole answer."""
    grace_hours: Annotated[float, Limits(0, 720)] = 72.0
    """How long documents are delivered while nobody answers; then they wait."""
    crls: tuple[Path, ...] = ()
    """Lists of revoked certificates (CRL, PEM or DER) that are carried in by hand."""
    addresses: Mapping[Address, Address] = field(default_factory=dict)
    """An address that certificates name -> the one to ask instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustSettings:
    """Whose seals are believed, and who may speak for whom."""

    anchors: Annotated[tuple[Path, ...], Filled()]
    """The certificates of the authorities that are trusted, PEM files."""
    periods: Mapping[Path, Annotated[PeriodSettings, Rising("since", "until")]] = field(
        default_factory=dict
    )
    """A file of `anchors` -> the days for which what is in it is trusted."""
    revocation: RevocationSettings = RevocationSettings()
    """How it is found out whether a certificate was revoked."""
    timestamp_anchors: tuple[Path, ...] = ()
    """Those of time stamping authorities, PEM files; empty: the same."""
    accounts: Mapping[str, tuple[Code, ...]] = field(default_factory=dict)
    """Broker account -> the identifiers it speaks for; not listed: its own name."""
    algorithms: Annotated[tuple[AlgorithmName, ...], Filled()] = tuple(AlgorithmName)
    """The signature algorithms of seals that are read; others are refused."""
    links: tuple[Text, ...] = ()
    """Accounts of other brokers: they vouch for nobody, only the seal does."""
    unsealed: Mapping[Code, Unsealed] = field(default_factory=dict)
    """Identifier -> what is accepted of a body that cannot seal yet."""
    binding: BindingSettings = BindingSettings()
    """Where a certificate says whose it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfSettings:
    """Whether signatures inside attached PDFs are looked at; what they must be."""

    check: bool = True
    """Whether they are looked at; must be true where something is required."""
    require: PdfRequirement = PdfRequirement.NOTHING
    """What a received PDF must be before it is delivered: nothing, intact, trusted."""
    anchors: tuple[Path, ...] = ()
    """Authorities of those who sign PDFs, beside `trust.anchors`; PEM files."""
