"""Does the service run, and does it get on with its work."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from edoc_connector.app.connector import LOOPS
from edoc_connector.daemon.lock import running
from edoc_connector.doctor.finding import Finding, bad, soon, unseen, well
from edoc_connector.doctor.patient import Patient
from edoc_connector.errors import N_
from edoc_connector.storage.census import Census, Count

LATE: Final = timedelta(minutes=15)
TOO_LATE: Final = timedelta(hours=1)
"""Work of seconds that waits longer is not being done."""

QUEUES: Final = {
    "to_seal": N_("documents to be sealed"),
    "to_send": N_("packets to be sent"),
    "to_judge": N_("packets to be judged"),
    "to_tell": N_("marks for the document software"),
    "answers_owed": N_("answers to be sealed"),
}


def look(patient: Patient) -> Iterator[Finding]:
    """Yield whether all parts run, and how old the oldest piece of work is."""
    yield _service(patient)
    yield from _backlog(patient)


def _service(patient: Patient) -> Finding:
    on = running(patient.settings.state.folder, LOOPS)
    stopped = [loop for loop in LOOPS if loop not in on]
    if not on:
        return bad("service-stopped", N_("the service does not run"))
    if stopped:
        parts = ", ".join(stopped)
        return bad(
            "service-stopped", N_("these parts do not run: {parts}"), parts=parts
        )
    return well("service-stopped", N_("all parts run"))


def _backlog(patient: Patient) -> Iterator[Finding]:
    if patient.storage is None:
        yield unseen("work-waits", NO_DATABASE)
        return
    with patient.storage.reading() as work:
        census = work.counting.all(patient.now)
    found = [*_waiting(census, patient.now)]
    yield from found or [well("work-waits", N_("nothing waits longer than it must"))]


NO_DATABASE: Final = N_("our own database cannot be opened")


def _waiting(census: Census, now: datetime) -> Iterator[Finding]:
    for name, cause in QUEUES.items():
        queue: Count = getattr(census, name)
        age = now - queue.oldest_at if queue.oldest_at else timedelta(0)
        if age < LATE:
            continue
        told = bad if age >= TOO_LATE else soon
        minutes = int(age.total_seconds() // 60)
        what = N_("{count} {detail} wait, the oldest for {minutes} minutes")
        yield told("work-waits", what, count=queue.count, detail=cause, minutes=minutes)
