"""Says what was changed on the way, when it is already certain that something was.

It reads the sealer's own copy of the statement, and only where that copy still has the
digest that was sealed.  No decision rests on anything here.
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterator
from hashlib import sha256
from typing import Final

from edoc_connector.errors import (
    N_,
    CertificateChanged,
    ContentChanged,
    SealInvalid,
)
from edoc_connector.model.stages import Content, Envelope, FoundSeal
from edoc_connector.signature import profile
from edoc_connector.signature.certificate import read_certificate
from edoc_connector.signature.fields import leaves
from edoc_connector.signature.found import SealValues, short
from edoc_connector.signature.statement import render

NOTHING: Final = "-"
"""Shown for a value that is not there; the same in every language."""

ATTACHMENT: Final = re.compile(r"(?P<step>Attachment(?:\[\d+\])?)/(?P<part>\w+)")
PARTS: Final = {"Name": "name", "Size": "size", "SHA256": "SHA-256"}
NAMES: Final = (
    N_("Attachment name"),
    N_("Attachment size"),
    N_("Attachment SHA-256"),
)
"""What `language.name_of` makes of them; the other fields are in `model.fields`."""


def content_change(
    content: Content, seal: FoundSeal, values: SealValues
) -> ContentChanged:
    """Return the first field that differs from what was sealed."""
    arrived = leaves(content)
    if sha256(render(seal.statement)).digest() == values.statement_digest:
        for change in _differences(dict(seal.statement), dict(arrived)):
            return change
    return ContentChanged(
        field=N_("content"),
        expected=values.statement_digest.hex(),
        found=sha256(render(arrived)).hexdigest(),
    )


def properties_change(
    envelope: Envelope, seal: FoundSeal, values: SealValues
) -> SealInvalid:
    """Return which differs from what was sealed: the certificate or the stamp."""
    at = profile.sealing_time(envelope)
    if not _certificate_was_replaced(values):
        return ContentChanged(
            field="TraceHeader/Timestamp",
            expected=values.properties_digest.hex(),
            found=at.isoformat(),
        )
    return CertificateChanged(
        expected=_hexadecimal(seal.certificate_digest),
        found=values.certificate_digest.hex(),
    )


def _certificate_was_replaced(values: SealValues) -> bool:
    """Tell by the signature, which no copy is needed for.

    If it fits the certificate in hand, that certificate's owner made it, and what does
    not fit is the time.
    """
    try:
        certificate = read_certificate(values.certificate)
    except SealInvalid:
        return True
    return not values.fit(certificate.public_key)


def _differences(
    before: dict[str, str], after: dict[str, str]
) -> Iterator[ContentChanged]:
    for path in {**before, **after}:
        if before.get(path) != after.get(path):
            yield ContentChanged(
                field=short(_name(path, before, after)),
                expected=short(before.get(path, NOTHING)),
                found=short(after.get(path, NOTHING)),
            )


def _name(path: str, before: dict[str, str], after: dict[str, str]) -> str:
    """Name a field as people see it: an attachment by its file's name."""
    match = ATTACHMENT.fullmatch(path)
    if not match:
        return path
    step = match["step"]
    name = before.get(f"{step}/Name") or after.get(f"{step}/Name", "")
    return f'{step} "{name}" {PARTS.get(match["part"], match["part"])}'


def _hexadecimal(digest: str) -> str:
    """Show the sealer's own copy of the certificate's digest, if it is still there."""
    try:
        return b64decode(digest, validate=True).hex()[:64] or NOTHING
    except ValueError:
        return NOTHING
