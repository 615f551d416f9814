"""What keeps a document from being sent to those whom it names."""

from edoc_connector.errors.documents import RowBroken
from edoc_connector.errors.tree import N_


class RecipientMissing(RowBroken):
    """A document to nobody."""

    code = "recipient-missing"
    template = N_("there is no recipient with an identifier")
    remedy = N_("choose at least one")


class RecipientIsSender(RowBroken):
    """A document to oneself."""

    code = "recipient-is-sender"
    template = N_("the sender {value} stands among its own recipients")
    remedy = N_("take it out")


class RecipientIsNode(RowBroken):
    """A node of the axis takes no documents."""

    code = "recipient-is-node"
    template = N_("{value} is a node of the axis, which is never a recipient")
    remedy = N_("choose the body itself")


class RecipientClosed(RowBroken):
    """A code that was closed and that nobody follows, or we ourselves do."""

    code = "recipient-closed"
    template = N_("{value} was closed on {since}; its successor is {successor}")
    remedy = N_("send it to the body that has taken over")


class RecipientOfClosed(RecipientClosed):
    """A body below such a code: only its new superior knows where it goes on."""

    code = "recipient-of-closed"
    template = N_(
        "{value} belongs to {closed}, which was closed on {since};"
        " its successor is {successor}"
    )
    remedy = N_("ask there under which identifier the body goes on")


class CodeUnfit(RowBroken):
    """An identifier with something in it that does not belong there."""

    code = "code-unfit"
    template = N_("{field} is {value}: {problem}")
    remedy = N_("choose the body again, or correct its identifier")
