"""What became of a request to recall, update or replace a received document."""

from edoc_connector.errors.tree import N_, EdocError


class ChangeRefused(EdocError):
    """What the sender of a received document asks is not done: status 16."""

    code = "change-refused"
    template = N_("the request is refused: {problem}")


class ChangeOfNothing(ChangeRefused):
    """A request that names no document."""

    code = "change-of-nothing"
    template = N_("the request does not say which document it is about")


class NotTheIssuer(ChangeRefused):
    """Somebody asks for a change of another body's document."""

    code = "not-the-issuer"
    template = N_(
        "only the body that issued a document may recall, update or replace it"
    )


class ChangeOutdated(ChangeRefused):
    """An old request, or a sender whose clock goes back."""

    code = "change-outdated"
    template = N_(
        "the document here was sealed after this request, which is not about it"
    )
    remedy = N_("if it is, check the sender's clock and ask again")


class NothingToUpdate(ChangeRefused):
    """The original has not come for so long that nobody waits any more."""

    code = "nothing-to-update"
    template = N_("the document to be updated has never arrived here")


class UpdateOfRecalled(ChangeRefused):
    """There is no document any more that could be updated."""

    code = "update-of-recalled"
    template = N_("the document to be updated was recalled")


class RecallsTooMany(ChangeRefused):
    """One sender recalls more than it can have sent."""

    code = "recalls-too-many"
    template = N_(
        "too many recalls of documents that never arrived here ({count} in {days} days)"
    )


class RefusedByClerk(ChangeRefused):
    """A person here has decided so, and says why."""

    code = "refused-by-clerk"
    template = N_("refused here: {reason}")
    told = "{reason}"


class RefusedSilently(RefusedByClerk):
    """A person here has decided so."""

    code = "refused-silently"
    template = N_("refused here; no reason was given")
    told = N_("no reason was given")


class ChangeDone(EdocError):
    """What the sender asks needs nothing more to be done: status 15."""

    code = "change-done"
    template = N_("the request is agreed to: {problem}")


class RecallDone(ChangeDone):
    """A recall that was carried out."""

    code = "recall-done"
    template = N_("recalled: cancelled in the register, its metadata is kept")


class UpdateDone(ChangeDone):
    """An update that was carried out."""

    code = "update-done"
    template = N_("updated in the register")


class ReplaceDone(ChangeDone):
    """A replacement that was carried out."""

    code = "replace-done"
    template = N_("marked in the register as replaced")


class AlreadyRecalled(ChangeDone):
    """A recall of what was recalled."""

    code = "already-recalled"
    template = N_("the document was recalled before and is cancelled in the register")


class RecallRemembered(ChangeDone):
    """A recall that came before the document, or instead of it."""

    code = "recall-remembered"
    template = N_(
        "the document is not in the register, and will not be put there if it comes"
    )


class NothingToReplace(ChangeDone):
    """A replacement whose original is not here."""

    code = "nothing-to-replace"
    template = N_("the document that it replaces is not in the register")


class UpdateOvertaken(ChangeDone):
    """An update that comes after a later one."""

    code = "update-overtaken"
    template = N_("a later update of the document is in the register")


class ChangeWaits(EdocError):
    """What the sender asks waits for somebody, or for something."""

    code = "change-waits"
    template = N_("the request waits: {problem}")


class OriginalAwaited(ChangeWaits):
    """An update that came before the document."""

    code = "original-awaited"
    template = N_("it waits for the document that it updates")


class ClerkAsked(ChangeWaits):
    """The settings want a clerk to decide."""

    code = "clerk-asked"
    template = N_("a clerk is to decide, as {setting} of the settings says")
    remedy = N_("use the register, or `edoc document agree` or `refuse`")


class ChangeByHand(ChangeWaits):
    """The mapping has no statement for it."""

    code = "change-by-hand"
    template = N_("the mapping has no statement under {setting}")
    remedy = N_(
        "do it by hand in the register, then `edoc document agree`; or refuse it with"
        " `edoc document refuse`"
    )


class ChangeUnproven(ChangeWaits):
    """A request without a seal is nobody's until a person vouches for it."""

    code = "change-unproven"
    template = N_("no seal proves who asks for this")
    remedy = N_("ask the sender by other means, then `edoc document agree` or `refuse`")
