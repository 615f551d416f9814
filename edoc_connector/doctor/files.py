"""The settings and what they name: right, and open to nobody else."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from edoc_connector.clock import VIETNAM
from edoc_connector.doctor.finding import (
    Finding,
    State,
    bad,
    because,
    soon,
    unseen,
    well,
)
from edoc_connector.doctor.patient import Patient
from edoc_connector.doctor.readiness import problems
from edoc_connector.errors import N_

OTHERS_WRITE: Final = stat.S_IWGRP | stat.S_IWOTH
OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


def look(patient: Patient) -> Iterator[Finding]:
    """Yield what `edoc settings check` finds, and who else may touch our files."""
    found = [*problems(patient.settings, patient.now)]
    for error in found:
        yield because("settings-wrong", State.RED, error)
    if not found:
        yield well("settings-wrong", N_("what the settings name serves"))
    for file in patient.files:
        yield _closed("settings-open", file, OTHERS_WRITE)
    yield _closed("state-open", patient.settings.state.folder, OTHERS)
    yield _zone(patient.now)


def _closed(code: str, path: Path, bits: int) -> Finding:
    try:
        mode = path.stat().st_mode
    except OSError:
        return unseen(code, N_("{path} cannot be read"), path=path)
    if mode & bits:
        shown = f"{stat.S_IMODE(mode):04o}"
        return bad(code, N_("{path} is open to others ({mode})"), path=path, mode=shown)
    return well(code, N_("{path} is ours alone"), path=path)


def _zone(now: datetime) -> Finding:
    """Whether logs and timers of this computer are in the time that offices keep."""
    offset = now.astimezone().utcoffset() or timedelta(0)
    hours = f"{offset / timedelta(hours=1):+g}"
    if offset == VIETNAM.utcoffset(None):
        return well("time-zone", N_("UTC{hours}"), hours=hours)
    return soon("time-zone", N_("this computer is in UTC{hours}"), hours=hours)
