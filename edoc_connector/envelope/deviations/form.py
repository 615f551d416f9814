"""Departures in form: encoding, prefixes, namespaces, spelling, order, attributes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from lxml import etree

from edoc_connector.envelope import names
from edoc_connector.envelope.deviations.places import Place
from edoc_connector.envelope.skeleton import Buffer
from edoc_connector.envelope.structure import CHILDREN
from edoc_connector.envelope.xml import (
    BYTE_ORDER_MARK,
    WHITE_SPACE,
    local_name,
    namespace,
)
from edoc_connector.model.deviations import Departure, Deviation
from edoc_connector.model.stages import Content
from edoc_connector.model.status import Status

OPENING_BYTES: Final = 1024
UNORDERED: Final = frozenset({"ResponseFor"})
"""The official documents and the official statuses order it differently."""

RANKS: Final = {
    parent: {name: rank for rank, name in enumerate(children)}
    for parent, children in CHILDREN.items()
}
ONLY_OF_DOCUMENTS: Final = frozenset(
    {"TraceHeaderList", "edXMLBody", "AttachmentEncoded"}
)
"""A status has nothing of the kind, and nobody reads it there."""

OWN_ATTRIBUTES: Final = {"edXMLManifest": {"version": "1.0"}}
OUTSIDE: Final = frozenset({"edXML", "AttachmentEncoded", "Attachment"})
"""What stands in these has no prefix, except the bytes of a file."""


OURS: Final = f"{{{names.EDXML}}}"
"""What the tag of an element of the standard begins with."""


def of_opening(body: Buffer) -> Iterator[Deviation]:
    """Yield what stands before the first element and is not ours."""
    opening = bytes(body[:OPENING_BYTES])
    if opening.startswith(BYTE_ORDER_MARK):
        yield Deviation(Departure.BYTE_ORDER_MARK, names.ROOT)
        opening = opening.removeprefix(BYTE_ORDER_MARK)
    if opening.lstrip() != opening:
        yield Deviation(Departure.SPACE_BEFORE_XML, names.ROOT)
    if not opening.lstrip().startswith(b"<?xml"):
        yield Deviation(Departure.NO_DECLARATION, names.ROOT)


def of_root(root: etree._Element) -> Iterator[Deviation]:
    """Yield what concerns the packet as a whole."""
    if next(root.iter(etree.Comment), None) is not None:
        yield Deviation(Departure.COMMENTS, names.ROOT)
    foreign = {prefix or "": uri for prefix, uri in root.nsmap.items()}
    foreign = {prefix: uri for prefix, uri in foreign.items() if uri != names.EDXML}
    if foreign:
        found = ", ".join(sorted(foreign.values()))
        yield Deviation(Departure.EXTRA_NAMESPACES, names.ROOT, found)


def of_element(place: Place) -> Iterator[Deviation]:
    """Yield the departures in form of one element."""
    if place.parent and not place.is_known:
        yield Deviation(_stranger(place), place.where)
        return
    if not _is_ours(place):
        yield from _spelling(place)
        yield from _qualified(place)
        yield from _attributes(place)
    if not place.is_leaf:
        yield from _order(place)
    elif place.parent and not place.text.strip(WHITE_SPACE) and not _marked(place):
        yield Deviation(Departure.EMPTY_ELEMENT, place.where)


def of_kind(place: Place, content: Content | None) -> Iterator[Deviation]:
    """Yield what stands in a status and belongs into a document."""
    if isinstance(content, Status) and place.name in ONLY_OF_DOCUMENTS:
        yield Deviation(Departure.UNKNOWN_ELEMENT, place.where)


def _is_ours(place: Place) -> bool:
    """Whether nothing can be said of its tag, as of nearly all."""
    element = place.element
    return (
        element.tag == OURS + place.name
        and (element.prefix or "") + ":" == (_prefix(place) or ":")
        and not element.keys()
    )


def _stranger(place: Place) -> Departure:
    if place.parent == names.ROOT:
        return Departure.EXTRA_ROOT_CHILDREN
    if place.name == place.parent:
        return Departure.NESTED
    is_astray = place.name in {names.ATTACHMENTS, "Attachment"}
    return Departure.ATTACHMENTS_PLACE if is_astray else Departure.UNKNOWN_ELEMENT


def _marked(place: Place) -> bool:
    """Whether the text was long, and stands elsewhere: the bytes of a file."""
    return next(place.element.iterchildren(etree.PI), None) is not None


def _spelling(place: Place) -> Iterator[Deviation]:
    own = local_name(place.element)
    if own == names.STATUS:
        yield Deviation(Departure.STATUS_ELEMENT, place.where)
    elif own != place.name:
        yield Deviation(Departure.SPELLING, place.where, own)


def _qualified(place: Place) -> Iterator[Deviation]:
    uri = namespace(place.element)
    if uri != names.EDXML:
        yield Deviation(Departure.FOREIGN_NAMESPACE, names.ROOT, uri)
        return
    prefix = place.element.prefix or ""
    if (prefix + ":" if prefix else "") == _prefix(place):
        return
    is_outside = place.name == names.ROOT or place.parent in OUTSIDE
    is_ours = place.name not in {"edXMLEnvelope", names.ENCODED}
    if is_outside and is_ours:
        yield Deviation(Departure.PREFIXED_ATTACHMENTS, names.ATTACHMENTS, prefix)
    else:
        yield Deviation(Departure.UNPREFIXED_CHILDREN, "edXMLEnvelope", prefix)


def _prefix(place: Place) -> str:
    if place.name in {"edXMLEnvelope", names.ENCODED}:
        return names.PREFIX
    return "" if not place.parent or place.parent in OUTSIDE else names.PREFIX


def _attributes(place: Place) -> Iterator[Deviation]:
    allowed = OWN_ATTRIBUTES.get(place.name, {})
    # By name: libxml2 looks from the first one on for the value of each.
    extra = {
        etree.QName(name).localname
        for name in place.element.keys()  # noqa: SIM118  (an element has no items)
        if name not in allowed or place.element.get(name) != allowed[name]
    }
    if extra:
        found = ", ".join(sorted(extra))
        yield Deviation(Departure.EXTRA_ATTRIBUTES, place.where, found)


def _order(place: Place) -> Iterator[Deviation]:
    if place.name in UNORDERED:
        return
    ranks = RANKS.get(place.name, {})
    known = [child for child in place.children if child.name in ranks]
    for before, after in pairwise(known):
        if ranks[before.name] > ranks[after.name]:
            yield Deviation(
                Departure.ORDER, place.where, f"{before.name}, {after.name}"
            )
            return
