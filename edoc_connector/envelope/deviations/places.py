"""Walks a packet: each element under its first spelling, with the one it stands in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

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
SILENT: Final = frozenset({"edXML", "edXMLEnvelope", "edXMLHeader", "edXMLBody"})
"""Their names tell people nothing about where a thing stands."""


@dataclass(frozen=True)
class Place:
    """An element, what it and its parent are called first, and where people find it.

    It has no slots, so that what is asked of it more than once is found out once.
    """

    element: etree._Element
    name: str
    parent: str
    where: str

    @cached_property
    def is_known(self) -> bool:
        """Whether the standard, or the axis's library, has it there."""
        return self.name in CHILDREN.get(self.parent, ())

    @property
    def is_leaf(self) -> bool:
        """Whether no element stands in it."""
        return not self.children

    @property
    def text(self) -> str:
        """Its own text, as it stands there."""
        return self.element.text or ""

    @cached_property
    def children(self) -> tuple[Place, ...]:
        """The elements in it."""
        return tuple(self._children()) if len(self.element) else ()

    def _children(self) -> Iterator[Place]:
        for child in self.element.iterchildren("*"):
            own = local_name(child)
            name = SPELLINGS.get(own, own)
            where = own if self.name in SILENT else f"{self.where}/{own}"
            yield Place(child, name, self.name, where)


def places(root: etree._Element) -> Iterator[Place]:
    """Yield all elements in document order, signatures left out.

    What stands inside an element that nobody knows is not looked at.
    """
    name = local_name(root)
    waiting = [Place(root, name, "", name)]
    while waiting:
        place = waiting.pop()
        if place.name in names.SIGNATURE:
            continue
        yield place
        if place.is_known or not place.parent:
            waiting += reversed(place.children)
