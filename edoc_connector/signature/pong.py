"""Signs that a ping was heard, and judges who signed it.

Guarantee: a proven pong was signed after this very ping was made, for this asker, with
the seal key of the body that was asked.  What is signed begins with words that begin no
seal, and every value in it has a form without line breaks, so that nobody gets a seal
out of us by asking.  What remains: of the brokers on the way it has only what the
message said, and `heard_at` is that body's clock.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from edoc_connector.errors import N_, SealMalformed, SenderMismatch, SignatureWrong
from edoc_connector.model.ping import BROKER, MOST_BROKERS, Heard, Pong
from edoc_connector.signature.algorithms import signature_fits
from edoc_connector.signature.certificate import Certificate, read_certificate
from edoc_connector.signature.choices import SealAlgorithm
from edoc_connector.signature.policy import Policy
from edoc_connector.signature.ports import Revocation, SealKey
from edoc_connector.signature.proven import ask_revocation, for_one_seal
from edoc_connector.signature.revocation import Outcome
from edoc_connector.signature.trust import check_trust

OPENING: Final = "edoc-connector: this ping was heard\n"

NO_STATEMENT: Final = N_("it is no statement that a ping was heard")


def sign_pong(heard: Heard, key: SealKey) -> Pong:
    """Return what is stated with the signature of this key."""
    return Pong(
        heard=heard,
        algorithm=str(key.algorithm),
        signature=key.sign(signed_bytes(heard)),
        certificate=key.certificate,
    )


def signed_bytes(heard: Heard) -> bytes:
    """Return what is signed, the same for everybody who has the same statement."""
    lines = (
        heard.ping,
        heard.sender,
        heard.recipient,
        heard.asked_at.isoformat(timespec="milliseconds"),
        heard.heard_at.isoformat(timespec="milliseconds"),
        heard.account,
        *heard.way,
    )
    text = OPENING + "".join(f"{line}\n" for line in lines)
    return text.encode()


def check_pong(
    pong: Pong, policy: Policy, *, now: datetime, revocation: Revocation | None
) -> Outcome:
    """Return what is known of its signer's revocation, or raise `SealInvalid`."""
    # 1. Every value is of one line, so that no statement can be read as another.
    _check_form(pong.heard)

    # 2. The signature fits the certificate, by an algorithm that is accepted.
    certificate = read_certificate(pong.certificate)
    _check_signature(pong, certificate, policy)

    # 3. The certificate belongs to the body that was asked.
    _check_owner(pong.heard, certificate, policy)

    # 4. It leads to an authority that is trusted now, and was not revoked.
    path = check_trust(certificate, policy.anchors, now)
    return ask_revocation(
        path, for_one_seal(revocation), at=now, now=now, anchors=policy.anchors
    )


def _check_form(heard: Heard) -> None:
    brokers = heard.way[:MOST_BROKERS]
    is_short = brokers == heard.way and all(map(BROKER.fullmatch, brokers))
    others = (heard.ping, heard.sender, heard.recipient, heard.account)
    if not is_short or not all(it.isprintable() for it in others):
        raise SealMalformed(problem=NO_STATEMENT)


def _check_signature(pong: Pong, certificate: Certificate, policy: Policy) -> None:
    accepted = {str(it): it for it in policy.algorithms}
    algorithm: SealAlgorithm | None = accepted.get(pong.algorithm)
    if algorithm is None or not signature_fits(
        certificate.public_key,
        algorithm,
        value=pong.signature,
        data=signed_bytes(pong.heard),
    ):
        raise SignatureWrong(certificate=certificate.subject)


def _check_owner(heard: Heard, certificate: Certificate, policy: Policy) -> None:
    if not policy.binding.belongs_to(certificate, heard.recipient):
        owners = ", ".join(policy.binding.owners(certificate)) or certificate.subject
        raise SenderMismatch(
            claimed=heard.recipient, evidence=N_("certificate"), actual=owners
        )
