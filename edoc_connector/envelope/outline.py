"""The elements of a packet without its values, and how another packet is read by them.

An outline holds nothing of the packet it was made of but names and attributes, and
never changes, so threads share it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain
from typing import Final

from lxml import etree

from edoc_connector.envelope.section import Section, leaves_of
from edoc_connector.envelope.skeleton import MARKER
from edoc_connector.envelope.written import Written, is_closed, is_opening
from edoc_connector.envelope.xml import WHITE_SPACE, local_name

MOST_ATTRIBUTES: Final = 4
"""libxml2 looks from the first one on for the value of each."""

Places = Mapping[etree._Element, int]  # noqa: SLF001
"""The nodes of a tree, and which tag each of them begins with."""


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """An element: the tag it begins with, and what stands in it.

    `is_closed` has no text; `mark` is the number of the long text that was its value.
    `values` are the tags of children that are the only ones of their name and may hold
    a text and nothing else.
    """

    name: str
    tag: int
    is_closed: bool
    mark: int | None
    attributes: Mapping[str, str]
    children: tuple[Node, ...]
    by_name: Mapping[str, tuple[Node, ...]] = field(repr=False)
    values: Mapping[str, int] = field(repr=False)

    @property
    def is_leaf(self) -> bool:
        """Whether there is nothing in it but text."""
        return not self.children and self.mark is None


@lru_cache(maxsize=512)
def _within(node: Node, name: str) -> Sequence[Node]:
    return tuple(_named(node.children, name))


def _named(nodes: Iterable[Node], name: str) -> Iterator[Node]:
    for node in nodes:
        if node.name == name:
            yield node
        yield from _named(node.children, name)


@lru_cache(maxsize=128)
def _leaves(node: Node) -> Sequence[tuple[str, Node]]:
    return tuple(leaves_of(node))


def forget_found() -> None:
    """Let go of the nodes of outlines that are forgotten."""
    _within.cache_clear()
    _leaves.cache_clear()


def places_in(root: etree._Element, packet: Written) -> Places | None:
    """Return with which tag each node begins; None where a parser saw another tree."""
    nodes = list(root.iter())
    tags = [it for it, tag in enumerate(packet.tags) if is_opening(tag)]
    if len(nodes) != len(tags):
        return None
    places = dict(zip(nodes, tags, strict=True))
    return places if all(_agree(it, packet, places[it]) for it in nodes) else None


def _agree(node: etree._Element, packet: Written, tag: int) -> bool:
    if isinstance(node, etree._ProcessingInstruction):  # noqa: SLF001
        return packet.tags[tag] == f"?{MARKER} {node.text}?"
    if len(node.attrib) > MOST_ATTRIBUTES:
        return False
    prefix = f"{node.prefix}:" if node.prefix else ""
    text = "" if is_closed(packet.tags[tag]) else packet.texts[tag]
    begins = packet.tags[tag].startswith(f"{prefix}{local_name(node)}")
    return begins and (node.text or "") == text


def node_of(section: Section, places: Places, packet: Written) -> Node:
    """Return the outline of an element and all that is in it.

    Raises `EnvelopeMalformed` where a long text stands beside another one.
    """
    children = tuple(node_of(it, places, packet) for it in section.children)
    by_name: dict[str, tuple[Node, ...]] = {}
    for child in children:
        by_name[child.name] = (*by_name.get(child.name, ()), child)
    tag = places[section.element]
    return Node(
        name=section.name,
        tag=tag,
        is_closed=is_closed(packet.tags[tag]),
        mark=section.mark,
        attributes=_attributes(section.element),
        children=children,
        by_name=by_name,
        values={
            name: found[0].tag
            for name, found in by_name.items()
            if len(found) == 1 and found[0].is_leaf and not found[0].is_closed
        },
    )


def node_at(tag: int, node: Node) -> Node:
    """Return the node that begins with this tag, in this one or itself."""
    if node.tag == tag:
        return node
    return node_at(tag, next(it for it in reversed(node.children) if it.tag <= tag))


def _attributes(element: etree._Element) -> dict[str, str]:
    """Return those that are asked for: with a namespace they are nobody's."""
    found = ((str(name), str(it)) for name, it in element.items())
    return {name: it for name, it in found if not name.startswith("{")}


class KnownSection(Section):
    """An element of a packet that nobody parsed: its place in an outline, and texts."""

    __slots__ = ("_node", "_packet", "_parent")

    def __init__(
        self,
        node: Node,
        packet: Written,
        path: str = "",
        parent: KnownSection | None = None,
    ) -> None:
        self.name = node.name
        self._node = node
        self._packet = packet
        self._path = path
        self._parent = parent

    @property
    def path(self) -> str:
        """Where it stands, for messages."""
        above = "" if self._parent is None else self._parent.path
        return self._path or f"{above}/{self.name}"

    @property
    def line(self) -> int:
        """Where it begins in the packet, files left out."""
        return self._packet.line(self._node.tag)

    @property
    def mark(self) -> int | None:
        """The number of the long text that was its value, if one was."""
        return self._node.mark

    @property
    def raw(self) -> str:
        """Its own text as it stands there."""
        node = self._node
        return "" if node.is_closed else self._packet.texts[node.tag]

    @property
    def children(self) -> Sequence[Section]:
        """All elements in it, in document order."""
        return [KnownSection(it, self._packet) for it in self._node.children]

    @property
    def is_leaf(self) -> bool:
        """Whether there is nothing in it but text."""
        return self._node.is_leaf

    def attribute(self, name: str) -> str:
        """Return the value of an attribute, empty if it has none."""
        return self._node.attributes.get(name, "")

    def within(self, name: str) -> Iterator[Section]:
        """Yield all elements of this name in it, however deep, in document order."""
        for node in _within(self._node, name):
            yield KnownSection(node, self._packet)

    def leaves(self) -> Sequence[tuple[str, str]]:
        """Return the values in it, each under its path.  Raises `Endless`."""
        return [(path, self._text_of(it)) for path, it in _leaves(self._node)]

    def all(self, *names: str) -> Sequence[Section]:
        """Return the children of these names, in document order."""
        return self._sections(self._found(names))

    def one(self, *names: str) -> Section | None:
        """Return the child of one of these names, or None; two of them are refused."""
        found = self._found(names)
        if len(found) > 1:
            return super().one(*names)
        return KnownSection(found[0], self._packet, "", self) if found else None

    def text(self, *names: str) -> str:
        """Return the value of the child of this name, trimmed; empty if absent."""
        tag = self._node.values.get(names[0]) if len(names) == 1 else None
        if tag is not None:
            text = self._packet.texts[tag].strip(WHITE_SPACE)
            if text.isascii():  # as most are, and then there is nothing to refuse
                return text
        section = self.one(*names)
        return section.value() if section else ""

    def _text_of(self, node: Node) -> str:
        text = "" if node.is_closed else self._packet.texts[node.tag]
        return text.strip(WHITE_SPACE)

    def _found(self, names: tuple[str, ...]) -> Sequence[Node]:
        by_name = self._node.by_name
        if len(names) == 1:
            return by_name.get(names[0], ())
        found = [by_name[name] for name in names if name in by_name]
        if len(found) <= 1:
            return found[0] if found else ()
        return sorted(chain(*found), key=lambda node: node.tag)

    def _sections(self, nodes: Iterable[Node]) -> list[Section]:
        return [KnownSection(it, self._packet, "", self) for it in nodes]

    def _holds_elements(self) -> bool:
        return bool(self._node.children)
