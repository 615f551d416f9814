"""Seals an envelope: what its sender states, signed with the sender's own key."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256

from edoc_connector.model.identifiers import Digest
from edoc_connector.model.stages import Envelope, SealedEnvelope
from edoc_connector.signature import profile
from edoc_connector.signature.ports import SealKey
from edoc_connector.signature.statement import statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """An envelope that is signed and may still get a time stamp.

    The digests are those of the statement and of the certificate.
    """

    envelope: Envelope
    signed_info: bytes = field(repr=False)
    value: bytes = field(repr=False)
    certificate: bytes = field(repr=False)
    statement: bytes = field(repr=False)
    properties: bytes = field(repr=False)
    statement_digest: Digest
    certificate_digest: Digest

    def sealed(self, *timestamps: bytes) -> SealedEnvelope:
        """Return it with its seal: XAdES-B-T with a time stamp token, else B-B."""
        element = profile.signature(
            signed_info=self.signed_info,
            value=self.value,
            certificate=self.certificate,
            statement=self.statement,
            properties=self.properties,
            timestamps=timestamps,
        )
        return SealedEnvelope(self.envelope, element)


def sign(envelope: Envelope, key: SealKey) -> Signed:
    """Sign what the envelope states.

    Raises `SealMalformed` for a document without its sender's own stamp: the time of
    sealing is read from it.
    """
    stated = statement(envelope.content)
    said, certificate = sha256(stated), sha256(key.certificate)
    properties = profile.signed_properties(
        profile.sealing_time(envelope), certificate.digest()
    )
    info = profile.signed_info(
        key.algorithm,
        statement_digest=said.digest(),
        properties_digest=sha256(properties).digest(),
    )
    return Signed(
        envelope=envelope,
        signed_info=info,
        value=key.sign(info),
        certificate=key.certificate,
        statement=stated,
        properties=properties,
        statement_digest=Digest(said.hexdigest()),
        certificate_digest=Digest(certificate.hexdigest()),
    )


def seal(envelope: Envelope, key: SealKey) -> SealedEnvelope:
    """Return the envelope with its seal, a XAdES-B-B signature; raises as `sign`."""
    return sign(envelope, key).sealed()
