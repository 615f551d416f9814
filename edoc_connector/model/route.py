"""Under which code mail for a body travels, where that is not the code it names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

from edoc_connector.model.organization_code import OrganizationCode

ITSELF: Final = OrganizationCode("")


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Where mail for a code goes: `goes_to`, or empty where to the code itself.

    `closed_on` is the day from which another body goes on in its place; without one
    `goes_to` is the same body under the code that it bears today.
    """

    goes_to: OrganizationCode = ITSELF
    closed_on: date | None = None
    name: str = ""

    def end_for(self, code: OrganizationCode) -> OrganizationCode:
        """Return the canonical code of the body that gets the mail for this code."""
        return (self.goes_to or code).canonical


STRAIGHT: Final = Route()

RouteOf = Callable[[OrganizationCode], Route]
"""Where the mail for a code goes; the directory knows."""
