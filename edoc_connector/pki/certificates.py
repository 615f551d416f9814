"""Reads the certificates of the authorities the operator trusts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from edoc_connector.clock import VIETNAM
from edoc_connector.errors import N_, SettingsInvalid
from edoc_connector.signature.certificate import UNREADABLE
from edoc_connector.signature.path import Anchor


@dataclass(frozen=True, slots=True)
class Period:
    """Days in Vietnam for which an authority is trusted, both included."""

    first: date | None = None
    last: date | None = None

    def anchor(self, der: bytes) -> Anchor:
        """Return an authority that is trusted in this period."""
        since, until = _moment(self.first, time.min), _moment(self.last, time.max)
        return Anchor(der, since, until)


ALWAYS: Final = Period()


def _moment(day: date | None, at: time) -> datetime | None:
    return datetime.combine(day, at, VIETNAM) if day else None


def load_anchors(
    paths: Iterable[Path],
    periods: Mapping[Path, Period] | None = None,
    *,
    setting: str = "trust.anchors",
) -> tuple[Anchor, ...]:
    """Return every authority's certificate in these PEM files, with its period.

    Issuing authorities belong here too, beside their root: a seal carries its signer's
    certificate only.  Raises `SettingsInvalid` for what is no authority's certificate.
    """
    known = periods or {}
    return tuple(
        known.get(path, ALWAYS).anchor(der)
        for path in paths
        for der in _authorities(path, f"{setting}: {path}")
    )


def _authorities(path: Path, where: str) -> list[bytes]:
    try:
        loaded = x509.load_pem_x509_certificates(path.read_bytes())
        strangers = [one for one in loaded if not _is_authority(one)]
    except OSError as error:
        raise _invalid(where, error.strerror or str(error)) from error
    except UNREADABLE as error:
        raise _invalid(where, N_("it holds no certificate in PEM form")) from error
    if strangers:
        subject = strangers[0].subject.rfc4514_string()
        because = N_("{subject} is not the certificate of an authority")
        raise SettingsInvalid(where=where, because=because, subject=subject)
    return [one.public_bytes(Encoding.DER) for one in loaded]


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        basic = certificate.extensions.get_extension_for_class(x509.BasicConstraints)
    except x509.ExtensionNotFound:
        return False
    return basic.value.ca


def _invalid(where: str, problem: str) -> SettingsInvalid:
    return SettingsInvalid(where=where, problem=problem)
