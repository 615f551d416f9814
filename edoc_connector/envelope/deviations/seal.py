"""Departures of what stands where a seal stands: empty, placeholder, out of place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from lxml import etree

from edoc_connector.envelope import names
from edoc_connector.envelope.placeholder import is_placeholder
from edoc_connector.envelope.xml import has_text, local_name, namespace
from edoc_connector.model.deviations import Departure, Deviation

XMLDSIG: Final = "http://www.w3.org/2000/09/xmldsig#"


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
    if not has_text(element):
        yield Departure.SIGNATURE_EMPTY
        return
    if _is_placeholder(element):
        yield Departure.SIGNATURE_PLACEHOLDER
    if element.find(".//{*}KeyInfo/{*}Token") is not None:
        yield Departure.SIGNATURE_TOKEN
    if namespace(element) != XMLDSIG:
        yield Departure.SIGNATURE_NAMESPACE
    is_last = next(element.itersiblings("*"), None) is None
    if not is_last or local_name(parent) not in names.HEADER:
        yield Departure.SIGNATURE_PLACE


def _is_placeholder(signature: etree._Element) -> bool:
    value = _packed(signature.findtext(".//{*}SignatureValue"))
    certificate = _packed(signature.findtext(".//{*}X509Certificate"))
    return is_placeholder(value, (certificate,))


def _packed(text: str | None) -> str:
    return "".join((text or "").split())
