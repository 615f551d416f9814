"""All that the doctor looks at, in words: what it is, why it matters, what to do.

docs/doctor.md is made of these, and a test compares the two.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from edoc_connector.doctor.checks.broker import OF_BROKER
from edoc_connector.doctor.checks.here import OF_SERVICE, OF_SURROUNDINGS
from edoc_connector.doctor.checks.proof import OF_PROOF
from edoc_connector.doctor.finding import Check, Group
from edoc_connector.errors import N_

ALL: Final = (*OF_SERVICE, *OF_BROKER, *OF_PROOF, *OF_SURROUNDINGS)

CHECKS: Final[Mapping[str, Check]] = {it.code: it for it in ALL}

COMMON: Final = frozenset(
    [
        *(it.code for it in OF_BROKER if it.group is Group.BROKER),
        *("clock-broker", "line-certificate-ends", "broker-certificate-ends"),
    ]
)
"""What is of the account and the broker: all organisations of a connector share it."""

GROUPS: Final[Mapping[Group, str]] = {
    Group.SERVICE: N_("The service"),
    Group.BROKER: N_("The broker"),
    Group.ROUTES: N_("Ways"),
    Group.CLOCKS: N_("Clocks"),
    Group.CERTIFICATES: N_("Certificates"),
    Group.ROOM: N_("Room"),
    Group.DATABASE: N_("Our database"),
    Group.REGISTER: N_("The document software"),
    Group.FILES: N_("Files"),
}
