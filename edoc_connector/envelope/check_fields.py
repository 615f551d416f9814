"""Holds each value that would be written against the table of fields."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from functools import lru_cache
from typing import Final
from unicodedata import normalize

from edoc_connector.envelope.compose import labels_of, message_of, trace_of
from edoc_connector.envelope.problems import Problem
from edoc_connector.envelope.quoting import brief
from edoc_connector.envelope.values import read_date, value_text
from edoc_connector.envelope.xml import NOT_XML, Element
from edoc_connector.errors import (
    CharacterForbidden,
    FieldMissing,
    FieldTooLong,
    FieldUnreadable,
    SecretStamp,
    ValueUnknown,
)
from edoc_connector.model.document import Attachment, Document
from edoc_connector.model.fields import FIELDS, OF_STATUS, SIBLING, Field, FieldKind
from edoc_connector.model.secrecy import secrecy_level, secrecy_words
from edoc_connector.model.stages import Envelope

Leaves = Mapping[str, str]
"""What would be written: the text at each path, siblings numbered from the second."""

ALWAYS: Final = ("", "From", "Code", "PromulgationInfo")
"""Groups that every document has; others only have to be whole where they begin."""

LOST: Final = "\N{REPLACEMENT CHARACTER}"
CONTROL: Final = re.compile(f"[\x7f-\x9f{LOST}]")
"""XML can carry these, but nobody has typed them: the text was damaged on its way."""

MOST_OF_COUNT: Final = 65_535
DIGITS: Final = re.compile("0|[1-9][0-9]{0,8}")

LEVELS: Final = ("OtherInfo/SphereOfPromulgation", "DocumentType/TypeName")
"""Fields that state to whom, or what, a document is: there every level is one."""

STAMPED: Final = (
    "Subject",
    "Content",
    "Code/CodeNumber",
    "Code/CodeNotation",
    "OtherInfo/Appendixes/Appendix",
    "Bussiness/BussinessDocReason",
    "Attachment/AttachmentName",
    "Attachment/Description",
)
"""Where a stamp may stand among other words.  Names of people and places are left
out: there are those who are called Mật."""


def leaves_of(document: Document) -> Leaves:
    """Return the values of a document as they would be written, without its files."""
    trace = trace_of(Envelope(document), document.business)
    leaves: dict[str, str] = {}
    _add_leaves(leaves, (*message_of(document).children, *trace.children), "")
    return leaves


def leaves_of_file(attachment: Attachment, step: str) -> Leaves:
    """Return what would be said of a file at `Attachment` or `Attachment[2]`."""
    return {f"{step}/{label.name}": label.text for label in labels_of(attachment)}


def secrecy_problems(leaves: Leaves) -> Iterator[Problem]:
    """Yield each field that bears the words of a state secret."""
    for path, text in leaves.items():
        words_in = SECRECY.get(_kind_of(path))
        if words_in and (words := words_in(text)):
            yield Problem(SecretStamp, path, brief(words))


def field_problems(leaves: Leaves, groups: Iterable[str]) -> Iterator[Problem]:
    """Yield what is missing in these groups or in others, and what does not fit."""
    for group in dict.fromkeys((*groups, *_begun(leaves))):
        if required := REQUIRED.get(_kind_of(group)):
            yield from _missing(group, required, leaves)
    for path, text in leaves.items():
        yield from _unfit(FIELDS[_kind_of(path)], path, text)


# Documents have the same few paths, and each is asked for several times.
@lru_cache(maxsize=8192)
def _kind_of(path: str) -> str:
    """Return the path of the field itself, whichever of its siblings this is."""
    return SIBLING.sub("", path)


def step_at(name: str, number: int) -> str:
    """Return the name of the nth sibling: `To`, `To[2]`."""
    return name if number == 1 else f"{name}[{number}]"


def _add_leaves(
    leaves: dict[str, str], elements: Iterable[Element], above: str
) -> None:
    seen: dict[str, int] = {}
    for name, text, children in elements:
        number = seen[name] = seen.get(name, 0) + 1
        path = above + step_at(name, number)
        if children:
            _add_leaves(leaves, children, f"{path}/")
        else:
            leaves[path] = text


SECRECY: Final[Mapping[str, Callable[[str], str]]] = {
    **dict.fromkeys(LEVELS, secrecy_level),
    **dict.fromkeys(STAMPED, secrecy_words),
}


# --- what is missing ----------------------------------------------------------


def _begun(leaves: Leaves) -> Iterator[str]:
    """Yield every group that something stands in, outer ones first."""
    # Most leaves stand beside others, and each group is taken apart once.
    for place in dict.fromkeys([path.rpartition("/")[0] for path in leaves]):
        yield from _groups_at(place)


@lru_cache(maxsize=8192)
def _groups_at(place: str) -> tuple[str, ...]:
    """Return the group at this place and those around it."""
    steps = place.split("/") if place else []
    groups: list[str] = []
    for depth in range(1, len(steps) + 1):
        group = "/".join(steps[:depth])
        groups.append(group)
        if _kind_of(group) == REPLACED:
            groups.append(f"{group}/OrganIdList")
    return tuple(groups)


REPLACED: Final = "Bussiness/ReplacementInfoList/ReplacementInfo"
"""It has a group of its own that must be there."""


def _missing(group: str, required: Iterable[str], leaves: Leaves) -> Iterator[Problem]:
    for name in required:
        path = f"{group}/{name}" if group else name
        if path not in leaves and not _follows(path, leaves):
            yield Problem(FieldMissing, path)


def _required() -> Mapping[str, tuple[str, ...]]:
    """Return by group what a document must have in it."""
    found: dict[str, tuple[str, ...]] = {}
    for field in FIELDS.values():
        if field.is_required and field.path not in OF_STATUS:
            found[field.group] = (*found.get(field.group, ()), field.name)
    return found


REQUIRED: Final = _required()


def _follows(path: str, leaves: Leaves) -> bool:
    """Whether it is an id made of others, some of which are missing themselves."""
    return path == "DocumentId" and any(part not in leaves for part in PARTS)


PARTS: Final = ("Code/CodeNumber", "PromulgationInfo/PromulgationDate")
"""What the id of a document is made of."""


# --- what does not fit --------------------------------------------------------


def _unfit(field: Field, path: str, text: str) -> Iterator[Problem]:
    if not text.isprintable() or LOST in text:  # as few are, and fewer of them wrong
        yield from _forbidden(path, text)
    if field.codes and text not in field.codes:
        yield Problem(ValueUnknown, path, brief(text), field.format)
    elif not READABLE.get(field.kind, bool)(text):
        yield Problem(FieldUnreadable, path, brief(text), field.format)
    if field.limit is not None and _is_longer(text, field.limit):
        more = {"length": str(_length(text))}
        yield Problem(FieldTooLong, path, brief(text), str(field.limit), more)


def _forbidden(path: str, text: str) -> Iterator[Problem]:
    found = NOT_XML.search(text) or CONTROL.search(text)
    if found:
        place = f"U+{ord(found[0]):04X} ({found.start() + 1})"
        yield Problem(CharacterForbidden, path, place)


def _is_longer(text: str, limit: int) -> bool:
    return len(text) * NFC_GROWTH > limit and _length(text) > limit


NFC_GROWTH: Final = 3
"""No text becomes longer than so many times itself by being composed (UAX 15)."""


def _length(text: str) -> int:
    return len(text if text.isascii() else normalize("NFC", text))


def _is_number(text: str) -> bool:
    return DIGITS.fullmatch(text) is not None


def _is_count(text: str) -> bool:
    return _is_number(text) and int(text) <= MOST_OF_COUNT


def _is_day(text: str) -> bool:
    day = read_date(text)
    return isinstance(day, date) and value_text(day) == text


def _is_truth(text: str) -> bool:
    return text in {"true", "false"}


READABLE: Final[Mapping[FieldKind, Callable[[str], bool]]] = {
    FieldKind.NUMBER: _is_number,
    FieldKind.COUNT: _is_count,
    FieldKind.DAY: _is_day,
    FieldKind.TRUTH: _is_truth,
}
