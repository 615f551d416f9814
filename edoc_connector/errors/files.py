"""What is wrong with a file or folder that somebody named."""

from edoc_connector.errors.tree import N_, EdocError, ExitCode


class AlreadyThere(EdocError):
    """A file that we would have to overwrite; people decide that, not we."""

    code = "already-there"
    template = N_("{path} is there already; nothing was changed")
    exit_code = ExitCode.USAGE


class NoDemo(EdocError):
    """A folder in which no demo was kept."""

    code = "no-demo"
    template = N_("no demo was kept in {path}")
    remedy = N_("keep one: edoc demo --keep --dir DIR")
    exit_code = ExitCode.NOT_FOUND


class NotWritable(EdocError):
    """A file or folder of the command line cannot be written."""

    code = "not-writable"
    template = N_("{path} cannot be written: {problem}")
    exit_code = ExitCode.USAGE


class FileRefused(EdocError):
    """The system does not let us use a file or folder."""

    code = "file-refused"
    template = N_("{path} cannot be used: {problem}; check owner, permissions and disk")


class OutputRefused(EdocError):
    """What a command prints has nowhere to go."""

    code = "output-refused"
    template = N_("standard output cannot be written: {problem}")


class FileUnreadable(EdocError):
    """A file named on the command line cannot be read."""

    code = "file-unreadable"
    template = N_("{path} cannot be read: {problem}")
    exit_code = ExitCode.NOT_FOUND


class EvidenceUnreadable(FileUnreadable):
    """A folder of evidence that nobody wrote as one."""

    code = "evidence-unreadable"
    template = N_("{path} is no evidence for a verdict: {problem}")


class FileTooLarge(EdocError):
    """A file named on the command line is larger than any packet may be."""

    code = "file-too-large"
    template = N_("{path} has more than {limit} bytes; no packet has")
    exit_code = ExitCode.NOT_VERIFIED


class FilesTooLarge(EdocError):
    """Attachments that do not fit into one JSON object."""

    code = "files-too-large"
    template = N_(
        "the attachments have {size} bytes; more than {limit} do not go into JSON:"
        " name a folder for them with --files"
    )
    exit_code = ExitCode.USAGE
