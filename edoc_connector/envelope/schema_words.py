"""What libxml2 says of a packet that does not fit an XSD, in words of ours.

Its own are English, technical and full of namespaces, and quote the packet at length.
So what stands in the packet is taken from the packet, and from a message only what
stands at its end, which is of our XSD; where a long value has cut the end off, less is
said.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from lxml import etree

from edoc_connector.envelope import names
from edoc_connector.envelope.quoting import shown, told
from edoc_connector.envelope.xml import WHITE_SPACE, local_name
from edoc_connector.errors import N_

TOO_LONG: Final = N_("{field} has {length} characters, {limit} are allowed")
TOO_GREAT: Final = N_("{field} is {value}, and {limit} is the most that is allowed")
NOT_LISTED: Final = N_("{field} is {value}, which is none of {allowed}")
WRONG_FORM: Final = N_("{field} is {value}, and must be {form}")
NOT_ALLOWED: Final = N_("{field} is {value}, which is not allowed there")
EMPTY: Final = N_("{field} is empty")
MISSING: Final = N_("{field} is missing")
INCOMPLETE: Final = N_("{field} is not complete; it may go on with {expected}")
NO_PLACE: Final = N_("{field} has no place here")
MISPLACED: Final = N_("{field} has no place here; there may be {expected}")
FOREIGN: Final = N_("{field} is in another namespace than that of QCVN 102:2016")
INSTEAD: Final = N_("where {field} stands, {expected} must be")
HOLDS_TEXT: Final = N_("{field} holds text beside its elements")
HOLDS_ELEMENTS: Final = N_("{field} holds elements, not a value")
WRONG_ROOT: Final = N_("{field} is not the root element edXML of QCVN 102:2016")
ATTRIBUTE: Final = N_("{field} has the attribute {attribute}, which is not allowed")
NO_ATTRIBUTE: Final = N_("{field} lacks the attribute {attribute}")
WRONG_ATTRIBUTE: Final = N_("{field} has a wrong value in the attribute {attribute}")
OTHERWISE: Final = N_("{field}: {problem}")

FORMS: Final = (
    N_("text"),
    N_("text without white space at its ends"),
    N_("a whole number of at most nine digits"),
    N_("a whole number"),
    N_("a day as yyyy/MM/dd"),
    N_("a moment as yyyy/MM/dd HH:mm:ss"),
    N_("cid: and a name without white space"),
    N_("a number from 0 to 3"),
    N_("one of 01 to 06, 13, 15 and 16"),
    N_("true or false"),
)
"""What the patterns of our XSDs say of themselves, named here for the catalogue."""

BUILT_IN: Final[Mapping[str, str]] = {"xs:base64Binary": N_("base64")}
"""The same for the types that XSD brings along."""

# libxml2 names each kind by the clause of XML Schema 1.0, part 1 or 2, that is broken.
CONTENT: Final = "ELEMENT_CONTENT"
ELEMENTS: Final[Mapping[str, str]] = {
    "CVC_ELT_1": WRONG_ROOT,
    "CVC_TYPE_3_1_2": HOLDS_ELEMENTS,
    "CVC_COMPLEX_TYPE_2_3": HOLDS_TEXT,
}
ATTRIBUTES: Final[Mapping[str, str]] = {
    "CVC_TYPE_3_1_1": ATTRIBUTE,
    "CVC_COMPLEX_TYPE_3_2_1": ATTRIBUTE,
    "CVC_COMPLEX_TYPE_4": NO_ATTRIBUTE,
    "CVC_AU": WRONG_ATTRIBUTE,
}
VALUES: Final[Mapping[str, tuple[str, str, str]]] = {
    "CVC_MAXLENGTH_VALID": ("maximum length of", TOO_LONG, "limit"),
    "CVC_MAXINCLUSIVE_VALID": ("maximum value allowed", TOO_GREAT, "limit"),
    "CVC_ENUMERATION_VALID": ("element of the set", NOT_LISTED, "allowed"),
    "CVC_PATTERN_VALID": ("accepted by the pattern", WRONG_FORM, "form"),
    "CVC_DATATYPE_VALID_1_2_1": ("of the atomic type", WRONG_FORM, "form"),
}
"""What stands before the XSD's own words in a message, and which detail they are."""

