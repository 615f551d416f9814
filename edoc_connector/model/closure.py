"""The end of a code: since when it is closed, and whose code goes on in its place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from edoc_connector.model.organization_code import OrganizationCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Closure:
    """A code that was closed, itself or with all below it.

    `successor` is None where nobody is known to have followed; `name` is what it is
    called.
    """

    code: OrganizationCode
    since: date
    successor: OrganizationCode | None
    name: str = ""

    def is_followed(self, code: OrganizationCode) -> bool:
        """Whether a successor takes the mail for this code.

        Who was below a closed body goes on under a code that only its new superior
        knows: to send it to that one would be a guess.
        """
        return self.successor is not None and code.is_same_body(self.code)


ClosureOf = Callable[[OrganizationCode, date], Closure | None]
"""Whether a code is closed on a day; the directory knows."""


def never_closed(code: OrganizationCode, on: date) -> None:
    """Know of no closed code: for whoever has no directory."""
    del code, on
