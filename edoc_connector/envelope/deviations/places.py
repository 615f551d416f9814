"""Walks a packet: each element under its first spelling, with the one it stands in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from lxml import etree

from edoc_connector.envelope import names
from edoc_connector.envelope.structure import CHILDREN
from edoc_connector.envelope.xml import local_name

SPELLINGS: Final = {
    other: first
    for first, *others in (
        names.ENVELOPE,
        names.HEADER,
        names.BODY,
        names.MANIFEST,
        names.MESSAGE,
        names.BUSINESS,
        names.BUSINESS_TYPE,
        names.BUSINESS_REASON,
        names.BUSINESS_DOCUMENT,
    )
    for other in others
}
KNOWN: Final = {name: frozenset(children) for name, children in CHILDREN.items()}
NOBODY: Final = frozenset[str]()
SILENT: Final = frozenset({"edXML", "edXMLEnvelope", "edXMLHeader", "edXMLBody"})
"""Their names tell people nothing about where a thing stands."""


class Place(NamedTuple):
    """An element, what it and its parent are called first, and where people find it.

    It is known if the standard, or the axis's library, has it there; `children` are the
    elements in it, none where nobody knows what they mean.
    """

    element: etree._Element
    name: str
    parent: str
    where: str
    is_known: bool
    children: tuple[Place, ...]

    @property
    def is_leaf(self) -> bool:
        """Whether no element stands in it."""
        return not self.children

    @property
    def text(self) -> str:
        """Its own text, as it stands there."""
        return self.element.text or ""


def places(root: etree._Element) -> Iterator[Place]:
    """Yield all elements in document order, signatures left out.

    What stands inside an element that nobody knows is not looked at.
    """
    waiting = [_place(root, "", "")]
    while waiting:
        place = waiting.pop()
        if place.name not in names.SIGNATURE:
            yield place
            waiting += reversed(place.children)


def _place(element: etree._Element, parent: str, above: str) -> Place:
    own = local_name(element)
    name = SPELLINGS.get(own, own)
    where = f"{above}/{own}" if above else own
    is_known = name in KNOWN.get(parent, NOBODY)
    is_open = is_known or not parent
    children = _children(element, name, where) if is_open and len(element) else ()
    return Place(element, name, parent, where, is_known, children)


def _children(element: etree._Element, name: str, where: str) -> tuple[Place, ...]:
    above = "" if name in SILENT else where
    return tuple([_place(child, name, above) for child in element.iterchildren("*")])
