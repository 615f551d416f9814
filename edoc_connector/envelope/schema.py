"""Holds a packet against an XSD of ours, and says where and why it does not fit.

The packet is the tree of `skeleton.read_skeleton`: files never reach libxml2 (ADR 5).
Guarantee: whatever the packet is, there are at most `MOST` problems and no exception,
after a few seconds at worst; nothing a packet names (xsi:schemaLocation) is loaded.

Residual risk: of the children of one element libxml2 reports the first that is out of
place and passes over those behind it, so a packet that was mended may show more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby, islice, pairwise
from typing import Final

from lxml import etree

from edoc_connector.envelope import names
from edoc_connector.envelope.quoting import brief
from edoc_connector.envelope.schema_words import BUILT_IN, Sentence, sentence
from edoc_connector.envelope.xml import local_name, read_xml
from edoc_connector.errors import N_

MOST: Final = 100
"""Who has more problems than these has made another kind of file."""

MOST_STEPS: Final = 100_000_000
"""What `_steps` may come to; 4500 recipients of eight fields each come to less."""

MOST_NAME: Final = 98
"""Bytes of a name with its prefix that libxml2 writes out."""

PATTERN: Final = "{http://www.w3.org/2001/XMLSchema}pattern"
SIMPLE_TYPE: Final = "{http://www.w3.org/2001/XMLSchema}simpleType"
STEP: Final = re.compile(r"/([^/\[]+)(?:\[([0-9]+)\])?")
OUTER: Final = frozenset({names.ROOT, *names.ENVELOPE, *names.HEADER, *names.BODY})
"""What is left out of a path, because everything stands in it."""

CROWDED: Final = N_("there are more elements side by side than can be checked")
LONG_NAME: Final = N_("an element has a longer name than can be checked")
FAILED: Final = N_("the packet could not be checked: {problem}")


@dataclass(frozen=True, slots=True)
class Schema:
    """A compiled XSD, for one thread; `forms` says in words what its patterns mean."""

    compiled: etree.XMLSchema = field(repr=False)
    forms: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SchemaProblem:
    """One thing that does not fit.

    `line` is where its element begins, files left out; `path` is as people read it:
    `MessageHeader/To[2]/OrganId`.
    """

    line: int
    path: str
    sentence: Sentence


def compile_schema(xsd: bytes) -> Schema:
    """Return the schema in these bytes, which are ours and not a stranger's."""
    root = read_xml(xsd)
    return Schema(etree.XMLSchema(root), dict(BUILT_IN) | dict(_forms(root)))


def _forms(root: etree._Element) -> Iterator[tuple[str, str]]:
    """Yield what the annotation of a pattern says, by the pattern and by its type."""
    space = root.get("targetNamespace", "")
    for pattern in root.iter(PATTERN):
        form = " ".join("".join(pattern.itertext()).split())
        yield pattern.get("value", ""), form
        for named in pattern.iterancestors(SIMPLE_TYPE):
            yield f"{{{space}}}{named.get('name')}", form


def schema_problems(root: etree._Element, schema: Schema) -> tuple[SchemaProblem, ...]:
    """Return what does not fit, in document order, `MOST` of them at most."""
    obstacle = _obstacle(root)
    if obstacle:
        return (_whole(root, Sentence(obstacle)),)
    try:
        schema.compiled.validate(root)
    except etree.XMLSchemaValidateError as error:
        return (_whole(root, Sentence(FAILED, {"problem": f"{error}"})),)
    entries = islice(schema.compiled.error_log, MOST)
    found = [(_element_at(root, entry.path or ""), entry) for entry in entries]
    found.sort(key=lambda pair: _position(pair[0]))
    problems = (_problem(element, entry, schema) for element, entry in found)
    return tuple(problem for problem, _ in groupby(problems))


def _obstacle(root: etree._Element) -> str:
    """Return why libxml2 could not name the places of what it finds, or nothing.

    It counts siblings for each: 90 000 of them, all wrong, would take it a minute.  And
    it cuts a long name off, in the middle of a letter if need be.
    """
    if _steps(root) > MOST_STEPS:
        return CROWDED
    written = (f"{each.prefix or ''}:{local_name(each)}" for each in root.iter("*"))
    return LONG_NAME if any(len(each.encode()) > MOST_NAME for each in written) else ""


def _whole(root: etree._Element, said: Sentence) -> SchemaProblem:
    return SchemaProblem(root.sourceline or 0, _name(root), said)


def _problem(
    element: etree._Element, entry: etree._LogEntry, schema: Schema
) -> SchemaProblem:
    path = _path(element)
    said = sentence(entry, element, path=path, forms=schema.forms)
    return SchemaProblem(element.sourceline or 0, path, said)


# --- where --------------------------------------------------------------------


def _steps(element: etree._Element, above: int = 0) -> int:
    """Return how many nodes stand before each element and before those around it."""
    steps = 0
    for place, child in enumerate(element, start=above + 1):
        steps += place + _steps(child, place)
    return steps


def _element_at(root: etree._Element, path: str) -> etree._Element:
    """Return the element at a path of libxml2: `/*/edXML:To[2]/*[1]`.

    There `*` is any element in a default namespace, and a prefix is the one that the
    packet writes, whatever it means.
    """
    element = root
    for name, number in STEP.findall(path)[1:]:
        same = "*" if name == "*" else "*[name() = $name]"
        found = element.xpath(f"{same}[$number]", name=name, number=int(number or 1))
        element = next(iter(found), element)
    return element


def _position(element: etree._Element) -> tuple[int, ...]:
    """Return the place among its siblings of each element on the way to this one."""
    way = [element, *element.iterancestors()]
    return tuple(parent.index(child) for child, parent in pairwise(way))[::-1]


def _path(element: etree._Element) -> str:
    way = [_numbered(each) for each in (element, *element.iterancestors())][::-1]
    while len(way) > 1 and way[0] in OUTER:
        del way[0]
    return "/".join(way)


def _numbered(element: etree._Element) -> str:
    """Return the name, with its number from the second one of this name on."""
    name = local_name(element)
    before = element.xpath(
        "count(preceding-sibling::*[local-name() = $name])", name=name
    )
    number = f"[{before + 1:.0f}]" if before else ""
    return _name(element) + number


def _name(element: etree._Element) -> str:
    return brief(local_name(element))
