"""What a seal says, as bytes: the statement that is digested, signed and archived.

The bytes for a given content are fixed for ever: a seal of today must verify in twenty
years, with `xmlsec1` alone.  `schemas/seal-statement.xsd` describes them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from itertools import takewhile
from typing import Final

from edoc_connector.envelope.xml import text_escape
from edoc_connector.model.identifiers import Digest
from edoc_connector.model.stages import Content
from edoc_connector.signature.fields import Leaves, leaves

NAMESPACE: Final = "urn:edoc-connector:seal:1"

OPENING: Final = (
    '<ds:Object xmlns:ds="http://www.w3.org/2000/09/xmldsig#" Id="statement">'
    f'<Statement xmlns="{NAMESPACE}">'
)
CLOSING: Final = "</Statement></ds:Object>"


def statement(content: Content) -> bytes:
    """Return the statement in its `ds:Object`, exactly as exclusive C14N has it."""
    return render(leaves(content))


def statement_digest(content: Content) -> Digest:
    """Return the SHA-256 of the statement: the name of what was sealed."""
    return Digest(hashlib.sha256(statement(content)).hexdigest())


def render(values: Leaves) -> bytes:
    """Return the bytes of the statement that has these values."""
    parts = [OPENING]
    standing: list[str] = []
    for path, value in values:
        *above, name = path.split("/")
        if above != standing:
            parts += _way(standing, above)
            standing = above
        tag = _tag(name)
        parts.append(f"<{tag}>{text_escape(value)}</{tag}>")
    parts += _way(standing, [])
    parts.append(CLOSING)
    return "".join(parts).encode()


def _way(here: list[str], there: list[str]) -> Iterator[str]:
    """Yield the end tags and start tags on the way from one element to another."""
    pairs = zip(here, there, strict=False)
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    yield from (f"</{_tag(step)}>" for step in reversed(here[shared:]))
    yield from (f"<{_tag(step)}>" for step in there[shared:])


def _tag(step: str) -> str:
    return step.partition("[")[0]
