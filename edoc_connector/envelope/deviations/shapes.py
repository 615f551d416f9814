"""Remembers shapes of packets in which nothing departs but perhaps a value.

A shape is what is left of a packet without its values, and whether there is one.  All
departures in form follow from it, so they are looked for once; who writes a shape once
writes it again and again.  Only a shortcut: what is found is the same without it.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
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
MOST_LETTERS: Final = 128 * 1024
"""Of a shape that is remembered, names and attributes of all its nodes."""
MOST_VALUES: Final = 1024
LONGEST: Final = 60
"""Characters of a value that is remembered."""

LOOKED_AT: Final = frozenset({*values.JUDGES, *structure.BODIES})
"""Whatever stands in these is looked at."""
NOTHING: Final = -1
"""Less than any value has characters."""

SIGNATURES: Final = tuple(f"{{*}}{name}" for name in names.SIGNATURE)

Shape = tuple[Hashable, ...]


class Spot(NamedTuple):
    """A place without its element: the number of that among all nodes, in order.

    A value is looked at that is longer than `limit`, or not plain.  Of a code, a day or
    a number it is remembered what was found: few of them come again and again.
    """

    number: int
    limit: float
    name: str
    parent: str
    where: str

    def is_plain(self, text: str) -> bool:
        """Whether `values` has nothing to say of this text here, as of most."""
        if self.limit == NOTHING:
            return len(text) <= LONGEST and _is_clean(self, text)
        if len(text) > self.limit or text != text.strip(WHITE_SPACE):
            return False
        if text.isascii():
            return True
        return is_normalized("NFC", text) and not is_overloaded(text)

    def in_(self, nodes: Sequence[etree._Element]) -> Place:
        """Return the place in another packet of the same shape."""
        element = nodes[self.number]
        return Place(element, self.name, self.parent, self.where, True, ())  # noqa: FBT003


@lru_cache(maxsize=MOST_VALUES)
def _is_clean(spot: Spot, text: str) -> bool:
    return next(values.of_text(spot, text), None) is None


@dataclass(frozen=True, slots=True)
class Plan:
    """What of such a packet has a value, and its MessageHeader, if it is a document."""

    leaves: tuple[Spot, ...]
    message: Spot | None


UNKNOWN: Final = Plan((), None)
_PLANS: Final[dict[Shape, Plan | None]] = {}


def nodes_of(root: etree._Element) -> Sequence[etree._Element]:
    """Return the nodes of a packet in order, without those inside its signatures.

    Of a large packet it is all of them, for no shape is made of it.
    """
    nodes = list(root.iter())
    if len(nodes) > MOST_NODES:
        return nodes
    for signature in root.iter(*SIGNATURES):
        if next(signature.iterancestors(*SIGNATURES), None) is None:
            first = nodes.index(signature) + 1
            del nodes[first : first + sum(1 for _ in signature.iterdescendants())]
    return nodes


def plan_of(nodes: Sequence[etree._Element], content: Content | None) -> Plan | None:
    """Return what is to be looked at in a packet; None where all of it is."""
    if len(nodes) > MOST_NODES or content is None:
        return None
    shape = _shape(nodes, content)
    if shape is None:
        return None
    plan = _PLANS.get(shape, UNKNOWN)
    if plan is UNKNOWN:
        if len(_PLANS) >= MOST_SHAPES:
            _PLANS.clear()
        plan = _planned(nodes, content)
        if _letters_of(shape) <= MOST_LETTERS:
            _PLANS[shape] = plan
    return plan


def _letters_of(shape: Shape) -> int:
    """Return how much of it a stranger may have made as long as he liked."""
    return sum(len(str(part)) for part in shape)


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
    if any(True for _ in _departures(found, content)):
        return None
    spots = {it.name: _spot(it, numbers) for it in found if it.name in names.MESSAGE}
    is_document = isinstance(content, Document)
    return Plan(
        tuple(_spot(it, numbers) for it in found if it.is_leaf),
        spots.get(names.MESSAGE[0]) if is_document else None,
    )


def _departures(found: Sequence[Place], content: Content) -> Iterator[object]:
    """Yield what is wrong with the shape itself; `form.of_root` is asked each time."""
    for place in found:
        yield from form.of_element(place)
        yield from form.of_kind(place, content)
        if place.name == names.MESSAGE[0] and isinstance(content, Document):
            yield from values.missing(place)


def _spot(place: Place, numbers: dict[etree._Element, int]) -> Spot:
    name, number = place.name, numbers[place.element]
    limit = NOTHING if name in LOOKED_AT else values.least_limit(name)
    return Spot(number, limit, name, place.parent, place.where)
