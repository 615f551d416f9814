"""Who signed, as the certificate calls them: a person, and the body they signed for."""

from __future__ import annotations

from typing import Final

from asn1crypto import x509

MOST_LETTERS: Final = 200
"""A certificate may hold megabytes of name; nobody reads further than this."""


def signer_of(certificate: x509.Certificate) -> str:
    """Return the common name."""
    return named(certificate.subject)


def named(name: x509.Name) -> str:
    """Return its common name, else all of it."""
    return _first(name, "common_name") or clipped(name.human_friendly)


def organization_of(certificate: x509.Certificate) -> str:
    """Return unit, organisation and identifier, as far as the certificate has them.

    Not the user id: there, authorities write the numbers of persons' identity cards.
    """
    subject = certificate.subject
    parts = [_first(subject, kind) for kind in (UNIT, ORGANIZATION)]
    said = ", ".join(dict.fromkeys(filter(None, parts)))
    identifier = _first(subject, IDENTIFIER)
    return clipped(f"{said} ({identifier})" if identifier else said)


UNIT: Final = "organizational_unit_name"
ORGANIZATION: Final = "organization_name"
IDENTIFIER: Final = "organization_identifier"


def _first(name: x509.Name, kind: str) -> str:
    found = name.native.get(kind, "")
    return clipped(found[0] if isinstance(found, list) else found)


def clipped(text: object) -> str:
    """Return the beginning of a stranger's text."""
    return str(text)[:MOST_LETTERS]
