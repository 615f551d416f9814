"""What is wrong with a seal, or missing for a proof."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from edoc_connector.errors.envelope import EnvelopeRefused
from edoc_connector.errors.tree import N_, EdocError

if TYPE_CHECKING:
    from edoc_connector.model.evidence import Evidence


class SealInvalid(EnvelopeRefused):
    """The envelope is not what its sender sealed, or the sealer is not the sender."""

    code = "seal-invalid"
    template = N_("the seal is not valid: {problem}")


class SealAbsent(SealInvalid):
    """Nobody sealed it."""

    code = "seal-absent"
    template = N_("the packet carries no seal")
    remedy = N_(
        "if its sender cannot seal yet, the operator who receives it may allow that in"
        " trust.unsealed"
    )


class SealPlaceholder(SealAbsent):
    """What stands there is the example of the axis's library, in every packet alike."""

    code = "seal-placeholder"
    template = N_(
        "the packet carries no seal, only the placeholder of the axis's library"
    )


class LinkUnproven(SealAbsent):
    """Without a seal nothing proves the sender of what came over a link."""

    code = "link-unproven"
    template = N_(
        "the packet came over the link {account} without a seal, and a link does not"
        " prove that {claimed} sent it"
    )
    remedy = ""


class SealMalformed(SealInvalid):
    """There is a signature, and it is not of the profile we read."""

    code = "seal-malformed"
    template = N_("the seal cannot be read: {problem}")


class SealAlgorithmRefused(SealInvalid):
    """An algorithm outside the allow-list."""

    code = "seal-algorithm-refused"
    template = N_("the seal uses {algorithm}, which is not accepted")
    remedy = N_("the operator who receives it sets in trust.algorithms what is")


class ContentChanged(SealInvalid):
    """What was sealed is not what arrived; the field says where."""

    code = "content-changed"
    template = N_("{field} was changed on the way: sealed {expected}, arrived {found}")


class CertificateChanged(SealInvalid):
    """The certificate in the seal is not the one the sealer named."""

    code = "certificate-changed"
    template = N_("the certificate was replaced: sealed with {expected}, found {found}")


class SignatureWrong(SealInvalid):
    """The signature value does not belong to this content and this certificate."""

    code = "signature-wrong"
    template = N_("the signature does not fit the certificate {certificate}")


class CertificateUntrusted(SealInvalid):
    """No path from the certificate to a trust anchor."""

    code = "certificate-untrusted"
    template = N_("the certificate {certificate} is not trusted: {problem}")


class CertificateRevoked(SealInvalid):
    """The authority had taken the certificate back when it sealed.

    `evidence` are the answers that say so, to be kept with the refusal.
    """

    code = "certificate-revoked"
    template = N_(
        "the certificate {certificate} was revoked at {revoked_at} ({why}),"
        " and had to hold at {at}"
    )

    def __init__(self, *, evidence: Iterable[Evidence] = (), **details: object) -> None:
        self.evidence = tuple(evidence)
        super().__init__(**details)


class SenderMismatch(SealInvalid):
    """The certificate belongs to another organisation than the one in From."""

    code = "sender-mismatch"
    template = N_("From names {claimed}, but the {evidence} belongs to {actual}")


class AccountMismatch(SenderMismatch):
    """The account that the broker let in speaks for another than the one in From."""

    code = "account-mismatch"
    template = N_(
        "From names {claimed}, but the account {account} of the broker belongs to"
        " {actual}"
    )


class SealedInFuture(SealInvalid):
    """The sender's clock or ours is wrong; which one, a person must find out."""

    code = "sealed-in-future"
    template = N_("sealed at {sealed_at}, but here it is {now}; check both clocks")


class SealDoubt(EdocError):
    """Something is missing for a proof; the packet may be delivered, and is marked."""

    code = "seal-doubt"
    template = N_("the seal is not proven: {problem}")


class UnsealedAccepted(SealDoubt):
    """The operator lets this organisation send without a seal (trust.unsealed)."""

    code = "unsealed-accepted"
    template = N_(
        "accepted without a seal (found: {form}), as trust.unsealed allows for"
        " {organization}; only the broker vouches for the sender"
    )


class UnsealedUnvouched(UnsealedAccepted):
    """A file without a seal: no broker says who brought it."""

    code = "unsealed-unvouched"
    template = N_(
        "accepted without a seal (found: {form}), as trust.unsealed allows for"
        " {organization}; nothing in this file proves who sent it"
    )
