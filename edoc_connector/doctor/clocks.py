"""Do the clocks agree: ours, the broker's, the database server's, the partners'.

Statuses are ordered by the time they were said, seals are refused from the future, and
certificates begin and end: a clock that is off costs documents.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from edoc_connector.bus.ping import read_pong
from edoc_connector.clock import system_clock
from edoc_connector.doctor.finding import (
    NO_MANAGEMENT,
    Finding,
    State,
    Telling,
    bad,
    because,
    soon,
    unseen,
    well,
)
from edoc_connector.doctor.patient import Patient
from edoc_connector.doctor.service import NO_DATABASE
from edoc_connector.errors import N_, EdocError
from edoc_connector.storage.pings import ReceivedPong

OFF: Final = timedelta(seconds=30)
FAR_OFF: Final = timedelta(minutes=5)
"""Stamps of the standard have seconds; an hour ahead a seal is refused."""

SINCE: Final = timedelta(days=7)
MOST_PONGS: Final = 200

SAID: Final = N_("{whose} is {seconds} s ahead of ours (less than 0: behind)")


def look(patient: Patient) -> Iterator[Finding]:
    """Yield how far each clock is from ours, as far as anybody says."""
    if patient.with_common:
        yield _broker(patient)
    yield _database(patient)
    yield from _partners(patient)


def _judged(code: str, whose: str, ahead: float, error: float = 0.0) -> Finding:
    """Judge what is certain of it; `error` may be due to the way."""
    surely = max(0.0, abs(ahead) - error)
    told: Telling = well
    if surely > OFF.total_seconds():
        told = bad if surely > FAR_OFF.total_seconds() else soon
    return told(code, SAID, whose=whose, seconds=f"{ahead:.0f}")


def _broker(patient: Patient) -> Finding:
    if patient.management is None:
        return unseen("clock-broker", NO_MANAGEMENT)
    try:
        asked_at = system_clock()
        theirs = patient.management.clock()
    except EdocError as error:
        return because("clock-broker", State.UNSEEN, error)
    if theirs is None:
        return unseen("clock-broker", N_("it does not say what time it is"))
    # It says whole seconds.
    return _judged(
        "clock-broker", patient.management.url, _ahead(theirs, asked_at), error=1.0
    )


def _database(patient: Patient) -> Finding:
    if patient.storage is None:
        return unseen("clock-database", NO_DATABASE)
    with patient.storage.reading() as work:
        if work.health.is_file:
            return well("clock-database", N_("it is a file and has no clock"))
        asked_at = system_clock()
        theirs = work.health.clock()
    return _judged("clock-database", "PostgreSQL", _ahead(theirs, asked_at), error=1.0)


def _ahead(theirs: datetime, ours: datetime) -> float:
    return (theirs.astimezone(UTC) - ours).total_seconds()


def _partners(patient: Patient) -> Iterator[Finding]:
    if patient.storage is None:
        yield unseen("clock-partner", NO_DATABASE)
        return
    since = patient.now - SINCE
    with patient.storage.reading() as work:
        pongs = work.pings.recent(MOST_PONGS)
        ahead = [*work.health.said_in_our_future(since, OFF)]
    of_pongs = [*_of_pongs(pongs)]
    found = [it for it in of_pongs if it.state is not State.GREEN]
    found += [_judged("clock-partner", code, seconds) for code, seconds in ahead]
    yield from found
    if not found and not of_pongs:
        yield unseen("clock-partner", N_("nobody was pinged (edoc ping)"))
    elif not found:
        what = N_("those of {count} pings agree with ours")
        yield well("clock-partner", what, count=len(of_pongs))


def _of_pongs(pongs: tuple[ReceivedPong, ...]) -> Iterator[Finding]:
    seen: set[str] = set()
    for kept in pongs:
        try:
            heard = read_pong(kept.body).heard
        except EdocError:
            continue
        if heard.recipient in seen:
            continue
        seen.add(heard.recipient)
        took = (kept.received_at - heard.asked_at).total_seconds()
        ahead = (heard.heard_at - heard.asked_at).total_seconds() - took / 2
        yield _judged("clock-partner", heard.recipient, ahead, error=took / 2)
