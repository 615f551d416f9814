"""What is wrong with the database of the document software, or with its answers."""

from edoc_connector.errors.tree import N_, EdocError, ExitCode


class DmsUnavailable(EdocError):
    """The customer's database does not answer."""

    code = "dms-unavailable"
    quotable = True
    template = N_("the document database is not available: {problem}")
    retryable = True
    exit_code = ExitCode.UNAVAILABLE


class DmsRefused(EdocError):
    """The customer's database answered and refused a statement of the mapping."""

    code = "dms-refused"
    quotable = True
    template = N_("the document database refused {statement}: {problem}")
    exit_code = ExitCode.SETTINGS


class DmsTooNarrow(DmsRefused):
    """A text is longer than the customer's column, and nobody allowed to cut it."""

    code = "dms-too-narrow"
    template = N_(
        "{field} has {length} characters, the document database takes {limit}; "
        "widen the column, or allow the mapping to cut it"
    )


class DmsFileTooLarge(DmsRefused):
    """A received file is too large for a column, into which it goes in one piece."""

    code = "dms-file-too-large"
    template = N_(
        "a received file has {size} bytes, and into a column of the document database"
        " {limit} can be written; let the mapping write files into a folder"
        " (incoming.store), or raise incoming.column_bytes where there is memory for it"
    )


class StatusWordUnknown(EdocError):
    """The register gives a state of which the mapping does not say what it means."""

    code = "status-word-unknown"
    quotable = True
    template = N_(
        'the document software gives the state "{word}", and the mapping does not say'
        " which status it is; add it to [statuses.values]"
    )
    exit_code = ExitCode.SETTINGS


class StatusOutOfTurn(EdocError):
    """The register gives a document a status that cannot follow the last one."""

    code = "status-out-of-turn"
    template = N_(
        "the document software says {status} of a document of which the sender was told"
        " {before}; that cannot follow, and the sender was not told"
    )
