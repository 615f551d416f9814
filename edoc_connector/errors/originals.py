"""What keeps a document from changing the one that it names."""

from edoc_connector.errors.documents import RowBroken
from edoc_connector.errors.tree import N_


class OriginalUnknown(RowBroken):
    """A change of something that was never sent from here."""

    code = "original-unknown"
    template = N_("{original} was never taken over for sending by this connector")
    remedy = N_("correct which document is meant, or send this one as a new document")


class UpdateOfAnother(RowBroken):
    """An update keeps the number and notation: receivers know the document by them."""

    code = "update-of-another"
    template = N_("{document} cannot update {original}: the number is another one")
    remedy = N_("give it the same number and notation, or send it as a replacement")


class ReplacedByItself(RowBroken):
    """Number and date of both are the same, and so is the document id."""

    code = "replaced-by-itself"
    template = N_("{document} cannot be replaced by a document of the same number")
    remedy = N_("give the new one a number of its own, or send it as an update")


class UpdatedByItself(RowBroken):
    """The document with the new content is the one that is to be updated."""

    code = "updated-by-itself"
    template = N_("{document} cannot be updated by itself")
    remedy = N_("name the document that has the new content")


class ContentIsChange(RowBroken):
    """What is to stand in the place of a document only says something of another."""

    code = "content-is-change"
    template = N_(
        "{document} is itself a recall, an update or a replacement, and gives no new"
        " content to another document"
    )
    remedy = N_("name a document that was taken over as a new one")


class ContentTakenBack(RowBroken):
    """Nobody is sent in the place of a document what was taken back itself."""

    code = "content-taken-back"
    template = N_(
        "{document} was itself recalled or replaced, and does not stand in the place of"
        " another document"
    )
    remedy = N_("give the new content a number of its own, and take it over anew")


class OriginalFrozen(RowBroken):
    """What was recalled stays as it was."""

    code = "original-frozen"
    template = N_("{document} was recalled and is kept as it was")
    remedy = N_("send the new content as a new document")


class RecallOfRecall(RowBroken):
    """A request to give a document back is no document."""

    code = "recall-of-recall"
    template = N_("{document} is itself a recall, which cannot be changed")
    remedy = N_("send the document again as a new one, if it is to stand after all")


class ChangedAlready(RowBroken):
    """They were asked before, and answer that."""

    code = "changed-already"
    template = N_("{document} was recalled or replaced before at {recipients}")
    remedy = N_("'edoc document show' tells what they answer")
