"""Looks at everything, and lets no failure of one look keep another from being made."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Final

from edoc_connector.doctor import (
    certificates,
    clocks,
    files,
    mailbox,
    overseer,
    own_database,
    register,
    room,
    routes,
    service,
)
from edoc_connector.doctor.checks import CHECKS, COMMON
from edoc_connector.doctor.finding import Finding, Group, unseen
from edoc_connector.doctor.patient import Patient
from edoc_connector.errors import N_

Look = Callable[[Patient], Iterator[Finding]]

LOOKS: Final[tuple[tuple[Group, Look], ...]] = (
    (Group.SERVICE, service.look),
    (Group.BROKER, mailbox.look),
    (Group.BROKER, overseer.look),
    (Group.ROUTES, routes.look),
    (Group.CLOCKS, clocks.look),
    (Group.CERTIFICATES, certificates.look),
    (Group.ROOM, room.look),
    (Group.DATABASE, own_database.look),
    (Group.REGISTER, register.look),
    (Group.FILES, files.look),
)

BROKEN: Final = N_("looking itself failed ({problem})")


def examine(patient: Patient) -> tuple[Finding, ...]:
    """Return a finding for every check, in their order; never raises for one of them.

    What a look that failed has not come to is not seen.  What organisations share is
    left out where it is looked at with another one.
    """
    found: list[Finding] = []
    problems: dict[Group, str] = {}
    for group, look in LOOKS:
        if group is Group.BROKER and not patient.with_common:
            continue
        try:
            # One by one: what it has found before it failed counts.
            for it in look(patient):
                found.append(it)  # noqa: PERF402
        except Exception as error:  # noqa: BLE001  (a doctor is asked when things are odd)
            problems[group] = type(error).__name__
    left_out = frozenset() if patient.with_common else COMMON
    return tuple(_whole(found, problems, left_out))


def _whole(
    found: list[Finding], problems: Mapping[Group, str], left_out: Collection[str]
) -> Iterator[Finding]:
    for code in (it for it in CHECKS if it not in left_out):
        check = CHECKS[code]
        of_check = [it for it in found if it.code == code]
        yield from of_check
        if not of_check:
            yield unseen(code, BROKEN, problem=problems.get(check.group, "-"))
