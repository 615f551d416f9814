"""Which documents a person asks for, and which are still under way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from edoc_connector.model.organization_code import OrganizationCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which documents a person asks for; all of it together, and no more.

    `state` is one of a recipient, of a document or of an arrival; `organization` the
    other side, in whatever writing; `since` and `until` when we had it.
    """

    state: str = ""
    organization: OrganizationCode | None = None
    since: datetime | None = None
    until: datetime | None = None
    is_late: bool = False
    is_failed: bool = False

    @property
    def asks_of_recipients(self) -> bool:
        """Whether it is not the documents alone that decide."""
        return bool(self.state or self.organization or self.is_late or self.is_failed)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnderWay:
    """A packet for one recipient that nobody has answered, or nobody has sent yet."""

    key: str
    label: str
    recipient: OrganizationCode
    since: datetime
