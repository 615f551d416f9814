"""The table of exit codes, made from what the program returns; README contains it."""

from __future__ import annotations

from typing import Final

from edoc_connector.cli.failures import INTERRUPTED, PIPE_CLOSED
from edoc_connector.errors import ExitCode

MEANINGS: Final = {
    ExitCode.OK: "done",
    ExitCode.FAILED: "it failed; the message says why",
    ExitCode.USAGE: "the command was called wrongly",
    ExitCode.SETTINGS: "the settings, a key or a password must be put right",
    ExitCode.NOT_FOUND: "no document, message or file of this name",
    ExitCode.NOT_VERIFIED: "a packet, a seal or the ledger is not what it should be",
    ExitCode.UNAVAILABLE: "the broker or a database is not there; try again",
    ExitCode.NOT_AS_EXPECTED: "the demo ended otherwise than it must",
    ExitCode.BUSY: "a connector already runs on this state folder",
    INTERRUPTED: "interrupted with Ctrl-C",
    PIPE_CLOSED: "who read the output went away",
}


def exit_code_table() -> str:
    """Return the table in Markdown."""
    rows = [f"| {int(code)} | {meaning} |" for code, meaning in MEANINGS.items()]
    return "\n".join(["| code | meaning |", "| --- | --- |", *rows])
