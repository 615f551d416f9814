"""What a person sees when something goes wrong: what it was, what to do, no traceback.

The one place of the command line that catches everything.
"""

from __future__ import annotations

import errno
import os
import select
import sys
import traceback
from collections.abc import Callable
from typing import Final

import click

from edoc_connector.cli.invocation import Invocation
from edoc_connector.errors import (
    N_,
    EdocError,
    ExitCode,
    FileRefused,
    OutputRefused,
    SettingsRefused,
)

INTERRUPTED: Final = 130
"""What a shell expects of a program stopped by Ctrl-C: 128 + SIGINT."""

PIPE_CLOSED: Final = 141
"""... and of one whose reader went away, as in `edoc document list | head`."""


SYSTEM: Final = frozenset(
    {
        errno.EACCES,
        errno.EPERM,
        errno.EROFS,
        errno.ENOSPC,
        errno.EDQUOT,
        errno.EIO,
        errno.ENOENT,
        errno.ENOTDIR,
        errno.EISDIR,
        errno.EEXIST,
        errno.ENAMETOOLONG,
        errno.ELOOP,
    }
)
"""What the operator of a computer can put right, rather than the developers."""


class PipeBroken(Exception):
    """A BrokenPipeError on its way past click, which would leave with 1."""


def exit_code_of(work: Callable[[], object], invocation: Invocation) -> int:
    """Do the work, say what went wrong, and return what to tell the shell."""
    try:
        result = work()
        sys.stdout.flush()
    except EdocError as error:
        return _failed(error, invocation)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        invocation.tell(N_("interrupted"))
        return INTERRUPTED
    except (PipeBroken, BrokenPipeError) as error:
        return _reader_gone() if _nobody_reads() else _unexpected(error, invocation)
    except Exception as error:  # noqa: BLE001  (the outermost shell)
        return _unexpected(error, invocation)
    return result if isinstance(result, int) else ExitCode.OK


def _failed(error: EdocError, invocation: Invocation) -> int:
    _say(invocation, error)
    if isinstance(error, SettingsRefused):
        for problem in error.problems:
            click.echo(f"  - {invocation.reason(problem)} [{problem.code}]", err=True)
    return error.exit_code


def _say(invocation: Invocation, error: EdocError) -> None:
    whose = invocation.heading
    message = (f"{whose}: " if whose else "") + invocation.reason(error)
    template = N_("Error: {message} [{code}]")
    # Not `tell`, which would fold the lines of the private broker's log.
    click.echo(invocation.text(template, message=message, code=error.code), err=True)


def _system(error: OSError, invocation: Invocation) -> int:
    """Name the file, or standard output, which is the only file without a name."""
    if error.filename is not None:
        named = FileRefused(path=error.filename, problem=error.strerror)
        return _failed(named, invocation)
    _forget_output()
    return _failed(OutputRefused(problem=error.strerror), invocation)


def open_streams() -> None:
    """Give a process without standard output or error one that goes nowhere.

    Otherwise the first file it opens would take the number, and get what is printed.
    """
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            mode = "r" if name == "stdin" else "w"
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115  (a stream, for as long as the process)


def _unexpected(error: Exception, invocation: Invocation) -> int:
    if isinstance(error, OSError) and error.errno in SYSTEM:
        return _system(error, invocation)
    import tempfile  # noqa: PLC0415  (every command would wait for it)

    descriptor, path = tempfile.mkstemp(prefix="edoc-error-", suffix=".txt", text=True)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        traceback.print_exception(error, file=file)
    invocation.tell(
        N_(
            "Error: this should not have happened ({error});"
            " what the developers need to know is in {path}"
        ),
        error=type(error).__name__,
        path=path,
    )
    return ExitCode.FAILED


def _nobody_reads() -> bool:
    """Whether it is our output that broke, and not a connection of ours."""
    output = select.poll()
    output.register(sys.stdout.fileno(), 0)
    return bool(output.poll(0))


def _reader_gone() -> int:
    """Leave without a word."""
    _forget_output()
    return PIPE_CLOSED


def _forget_output() -> None:
    """Let what is still buffered go nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
