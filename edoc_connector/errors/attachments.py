"""What keeps the attached files of a document from being sent."""

from edoc_connector.errors.documents import RowBroken
from edoc_connector.errors.tree import N_


class AttachmentMissing(RowBroken):
    """The DMS names a file which is not there."""

    code = "attachment-missing"
    template = N_("the attached file {name} was not found")
    remedy = N_("attach it again")


class AttachmentEmpty(RowBroken):
    """A file of no bytes is no document."""

    code = "attachment-empty"
    template = N_("the attached file {name} is empty")
    remedy = N_("attach it again")


class AttachmentUnreadable(RowBroken):
    """The file is there, and the connector may not read it."""

    code = "attachment-unreadable"
    template = N_("the attached file {name} cannot be read")
    remedy = N_("check its permissions")


class AttachmentTwice(RowBroken):
    """Two files of one name: the receiver could not tell them apart."""

    code = "attachment-twice"
    template = N_("two attached files are called {name}")
    remedy = N_("rename one of them")


class AttachmentNameUnfit(RowBroken):
    """A name that harms or deceives whoever keeps the file under it."""

    code = "attachment-name-unfit"
    template = N_("the file name {value} cannot be sent: {problem}")
    remedy = N_("rename the file")


class AttachmentTooLarge(RowBroken):
    """One file is larger than a packet may be."""

    code = "attachment-too-large"
    template = N_("the attached file {name} has {value} bytes, {limit} are allowed")
    remedy = N_("make it smaller, or deliver it in another way")


class ColumnTooLarge(AttachmentTooLarge):
    """One file is too large to be read out of a column, which comes in one piece."""

    code = "column-too-large"
    template = N_(
        "the attached file {name} has {value} bytes, and out of a column of the"
        " document database {limit} can be read"
    )
    remedy = N_(
        "keep it in the folder of files, or raise attachments.column_bytes of the"
        " mapping where there is memory for it"
    )


class AttachmentsTooLarge(RowBroken):
    """All files together are larger than a packet may be."""

    code = "attachments-too-large"
    template = N_("the attached files have {value} bytes in all, {limit} are allowed")
    remedy = N_("make them smaller, or send several documents")