UNSAID: Final = frozenset(
    {*names.MESSAGE, *names.MANIFEST, names.ATTACHMENTS, "TraceHeaderList"}
)
"""What a path begins with and the path of a field in `model.fields` does not."""

SEAL: Final = "ds:Signature"
"""What the XSDs call anything in the namespace of XML signatures."""

MOST_EXPECTED: Final = 10
"""Of what may stand somewhere libxml2 names so many."""

QUOTABLE: Final = 1000
"""Characters of a value that a message surely quotes whole."""

QUOTED: Final = re.compile("'([^']*)'")
EXPECTED: Final = re.compile(r"(?<!##other)\{[^{}]*\}([\w.-]+|\*)")
ATTRIBUTE_NAME: Final = re.compile(r"attribute '(?:\{[^}]*\})?([^'{}]*)'")
NAMESPACE: Final = re.compile(r"\{[^{}]*\}")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A template of the catalogue with its details: it can be said in any language."""

    template: str
    details: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        """Say it in English."""
        return self.template.format_map(self.details)


def sentence(
    entry: etree._LogEntry,
    element: etree._Element,
    *,
    path: str,
    forms: Mapping[str, str],
) -> Sentence:
    """Return what is wrong with the element at this path; `forms` are the schema's."""
    kind, words = entry.type_name.removeprefix("SCHEMAV_"), entry.message
    name = _field(path)
    if kind == CONTENT:
        return _of_content(words, element, path)
    if kind in VALUES:
        return _of_value(kind, words, element, name=name, forms=forms)
    if kind in ATTRIBUTES:
        details = {"field": name, "attribute": _attribute(words)}
        return Sentence(ATTRIBUTES[kind], details)
    if kind in ELEMENTS:
        return Sentence(ELEMENTS[kind], {"field": name})
    problem = told(NAMESPACE.sub("", words.partition(": ")[2]))
    return Sentence(OTHERWISE, {"field": name, "problem": problem})


def _field(path: str) -> str:
    outer, _, rest = path.partition("/")
    return rest if rest and outer in UNSAID else path


def _of_content(words: str, element: etree._Element, path: str) -> Sentence:
    """Speak of `Missing child element(s). Expected is ( … ).`, say."""
    said = words.rpartition("': ")[2]
    expected = EXPECTED.findall(said)
    more = ["…"] if len(expected) >= MOST_EXPECTED else []
    listed = ", ".join(expected + more).replace("*", SEAL)
    details = {"field": _field(path), "expected": listed}
    missing = said.startswith("Missing")
    if local_name(element) in expected and not missing:
        return Sentence(FOREIGN, details)
    if len(expected) != 1:
        several = INCOMPLETE if missing else MISPLACED
        return Sentence(several if expected else NO_PLACE, details)
    around = path if missing else path.rpartition("/")[0]
    only = _field(f"{around}/{listed}".lstrip("/"))
    if missing:
        return Sentence(MISSING, {"field": only})
    return Sentence(INSTEAD, details | {"expected": only})


def _of_value(
    kind: str,
    words: str,
    element: etree._Element,
    *,
    name: str,
    forms: Mapping[str, str],
) -> Sentence:
    """Speak of `The value '7' is not an element of the set {'0', '1'}.`, say."""
    value = element.text or ""
    if not value.strip(WHITE_SPACE):
        return Sentence(HOLDS_ELEMENTS if len(element) else EMPTY, {"field": name})
    phrase, template, detail = VALUES[kind]
    said = ", ".join(QUOTED.findall(words.rpartition(phrase)[2]))
    if detail == "form":
        said = forms.get(said, "")
    details = {"field": name, "value": shown(value), "length": f"{len(value)}"}
    if template is not TOO_LONG and (len(value) > QUOTABLE or not said):
        return Sentence(NOT_ALLOWED, details)
    return Sentence(template, details | {detail: said})


def _attribute(words: str) -> str:
    """Return the `a` of `…, attribute 'a': The attribute 'a' is not allowed.`."""
    return told("".join(ATTRIBUTE_NAME.findall(words)[:1]))
