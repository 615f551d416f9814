"""An element of a stranger's packet, read by local names, in any order, unambiguously.

What must be there once and is there twice is refused: two readers would choose
differently, and that is how a signed packet comes to say two things.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Final

from lxml import etree

from edoc_connector.envelope.xml import WHITE_SPACE, local_name
from edoc_connector.errors import N_, EnvelopeMalformed
from edoc_connector.model.marks import is_overloaded

TWICE: Final = N_("line {line}: {path} stands there twice")


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
        if len(self.element) and next(self.element.iterchildren("*"), None) is not None:
            raise EnvelopeMalformed(
                because=N_("line {line}: {path} holds elements, not a value"),
                line=self.line,
                path=self.path,
            )
        return self._text()

    def _text(self) -> str:
        text = (self.element.text or "").strip(WHITE_SPACE)
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
