"""The only place that creates an XML parser, and the only one that escapes XML.

Guarantee: a stranger's bytes become a tree, or `EnvelopeMalformed`, in time and memory
that grow with `MAX_BYTES` at most.  There is no DTD, no entity beyond the five of XML,
no network, no XInclude, no processing instruction and no comment inside a value, so
two readers of the same bytes cannot see two values.

`huge_tree` stays off: files never come here (see `skeleton`), so the limits of libxml2
(depth 256, 10 MB of text) only ever meet hostile packets.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterator, Mapping
from copy import deepcopy
from functools import lru_cache
from typing import Final, NamedTuple

from lxml import etree

from edoc_connector.envelope import names
from edoc_connector.envelope.quoting import shown, told
from edoc_connector.errors import N_, EnvelopeMalformed, FieldInvalid

MAX_BYTES: Final = 8 * 1024 * 1024
MAX_ELEMENTS: Final = 50_000
MAX_ATTRIBUTES: Final = 50_000
MAX_ENTITIES: Final = 50_000

KNOWN_TAGS: Final = 512
"""Tags taken apart once; a packet of ours has sixty."""

BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
WHITE_SPACE: Final = " \t\r\n"
"""White space of XML: what is legal of the characters that Java's `trim` takes off."""

NAMELESS: Final = "nameless"
TOO_MANY: Final = N_("more than {limit} elements")

DECLARED_ENCODING: Final = re.compile(
    rb"""<\?xml\s[^?>]*?encoding\s*=\s*["']([^"']*)["']"""
)
ATTRIBUTE: Final = re.compile(rb"""=[ \t\r\n]*["']""")
ENTITY: Final = re.compile(rb"&(?!#|(?:lt|gt|amp|quot|apos);)")
DECLARING: Final = b"<!"
DOCTYPE: Final = re.compile(rb"<!(?:DOCTYPE|ENTITY)")
PLACE: Final = re.compile(r", line \d+, column \d+$")
NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
INSTRUCTIONS: Final = etree.XPath("//processing-instruction()")
"""All of a packet, also those before and after its root."""
STRING: Final = etree.XPath("string()")
NOT_PLAIN: Final = re.compile(
    "[^\t\n\x20-%'-;=?-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
)
"""What `text_escape` has anything to do with: the same, and `&`, `<`, `>`, CR."""


# --- in -----------------------------------------------------------------------


Door = Callable[[bytes, str], "etree._Element"]  # noqa: SLF001
"""Both functions below: bytes of a stranger and a marker in, the root out."""


def read_xml(data: bytes, marker: str = "") -> etree._Element:
    """Parse bytes from a stranger; return the root.

    A byte order mark and leading white space are overlooked.  `marker` is the one
    target of processing instructions that is let through: the caller's own.  Comments
    stay in the tree, but never beside text.  Raises `EnvelopeMalformed`.
    """
    root = _parse(_admitted(data), recover=False)
    _refuse_nodes(root, marker)
    return root


def recover_xml(data: bytes, marker: str = "") -> etree._Element:
    """Parse what is not well-formed as far as it goes; the rest as `read_xml`.

    What comes out helps to say what a packet was about.  Nothing else may rest on it:
    another parser would make something else of the same bytes.
    """
    root = _parse(_admitted(data), recover=True)
    _refuse_nodes(root, marker)
    for element in root.iter("*"):
        _forget_undeclared(element)
    return root


def _forget_undeclared(element: etree._Element) -> None:
    """Take off prefixes that nobody declared, and the attributes that have one."""
    name = local_name(element)
    if ":" in name:
        _rename(element, name.rpartition(":")[2])
    for attribute in element.attrib:
        if ":" in str(attribute).rpartition("}")[2]:
            del element.attrib[attribute]


def _rename(element: etree._Element, name: str) -> None:
    try:
        element.tag = name
    except ValueError:  # what was left of `x:3` is no name
        element.tag = NAMELESS


def _admitted(data: bytes) -> bytes:
    text = data.removeprefix(BYTE_ORDER_MARK).lstrip()
    _refuse_sizes(text)
    _refuse_encodings(text)
    _refuse_types(text)
    return text


