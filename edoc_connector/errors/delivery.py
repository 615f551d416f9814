"""Why a document has not arrived, or was not wanted there."""

from edoc_connector.errors.tree import N_, EdocError


class AnswerGivenUp(EdocError):
    """An answer of ours that nobody took for a very long time: a person decides."""

    code = "answer-given-up"
    template = N_(
        "for {days} days the axis has known no mailbox for {recipient}, who waits for"
        " this answer"
    )
    remedy = N_("when the mailbox is there again: edoc queue release")


class Poison(EdocError):
    """What fails each time in a way nobody foresaw: set aside, so that it stops."""

    code = "poison"
    template = N_("it was tried {attempts} times and each time it failed ({problem})")
    remedy = N_("it is kept whole and not tried again before a person has looked at it")


class NotSentInTime(EdocError):
    """The send deadline has passed."""

    code = "not-sent-in-time"
    template = N_("it was to be sent by {due}, and is not sent yet")


class NoReceiptInTime(EdocError):
    """The receipt deadline has passed."""

    code = "no-receipt-in-time"
    template = N_("the receipt was promised by {due}, and has not come yet")


class NeverSent(EdocError):
    """The last deadline has passed, and it never left."""

    code = "never-sent"
    template = N_("it could not be sent by the last deadline, {due}")
    remedy = N_("reach the receiver another way, or send it again")


class NeverReceived(EdocError):
    """The last deadline has passed, and the receiver has said nothing."""

    code = "never-received"
    template = N_("no receipt had come by the last deadline, {due}")
    remedy = N_("ask the receiver, or send it again")


class CaseSettled(EdocError):
    """A person has settled a difference with the partner."""

    code = "case-settled"
    template = N_("settled by people: {text}")


class RefusedByReceiver(EdocError):
    """The receiver's sealed 02."""

    code = "refused-by-receiver"
    template = N_("{organization} refused it: {description}")


class ChangeRefusedByReceiver(EdocError):
    """The receiver's sealed 16, or its 02 to the packet that asks."""

    code = "change-refused-by-receiver"
    template = N_("{organization} refused the change: {description}")


class NothingToChange(EdocError):
    """A recipient that does not have the original."""

    code = "nothing-to-change"
    template = N_("there is nothing to change at {recipient}: {problem}")
