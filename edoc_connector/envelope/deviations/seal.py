"""Departures of what stands where a seal stands: empty, placeholder, out of place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from lxml import etree

from edoc_connector.envelope import names
from edoc_connector.envelope.xml import local_name, namespace
from edoc_connector.model.deviations import Departure, Deviation

XMLDSIG: Final = "http://www.w3.org/2000/09/xmldsig#"

PLACEHOLDER_VALUE: Final = "GbVb8n9+qFxz466Ag0sbpVdLPs2R0+9JBekp12UyarAZjoG0W"
PLACEHOLDER_CERTIFICATE: Final = "MIIFqTCCBJG"
"""How the signature begins that the axis's library has in its own example.

All packets seen with it carry this value, under two different digests (edXML 1.8).
"""


def of_seal(root: etree._Element) -> Iterator[Deviation]:
    """Yield what is unusual about the signatures of a packet."""
    for element in root.iter(*(f"{{*}}{name}" for name in names.SIGNATURE)):
        parent = element.getparent()
        if parent is None or local_name(parent) in names.SIGNATURE:
            continue
        where = local_name(element)
        for kind in _kinds(element, parent):
            yield Deviation(kind, where)


def _kinds(element: etree._Element, parent: etree._Element) -> Iterator[Departure]:
    if not element.xpath("string()").strip():
        yield Departure.SIGNATURE_EMPTY
        return
    if is_placeholder(element):
        yield Departure.SIGNATURE_PLACEHOLDER
    if element.find(".//{*}KeyInfo/{*}Token") is not None:
        yield Departure.SIGNATURE_TOKEN
    if namespace(element) != XMLDSIG:
        yield Departure.SIGNATURE_NAMESPACE
    is_last = next(element.itersiblings("*"), None) is None
    if not is_last or local_name(parent) not in names.HEADER:
        yield Departure.SIGNATURE_PLACE


def is_placeholder(signature: etree._Element) -> bool:
    """Whether this is the signature of the axis library's own example."""
    value = "".join((signature.findtext(".//{*}SignatureValue") or "").split())
    certificate = "".join((signature.findtext(".//{*}X509Certificate") or "").split())
    is_known = value.startswith(PLACEHOLDER_VALUE)
    return is_known or certificate == PLACEHOLDER_CERTIFICATE
