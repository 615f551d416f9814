"""Makes a stand-alone standard signature of a seal that nodes took apart.

What is made here needs nothing of ours to be checked: `xmlsec1 --verify` reads it, and
the statement inside can be compared with the document by eye.
"""

from __future__ import annotations

from edoc_connector.errors import SealAbsent
from edoc_connector.model.stages import ReceivedEnvelope
from edoc_connector.signature import profile
from edoc_connector.signature.found import read_seal
from edoc_connector.signature.statement import statement
from edoc_connector.signature.timestamp import tokens_of


def reconstitute(received: ReceivedEnvelope) -> bytes:
    """Return a `ds:Signature` document of the envelope as received.

    It is valid exactly when the seal is; nothing is judged here.  Raises `SealAbsent`,
    `SealMalformed` or `SealAlgorithmRefused` where there is nothing to make it of.
    """
    if received.seal is None:
        raise SealAbsent
    values = read_seal(received.seal)
    at = profile.sealing_time(received.envelope)
    return profile.signature(
        signed_info=values.signed_info(),
        value=values.signature_value,
        certificate=values.certificate,
        statement=statement(received.envelope.content),
        properties=profile.signed_properties(at, values.certificate_digest),
        timestamps=tuple(filter(None, tokens_of(received.seal))),
    )
