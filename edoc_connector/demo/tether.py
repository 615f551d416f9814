"""A program that ends when we end, however we end.

The kernel closes our end of a pipe even when we are killed with SIGKILL; a shell at the
other end then kills the program and everything it started.  The shell is there before
the program is, and the program's pid is that of the `Popen` returned.
"""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

Process = subprocess.Popen[bytes]

# $$ is the leader of the group, and stays so when it becomes the program.
TETHER: Final = (
    "exec 3<&0; (trap '' HUP INT TERM; read -r _ <&3; kill -s KILL -- -$$) & "
    'exec "$@" 3<&- </dev/null'
)


def start_tethered(
    command: Sequence[str], *, environment: Mapping[str, str], folder: Path, log: Path
) -> Process:
    """Start the program in a session of its own: Ctrl-C in a terminal is for us."""
    with log.open("ab") as output:
        return subprocess.Popen(  # noqa: S603  (the caller names the program)
            ["/bin/sh", "-c", TETHER, "tether", *command],
            env=environment,
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def stop(process: Process, *, patience_seconds: float) -> None:
    """Ask the program to end; kill what is left of its group."""
    with suppress(ProcessLookupError):
        process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(patience_seconds)
    kill(process)


def kill(process: Process) -> None:
    """Kill the program and everything it started."""
    # The tether is still of the group, so the number belongs to nobody else.
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    if process.stdin is not None:
        process.stdin.close()