def local_name(element: etree._Element) -> str:
    """Return the name without prefix and namespace."""
    # Of a comment it is a function, which has a name as well.
    tag: Hashable = element.tag  # type: ignore[assignment]  # bytes are for writing
    return _local_of(tag)


@lru_cache(maxsize=KNOWN_TAGS)
def _local_of(tag: Hashable) -> str:
    return str(tag).rpartition("}")[2]


def has_text(element: etree._Element) -> bool:
    """Whether there is any text in an element, or in those inside of it."""
    if any((inside.text or "").strip() for inside in element.iter("*")):
        return True
    return bool(str(STRING(element)).strip())


def namespace(element: etree._Element) -> str:
    """Return the namespace of an element, empty if it has none."""
    return str(element.tag).rpartition("}")[0][1:]


def _refuse_sizes(data: bytes) -> None:
    if len(data) > MAX_BYTES:
        raise EnvelopeMalformed(
            because=N_("{size} bytes of XML beside the files, {limit} allowed"),
            size=len(data),
            limit=MAX_BYTES,
        )
    # Every element costs at least one "<", every attribute one `="`: counting them
    # here keeps libxml2 from building what would be refused.
    if data.count(b"<") > 2 * MAX_ELEMENTS:
        raise EnvelopeMalformed(because=TOO_MANY, limit=MAX_ELEMENTS)
    if _has_more(data, b"=", ATTRIBUTE, MAX_ATTRIBUTES):
        because = N_("more than {limit} attributes")
        raise EnvelopeMalformed(because=because, limit=MAX_ATTRIBUTES)
    # None of them is ever declared, and yet each is a node to a parser that recovers.
    if _has_more(data, b"&", ENTITY, MAX_ENTITIES):
        because = N_("more than {limit} entities")
        raise EnvelopeMalformed(because=because, limit=MAX_ENTITIES)


def _has_more(data: bytes, mark: bytes, form: re.Pattern[bytes], most: int) -> bool:
    """Whether there are more of a form that begins with this mark."""
    return data.count(mark) > most and sum(1 for _ in form.finditer(data)) > most


def _refuse_encodings(data: bytes) -> None:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in data:
        raise EnvelopeMalformed(
            problem=N_("it has NUL bytes or is UTF-16; UTF-8 is read")
        )
    declared = DECLARED_ENCODING.match(data)
    if declared and declared[1].lower() not in {b"utf-8", b"utf8"}:
        encoding = shown(declared[1].decode("ascii", "replace"))
        because = N_("it declares {encoding}; only UTF-8 is read")
        raise EnvelopeMalformed(because=because, encoding=encoding)
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise EnvelopeMalformed(
            because=N_("line {line}: a byte that is not UTF-8 ({byte})"),
            line=line,
            byte=f"{data[error.start]:#04x}",
        ) from error


def _refuse_types(data: bytes) -> None:
    found = DOCTYPE.search(data) if DECLARING in data else None
    if found:
        line = data.count(b"\n", 0, found.start()) + 1
        raise EnvelopeMalformed(
            because=N_(
                "line {line}: a document type or entity declaration is not allowed"
            ),
            line=line,
        )


