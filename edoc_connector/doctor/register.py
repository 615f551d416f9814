"""Does the document software's database answer, and quickly."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

from edoc_connector.app.connector import register_of
from edoc_connector.dms.scans import Scan
from edoc_connector.doctor.finding import (
    Finding,
    State,
    bad,
    because,
    unseen,
    well,
)
from edoc_connector.doctor.patient import Patient
from edoc_connector.errors import N_, EdocError

SCANNED = N_("{statement} reads the whole table {table} each time")


def look(patient: Patient) -> Iterator[Finding]:
    """Yield whether it answers, and what of it is read from end to end."""
    try:
        with closing(register_of(patient.settings)) as register:
            refused = [*register.trial()]
            scans = register.scans()
    except EdocError as error:
        yield because("register-away", State.RED, error)
        yield unseen("register-index", N_("it does not answer"))
        return
    for one in refused:
        yield because("register-away", State.RED, one)
    if not refused:
        yield well("register-away", N_("it answers all that the mapping selects"))
    yield from _scans(scans)


def _scans(found: tuple[Scan, ...] | None) -> Iterator[Finding]:
    if found is None:
        yield unseen("register-index", N_("only SQLite and PostgreSQL say it"))
        return
    slow = [it for it in found if it.is_many]
    for it in slow:
        yield bad("register-index", SCANNED, statement=it.statement, table=it.table)
    if not slow:
        what = N_("no statement reads a large table from end to end")
        yield well("register-index", what)
