"""Whether reading a packet ends the process, tried in one that nobody misses.

A count of deaths does not tell a packet that kills from one that was in hand each time
that somebody else killed: power cuts, `kill -9`, memory that others took.  What several
processes have died of is read once more, by this module run as a program.  Somebody may
end that one too: signals to the whole service do not reach it, and only what ends it
twice is said to be deadly.

Not tried: what follows in the DMS, which is no stranger's code.
"""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Final

from edoc_connector.envelope.read import read
from edoc_connector.errors import EdocError
from edoc_connector.signature.verify import check_fit
from edoc_connector.storage.mapped import map_file

log = logging.getLogger(__name__)

COMMAND: tuple[str, ...] = (sys.executable, "-I", "-B", "-m", __name__)
TRIALS: Final = 2
ASKED_TO_END: Final = frozenset({signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
"""No packet sends these."""

LONGEST_SECONDS: Final = 300.0
"""A gigabyte takes seconds; what takes longer than this blocks all others."""


def is_deadly(packet: BinaryIO, max_bytes: int) -> bool:
    """Whether a process that reads this file, and holds its seal to it, does not live.

    False also where none can be started: nothing is known of the packet then.
    """
    return all(_dies(packet, max_bytes) for _ in range(TRIALS))


def _dies(packet: BinaryIO, max_bytes: int) -> bool:
    packet.seek(0)
    try:
        done = subprocess.run(  # noqa: S603  (our own interpreter and module)
            [*COMMAND, str(max_bytes)],
            stdin=packet,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={"LANG": "C.UTF-8", "PATH": os.defpath},  # no passwords of ours
            start_new_session=True,
            timeout=LONGEST_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return True
    except OSError as error:
        log.warning("trial_not_started", extra={"reason": error.strerror})
        return False
    # By a signal: errors are found again, and reported, by who judges it here.
    return done.returncode < 0 and -done.returncode not in ASKED_TO_END


def main() -> None:
    """Read the packet at standard input; to find it wrong is to live."""
    with suppress(OSError):  # where memory is short, this is what must go first
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    with suppress(EdocError):
        check_fit(read(map_file(sys.stdin.buffer), max_bytes=int(sys.argv[1])))


if __name__ == "__main__":
    main()
