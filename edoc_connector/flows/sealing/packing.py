"""From content to a sealed packet in our store, for documents and answers alike."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from edoc_connector.clock import VIETNAM
from edoc_connector.envelope.write import write
from edoc_connector.flows.sealing.keys import key_for_seal
from edoc_connector.flows.site import Site
from edoc_connector.model.document import Attachment, Document
from edoc_connector.model.identifiers import Digest
from edoc_connector.model.stages import Content, Envelope, TraceStamp
from edoc_connector.model.verdict import SealForm
from edoc_connector.signature.ports import SealKey
from edoc_connector.signature.sign import Signed, sign
from edoc_connector.storage import Storage
from edoc_connector.storage.content import ContentBatch


@dataclass(frozen=True, slots=True)
class Packed:
    """A sealed packet that is durable, and what the ledger says of it."""

    packet: Digest
    packet_bytes: int
    statement: Digest
    certificate: Digest
    form: SealForm


@dataclass(frozen=True, slots=True)
class StoredContents:
    """Attachments whose bytes are in our own store."""

    storage: Storage

    def chunks(self, attachment: Attachment) -> Iterator[bytes]:
        """Yield the file's own bytes; raises `ContentMissing`."""
        return self.storage.content.chunks(attachment.sha256)


def pack(site: Site, storage: Storage, content: Content) -> Packed:
    """Seal the content and write its packet; raises as `sign_content` and `keep`."""
    return keep(site, storage, sign_content(site, storage, content))


def sign_content(site: Site, storage: Storage, content: Content) -> Signed:
    """Sign the content with our key; nothing is written yet.

    Raises `EnvelopeRefused` where the content cannot be an envelope, and `KeyUnusable`
    while there is no key whose seal would be believed: then everything waits for one.
    """
    return sign_with(site, key_for_seal(site, storage), content)


def sign_with(site: Site, key: SealKey, content: Content) -> Signed:
    """Sign the content with this key; nothing is written yet.

    Raises `EnvelopeRefused` where the content cannot be an envelope.
    """
    return sign(Envelope(content, _trace(site, content)), key)


def keep(site: Site, storage: Storage, signed: Signed, *timestamps: bytes) -> Packed:
    """Write the packet of what was signed; nothing is sent, nothing promised yet.

    Raises `EnvelopeRefused` where the content cannot be written as an envelope, and
    `ContentMissing` where a file is gone from the store.
    """
    with storage.content.batch() as batch:
        return keep_in(batch, site, storage, signed, *timestamps)


def keep_in(
    batch: ContentBatch,
    site: Site,
    storage: Storage,
    signed: Signed,
    *timestamps: bytes,
) -> Packed:
    """As `keep`, for a packet that is durable when the batch is."""
    with batch.writer() as writer:
        write(
            signed.sealed(*timestamps),
            StoredContents(storage),
            writer.file,
            other_files=site.other_files,
        )
    return Packed(
        packet=writer.stored.digest,
        packet_bytes=writer.stored.size,
        statement=signed.statement_digest,
        certificate=signed.certificate_digest,
        form=SealForm.B_T if timestamps else SealForm.B_B,
    )


def _trace(site: Site, content: Content) -> tuple[TraceStamp, ...]:
    """Return the sender's own stamp, from which the time of the seal is derived."""
    if not isinstance(content, Document):
        return ()
    now = site.clock().astimezone(VIETNAM).replace(microsecond=0)
    return (TraceStamp(site.organization.code, now),)
