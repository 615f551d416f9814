"""The authorities to which a seal and its time stamps lead, to be kept with a verdict.

Who wrote the folder trusted them.  Whether they are the right ones each reader must
know by another way: whoever forges a packet can forge this file too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from edoc_connector.errors import SealInvalid, TimeNotProven
from edoc_connector.model.stages import FoundSeal
from edoc_connector.signature.certificate import read_certificate
from edoc_connector.signature.found import SealValues, read_seal
from edoc_connector.signature.path import find_path
from edoc_connector.signature.policy import Policy
from edoc_connector.signature.timestamp import check_token, tokens_of


def authorities_of(
    seal: FoundSeal | None, policy: Policy, at: datetime | None
) -> bytes:
    """Return in PEM form those of the policy that the path at that time goes through.

    Nothing, where it leads to none of them.
    """
    if seal is None or at is None:
        return b""
    try:
        values = read_seal(seal, policy.algorithms)
        found = [*_sealer(values, policy, at), *_stamps(seal, values, policy, at)]
    except SealInvalid:
        return b""
    return b"".join(it.public_bytes(Encoding.PEM) for it in _named(found, policy))


def _sealer(
    values: SealValues, policy: Policy, at: datetime
) -> Iterable[x509.Certificate]:
    sealer = read_certificate(values.certificate).x509
    return find_path(sealer, policy.anchors, at)


def _stamps(
    seal: FoundSeal, values: SealValues, policy: Policy, at: datetime
) -> Iterator[x509.Certificate]:
    for token in tokens_of(seal):
        with suppress(TimeNotProven):
            yield from check_token(token, values.signature_value, policy, now=at).path


def _named(
    found: Iterable[x509.Certificate], policy: Policy
) -> Iterator[x509.Certificate]:
    """Leave out what the seal or a token brought along, which is theirs to name."""
    known = {it.der for it in (*policy.anchors, *policy.timestamp_anchors)}
    for one in dict.fromkeys(found):
        if one.public_bytes(Encoding.DER) in known:
            yield one
