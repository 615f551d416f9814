"""Packets whose outline was read before: they are taken apart, and not parsed again.

Whatever follows from tags and attributes was looked at when the outline was learnt, of
a packet in which nothing was wrong; whatever follows from values is looked at here as
in every other packet.  So what is found is the same, and what is refused too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from edoc_connector.envelope import names
from edoc_connector.envelope.deviations.plans import Plan, plan_of
from edoc_connector.envelope.outline import (
    KnownSection,
    Node,
    forget_found,
    node_at,
    node_of,
    places_in,
)
from edoc_connector.envelope.packet import Packet, Parts
from edoc_connector.envelope.placeholder import is_placeholder
from edoc_connector.envelope.section import Section
from edoc_connector.envelope.skeleton import Buffer, Run
from edoc_connector.envelope.written import Written
from edoc_connector.errors import EnvelopeMalformed
from edoc_connector.model.stages import Content

MOST_OUTLINES: Final = 64
"""An outline takes some hundred bytes for each tag."""
MOST_COME: Final = 4096

Markup = tuple[str, bytes]


@dataclass(frozen=True, slots=True)
class Outline:
    """What packets with the same tags have in common."""

    root: Node
    signature: Node | None
    plan: Plan


_OUTLINES: Final[dict[Markup, Outline]] = {}
"""Strangers write them too: when there are too many, all are forgotten."""
_COME: Final[set[int]] = set()
"""Of what markup a packet has come."""


@dataclass(frozen=True)
class KnownPacket(Parts):
    """A packet whose outline is known, and its texts."""

    body: Buffer = field(repr=False)
    written: Written
    outline: Outline
    root: Section

    @property
    def runs(self) -> Sequence[Run]:
        """The long texts, by their number."""
        return self.written.runs

    @property
    def signature(self) -> Section | None:
        """What stands where a seal stands."""
        node = self.outline.signature
        return KnownSection(node, self.written, node.name) if node else None


def recognised(body: Buffer, written: Written) -> KnownPacket | None:
    """Return a packet of an outline that was learnt."""
    outline = _OUTLINES.get(written.markup)
    if outline is None:
        return None
    root = KnownSection(outline.root, written, names.ROOT)
    packet = KnownPacket(body, written, outline, root)
    return None if _is_placeholder(packet.signature) else packet


def learn(packet: Packet, written: Written, content: Content) -> None:
    """Remember the outline of a packet that was read whole, if others can follow it.

    Not of the first one: most that differ from all others never come again.
    """
    if not _has_come_before(written.markup):
        return
    try:
        outline = _outline_of(packet, written, content)
    except EnvelopeMalformed:  # where nobody reads: it was not refused so far either
        return
    if outline is None:
        return
    if len(_OUTLINES) >= MOST_OUTLINES:
        _OUTLINES.clear()
        forget_found()
    _OUTLINES[written.markup] = outline


def _has_come_before(markup: Markup) -> bool:
    mark = hash(markup)
    if mark in _COME:
        return True
    if len(_COME) >= MOST_COME:
        _COME.clear()
    _COME.add(mark)
    return False


def _outline_of(packet: Packet, written: Written, content: Content) -> Outline | None:
    tree, signature = packet.skeleton.root, packet.signature
    if packet.is_soap or _is_placeholder(signature):
        return None
    places = places_in(tree, written)
    if places is None:
        return None
    plan = plan_of(packet.body, tree, content, places)
    if plan is None:
        return None
    root = node_of(packet.root, places, written)
    seal = node_at(places[signature.element], root) if signature else None
    return Outline(root, seal, plan)


def _is_placeholder(signature: Section | None) -> bool:
    """Whether it, or one in it, departs from the form by values, as no other does."""
    if signature is None:
        return False
    values = _packed(signature, "SignatureValue")
    certificates = _packed(signature, "X509Certificate")
    return any(is_placeholder(it, ()) for it in values) or any(
        is_placeholder("", (it,)) for it in certificates
    )


def _packed(signature: Section, name: str) -> Iterator[str]:
    return ("".join(it.raw.split()) for it in signature.within(name))
