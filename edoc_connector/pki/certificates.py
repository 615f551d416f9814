"""Reads the certificates of the authorities the operator trusts."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from edoc_connector.errors import N_, SettingsInvalid
from edoc_connector.signature.certificate import UNREADABLE
from edoc_connector.signature.path import Anchor


def load_anchors(paths: Iterable[Path]) -> tuple[Anchor, ...]:
    """Return every authority's certificate in these PEM files, as DER.

    Issuing authorities belong here too, beside their root: a seal carries its signer's
    certificate only.  Raises `SettingsInvalid` for what is no authority's certificate.
    """
    return tuple(Anchor(der) for path in paths for der in _authorities(path))


def _authorities(path: Path) -> list[bytes]:
    try:
        loaded = x509.load_pem_x509_certificates(path.read_bytes())
        strangers = [one for one in loaded if not _is_authority(one)]
    except OSError as error:
        raise _invalid(path, error.strerror or str(error)) from error
    except UNREADABLE as error:
        raise _invalid(path, N_("it holds no certificate in PEM form")) from error
    if strangers:
        subject = strangers[0].subject.rfc4514_string()
        raise _invalid(path, f"{subject} is not the certificate of an authority")
    return [one.public_bytes(Encoding.DER) for one in loaded]


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        basic = certificate.extensions.get_extension_for_class(x509.BasicConstraints)
    except x509.ExtensionNotFound:
        return False
    return basic.value.ca


def _invalid(path: Path, problem: str) -> SettingsInvalid:
    return SettingsInvalid(where=f"trust.anchors: {path}", problem=problem)
