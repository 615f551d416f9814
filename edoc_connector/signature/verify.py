"""Decides whether an envelope is what its sender sealed: the only way to `Verified`.

Guarantee: what is returned was sealed, as it is returned, by the holder of a key whose
certificate leads to a trust anchor and belongs to the organisation in From.  No XML
engine runs on the stranger's Signature: statement, signed properties and SignedInfo are
made here from the envelope as it was received, so there is nothing to wrap, to move or
to refer to.  The verdict in it says what is missing for a proof that stands alone.

Residual risk: of an organisation that the operator lets send without a seal, only the
broker's word is known; the verdict says so.

Rests on: `envelope.read` has computed size and SHA-256 of every attachment from its
bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from hmac import compare_digest
from typing import Final

from edoc_connector.errors import (
    N_,
    AccountMismatch,
    LinkUnproven,
    SealAbsent,
    SealedInFuture,
    SealPlaceholder,
    SenderMismatch,
    SignatureWrong,
    UnsealedAccepted,
    UnsealedUnvouched,
)
from edoc_connector.model.identifiers import Digest
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.stages import (
    Content,
    Envelope,
    FoundSeal,
    ReceivedEnvelope,
    VerifiedEnvelope,
)
from edoc_connector.model.verdict import SealForm, TimeSource, Verdict
from edoc_connector.signature import profile
from edoc_connector.signature.binding import Binding
from edoc_connector.signature.certificate import Certificate, read_certificate
from edoc_connector.signature.changes import content_change, properties_change
from edoc_connector.signature.choices import Unsealed
from edoc_connector.signature.found import SealValues, form_of, read_seal, short
from edoc_connector.signature.policy import Policy
from edoc_connector.signature.ports import Revocation
from edoc_connector.signature.proven import (
    Times,
    ask_revocation,
    find_time,
    for_one_seal,
)
from edoc_connector.signature.stated import stated
from edoc_connector.signature.statement import statement, statement_digest
from edoc_connector.signature.timestamp import tokens_of
from edoc_connector.signature.trust import check_trust


def verify(  # noqa: PLR0913  (a verdict depends on no less)
    received: ReceivedEnvelope,
    policy: Policy,
    *,
    account: str | None,
    received_at: datetime,
    now: datetime,
    revocation: Revocation | None,
) -> VerifiedEnvelope:
    """Return what was sealed and by whom, or raise the `SealInvalid` that says why not.

    `account` is the user the broker authenticated; None for a file that is checked
    without a broker.  `received_at` is when the packet was durably here: what existed
    then was sealed before.  Without `revocation` nobody is asked, and the verdict says
    so.
    """
    envelope = received.envelope

    # 1. There is a seal; of who may send without one, there is none.
    if not form_of(received.seal).is_seal:
        return _unsealed(received, policy, account=account, at=received_at, now=now)
    seal = _present(received.seal)

    # 2. It is of the profile: algorithms of the allow-list, the two References in
    #    order, one certificate, values in strict base64.
    values = read_seal(seal, policy.algorithms)

    # 3. The statement, made from the content as received, has the digest that was
    #    sealed (XML Signature 1.1, 3.2.1).  Names, sizes and SHA-256 of the attachments
    #    are part of it.
    content = stated(envelope.content)
    stated_digest = _check_statement(content, seal, values)

    # 4. So have the signed properties, made from the sender's stamp and the certificate
    #    in hand (EN 319 132-1, 5.2.2).
    sealed_at = _check_properties(envelope, seal, values)

    # 5. The signature over SignedInfo, made from these, fits the certificate's key
    #    (XML Signature 1.1, 3.2.2).
    certificate = _check_signature(values)

    # 6. The time of sealing is not in our future, and the certificate led to a trust
    #    anchor then.  That is the sealer's own word: whoever still has the key of an
    #    expired certificate can seal with an old date.
    _check_time(sealed_at, now, policy)
    check_trust(certificate, policy.anchors, sealed_at)

    # 7. The certificate belongs to the organisation in From ...
    _check_owner(content.sender.code, certificate, policy)

    # 8. ... and so does the account the broker let in, unless it is that of a link.
    _check_account(content.sender.code, account, policy)

    # 9. So what counts is a time that is proven: by a time stamp over the signature
    #    value (EN 319 132-1, 5.3), else by our own reception.
    times = Times(sealed_at=sealed_at, received_at=received_at, now=now)
    source = for_one_seal(revocation)
    proven = find_time(tokens_of(seal), values.signature_value, policy, times, source)

    # 10. Key, key usage, dates and path to a trust anchor hold at that time (RFC 5280,
    #     6).
    path = check_trust(certificate, policy.anchors, proven.at)

    # 11. No certificate of the path was revoked at that time (RFC 5280, 6.3).  Last,
    #     because it may ask over the network: nobody whose seal does not hold makes us
    #     ask.
    known = ask_revocation(path, source, at=proven.at, now=now, anchors=policy.anchors)

    return VerifiedEnvelope(
        envelope=Envelope(content, envelope.trace),
        contents=received.contents,
        statement_digest=stated_digest,
        certificate_digest=certificate.digest,
        sealed_at=sealed_at,
        verified_at=now,
        verdict=Verdict(
            form=proven.form,
            proven_at=proven.at,
            time_source=proven.source,
            doubts=known.doubts,
            notes=(*proven.notes, *known.notes),
            evidence=(*proven.evidence, *known.evidence),
        ),
    )


def check_fit(received: ReceivedEnvelope) -> None:
    """Raise the `SealInvalid` that says how a seal differs from what it stands in.

    Steps 1 to 5 of `verify` only: it asks nobody whom to trust, and proves nothing.
    """
    seal = _present(received.seal)
    values = read_seal(seal)
    _check_statement(stated(received.envelope.content), seal, values)
    _check_properties(received.envelope, seal, values)
    _check_signature(values)


def _present(seal: FoundSeal | None) -> FoundSeal:
    if seal is None:
        raise SealAbsent
    return seal


def _unsealed(
    received: ReceivedEnvelope,
    policy: Policy,
    *,
    account: str | None,
    at: datetime,
    now: datetime,
) -> VerifiedEnvelope:
    """Return what nobody sealed, if its sender is one of those who cannot yet.

    Then the account is all that vouches for the sender: a link's does not.
    """
    content = stated(received.envelope.content)
    sender, form = content.sender.code, form_of(received.seal)
    _check_exempt(sender, form, policy)
    _check_account(sender, account, policy)
    if account in policy.links:
        raise LinkUnproven(account=account, claimed=short(sender))
    kind = UnsealedUnvouched if account is None else UnsealedAccepted
    return VerifiedEnvelope(
        envelope=Envelope(content, received.envelope.trace),
        contents=received.contents,
        statement_digest=statement_digest(content),
        certificate_digest=None,
        sealed_at=None,
        verified_at=now,
        verdict=Verdict(
            form=form,
            proven_at=at,
            time_source=TimeSource.RECEPTION,
            doubts=(kind(organization=short(sender), form=form).reason,),
        ),
    )


def _check_exempt(sender: OrganizationCode, form: SealForm, policy: Policy) -> None:
    accepted = policy.accepts_unsealed(sender)
    if form not in EXEMPT[accepted]:
        raise SealPlaceholder if form is SealForm.PLACEHOLDER else SealAbsent


EXEMPT: Final[Mapping[Unsealed, frozenset[SealForm]]] = {
    Unsealed.REQUIRE: frozenset(),
    Unsealed.ACCEPT_ABSENT: frozenset({SealForm.ABSENT}),
    Unsealed.ACCEPT_PLACEHOLDER: frozenset({SealForm.ABSENT, SealForm.PLACEHOLDER}),
}


def _check_statement(content: Content, seal: FoundSeal, values: SealValues) -> Digest:
    digest = sha256(statement(content)).digest()
    if not compare_digest(digest, values.statement_digest):
        raise content_change(content, seal, values)
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


def _check_owner(
    claimed: OrganizationCode, certificate: Certificate, policy: Policy
) -> None:
    if not policy.binding.belongs_to(certificate, claimed):
        raise SenderMismatch(
            claimed=short(claimed),
            evidence=N_("certificate"),
            actual=_owner(certificate, policy.binding),
        )


def _owner(certificate: Certificate, binding: Binding) -> str:
    """Return whose it is; of nobody's its subject, and which fields of it were read."""
    owners = short(", ".join(binding.owners(certificate)))
    return owners or f"{short(certificate.subject)} (trust.binding: {binding.read})"


def _check_account(
    claimed: OrganizationCode, account: str | None, policy: Policy
) -> None:
    if account is None or account in policy.links:
        return
    if not policy.vouches(account, claimed):
        raise AccountMismatch(
            claimed=short(claimed),
            account=account,
            actual=short(", ".join(policy.speaks_for(account))),
        )
