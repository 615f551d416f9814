"""Which names an authority may certify: directory names of nameConstraints.

The path validator of `cryptography` judges names of every other kind, and refuses
directory names altogether; so those are judged here (RFC 5280, 4.2.1.10 and 7.1).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Final

from cryptography import x509

from edoc_connector.errors import N_
from edoc_connector.signature.extensions import extension_of

FORBIDDEN_NAME: Final = N_("an authority may not certify this name (nameConstraints)")

Step = frozenset[tuple[str, str]]
"""A relative distinguished name, written so that equal ones are equal."""


def constrains_names(authority: x509.Certificate) -> bool:
    """Whether it has constraints that the library does not judge."""
    constraints = extension_of(authority, x509.NameConstraints)
    if constraints is None:
        return False
    permitted, excluded = _subtrees(constraints)
    return bool(permitted or excluded)


def other_constraints(authority: x509.Certificate) -> x509.NameConstraints | None:
    """Return the constraints that the library judges, if there are any."""
    constraints = extension_of(authority, x509.NameConstraints)
    if constraints is None:
        return None
    permitted, excluded = (
        [one for one in trees or () if not isinstance(one, x509.DirectoryName)]
        for trees in (constraints.permitted_subtrees, constraints.excluded_subtrees)
    )
    if not (permitted or excluded):
        return None
    return x509.NameConstraints(permitted or None, excluded or None)


def name_problem(path: tuple[x509.Certificate, ...]) -> str:
    """Say which certificate of a path bears a name it may not bear, or nothing."""
    for height, authority in enumerate(path):
        constraints = extension_of(authority, x509.NameConstraints)
        if constraints is None:
            continue
        for certificate in _constrained(path[:height]):
            if not _allowed(certificate, constraints):
                return FORBIDDEN_NAME
    return ""


def _constrained(below: tuple[x509.Certificate, ...]) -> Iterator[x509.Certificate]:
    """Yield what is bound: all but authorities that certify themselves (6.1.4)."""
    yield from below[:1]
    yield from (one for one in below[1:] if one.issuer != one.subject)


def _allowed(certificate: x509.Certificate, constraints: x509.NameConstraints) -> bool:
    permitted, excluded = _subtrees(constraints)
    for name in _names(certificate):
        if permitted and not any(_within(name, tree) for tree in permitted):
            return False
        if any(_within(name, tree) for tree in excluded):
            return False
    return True


def _names(certificate: x509.Certificate) -> Iterator[x509.Name]:
    if certificate.subject.rdns:
        yield certificate.subject
    others = extension_of(certificate, x509.SubjectAlternativeName)
    if others is not None:
        yield from others.get_values_for_type(x509.DirectoryName)


def _subtrees(
    constraints: x509.NameConstraints,
) -> tuple[list[x509.Name], list[x509.Name]]:
    permitted, excluded = (
        [one.value for one in trees or () if isinstance(one, x509.DirectoryName)]
        for trees in (constraints.permitted_subtrees, constraints.excluded_subtrees)
    )
    return permitted, excluded


def _within(name: x509.Name, tree: x509.Name) -> bool:
    """Whether a name begins with all steps of the tree."""
    steps, root = [*_steps(name)], [*_steps(tree)]
    return steps[: len(root)] == root


def _steps(name: x509.Name) -> Iterator[Step]:
    for rdn in name.rdns:
        yield frozenset((it.oid.dotted_string, _plain(it.value)) for it in rdn)


def _plain(value: str | bytes) -> str:
    """Write a value as it is compared: letters folded, white space insignificant."""
    if isinstance(value, bytes):
        return value.hex()
    folded = unicodedata.normalize("NFKC", value).casefold()
    return " ".join(unicodedata.normalize("NFKC", folded).split())
