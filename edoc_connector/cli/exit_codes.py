"""The table of exit codes, made from what the program returns; README contains it."""

from __future__ import annotations

from typing import Final

from edoc_connector.cli.failures import INTERRUPTED, PIPE_CLOSED
from edoc_connector.errors import ExitCode

MEANINGS: Final = {
    ExitCode.OK: "done",
    ExitCode.FAILED: "it failed, or you said no; the message says why",
    ExitCode.USAGE: (
        "called wrongly or with an unfit file, or settings, key, certificate or"
        " password must be put right"
    ),
    ExitCode.UNAVAILABLE: "the broker or a database is not there; try again",
    ExitCode.NOT_WHOLE: "the ledger is not what was written",
    ExitCode.NOT_VERIFIED: "a packet or its seal was refused",
    ExitCode.NOT_FOUND: "no document, message or file of this name",
    ExitCode.NOT_AS_EXPECTED: "the demo ended otherwise than it must",
    ExitCode.BUSY: "a connector already runs on this state folder",
    ExitCode.INDETERMINATE: "accepted, not fully proven: no seal, or evidence missing",
    ExitCode.ATTENTION: (
        "something waits for a person: what was printed, `edoc status` or `edoc doctor`"
        " says what"
    ),
    INTERRUPTED: "interrupted with Ctrl-C",
    PIPE_CLOSED: "who read the output went away",
}


def exit_code_table() -> str:
    """Return the table in Markdown."""
    rows = [f"| {int(code)} | {meaning} |" for code, meaning in MEANINGS.items()]
    return "\n".join(["| code | meaning |", "| --- | --- |", *rows])
