"""The certificate inside a packet of ours, read from the packet itself."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field

from edoc_connector.envelope.read import read
from edoc_connector.errors import ContentMissing, EnvelopeRefused
from edoc_connector.model.identifiers import Digest
from edoc_connector.signature.certificate import Certificate, read_certificate
from edoc_connector.storage import Storage
from edoc_connector.storage.records import OutgoingDocument


@dataclass(frozen=True, slots=True)
class PacketCertificates:
    """Certificates by document; a packet is opened once for each certificate."""

    storage: Storage
    known: dict[Digest, Certificate] = field(default_factory=dict)

    def of(self, document: OutgoingDocument) -> Certificate | None:
        """Return the certificate of its seal, or None where it cannot be read."""
        digest = document.certificate
        if digest is not None and digest in self.known:
            return self.known[digest]
        found = self._read(document)
        if found is not None:
            self.known[found.digest] = found
        return found

    def _read(self, document: OutgoingDocument) -> Certificate | None:
        if document.packet is None:
            return None
        try:
            with self.storage.content.mapped(document.packet) as body:
                seal = read(body, max_bytes=max(document.packet_bytes, 1)).seal
            texts = seal.certificates if seal else ()
            return read_certificate(base64.b64decode(texts[0])) if texts else None
        except (ContentMissing, EnvelopeRefused, binascii.Error):
            return None
