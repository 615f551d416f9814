"""Seals an envelope: what its sender states, signed with the sender's own key."""

from __future__ import annotations

from hashlib import sha256

from edoc_connector.model.stages import Envelope, SealedEnvelope
from edoc_connector.signature import profile
from edoc_connector.signature.ports import SealKey
from edoc_connector.signature.statement import statement


def seal(envelope: Envelope, key: SealKey) -> SealedEnvelope:
    """Return the envelope with its seal, a XAdES-B-B signature.

    Raises `SealMalformed` for a document without its sender's own stamp: the time of
    sealing is read from it.
    """
    stated = statement(envelope.content)
    properties = profile.signed_properties(
        profile.sealing_time(envelope), sha256(key.certificate).digest()
    )
    info = profile.signed_info(
        key.algorithm,
        statement_digest=sha256(stated).digest(),
        properties_digest=sha256(properties).digest(),
    )
    element = profile.signature(
        signed_info=info,
        value=key.sign(info),
        certificate=key.certificate,
        statement=stated,
        properties=properties,
    )
    return SealedEnvelope(envelope, element)