def _parse(data: bytes, *, recover: bool) -> etree._Element:
    parser = etree.XMLParser(
        recover=recover,
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_blank_text=False,
        collect_ids=False,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        line = error.lineno or 1
        message = PLACE.sub("", error.msg or "there is no XML")
        raise _not_well_formed(line, told(message)) from error
    if root is None:
        raise EnvelopeMalformed(problem=N_("there is no XML in it"))
    return root


def _not_well_formed(line: int, message: str) -> EnvelopeMalformed:
    """Say what libxml2 says most often in words of ours, the rest in its own."""
    for form, because in SAID.items():
        found = form.match(message)
        if found:
            return EnvelopeMalformed(because=because, line=line, **found.groupdict())
    because = N_("line {line}: {message}")
    return EnvelopeMalformed(because=because, line=line, message=message)


SAID: Final[Mapping[re.Pattern[str], str]] = {
    re.compile(
        r"Namespace prefix (?P<prefix>\S+)(?: for \S+)? on (?P<name>\S+) is not defined"
    ): N_("line {line}: the prefix {prefix} of {name} is not declared"),
    re.compile(
        r"Opening and ending tag mismatch: (?P<name>\S+) line (?P<begin>\d+)"
        r" and (?P<other>\S+)"
    ): N_("line {line}: {name}, begun on line {begin}, is closed by {other}"),
    re.compile(r"Premature end of data in tag (?P<name>\S+) line (?P<begin>\d+)"): N_(
        "line {line}: the packet ends inside {name}, begun on line {begin}"
    ),
    re.compile("Extra content at the end of the document"): N_(
        "line {line}: there is more after the end of the packet"
    ),
}


def _refuse_nodes(root: etree._Element, marker: str) -> None:
    for node in INSTRUCTIONS(root):
        if node.target != marker:
            _refuse(
                node,
                N_("line {line}: the processing instruction {what} is not allowed"),
                shown(node.target),
            )
    for node in root.iter(f"{{{names.XINCLUDE}}}*"):
        _refuse(node, N_("line {line}: an XInclude element is not allowed"))
    parents = (node.getparent() for node in root.iter(etree.Comment))
    for parent in dict.fromkeys(parents):  # in the order of the packet
        # Some readers stop at a comment and would take "G0<!-- -->1" for "G0".
        if parent is not None and "".join(_own_text(parent)).strip(WHITE_SPACE):
            _refuse(
                parent,
                N_("line {line}: a comment inside the value of {what} is not allowed"),
                told(local_name(parent)),
            )


def _own_text(element: etree._Element) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        yield child.tail or ""


def _refuse(node: etree._Element, because: str, what: str = "") -> None:
    raise EnvelopeMalformed(because=because, line=node.sourceline, what=what)


# --- out ----------------------------------------------------------------------


def canonical(element: etree._Element) -> bytes:
    """Return an element as exclusive C14N has it, readable wherever it is put.

    Where a namespace is none for C14N (`xmlns="6"`), it is only readable.
    """
    try:
        return etree.tostring(element, method="c14n", exclusive=True)
    except etree.C14NError:
        alone = deepcopy(element)
        etree.cleanup_namespaces(alone)
        return etree.tostring(alone, with_tail=False)


def text_escape(value: str, field: str = "text") -> str:
    """Return the text as canonical XML writes it (Canonical XML 1.0, 2.3, text nodes).

    Raises `FieldInvalid` for a character that XML 1.0 cannot carry at all.
    """
    if not NOT_PLAIN.search(value):
        return value
    _refuse_characters(value, field)
    return (
        value.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\r", "&#xD;")
    )


def _refuse_characters(value: str, field: str) -> None:
    found = NOT_XML.search(value)
    if found:
        place = f"U+{ord(found[0]):04X} at position {found.start() + 1}"
        raise FieldInvalid(field=field, problem=f"the character {place}")


class Element(NamedTuple):
    """An element to be written: with text, or with other elements."""

    name: str
    text: str = ""
    children: tuple[Element, ...] = ()


NOTHING: Final = Element("")
"""What has nothing to say, whatever it would be called: it is not written."""


def leaf(name: str, value: str) -> Element:
    """Make an element with a value; trimmed, because nodes trim it on the way."""
    text = value.strip(WHITE_SPACE)
    return Element(name, text) if text else NOTHING


def group(name: str, *children: Element) -> Element:
    """Make an element with others inside; those that are empty are left out."""
    inside = tuple([child for child in children if child is not NOTHING])
    return Element(name, "", inside) if inside else NOTHING


def render(element: Element, *, prefix: str, depth: int) -> str:
    """Return an element on lines of its own, indented by two spaces a level."""
    lines: list[str] = []
    _add_lines(lines, element, prefix, "  " * depth)
    return "".join(lines)


def _add_lines(lines: list[str], element: Element, prefix: str, indent: str) -> None:
    bare, text, children = element
    name = prefix + bare
    if not children:
        lines.append(f"{indent}<{name}>{text_escape(text, bare)}</{name}>\n")
        return
    lines.append(f"{indent}<{name}>\n")
    inside = indent + "  "
    for child in children:
        _add_lines(lines, child, prefix, inside)
    lines.append(f"{indent}</{name}>\n")
