"""What can still depart in packets of one outline: values, and what was found of it.

All departures in form follow from tags and attributes, so they are looked for once; who
writes an outline once writes it again and again.  Only a shortcut: what is found is the
same without it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple
from unicodedata import is_normalized

from lxml import etree

from edoc_connector.envelope import names, structure
from edoc_connector.envelope.deviations import form, seal, values
from edoc_connector.envelope.deviations.places import Place, places
from edoc_connector.envelope.outline import Places
from edoc_connector.envelope.skeleton import Buffer
from edoc_connector.envelope.xml import WHITE_SPACE
from edoc_connector.model.deviations import Deviation
from edoc_connector.model.document import Document
from edoc_connector.model.marks import is_overloaded
from edoc_connector.model.stages import Content

MOST_VALUES: Final = 1024
LONGEST: Final = 60
"""Characters of a value that is remembered."""

LOOKED_AT: Final = frozenset({*values.JUDGES, *structure.BODIES})
"""Whatever stands in these is looked at."""
NOTHING: Final = -1
"""Less than any value has characters."""


class Spot(NamedTuple):
    """A place without its element: the tag it begins with.

    A value is looked at that is longer than `limit`, or not plain.  Of a code, a day or
    a number it is remembered what was found: few of them come again and again.
    """

    tag: int
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


@lru_cache(maxsize=MOST_VALUES)
def _is_clean(spot: Spot, text: str) -> bool:
    return next(values.of_text(spot, text), None) is None


@dataclass(frozen=True, slots=True)
class Plan:
    """What has a value, where the MessageHeader of a document is, and what was found.

    `before` and `after` are told of every packet of the outline.
    """

    before: tuple[Deviation, ...]
    leaves: tuple[Spot, ...]
    message: str
    after: tuple[Deviation, ...]

    def of_values(self, texts: Sequence[str]) -> Iterator[Deviation]:
        """Yield what departs in values of a packet of which these are the texts."""
        for spot in self.leaves:
            text = texts[spot.tag]
            if not spot.is_plain(text):
                yield from values.of_text(spot, text)


def plan_of(
    body: Buffer, root: etree._Element, content: Content, tags: Places
) -> Plan | None:
    """Return what is to be looked at in such packets; None where all of it is."""
    found = tuple(places(root))
    if any(True for _ in _departures(found, content)):
        return None
    wheres = {it.name: it.where for it in found}
    return Plan(
        before=(*form.of_opening(body), *form.of_root(root)),
        leaves=tuple(_spot(it, tags[it.element]) for it in found if it.is_leaf),
        message=wheres.get(names.MESSAGE[0], ""),
        after=tuple(seal.of_seal(root)),
    )


def _departures(found: Sequence[Place], content: Content) -> Iterator[object]:
    for place in found:
        yield from form.of_element(place)
        yield from form.of_kind(place, content)
        if place.name == names.MESSAGE[0] and isinstance(content, Document):
            yield from values.missing(place)


def _spot(place: Place, tag: int) -> Spot:
    name = place.name
    limit = NOTHING if name in LOOKED_AT else values.least_limit(name)
    return Spot(tag, limit, name, place.parent, place.where)
