"""Does the axis still know a way to those we write to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from typing import Final

from edoc_connector.app.post import publisher_of
from edoc_connector.bus.ping import probe_message
from edoc_connector.doctor.finding import Finding, State, bad, because, unseen, well
from edoc_connector.doctor.patient import Patient
from edoc_connector.doctor.service import NO_DATABASE
from edoc_connector.errors import N_, EdocError, Unroutable
from edoc_connector.model.organization_code import OrganizationCode

SINCE: Final = timedelta(days=30)
MOST: Final = 200
"""How many recipients are asked for; those of the newest documents."""


def look(patient: Patient) -> Iterator[Finding]:
    """Yield each recipient of late for whom no queue takes mail.

    A probe goes the way a document would.  Who gets one forgets it.
    """
    if patient.storage is None:
        yield unseen("code-unroutable", NO_DATABASE)
        return
    with patient.storage.reading() as work:
        codes = work.health.recipients(patient.now - SINCE, MOST)
    if not codes:
        yield unseen("code-unroutable", N_("nobody was written to of late"))
        return
    try:
        lost = [*_unroutable(patient, codes)]
    except EdocError as error:
        yield because("code-unroutable", State.UNSEEN, error)
        return
    for code in lost:
        what = N_("no queue takes mail for {recipient}")
        yield bad("code-unroutable", what, recipient=code)
    if not lost:
        what = N_("there is a way to each of the {count} recipients of late")
        yield well("code-unroutable", what, count=len(codes))


def _unroutable(
    patient: Patient, codes: tuple[OrganizationCode, ...]
) -> Iterator[OrganizationCode]:
    sender = OrganizationCode(patient.settings.organization.code)
    with closing(publisher_of(patient.settings)) as publisher:
        for code in codes:
            try:
                publisher.publish(probe_message(sender, code, patient.now))
            except Unroutable:
                yield code
