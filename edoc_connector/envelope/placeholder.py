"""The signature that is none: what the axis's library has in its own example.

Every packet seen with it carries this value, under two different digests (edXML 1.8).
"""

from __future__ import annotations

from typing import Final

VALUE: Final = "GbVb8n9+qFxz466Ag0sbpVdLPs2R0+9JBekp12UyarAZjoG0W"
"""How the value of the signature begins."""

CERTIFICATE: Final = "MIIFqTCCBJG"
"""All that stands for a certificate."""


def is_placeholder(value: str, certificates: tuple[str, ...]) -> bool:
    """Whether a signature with this value and these certificates is the placeholder.

    Texts as they stand in the packet, without white space.
    """
    return value.startswith(VALUE) or certificates == (CERTIFICATE,)
