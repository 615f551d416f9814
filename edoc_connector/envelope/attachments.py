"""The files of a packet: manifest and attachments joined, measured and unwrapped.

The manifest says what a file is called, the attachment holds its bytes.  They belong
together by ContentId, else by name, else by position; two of one ContentId are refused.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from edoc_connector.envelope.encoded import Encoded
from edoc_connector.envelope.names import CID, ENCODED
from edoc_connector.envelope.section import Section
from edoc_connector.envelope.skeleton import Buffer, Skeleton
from edoc_connector.envelope.wrapping import (
    HEAD_BYTES,
    MAGIC,
    TAIL_BYTES,
    Wrapping,
    find_wrapping,
    unwrapped,
)
from edoc_connector.envelope.xml import shown
from edoc_connector.errors import (
    N_,
    AttachmentDamaged,
    ContentMissing,
    EnvelopeMalformed,
)
from edoc_connector.model.document import Attachment
from edoc_connector.model.identifiers import Digest

UNLABELLED: Final = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Label:
    """What a Reference or an Attachment says of a file."""

    section: Section
    content_id: str
    name: str
    content_type: str
    description: str


@dataclass(frozen=True, slots=True)
class PacketFile:
    """A file inside a packet; read again from there whenever it is asked for."""

    encoded: Encoded
    wrapping: Wrapping | None

    def chunks(self) -> Iterator[bytes]:
        """Yield the file's own bytes."""
        decoded = self.encoded.decoded()
        if self.wrapping is None:
            return decoded
        return unwrapped(decoded, self.wrapping, name=self.encoded.name)


@dataclass(frozen=True, slots=True)
class PacketContents:
    """The `Contents` of a received packet; its buffer must stay open as long."""

    files: Mapping[Digest, PacketFile] = field(repr=False)

    def chunks(self, attachment: Attachment) -> Iterator[bytes]:
        """Yield the file with this digest, decoded and unwrapped."""
        try:
            return self.files[attachment.sha256].chunks()
        except KeyError:
            raise ContentMissing(digest=attachment.sha256) from None


def read_attachments(
    body: Buffer,
    skeleton: Skeleton,
    *,
    references: Sequence[Section],
    parts: Sequence[Section],
    max_bytes: int,
) -> tuple[tuple[Attachment, ...], PacketContents]:
    """Return the files in the order of the manifest, and where their bytes are.

    All of them together must not exceed `max_bytes` when unwrapped.
    """
    attachments: list[Attachment] = []
    files: dict[Digest, PacketFile] = {}
    left = max_bytes
    for label, part in join(_labels(references), _labels(parts)):
        encoded = _encoded(body, skeleton, part.section, label.name)
        attachment, file = _measured(label, encoded, left)
        left -= attachment.size
        attachments.append(attachment)
        files[attachment.sha256] = file
    return tuple(attachments), PacketContents(files)


# --- joining ------------------------------------------------------------------


def _labels(sections: Sequence[Section]) -> list[Label]:
    labels = [
        Label(
            section,
            section.text("ContentId").removeprefix(CID),
            section.text("AttachmentName"),
            section.text("ContentType"),
            section.text("Description"),
        )
        for section in sections
    ]
    _refuse_collisions(labels)
    return labels


def _refuse_collisions(labels: Sequence[Label]) -> None:
    seen: set[str] = set()
    for label in labels:
        if label.content_id in seen:
            raise EnvelopeMalformed(
                problem=f"line {label.section.line}: "
                f"two files of one ContentId {shown(label.content_id)}"
            )
        seen |= {label.content_id} - {""}


def join(
    references: Sequence[Label], parts: Sequence[Label]
) -> Iterator[tuple[Label, Label]]:
    """Yield each file's merged label with its part, in the order of the manifest.

    A part that no reference names comes last; a reference without a part is refused.
    """
    partners = _partners(references, parts)
    for number, reference in enumerate(references):
        if number not in partners:
            raise EnvelopeMalformed(
                problem=f"line {reference.section.line}: "
                f"the file {shown(reference.name)} of the manifest is not in the packet"
            )
        part = parts[partners[number]]
        yield _merged(reference, part), part
    taken = set(partners.values())
    for number, part in enumerate(parts):
        if number not in taken:
            yield _merged(part, part), part


def _partners(references: Sequence[Label], parts: Sequence[Label]) -> dict[int, int]:
    partners: dict[int, int] = {}
    for key in ("content_id", "name"):
        theirs = _unique(parts, key, set(partners.values()))
        ours = _unique(references, key, set(partners))
        partners |= {ours[word]: theirs[word] for word in ours if word in theirs}
    claimed = set(partners.values())
    lonely = [n for n in range(len(references)) if n not in partners]
    unclaimed = [n for n in range(len(parts)) if n not in claimed]
    return partners | dict(zip(lonely, unclaimed, strict=False))


def _unique(labels: Sequence[Label], key: str, taken: set[int]) -> dict[str, int]:
    """Return the free labels by id or name, where only one of them has it."""
    found: dict[str, list[int]] = {}
    for number, label in enumerate(labels):
        word = label.content_id if key == "content_id" else label.name
        if word and number not in taken:
            found.setdefault(word, []).append(number)
    return {word: numbers[0] for word, numbers in found.items() if len(numbers) == 1}


def _merged(reference: Label, part: Label) -> Label:
    """Join both labels: nodes change those of the part and leave the manifest's."""
    name = reference.name or part.name
    if not name:
        raise EnvelopeMalformed(
            problem=f"line {part.section.line}: a file without AttachmentName"
        )
    return Label(
        part.section,
        reference.content_id or part.content_id,
        name,
        reference.content_type or part.content_type or UNLABELLED,
        reference.description or part.description,
    )


# --- measuring ----------------------------------------------------------------


def _encoded(body: Buffer, skeleton: Skeleton, part: Section, name: str) -> Encoded:
    holder = part.one(ENCODED)
    if holder is None:
        raise AttachmentDamaged(name=name, problem=f"it has no {ENCODED}")
    run = skeleton.run_in(holder.element)
    if run:
        return Encoded(body, run.start, run.end, name)
    text = holder.value().encode()
    return Encoded(text, 0, len(text), name)


def _measured(
    label: Label, encoded: Encoded, left: int
) -> tuple[Attachment, PacketFile]:
    file = PacketFile(encoded, _wrapping(encoded))
    if file.wrapping and file.wrapping.size > left:
        problem = f"unwrapped it has {file.wrapping.size} bytes, {left} are allowed"
        raise AttachmentDamaged(name=label.name, problem=problem)
    digest = hashlib.sha256()
    size = 0
    for chunk in file.chunks():
        digest.update(chunk)
        size += len(chunk)
    if not size:
        raise AttachmentDamaged(name=label.name, problem=N_("it is empty"))
    attachment = Attachment(
        content_id=label.content_id,
        name=label.name,
        content_type=label.content_type,
        size=size,
        sha256=Digest(digest.hexdigest()),
        description=label.description,
    )
    return attachment, file


def _wrapping(encoded: Encoded) -> Wrapping | None:
    head = tail = b""
    size = 0
    for chunk in encoded.decoded():
        size += len(chunk)
        head = head if len(head) >= HEAD_BYTES else head + chunk
        tail = (tail + chunk)[-TAIL_BYTES:]
        if not head.startswith(MAGIC[: len(head)]):
            return None
    return find_wrapping(head[:HEAD_BYTES], tail, size=size, name=encoded.name)
