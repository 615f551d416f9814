"""Is our own database whole, and does it have what makes it quick."""

from __future__ import annotations

from collections.abc import Iterator

from edoc_connector.doctor.finding import Finding, bad, unseen, well
from edoc_connector.doctor.patient import Patient
from edoc_connector.doctor.service import NO_DATABASE
from edoc_connector.errors import N_


def look(patient: Patient) -> Iterator[Finding]:
    """Yield what is broken in the file, and each index that is not there."""
    if patient.storage is None:
        yield unseen("database-damaged", NO_DATABASE)
        yield unseen("index-missing", NO_DATABASE)
        return
    with patient.storage.reading() as work:
        missing = [*work.health.missing_indexes()]
        if work.health.is_file:
            damage = work.health.damage()
            yield (
                bad("database-damaged", N_("SQLite says: {problem}"), problem=damage)
                if damage
                else well("database-damaged", N_("the file is whole"))
            )
        else:
            what = N_("a server checks its own files")
            yield unseen("database-damaged", what)
    for name in missing:
        yield bad("index-missing", N_("there is no index {name}"), name=name)
    if not missing:
        yield well("index-missing", N_("all indexes are there"))
