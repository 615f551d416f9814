"""An element of a stranger's packet, read by local names, in any order, unambiguously.

What must be there once and is there twice is refused: two readers would choose
differently, and that is how a signed packet comes to say two things.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Final, Protocol, Self, TypeVar

from lxml import etree

from edoc_connector.envelope.skeleton import mark_of
from edoc_connector.envelope.xml import WHITE_SPACE, local_name
from edoc_connector.errors import N_, EnvelopeMalformed
from edoc_connector.model.marks import is_overloaded

TWICE: Final = N_("line {line}: {path} stands there twice")

MOST_STEPS: Final = 7
MOST_LETTERS: Final = 120
"""Of the path of a leaf; the statement of a seal has no longer ones."""


class Tree(Protocol):
    """What has a name and more of its kind in it."""

    @property
    def name(self) -> str:
        """The local name."""
        ...

    @property
    def is_leaf(self) -> bool:
        """Whether there is nothing in it but text."""
        ...

    @property
    def children(self) -> Sequence[Self]:
        """All of them, in document order."""
        ...


TreeT = TypeVar("TreeT", bound=Tree)


class Endless(Exception):
    """Paths of leaves that are longer than any of ours: memory that others chose."""


class Section:
    """An element and where it stands, for messages; what is in it is found out once."""

    __slots__ = ("_above", "_by_name", "_path", "element", "name")

    def __init__(
        self, element: etree._Element, path: str = "", above: str = ""
    ) -> None:
        self.element = element
        self.name: str = local_name(element)
        self._path = path
        # Not what it stands in: a tree that knows its way up is freed late.
        self._above = above
        self._by_name: dict[str, list[Section]] | None = None

    @property
    def path(self) -> str:
        """Where it stands, for messages; what is right needs none."""
        return self._path or f"{self._above}/{self.name}"

    @property
    def line(self) -> int:
        """Where it begins in the packet, files left out."""
        return self.element.sourceline or 0

    @property
    def mark(self) -> int | None:
        """The number of the long text that was its value, if one was."""
        return mark_of(self.element)

    @property
    def raw(self) -> str:
        """Its own text as it stands there."""
        return self.element.text or ""

    @property
    def children(self) -> Sequence[Section]:
        """All elements in it, in document order."""
        return [*map(type(self), self.element.iterchildren("*"))]

    @property
    def is_leaf(self) -> bool:
        """Whether there is nothing in it but text."""
        return not len(self.element)

    def attribute(self, name: str) -> str:
        """Return the value of an attribute, empty if it has none."""
        return self.element.get(name, "")

    def within(self, name: str) -> Iterator[Section]:
        """Yield all elements of this name in it, however deep, in document order."""
        yield from map(type(self), self.element.iterdescendants(f"{{*}}{name}"))

    def leaves(self) -> Sequence[tuple[str, str]]:
        """Return the values in it, each under its path.  Raises `Endless`."""
        return [(path, leaf.raw.strip(WHITE_SPACE)) for path, leaf in leaves_of(self)]

    def all(self, *names: str) -> Sequence[Section]:
        """Return the children of these names, in document order."""
        by_name = self._named() if self._by_name is None else self._by_name
        if len(names) == 1:
            return by_name.get(names[0], ())
        found = [by_name[name] for name in names if name in by_name]
        if len(found) <= 1:
            return found[0] if found else ()
        order = {element: number for number, element in enumerate(self.element)}
        return sorted(chain(*found), key=lambda child: order[child.element])

    def _named(self) -> dict[str, list[Section]]:
        """Find out the children by name: most are asked for one after the other."""
        kind, path = type(self), self.path
        by_name: dict[str, list[Section]] = {}
        for element in self.element.iterchildren("*"):  # comments are no elements
            child = kind(element, "", path)
            by_name.setdefault(child.name, []).append(child)
        self._by_name = by_name
        return by_name

    def one(self, *names: str) -> Section | None:
        """Return the child of one of these names, or None; two of them are refused."""
        found = self.all(*names)
        return self._only(found) if found else None

    def _only(self, found: Sequence[Section]) -> Section:
        if len(found) > 1:
            raise EnvelopeMalformed(
                because=TWICE, line=found[1].line, path=found[1].path
            )
        return found[0]

    def required(self, *names: str) -> Section:
        """Return the child of one of these names; its absence is refused."""
        found = self.one(*names)
        if found is None:
            raise EnvelopeMalformed(
                because=N_("line {line}: {path} has no {name}"),
                line=self.line,
                path=self.path,
                name=names[0],
            )
        return found

    def text(self, *names: str) -> str:
        """Return the value of the child of this name, trimmed; empty if absent."""
        found = self.all(*names)
        return self._only(found).value() if found else ""

    def texts(self, *path: str) -> tuple[str, ...]:
        """Return the values of all children of the last name under the others."""
        *above, last = path
        here: Section | None = self
        for name in above:
            here = here.one(name) if here else None
        values = (child.value() for child in here.all(last)) if here else ()
        return tuple(value for value in values if value)

    def value(self) -> str:
        """Return this element's own text, trimmed; elements beside it are refused."""
        if self._holds_elements():
            raise EnvelopeMalformed(
                because=N_("line {line}: {path} holds elements, not a value"),
                line=self.line,
                path=self.path,
            )
        return self._text()

    def _holds_elements(self) -> bool:
        element = self.element
        return bool(len(element)) and next(element.iterchildren("*"), None) is not None

    def _text(self) -> str:
        text = self.raw.strip(WHITE_SPACE)
        if is_overloaded(text):
            raise EnvelopeMalformed(
                because=N_("line {line}: {path} piles up marks on a letter"),
                line=self.line,
                path=self.path,
            )
        return text


class FirstSection(Section):
    """The same, for whoever believes nothing of it: of two things the first counts."""

    __slots__ = ()

    def _only(self, found: Sequence[Section]) -> Section:
        return found[0]

    def value(self) -> str:
        """Return this element's own text, whatever else stands in it."""
        return self._text()


def leaves_of(tree: TreeT, above: str = "") -> Iterator[tuple[str, TreeT]]:
    """Yield what holds values in it, each under its path: `To[2]/OrganId`.

    Raises `Endless`.
    """
    if above.count("/") >= MOST_STEPS:
        raise Endless
    seen: dict[str, int] = {}
    for child in tree.children:
        name = child.name
        number = seen[name] = seen.get(name, 0) + 1
        path = above + (name if number == 1 else f"{name}[{number}]")
        if len(path) > MOST_LETTERS:
            raise Endless
        if child.is_leaf:
            yield path, child
        else:
            yield from leaves_of(child, f"{path}/")
