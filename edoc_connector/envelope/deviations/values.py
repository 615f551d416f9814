"""Departures in values: dates, numbers, codes, lengths, and what is missing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from math import inf
from typing import Final, Protocol
from unicodedata import is_normalized

from lxml import etree

from edoc_connector.envelope import names, structure
from edoc_connector.envelope.deviations.places import Place
from edoc_connector.envelope.quoting import brief
from edoc_connector.envelope.values import (
    TRUTHS,
    is_ambiguous,
    read_date,
    read_number,
    read_stamp,
    read_truth,
    value_text,
)
from edoc_connector.envelope.xml import WHITE_SPACE
from edoc_connector.model.deviations import Departure, Deviation
from edoc_connector.model.document import Code, Document, Unread
from edoc_connector.model.fields import FIELDS
from edoc_connector.model.marks import is_overloaded
from edoc_connector.model.organization_code import OrganizationCode, cleaned

OFFICIAL_ID: Final = re.compile(r"[^,]+,[0-9]{4}/[0-9]{2}/[0-9]{2},.+")
YEAR_OF_LEGAL_TEXT: Final = re.compile(r"[^/]+(/[0-9]{4})?")

LIMITS: Final = {
    field.path: field.limit for field in FIELDS.values() if field.limit is not None
}
"""Characters by the path of a field, which is its place without the outermost."""
SHORTEST_LIMIT: Final = min(LIMITS.values())
LEAST_LIMITS: Final[dict[str, int]] = {}
for _path, _limit in LIMITS.items():
    _name = _path.rpartition("/")[2]
    LEAST_LIMITS[_name] = min(_limit, LEAST_LIMITS.get(_name, _limit))


Recipient = tuple[str, str]
"""What stands in OrganId and OrganizationInCharge."""


class Named(Protocol):
    """A place, whatever stands there."""

    @property
    def name(self) -> str:
        """What it is called first."""
        ...

    @property
    def parent(self) -> str:
        """What the element around it is called first."""
        ...

    @property
    def where(self) -> str:
        """Where people find it."""
        ...


def of_value(place: Place) -> Iterator[Deviation]:
    """Yield the departures of the value of one element."""
    if place.is_leaf and place.is_known:
        yield from of_text(place, place.text)


def of_text(place: Named, raw: str) -> Iterator[Deviation]:
    """Yield the departures of a text that stands there."""
    text = raw.strip(WHITE_SPACE)
    if not text or is_overloaded(text):  # where it is read, it is refused
        return
    for kind in _kinds(place, raw, text):
        yield Deviation(kind, place.where, brief(text))
    if place.name in structure.BODIES:
        yield from _body(place, text)


def _kinds(place: Named, raw: str, text: str) -> Iterator[Departure]:
    if raw != text:
        yield Departure.UNTRIMMED
    if not is_normalized("NFC", text):
        yield Departure.NOT_NFC
    if len(text) > SHORTEST_LIMIT and _is_too_long(place, text):
        yield Departure.TOO_LONG
    judge = JUDGES.get(place.name)
    if judge:
        yield from judge(place.name, text)


def least_limit(name: str) -> float:
    """Return how long a value of this name may be, wherever it stands."""
    return LEAST_LIMITS.get(name, inf)


def _is_too_long(place: Named, text: str) -> bool:
    limit = LIMITS.get(place.where.partition("/")[2])
    return limit is not None and len(text) > limit


def _date(name: str, text: str) -> Iterator[Departure]:
    del name
    yield from _moment(text, read_date(text))


def _stamp(name: str, text: str) -> Iterator[Departure]:
    del name
    if text == names.NOTHING:
        yield Departure.NULL_WORD
    else:
        yield from _moment(text, read_stamp(text))


def _moment(text: str, value: object) -> Iterator[Departure]:
    if is_ambiguous(text):
        yield Departure.DATE_AMBIGUOUS
    elif isinstance(value, Unread):
        yield Departure.DATE_UNREADABLE
    elif value_text(value) != text:  # type: ignore[arg-type]  # a day or a moment
        yield Departure.DATE_FORMAT


def _number(name: str, text: str) -> Iterator[Departure]:
    value = read_number(text)
    if isinstance(value, Unread):
        yield Departure.NUMBER_UNREADABLE
    elif value is None:
        yield Departure.NUMBER_NEGATIVE
    else:
        if str(value) != text:
            yield Departure.NUMBER_FORMAT
        if value > structure.MOST.get(name, value):
            yield Departure.UNKNOWN_VALUE


def _truth(name: str, text: str) -> Iterator[Departure]:
    del name
    if isinstance(read_truth(text), Unread):
        yield Departure.TRUTH_UNREADABLE
    elif text not in TRUTHS or text.isdigit():
        yield Departure.TRUTH_FORMAT


Judge = Callable[[str, str], Iterator[Departure]]

JUDGES: Final[Mapping[str, Judge]] = {
    name: judge
    for names_of_kind, judge in (
        (structure.DATES, _date),
        (structure.STAMPS, _stamp),
        (structure.NUMBERS, _number),
        (structure.TRUTHS, _truth),
    )
    for name in names_of_kind
}


def _body(place: Named, text: str) -> Iterator[Deviation]:
    if text == names.NOTHING:
        yield Deviation(Departure.NULL_WORD, place.where, text)
        return
    code, removed = cleaned(text)
    is_node = place.parent == "TraceHeader"  # where nodes belong
    for problem in dict.fromkeys((*removed, *code.problems)):
        if not (is_node and problem == "node"):
            found = f"{brief(text)}: {problem}"
            yield Deviation(Departure.ORGANIZATION_CODE, place.where, found)


# --- the document as a whole --------------------------------------------------


def missing(message: Place) -> Iterator[Deviation]:
    """Yield what a document is expected to say, and this one does not."""
    yield from _missing(message)
    yield from _unstamped(message)


def of_document(
    where: str, recipients: Iterable[Recipient], document: Document
) -> Iterator[Deviation]:
    """Yield what only shows when fields are seen together."""
    yield from _recipients(f"{where}/To", recipients)
    yield from _code(document.code)
    yield from _id(f"{where}/DocumentId", document)


def recipients_in(message: etree._Element) -> Iterator[Recipient]:
    """Yield each recipient as it stands there."""
    for to in message.iterchildren("{*}To"):
        yield _text(to, "OrganId"), _text(to, "OrganizationInCharge")


def _id(where: str, document: Document) -> Iterator[Deviation]:
    text = document.document_id
    if text and not OFFICIAL_ID.fullmatch(text):
        yield Deviation(Departure.DOCUMENT_ID_FORM, where, brief(text))
    elif text:
        issuer = OrganizationCode(text.partition(",")[0])
        if not issuer.is_same_body(document.sender.code):
            yield Deviation(Departure.DOCUMENT_ID_OF_ANOTHER, where, brief(text))


def _missing(message: Place) -> Iterator[Deviation]:
    for path in structure.EXPECTED:
        steps = "/".join(f"{{*}}{step}" for step in path.split("/"))
        if not (message.element.findtext(steps) or "").strip(WHITE_SPACE):
            yield Deviation(Departure.MISSING_FIELD, f"{message.where}/{path}")


def _unstamped(message: Place) -> Iterator[Deviation]:
    header = message.element.getparent()
    stamp = None if header is None else header.find("{*}TraceHeaderList/{*}TraceHeader")
    if stamp is None:
        yield Deviation(Departure.MISSING_FIELD, "TraceHeaderList/TraceHeader")


def _recipients(where: str, recipients: Iterable[Recipient]) -> Iterator[Deviation]:
    seen: set[str] = set()
    for text, in_charge in recipients:
        code = OrganizationCode(text)
        if in_charge == names.NODE_ALIAS:
            kind = Departure.DUPLICATE_RECIPIENT_ALIAS
            yield Deviation(kind, where, brief(code))
        elif code and code.canonical in seen:
            yield Deviation(Departure.DUPLICATE_RECIPIENT, where, brief(code))
        seen.add(code.canonical)


def _text(element: etree._Element, name: str) -> str:
    return (element.findtext(f"{{*}}{name}") or "").strip(WHITE_SPACE)


def _code(code: Code) -> Iterator[Deviation]:
    if code.number and not YEAR_OF_LEGAL_TEXT.fullmatch(code.number):
        where = "MessageHeader/Code/CodeNumber"
        yield Deviation(Departure.CODE_NOT_SPLIT, where, brief(code.number))
