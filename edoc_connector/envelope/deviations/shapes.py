"""Remembers shapes of packets in which nothing departs but perhaps a value.

A shape is what is left of a packet without its values, and whether there is one.  All
departures in form follow from it, so they are looked for once; who writes a shape once
writes it again and again.  Only a shortcut: what is found is the same without it.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple
from unicodedata import is_normalized

from lxml import etree

from edoc_connector.envelope import names, structure
from edoc_connector.envelope.deviations import form, values
from edoc_connector.envelope.deviations.places import Place, places
from edoc_connector.envelope.xml import WHITE_SPACE
from edoc_connector.model.document import Document
from edoc_connector.model.marks import is_overloaded
from edoc_connector.model.stages import Content

MOST_NODES: Final = 500
MOST_ATTRIBUTES: Final = 4
MOST_SHAPES: Final = 64
"""A node takes some hundred bytes here."""

LOOKED_AT: Final = frozenset({*values.JUDGES, *structure.BODIES})
"""Whatever stands in these is looked at."""
NOTHING: Final = -1
"""Less than any value has characters."""

Shape = tuple[Hashable, ...]


class Spot(NamedTuple):
    """A place without its element: the number of that among all nodes, in order.

    A value is looked at that is longer than `limit`, or not plain.
    """

    number: int
    limit: float
    name: str
    parent: str
    where: str

    def is_plain(self, text: str) -> bool:
        """Whether `values` has nothing to say of this text here, as of most."""
        if len(text) > self.limit or text != text.strip(WHITE_SPACE):
            return False
        is_composed = text.isascii() or is_normalized("NFC", text)
        return is_composed and not is_overloaded(text)

    def in_(self, nodes: Sequence[etree._Element]) -> Place:
        """Return the place in another packet of the same shape."""
        element = nodes[self.number]
        return Place(element, self.name, self.parent, self.where, True, ())  # noqa: FBT003


@dataclass(frozen=True, slots=True)
class Plan:
    """What of such a packet has a value, and its MessageHeader, if it is a document."""

    leaves: tuple[Spot, ...]
    message: Spot | None


_PLANS: Final[dict[Shape, Plan | None]] = {}


def plan_of(nodes: Sequence[etree._Element], content: Content | None) -> Plan | None:
    """Return what is to be looked at in a packet; None where all of it is."""
    if len(nodes) > MOST_NODES or content is None:
        return None
    shape = _shape(nodes, content)
    if shape is None:
        return None
    if shape not in _PLANS:
        if len(_PLANS) >= MOST_SHAPES:
            _PLANS.clear()
        _PLANS[shape] = _planned(nodes, content)
    return _PLANS[shape]


def _shape(nodes: Sequence[etree._Element], content: Content) -> Shape | None:
    parts: list[Hashable] = [isinstance(content, Document), *nodes[0].nsmap.items()]
    for node in nodes:
        names_of, text = node.keys(), node.text
        # By name: libxml2 looks from the first one on for the value of each.
        if len(names_of) > MOST_ATTRIBUTES:
            return None
        said = tuple(node.items()) if names_of else ()
        is_blank = not text or not text.strip(WHITE_SPACE)
        parts.append((node.tag, node.prefix, len(node), is_blank, said))
    return tuple(parts)


def _planned(nodes: Sequence[etree._Element], content: Content) -> Plan | None:
    numbers = {node: number for number, node in enumerate(nodes)}
    found = tuple(places(nodes[0]))
    if any(True for _ in _departures(nodes[0], found, content)):
        return None
    spots = {it.name: _spot(it, numbers) for it in found if it.name in names.MESSAGE}
    is_document = isinstance(content, Document)
    return Plan(
        tuple(_spot(it, numbers) for it in found if it.is_leaf),
        spots.get(names.MESSAGE[0]) if is_document else None,
    )


def _departures(
    root: etree._Element, found: Sequence[Place], content: Content
) -> Iterator[object]:
    """Yield what is wrong with the shape itself."""
    yield from form.of_root(root)
    for place in found:
        yield from form.of_element(place)
        yield from form.of_kind(place, content)
        if place.name == names.MESSAGE[0] and isinstance(content, Document):
            yield from values.missing(place)


def _spot(place: Place, numbers: dict[etree._Element, int]) -> Spot:
    name, number = place.name, numbers[place.element]
    limit = NOTHING if name in LOOKED_AT else values.least_limit(name)
    return Spot(number, limit, name, place.parent, place.where)
