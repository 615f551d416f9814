"""The `edoc` command called in this process, as a person's shell would call it."""

from typing import NamedTuple

import pytest

from edoc_connector.cli import main


class Done(NamedTuple):
    """How a call ended and what it wrote."""

    code: int
    out: str
    err: str


def edoc(capsys: pytest.CaptureFixture[str], *arguments: str) -> Done:
    """Call it, in English unless `--lang` says otherwise."""
    with pytest.raises(SystemExit) as left:
        main(arguments)
    out, err = capsys.readouterr()
    return Done(left.value.code, out, err)


class Terminal:
    """Somebody who types this, line by line, and can be asked."""

    def __init__(self, *lines: str) -> None:
        self.lines = list(lines)

    def isatty(self) -> bool:
        return True

    def readline(self, *_: object) -> str:
        return self.lines.pop(0)
