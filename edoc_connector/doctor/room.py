"""How much room there is, and for how many days at the pace of the last ones."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from edoc_connector.doctor.finding import (
    Finding,
    State,
    Telling,
    bad,
    because,
    soon,
    well,
)
from edoc_connector.doctor.patient import Patient
from edoc_connector.errors import N_, SettingFileUnreadable
from edoc_connector.model.room import Room

PACE: Final = timedelta(days=7)
"""Over how many days it is counted what comes in a day: a week has a weekend."""

LEAST_BYTES: Final = 256 * 1024 * 1024
LEAST_SHARE: Final = 0.02
LITTLE_SHARE: Final = 0.10
SOON_DAYS: Final = 30
NOW_DAYS: Final = 7
NO_END_DAYS: Final = 3650

SAID: Final = N_("{folder}: {free} GB free ({share} %); full in {days} days")
FOR_EVER: Final = N_("{folder}: {free} GB free ({share} %); no end to be seen")
NO_ROOM_TO_NAME: Final = N_("{folder}: no more files can be made there (inodes)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A folder that grows, and how many bytes a day it gets."""

    folder: Path
    bytes_a_day: float


def look(patient: Patient) -> Iterator[Finding]:
    """Yield how it is where we keep things, and where the register's files go."""
    for place in _places(patient):
        try:
            yield judged(place)
        except OSError as error:
            unread = SettingFileUnreadable(
                name="state.folder", path=place.folder, problem=error.strerror
            )
            yield because("disk-full", State.UNSEEN, unread)


def _places(patient: Patient) -> Iterator[Place]:
    ours, theirs = _pace(patient)
    yield Place(folder=patient.settings.state.folder, bytes_a_day=ours)
    files = patient.settings.dms.files
    if files is not None:
        yield Place(folder=files, bytes_a_day=theirs)


def _pace(patient: Patient) -> tuple[float, float]:
    """Return what a day brings: to our packets, and to the files of the register."""
    if patient.storage is None:
        return 0.0, 0.0
    since, days = patient.now - PACE, PACE / timedelta(days=1)
    with patient.storage.reading() as work:
        all_of_it = work.health.bytes_since(since)
        received = work.health.bytes_received_since(since)
    return all_of_it / days, received / days


def judged(place: Place) -> Finding:
    """Say how long the room of one place lasts."""
    disk = os.statvfs(place.folder)
    if disk.f_files and disk.f_favail == 0:
        return bad("disk-full", NO_ROOM_TO_NAME, folder=place.folder)
    room = Room(free=disk.f_bavail * disk.f_frsize, total=disk.f_blocks * disk.f_frsize)
    days = room.free / place.bytes_a_day if place.bytes_a_day else float("inf")
    told: Telling = well
    if room.share < LITTLE_SHARE or days < SOON_DAYS:
        told = soon
    if room.free < LEAST_BYTES or room.share < LEAST_SHARE or days < NOW_DAYS:
        told = bad
    return told(
        "disk-full",
        SAID if days < NO_END_DAYS else FOR_EVER,
        folder=place.folder,
        free=room.gigabytes,
        share=room.percent,
        days=f"{min(days, NO_END_DAYS):.0f}",
    )
