"""Reads what a signed statement of non-delivery says."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from edoc_connector.envelope.xml import read_xml
from edoc_connector.model.non_delivery import NAMESPACE

Said = tuple[str, str]
"""A path in the statement, and the value that stands there."""


def read_non_delivery(signed: bytes) -> tuple[Said, ...]:
    """Return what a statement says, as paths and values in their order.

    The signature is not judged here.  Raises `EnvelopeMalformed`.
    """
    found = read_xml(signed).iter(f"{{{NAMESPACE}}}NonDelivery")
    return tuple(leaf for root in found for leaf in _leaves(root, ""))


def _leaves(element: etree._Element, above: str) -> Iterator[Said]:
    for child in element:
        path = f"{above}{etree.QName(child).localname}"
        if len(child):
            yield from _leaves(child, f"{path}/")
        else:
            yield path, child.text or ""
