"""What a packet says of its files: manifest and attachments, joined.

The manifest says what a file is called, the attachment holds its bytes.  They belong
together by ContentId, else by name, else by position; two of one ContentId are refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from edoc_connector.envelope.names import CID
from edoc_connector.envelope.quoting import shown
from edoc_connector.envelope.section import Section
from edoc_connector.envelope.xml import WHITE_SPACE
from edoc_connector.errors import N_, AttachmentNameRefused, EnvelopeMalformed
from edoc_connector.model.file_names import hostility_of

UNLABELLED: Final = "application/octet-stream"
CIDS: Final = re.compile(rf"\A(?:{CID}[{WHITE_SPACE}]*)+")
"""Whatever a gateway put before a ContentId that had its `cid:` already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What a Reference or an Attachment says of a file; `content_id` without `cid:`."""

    section: Section
    content_id: str = ""
    has_cid: bool = False
    name: str = ""
    content_type: str = ""
    description: str = ""
    field_name: str = ""
    mime_type: str = ""


class Tie(StrEnum):
    """What joins an entry of the manifest to an attachment."""

    CONTENT_ID = "content-id"
    NAME = "name"
    POSITION = "position"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Joined:
    """A file of a packet: its entry in the manifest, if it has one, and its part."""

    reference: Label
    part: Label
    tie: Tie

    @property
    def content_id(self) -> str:
        """The handle to its bytes."""
        return self.reference.content_id or self.part.content_id

    @property
    def name(self) -> str:
        """What it is called; nodes change the part's labels, not the manifest's."""
        return self.reference.name or self.part.name

    @property
    def content_type(self) -> str:
        """What it is said to be."""
        said = self.reference.content_type or self.part.content_type
        return said or UNLABELLED

    @property
    def description(self) -> str:
        """What people say of it."""
        return self.reference.description or self.part.description


def join(references: Sequence[Section], parts: Sequence[Section]) -> Iterator[Joined]:
    """Yield the files in the order of the manifest.

    A part that no entry names comes last; an entry without a part is refused.
    """
    entries, files = _labels(references), _labels(parts)
    partners = _partners(entries, files)
    for number, entry in enumerate(entries):
        if number not in partners:
            raise EnvelopeMalformed(
                because=N_(
                    "line {line}: the file {name} of the manifest is not in the packet"
                ),
                line=entry.section.line,
                name=shown(entry.name),
            )
        place, tie = partners[number]
        yield Joined(entry, files[place], tie)
    taken = {place for place, _ in partners.values()}
    for number, part in enumerate(files):
        if number not in taken:
            yield Joined(part, part, Tie.NOTHING)


def _labels(sections: Sequence[Section]) -> list[Label]:
    labels = [_label(section) for section in sections]
    _refuse_collisions(labels)
    return labels


def _label(section: Section) -> Label:
    content_id = section.text("ContentId")
    return Label(
        section=section,
        content_id=CIDS.sub("", content_id),
        has_cid=content_id.startswith(CID),
        name=section.text("AttachmentName"),
        content_type=section.text("ContentType"),
        description=section.text("Description"),
        field_name=section.text("FieldName"),
        mime_type=section.text("MimeType"),
    )


def _refuse_collisions(labels: Sequence[Label]) -> None:
    seen: set[str] = set()
    for label in labels:
        if label.content_id in seen:
            raise EnvelopeMalformed(
                because=N_("line {line}: two files of one ContentId {name}"),
                line=label.section.line,
                name=shown(label.content_id),
            )
        seen |= {label.content_id} - {""}


def _partners(
    references: Sequence[Label], parts: Sequence[Label]
) -> dict[int, tuple[int, Tie]]:
    """Return for each entry of the manifest its part and what ties them."""
    partners: dict[int, tuple[int, Tie]] = {}
    for tie in (Tie.CONTENT_ID, Tie.NAME):
        theirs = _unique(parts, tie, {place for place, _ in partners.values()})
        ours = _unique(references, tie, set(partners))
        partners |= {ours[it]: (theirs[it], tie) for it in ours if it in theirs}
    claimed = {place for place, _ in partners.values()}
    lonely = [n for n in range(len(references)) if n not in partners]
    unclaimed = [(n, Tie.POSITION) for n in range(len(parts)) if n not in claimed]
    return partners | dict(zip(lonely, unclaimed, strict=False))


def _unique(labels: Sequence[Label], tie: Tie, taken: set[int]) -> dict[str, int]:
    """Return the free labels by id or name, where only one of them has it."""
    found: dict[str, list[int]] = {}
    for number, label in enumerate(labels):
        word = label.content_id if tie is Tie.CONTENT_ID else label.name
        if word and number not in taken:
            found.setdefault(word, []).append(number)
    return {word: numbers[0] for word, numbers in found.items() if len(numbers) == 1}


def refuse_names(joined: Joined) -> None:
    """Refuse a file without a name, or with a hostile one."""
    if not joined.name:
        raise EnvelopeMalformed(
            because=N_("line {line}: a file without AttachmentName"),
            line=joined.part.section.line,
        )
    for name in (joined.reference.name, joined.part.name):
        problem = hostility_of(name)
        if problem:
            raise AttachmentNameRefused(name=shown(name), problem=problem)
