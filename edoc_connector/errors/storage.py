"""What is wrong with our own database, or with what is kept in it."""

from edoc_connector.errors.tree import N_, EdocError, ExitCode


class StorageUnavailable(EdocError):
    """Our own database or disk does not answer."""

    code = "storage-unavailable"
    quotable = True
    template = N_("the connector's database is not available: {problem}")
    retryable = True
    exit_code = ExitCode.UNAVAILABLE


class StorageRefused(EdocError):
    """Our own database answered and refused: a defect of ours, or a damaged file."""

    code = "storage-refused"
    template = N_("the connector's database refused: {problem}")


class StorageOutdated(EdocError):
    """The database was made by another release."""

    code = "storage-outdated"
    template = N_("the database is at version {found}, this release needs {needed}")
    remedy = N_(
        "an older one is brought up by edoc run of this release (make a backup first);"
        " a newer one needs the release that made it"
    )
    fatal = True
    exit_code = ExitCode.SETTINGS


class StorageNew(StorageOutdated):
    """There is nothing to look at yet."""

    code = "storage-new"
    template = N_("no connector has run on {place} yet")
    remedy = N_("start it with: edoc run")


class StorageDamaged(StorageRefused):
    """The file is no whole database: a disk failed, or somebody wrote into it."""

    code = "storage-damaged"
    template = N_(
        "the connector's database {place} is damaged ({problem});"
        " stop the connector and restore the database from a backup"
    )
    fatal = True


class ContentMissing(EdocError):
    """A stored content is gone or is no longer what its name says."""

    code = "content-missing"
    quotable = True
    template = N_("stored content {digest} is missing or damaged")


class LostRace(EdocError):
    """Another worker was faster; look again."""

    code = "lost-race"
    template = N_("{key} was moved by another worker")
    retryable = True


class IllegalMove(EdocError):
    """An event that cannot happen to a thing in this state: a defect of ours."""

    code = "illegal-move"
    template = N_("this cannot be done now ({event}): it is {state}")


class AlreadyRunning(EdocError):
    """One connector per state folder."""

    code = "already-running"
    quotable = True
    template = N_("a connector already runs on {folder}")
    exit_code = ExitCode.BUSY
