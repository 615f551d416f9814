"""What is wrong with the ledger."""

from edoc_connector.errors.tree import N_, EdocError, ExitCode


class LedgerBroken(EdocError):
    """The chain of facts does not fit: somebody changed or removed an entry."""

    code = "ledger-broken"
    template = N_("the ledger does not fit from entry {position} on: {problem}")
    fatal = True
    exit_code = ExitCode.NOT_WHOLE
