"""Takes a received Signature apart into text; believes and checks nothing.

Nodes drop its prefix, its namespace, its `ds:Object`s and every certificate but the
first, so everything is found by local name and most of it may be missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import islice
from typing import Final

from lxml import etree

from edoc_connector.envelope.names import SIGNATURE
from edoc_connector.envelope.section import Endless, Section
from edoc_connector.envelope.xml import has_text, local_name
from edoc_connector.errors import N_, EnvelopeMalformed
from edoc_connector.model.stages import FoundReference, FoundSeal


def find_seal(root: etree._Element) -> FoundSeal | None:
    """Return what stands where a seal stands, or None if nothing does.

    It is looked for everywhere in the packet but inside another signature; two that are
    not empty are refused.
    """
    signature = find_signature(root)
    return seal_of(signature) if signature else None


def find_signature(root: etree._Element) -> Section | None:
    """Return the element itself."""
    found = [seal for seal in _outermost(root) if has_text(seal.element)]
    if len(found) > 1:
        because = N_("line {line}: two signatures")
        raise EnvelopeMalformed(because=because, line=found[1].line)
    return found[0] if found else None


def _outermost(root: etree._Element) -> Iterator[Section]:
    kinds = tuple(f"{{*}}{name}" for name in SIGNATURE)
    for element in root.iter(*kinds):
        if next(element.iterancestors(*kinds), None) is None:
            yield Section(element, local_name(element))


def seal_of(signature: Section) -> FoundSeal:
    """Return what stands in a signature, or in the one that it holds."""
    inner = signature.one(*SIGNATURE)
    return _seal(signature) if inner is None else seal_of(inner)


def _seal(signature: Section) -> FoundSeal:
    info = signature.one("SignedInfo")
    objects = signature.all("Object")
    return FoundSeal(
        canonicalization_method=_algorithm(info, "CanonicalizationMethod"),
        signature_method=_algorithm(info, "SignatureMethod"),
        references=tuple(_reference(each) for each in info.all("Reference"))
        if info
        else (),
        signature_value=_packed(signature, "SignatureValue"),
        certificates=tuple(_certificates(signature)),
        statement=tuple(_statement(objects)),
        certificate_digest=_certificate_digest(objects),
        timestamps=tuple(islice(_timestamps(objects), MOST_TIMESTAMPS)),
    )


def _algorithm(section: Section | None, name: str) -> str:
    found = section.one(name) if section else None
    return found.attribute("Algorithm").strip() if found else ""


def _reference(reference: Section) -> FoundReference:
    transforms = reference.one("Transforms")
    return FoundReference(
        uri=reference.attribute("URI"),
        transforms=tuple(
            each.attribute("Algorithm") for each in transforms.all("Transform")
        )
        if transforms
        else (),
        digest_method=_algorithm(reference, "DigestMethod"),
        digest_value=_packed(reference, "DigestValue"),
    )


def _certificates(signature: Section) -> Iterator[str]:
    info = signature.one("KeyInfo")
    for data in info.all("X509Data") if info else ():
        for certificate in data.all("X509Certificate"):
            yield _without_space(certificate.value())


MOST_TIMESTAMPS: Final = 4
"""Of a seal; we write one, and each of a stranger's costs us a check."""
MOST_CHARACTERS: Final = 100_000
"""Of one; what is longer is nobody's."""


def _timestamps(objects: Sequence[Section]) -> Iterator[str]:
    """Yield the time stamps, which never refuse a packet: anybody can add one."""
    for held in objects:
        for stamp in held.within("SignatureTimeStamp"):
            for token in stamp.all("EncapsulatedTimeStamp"):
                yield _without_space(token.raw[:MOST_CHARACTERS])


def _packed(section: Section, name: str) -> str:
    return _without_space(section.text(name))


def _without_space(text: str) -> str:
    return "".join(text.split())


# --- what only helps to say what was changed ----------------------------------


def _statement(objects: Sequence[Section]) -> Iterator[tuple[str, str]]:
    statements = [each for held in objects for each in held.all("Statement")]
    if len(statements) != 1:
        return
    # It has a path for each of its values, which is memory that somebody else chose.
    with suppress(Endless):  # then no connector has written it
        yield from statements[0].leaves()


def _certificate_digest(objects: Sequence[Section]) -> str:
    for held in objects:
        for digest in held.within("CertDigest"):
            return _packed(digest, "DigestValue")
    return ""
