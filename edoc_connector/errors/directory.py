"""Lists of bodies that are none or not whole, and bodies that nobody knows."""

from edoc_connector.errors.lookup import NotFound
from edoc_connector.errors.tree import N_, EdocError, ExitCode


class ListUnfit(EdocError):
    """A file that is no list of bodies, or not a whole one."""

    code = "list-unfit"
    template = N_("{path} is no list of bodies: {problem}")


class ListClosesMany(EdocError):
    """A full list that lacks so many bodies that it may be cut off."""

    code = "list-closes-many"
    template = N_(
        "{path} lacks {count} of {total} bodies that are open, and would close them"
    )
    remedy = N_("nothing was changed; if the list is whole, import it with --yes")
    exit_code = ExitCode.USAGE


class MergerNotDone(EdocError):
    """What a merger touches is shown; nobody carries it out by itself."""

    code = "merger-not-done"
    template = N_("a merger is shown and not carried out: say --dry-run")
    remedy = N_("the directory learns of it by: edoc directory import")
    exit_code = ExitCode.USAGE


class MergerIntoItself(EdocError):
    """A body that ends cannot be the one that goes on in its place."""

    code = "merger-into-itself"
    template = N_("{code} cannot end and go on in its own place")
    remedy = N_("name another body with --into, or leave it out of those that end")
    exit_code = ExitCode.USAGE


class BodyUnknown(NotFound):
    """No body of the directory answers to what was typed."""

    code = "body-unknown"
    template = N_("no body is called {what}")
    remedy = N_("what the directory knows comes by: edoc directory import")
