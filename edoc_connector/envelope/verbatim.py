"""The signature of a packet as it stands there, byte for byte, to be written again."""

from __future__ import annotations

from typing import Final

from lxml import etree

from edoc_connector.envelope.found_seal import find_signature
from edoc_connector.envelope.names import SIGNATURE
from edoc_connector.envelope.skeleton import Buffer
from edoc_connector.envelope.xml import MAX_BYTES, canonical, local_name, read_xml
from edoc_connector.errors import EnvelopeMalformed

MOST_ATTRIBUTES: Final = 100


def signature_in(body: Buffer, root: etree._Element) -> bytes:
    """Return the bytes of the signature, or nothing where there is none.

    Where they say nothing without what stands around them, it is the same signature in
    canonical XML.  Raises `EnvelopeMalformed` for two signatures.
    """
    signature = find_signature(root)
    if signature is None:
        return b""
    found = _canonical(signature.element)
    standing = _standing(body, signature.element)
    return standing if _means(standing, found) else found


def is_signature(data: bytes) -> bool:
    """Whether these bytes are one signature and nothing around it."""
    try:
        root = read_xml(data)
    except EnvelopeMalformed:
        return False
    is_alone = root.getprevious() is None and root.getnext() is None
    is_bare = data.startswith(b"<") and not data.startswith(b"<?")
    return is_alone and is_bare and local_name(root) in SIGNATURE


def _standing(body: Buffer, element: etree._Element) -> bytes:
    prefix = f"{element.prefix}:" if element.prefix else ""
    name = f"{prefix}{local_name(element)}".encode()
    ending = b"</" + name + b">"
    start = body.find(b"<" + name)
    end = body.find(ending, max(start, 0))
    is_there = start >= 0 and 0 <= end - start < MAX_BYTES
    return bytes(body[start : end + len(ending)]) if is_there else b""


def _means(standing: bytes, found: bytes) -> bool:
    try:
        return bool(found) and _canonical(read_xml(standing)) == found
    except EnvelopeMalformed:
        return False


def _canonical(element: etree._Element) -> bytes:
    """Return the canonical form, or nothing where it costs too much.

    Attributes are sorted one by one.
    """
    if any(len(each.attrib) > MOST_ATTRIBUTES for each in element.iter("*")):
        return b""
    return canonical(element)
