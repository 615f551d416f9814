"""Decides whether an envelope is what its sender sealed: the only way to `Verified`.

Guarantee: what is returned was sealed, as it is returned, by the holder of a key whose
certificate leads to a trust anchor and names the organisation in From.  No XML engine
runs on the stranger's Signature: statement, signed properties and SignedInfo are made
here from the envelope as it was received, so there is nothing to wrap, to move or to
refer to.

Rests on: `envelope.read` has computed size and SHA-256 of every attachment from its
bytes.  Not yet proven: that the certificate was not revoked, and the time of sealing,
which is the sealer's own word.
"""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from hmac import compare_digest

from edoc_connector.errors import (
    N_,
    SealAbsent,
    SealedInFuture,
    SenderMismatch,
    SignatureWrong,
)
from edoc_connector.model.identifiers import Digest
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.stages import (
    Envelope,
    FoundSeal,
    ReceivedEnvelope,
    VerifiedEnvelope,
)
from edoc_connector.signature import profile
from edoc_connector.signature.certificate import Certificate, read_certificate
from edoc_connector.signature.changes import content_change, properties_change
from edoc_connector.signature.found import SealValues, read_seal, short
from edoc_connector.signature.policy import Policy
from edoc_connector.signature.stated import stated
from edoc_connector.signature.statement import statement
from edoc_connector.signature.trust import check_trust


def verify(
    received: ReceivedEnvelope,
    policy: Policy,
    *,
    account: str | None,
    now: datetime,
) -> VerifiedEnvelope:
    """Return what was sealed and by whom, or raise the `SealInvalid` that says why not.

    `account` is the user the broker authenticated; None for a file that is checked
    without a broker.
    """
    envelope = received.envelope

    # 1. There is a seal.
    seal = _present(received.seal)

    # 2. It is of the profile: algorithms of the allow-list, the two References in
    #    order, one certificate, values in strict base64.
    values = read_seal(seal, policy.algorithms)

    # 3. The statement, made from the content as received, has the digest that was
    #    sealed (XML Signature 1.1, 3.2.1).  Names, sizes and SHA-256 of the attachments
    #    are part of it.
    statement_digest = _check_statement(envelope, seal, values)

    # 4. So have the signed properties, made from the sender's stamp and the certificate
    #    in hand (EN 319 132-1, 5.2.2).
    sealed_at = _check_properties(envelope, seal, values)

    # 5. The signature over SignedInfo, made from these, fits the certificate's key
    #    (XML Signature 1.1, 3.2.2).
    certificate = _check_signature(values)

    # 6. The time of sealing is not in our future.
    _check_time(sealed_at, now, policy)

    # 7. Key, key usage, dates and path to a trust anchor hold at the time of sealing
    #    (RFC 5280, 6).
    check_trust(certificate, policy.anchors, sealed_at)

    # 8. The certificate belongs to the organisation in From ...
    content = stated(envelope.content)
    _check_owner(content.sender.code, certificate)

    # 9. ... and so does the account the broker let in.
    _check_account(content.sender.code, account, policy)

    return VerifiedEnvelope(
        envelope=Envelope(content, envelope.trace),
        contents=received.contents,
        statement_digest=statement_digest,
        certificate_digest=certificate.digest,
        sealed_at=sealed_at,
        verified_at=now,
    )


def check_fit(received: ReceivedEnvelope) -> None:
    """Raise the `SealInvalid` that says how a seal differs from what it stands in.

    Steps 1 to 5 of `verify` only: it asks nobody whom to trust, and proves nothing.
    """
    seal = _present(received.seal)
    values = read_seal(seal)
    _check_statement(received.envelope, seal, values)
    _check_properties(received.envelope, seal, values)
    _check_signature(values)


def _present(seal: FoundSeal | None) -> FoundSeal:
    if seal is None:
        raise SealAbsent
    return seal


def _check_statement(envelope: Envelope, seal: FoundSeal, values: SealValues) -> Digest:
    digest = sha256(statement(envelope.content)).digest()
    if not compare_digest(digest, values.statement_digest):
        raise content_change(envelope, seal, values)
    return Digest(digest.hex())


def _check_properties(
    envelope: Envelope, seal: FoundSeal, values: SealValues
) -> datetime:
    sealed_at = profile.sealing_time(envelope)
    properties = profile.signed_properties(sealed_at, values.certificate_digest)
    if not compare_digest(sha256(properties).digest(), values.properties_digest):
        raise properties_change(envelope, seal, values)
    return sealed_at


def _check_signature(values: SealValues) -> Certificate:
    # Both digests have just been found equal to those of what we made ourselves.
    certificate = read_certificate(values.certificate)
    if not values.fit(certificate.public_key):
        raise SignatureWrong(certificate=short(certificate.subject))
    return certificate


def _check_time(sealed_at: datetime, now: datetime, policy: Policy) -> None:
    if sealed_at > now + policy.future_tolerance:
        raise SealedInFuture(sealed_at=sealed_at.isoformat(), now=now.isoformat())


def _check_owner(claimed: OrganizationCode, certificate: Certificate) -> None:
    # Nobody seals for nobody: a certificate without a code does not fit an empty From.
    if not claimed or certificate.organization != claimed:
        raise SenderMismatch(
            claimed=short(claimed),
            evidence=N_("certificate"),
            actual=short(certificate.organization) or short(certificate.subject),
        )


def _check_account(
    claimed: OrganizationCode, account: str | None, policy: Policy
) -> None:
    if account is None:
        return
    spoken_for = policy.speaks_for(account)
    if claimed not in spoken_for:
        raise SenderMismatch(
            claimed=short(claimed),
            evidence=f"account {account}",
            actual=short(", ".join(spoken_for)),
        )
