"""What is not known of a certificate: whether its authority took it back."""

from edoc_connector.errors.tree import N_, EdocError


class RevocationUnknown(EdocError):
    """Nobody gave a usable answer; the causes of its reason say who, and why."""

    code = "revocation-unknown"
    retryable = True
    template = N_(
        "whether the certificate {certificate} was revoked at {at} is not known"
    )


class RevocationNoAnswer(RevocationUnknown):
    """One of those who should know, and what came of asking."""

    code = "revocation-no-answer"
    template = N_("{source}: {problem}")


class AnswerUnusable(RevocationUnknown):
    """An answer about revocation that proves nothing of what was asked."""

    code = "revocation-answer-unusable"
    template = N_("the answer about revocation cannot be used: {problem}")


class RevocationUnchecked(EdocError):
    """Nobody was asked, by the operator's will."""

    code = "revocation-unchecked"
    template = N_(
        "nobody was asked whether the certificate was revoked (trust.revocation.check)"
    )


class RevocationNotPublished(EdocError):
    """The certificate says nowhere where to ask, and the settings do not either."""

    code = "revocation-not-published"
    template = N_("nobody publishes whether the certificate {certificate} is revoked")
    remedy = N_(
        "ask its authority for a list of revoked certificates and name the file in"
        " trust.revocation.crls"
    )


class RevokedLater(EdocError):
    """It was revoked since; at the time that counts it was not."""

    code = "revoked-later"
    template = N_(
        "the certificate {certificate} was revoked at {revoked_at} ({why}), after the"
        " time at which it had to hold"
    )
