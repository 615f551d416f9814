"""Departures of attachments: how they are joined, labelled, wrapped and encoded."""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Mapping
from typing import Final

from edoc_connector.envelope.attachments import Measured
from edoc_connector.envelope.encoded import Encoded
from edoc_connector.envelope.kinds import ZIPPED, Kind, kind_of, meant_by
from edoc_connector.envelope.labels import Label, Tie
from edoc_connector.envelope.quoting import brief
from edoc_connector.envelope.rewrapping import RAW
from edoc_connector.model.deviations import Departure, Deviation
from edoc_connector.model.file_names import safe_name

REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}".encode()
MANY: Final = 3
"""So many in the first bytes of a file are no accident."""
LINE_BYTES: Final = 256
"""Base64 that is broken into lines has one shorter than this."""
NEEDLESS: Final = tuple(f".{kind}" for kind in RAW - {"zip"})
"""What the axis's library does not wrap any more."""

TIES: Final[Mapping[Tie, Departure]] = {
    Tie.NAME: Departure.JOINED_BY_NAME,
    Tie.POSITION: Departure.JOINED_BY_POSITION,
    Tie.NOTHING: Departure.NOT_IN_MANIFEST,
}


def of_file(measured: Measured) -> Iterator[Deviation]:
    """Yield the departures of one attachment, each with the file's name."""
    where = f'Attachment "{brief(measured.joined.name)}"'
    for kind, found in _departures(measured):
        yield Deviation(kind, where, found)


def _departures(measured: Measured) -> Iterator[tuple[Departure, str]]:
    yield from _labels(measured)
    yield from _types(measured)
    yield from _bytes(measured)
    if safe_name(measured.joined.name) != measured.joined.name:
        yield Departure.SUSPICIOUS_NAME, ""


def _labels(measured: Measured) -> Iterator[tuple[Departure, str]]:
    reference, part = measured.joined.reference, measured.joined.part
    if measured.joined.tie in TIES:
        yield TIES[measured.joined.tie], ""
    if not all(label.has_cid for label in (reference, part) if label.content_id):
        yield Departure.CONTENT_ID_FORM, ""
    if reference.name and part.name and reference.name != part.name:
        yield Departure.LABELS_DIFFER, brief(part.name)


def _types(measured: Measured) -> Iterator[tuple[Departure, str]]:
    kind = kind_of(measured.head)
    is_wrapped = measured.file.wrapping is not None
    part = measured.joined.part
    attached = Kind.ZIP if is_wrapped else kind
    if is_wrapped and meant_by(part.content_type) == {Kind.PDF}:
        yield Departure.ZIP_INSIDE_PDF_LABEL, ""
    elif _lies(part, attached):
        yield Departure.CONTENT_TYPE_LIES, _lie(part, attached)
    reference = measured.joined.reference
    is_of_wrapping = is_wrapped and meant_by(reference.content_type) == ZIPPED
    if reference is not part and _lies(reference, kind) and not is_of_wrapping:
        yield Departure.CONTENT_TYPE_LIES, _lie(reference, kind)


def _lies(label: Label, kind: Kind) -> bool:
    meant = meant_by(label.content_type)
    return bool(meant) and kind not in meant


def _lie(label: Label, kind: Kind) -> str:
    return f"{brief(label.content_type)}: {kind}"


def _bytes(measured: Measured) -> Iterator[tuple[Departure, str]]:
    name = measured.joined.name.lower()
    if measured.file.wrapping and name.endswith(NEEDLESS):
        yield Departure.WRAPPED_NEEDLESSLY, ""
    if _is_laid_out(measured.file.encoded):
        yield Departure.BASE64_LAYOUT, ""
    is_text = kind_of(measured.head) in {Kind.UNKNOWN, Kind.XML}
    if not is_text and _was_decoded(measured.head):
        yield Departure.DECODED_AS_TEXT, ""


def _was_decoded(head: bytes) -> bool:
    """Whether somebody took the bytes for text: then all of it is, and much is lost."""
    try:
        codecs.utf_8_decode(head, "strict", False)  # noqa: FBT003  (not to its end)
    except UnicodeDecodeError:
        return False
    return head.count(REPLACEMENT) >= MANY


def _is_laid_out(encoded: Encoded) -> bool:
    begin = bytes(encoded.buffer[encoded.start : encoded.start + LINE_BYTES])
    finish = bytes(encoded.buffer[max(encoded.start, encoded.end - 1) : encoded.end])
    return len(begin.split()) > 1 or begin.lstrip() != begin or finish.isspace()
