"""Every form of a seal that we write: four algorithms, with a time stamp and without.

Their certificates are good for many years, because not every tool can be told a time.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Final

from edoc_connector.envelope.read import read
from edoc_connector.model.evidence import Evidence, EvidenceKind
from edoc_connector.model.stages import (
    Content,
    ReceivedEnvelope,
    SealedEnvelope,
    VerifiedEnvelope,
)
from edoc_connector.pki.keys import FileKey
from edoc_connector.pki.request import subject
from edoc_connector.signature.answers import StoredRevocation
from edoc_connector.signature.choices import SealAlgorithm
from edoc_connector.signature.sign import sign
from edoc_connector.signature.verify import verify
from tests.support import pki, timestamping
from tests.support.builders import SENDER, SENT_AT, contents, envelope, packet
from tests.support.seals import DRAFT, MAX_PACKET_BYTES, every_field
from tests.support.second_opinion import libxmlsec_says, signxml_says, xmlsec1_says
from tests.support.timestamping import FOREVER, Authority

OK: Final = "OK"


@dataclass(frozen=True, slots=True)
class Form:
    """One form: an algorithm, and whether there is a time stamp."""

    algorithm: str
    is_stamped: bool

    def __str__(self) -> str:
        return f"{self.algorithm}-{'B-T' if self.is_stamped else 'B-B'}"

    @property
    def is_known_to_xmlsec1(self) -> bool:
        """RSA-PSS came with xmlsec1 1.3; Debian 12 has 1.2.37."""
        return self.algorithm != "rsa-pss"


FORMS: Final = tuple(
    Form(algorithm, is_stamped)
    for algorithm in ("rsa-pkcs1", "rsa-pss", "p256", "p384")
    for is_stamped in (False, True)
)


@cache
def key_of(algorithm: str) -> FileKey:
    """The sender's key of this kind, with a certificate for many years."""
    private = {"p256": pki.p256_key(), "p384": pki.p384_key()}.get(
        algorithm, pki.rsa_key()
    )
    issued = pki.certificate(
        subject=subject(SENDER, "Ủy ban nhân dân tỉnh"),
        key=private,
        issuer=pki.name("time issuing"),
        issuer_key=pki.p256_key(-21),
        **FOREVER,
    )
    key = pki.sealer(private, issued)
    if algorithm == "rsa-pss":
        return replace(key, algorithm=SealAlgorithm.RSA_PSS_SHA256)
    return key


@cache
def sealed(form: Form) -> SealedEnvelope:
    """A document with every field, sealed in this form."""
    signed = sign(envelope(every_field()), key_of(form.algorithm))
    if form.is_stamped:
        return signed.sealed(Authority().token(signed.value))
    return signed.sealed()


def packet_with(seal: bytes, content: Content | None = None) -> bytes:
    """The packet of that document with any seal."""
    return packet(content or every_field(), files=contents(DRAFT), seal=seal)


def arrived(data: bytes) -> ReceivedEnvelope:
    """What a receiver reads."""
    return read(data, max_bytes=MAX_PACKET_BYTES)


def judged(data: bytes) -> VerifiedEnvelope:
    """What a receiver finds of it."""
    anchors = pki.trusted(timestamping.root(), timestamping.issuing())
    return verify(
        arrived(data),
        pki.policy(anchors=anchors),
        account=None,
        received_at=SENT_AT,
        now=SENT_AT,
        revocation=revocation(),
    )


@cache
def revocation() -> StoredRevocation:
    """Lists of both authorities that know of no revoked certificate."""
    keys = {"time root": pki.p256_key(-20), "time issuing": pki.p256_key(-21)}
    lists = (pki.crl(issuer, key) for issuer, key in keys.items())
    return StoredRevocation(tuple(Evidence(EvidenceKind.CRL, one) for one in lists))


def opinions(form: Form, signed: bytes, folder: Path) -> dict[str, str]:
    """What all tools that know this form say of a signature."""
    root, between = pki.pem(timestamping.root()), pki.pem(timestamping.issuing())
    said = {
        "libxmlsec1": libxmlsec_says(signed, [root, between]),
        "signxml": _signxml(signed, folder, root + between),
    }
    if form.is_known_to_xmlsec1:
        said["xmlsec1"] = xmlsec1_says(signed, folder, anchors=root, between=between)
    return said


def _signxml(signed: bytes, folder: Path, authorities: bytes) -> str:
    try:
        found = signxml_says(signed, folder, authorities=authorities)
    except Exception as error:  # noqa: BLE001  (whatever it finds wrong)
        return repr(error)
    return OK if len(found) == 2 else f"{len(found)} references"
