"""Lists of bodies that are none or not whole, and bodies that nobody knows."""

from edoc_connector.errors.lookup import NotFound
from edoc_connector.errors.tree import N_, EdocError, ExitCode


class ListUnfit(EdocError):
    """A file that is no list of bodies, or not a whole one."""

    code = "list-unfit"
    template = N_("{path} is no list of bodies: {problem}")
    exit_code = ExitCode.USAGE


class ListClosesMany(EdocError):
    """A full list that lacks so many bodies that it may be cut off."""

    code = "list-closes-many"
    template = N_(
        "{path} lacks {count} of {total} bodies that are open, and would close them"
    )
    remedy = N_(
        "nothing was changed; if they have all ended, say how many: --may-close {count}"
    )
    exit_code = ExitCode.USAGE


class ListElsewhere(EdocError):
    """A list that is said to be whole for one body, and is of another one."""

    code = "list-elsewhere"
    template = N_("{path} names no body at or below {root}; it names {found}")
    remedy = N_(
        "nothing was changed; name the list of {root}, or with --under the body that"
        " this list is whole for"
    )
    exit_code = ExitCode.USAGE


class ListEmpty(EdocError):
    """A list that is said to be whole, and names nobody."""

    code = "list-empty"
    template = N_("{path} names no body, and a list that is whole names all there are")
    remedy = N_("nothing was changed; look at the file, and fetch the list again")
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
