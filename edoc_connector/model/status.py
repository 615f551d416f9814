"""The status packet: what a receiver tells a sender about one document."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from edoc_connector.model.document import Organization, ResponseFor, Staff, Unread


class StatusCode(StrEnum):
    """The nine states of QD 28/2018 as they are numbered on the axis."""

    ARRIVED = "01"
    REFUSED = "02"
    ACCEPTED = "03"
    ASSIGNED = "04"
    PROCESSING = "05"
    FINISHED = "06"
    TAKEN_BACK = "13"
    CHANGE_AGREED = "15"
    CHANGE_REFUSED = "16"


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """One status; `response_for` names the document and the body that is told.

    `at` is aware and has no fraction of a second: the packet carries
    `yyyy/MM/dd HH:mm:ss` in Vietnam time.  Ours always have one; others may not.
    """

    sender: Organization
    response_for: ResponseFor
    staff: Staff | None = None
    code: StatusCode
    description: str = ""
    at: datetime | Unread | None
