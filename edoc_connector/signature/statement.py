"""What a seal says, as bytes: the statement that is digested, signed and archived.

The bytes for a given content are fixed for ever: a seal of today must verify in twenty
years, with `xmlsec1` alone.  `schemas/seal-statement.xsd` describes them.
"""

from __future__ import annotations

import hashlib
from typing import Final

from edoc_connector.envelope.xml import text_escape
from edoc_connector.model.identifiers import Digest
from edoc_connector.model.stages import Content
from edoc_connector.signature.fields import Fields, Leaves, fields_of, grown

NAMESPACE: Final = "urn:edoc-connector:seal:1"

OPENING: Final = (
    '<ds:Object xmlns:ds="http://www.w3.org/2000/09/xmldsig#" Id="statement">'
    f'<Statement xmlns="{NAMESPACE}">'
)
CLOSING: Final = "</Statement></ds:Object>"


def statement(content: Content) -> bytes:
    """Return the statement in its `ds:Object`, exactly as exclusive C14N has it."""
    return _object(fields_of(content))


def statement_digest(content: Content) -> Digest:
    """Return the SHA-256 of the statement: the name of what was sealed."""
    return Digest(hashlib.sha256(statement(content)).hexdigest())


def render(values: Leaves) -> bytes:
    """Return the bytes of the statement that has these values."""
    return _object(grown(values))


def _object(fields: Fields) -> bytes:
    return f"{OPENING}{elements(fields)}{CLOSING}".encode()


def elements(fields: Fields) -> str:
    """Return fields as elements, without layout, as exclusive C14N has them."""
    parts = []
    for name, inside in fields:
        text = text_escape(inside) if isinstance(inside, str) else elements(inside)
        parts.append(f"<{name}>{text}</{name}>")
    return "".join(parts)
