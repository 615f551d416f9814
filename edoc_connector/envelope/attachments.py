"""The files of a packet, measured and unwrapped."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from edoc_connector.envelope.encoded import Encoded
from edoc_connector.envelope.labels import Joined, refuse_names
from edoc_connector.envelope.names import ENCODED
from edoc_connector.envelope.quoting import shown, told
from edoc_connector.envelope.skeleton import Buffer, Run
from edoc_connector.envelope.wrapping import (
    HEAD_BYTES,
    Wrapping,
    unwrapped,
    wrapping_of,
)
from edoc_connector.errors import (
    N_,
    AttachmentDamaged,
    AttachmentNameRefused,
    ContentMissing,
)
from edoc_connector.model.document import Attachment
from edoc_connector.model.file_names import entry_hostility_of
from edoc_connector.model.identifiers import Digest


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
class Measured:
    """A file that could be decoded: what it is called, where it is, how it begins."""

    joined: Joined
    attachment: Attachment
    file: PacketFile
    head: bytes


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


def contents_of(measured: Iterable[Measured]) -> PacketContents:
    """Return where the bytes of these files are."""
    return PacketContents({one.attachment.sha256: one.file for one in measured})


def measure(
    body: Buffer, runs: Sequence[Run], files: Iterable[Joined], *, max_bytes: int
) -> Iterator[Measured]:
    """Yield each file with its size and digest.

    All of them together must not exceed `max_bytes` when unwrapped.  Raises
    `AttachmentDamaged` or `AttachmentNameRefused`.
    """
    left = max_bytes
    for joined in files:
        measured = measure_one(body, runs, joined, max_bytes=left)
        left -= measured.attachment.size
        yield measured


def measure_one(
    body: Buffer, runs: Sequence[Run], joined: Joined, *, max_bytes: int
) -> Measured:
    """Return one file with its size and digest, or raise what is wrong with it."""
    refuse_names(joined)
    encoded = _encoded(body, runs, joined)
    file = PacketFile(encoded, wrapping_of(encoded.decoded(), name=encoded.name))
    if file.wrapping:
        _refuse_hostile(file.wrapping, joined, max_bytes)
    digest = hashlib.sha256()
    size, head = 0, b""
    for chunk in file.chunks():
        digest.update(chunk)
        size += len(chunk)
        head = head or bytes(chunk[:HEAD_BYTES])
    if not size:
        raise AttachmentDamaged(name=told(joined.name), problem=N_("it is empty"))
    attachment = _attachment(joined, size, Digest(digest.hexdigest()))
    return Measured(joined, attachment, file, head)


def _attachment(joined: Joined, size: int, digest: Digest) -> Attachment:
    return Attachment(
        content_id=joined.content_id,
        name=joined.name,
        content_type=joined.content_type,
        size=size,
        sha256=digest,
        description=joined.description,
        field_name=joined.part.field_name,
        mime_type=joined.part.mime_type,
    )


def _refuse_hostile(wrapping: Wrapping, joined: Joined, max_bytes: int) -> None:
    problem = entry_hostility_of(wrapping.entry)
    if problem:
        raise AttachmentNameRefused(name=shown(wrapping.entry), problem=problem)
    if wrapping.size > max_bytes:
        raise AttachmentDamaged(
            name=told(joined.name),
            because=N_("unwrapped it has {size} bytes, {limit} are allowed"),
            size=wrapping.size,
            limit=max_bytes,
        )


def _encoded(body: Buffer, runs: Sequence[Run], joined: Joined) -> Encoded:
    name = told(joined.name)
    holder = joined.part.section.one(ENCODED)
    if holder is None:
        because = N_("it has no ContentTransferEncoded")
        raise AttachmentDamaged(name=name, problem=because)
    mark = holder.mark
    if mark is not None:
        run = runs[mark]
        return Encoded(body, run.start, run.end, name)
    text = holder.value().encode()
    return Encoded(text, 0, len(text), name)
