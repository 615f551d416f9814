"""Whose turn it is where two mailboxes wait: express, but never express alone."""

from __future__ import annotations

from typing import Final

IN_A_ROW: Final = 4
"""After so many express messages one of the others, if there is one.

Express is what a sender claims.  Who claims it for everything has four fifths of our
attention and nobody is kept waiting for ever.
"""


class Turns:
    """Counts; one for each consumer."""

    def __init__(self) -> None:
        self._in_a_row = 0

    def is_express(self, *, express: bool, ordinary: bool) -> bool:
        """Say which mailbox is next, of which at least one has something."""
        if express and not (ordinary and self._in_a_row >= IN_A_ROW):
            self._in_a_row += 1
            return True
        self._in_a_row = 0
        return False
