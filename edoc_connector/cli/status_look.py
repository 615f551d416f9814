"""Look at everything `edoc status` shows: all at once, and nothing for longer than 3 s.

A partner that is away is a finding, not a failure: the others are looked at all the
same.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from queue import Empty, Queue
from threading import Thread
from typing import Any, Final

from edoc_connector.app.connector import LOOPS, register_of
from edoc_connector.app.post import reach_broker
from edoc_connector.app.sites import ring_of
from edoc_connector.daemon.lock import running
from edoc_connector.errors import BusBlocked, EdocError, ExitCode, NoAnswer, Reason
from edoc_connector.flows.sealing.key_list import KeyLine, list_keys
from edoc_connector.own_storage import look_at_storage
from edoc_connector.parts import binding_of
from edoc_connector.settings import Settings
from edoc_connector.storage.around import Barrier
from edoc_connector.storage.census import Census
from edoc_connector.storage.records import OutboxItem

SECONDS: Final = 3.0
"""How long a partner may take to answer."""

MOST_WAITING: Final = 10
"""How many rows of the register are looked at that wait to be taken over."""

SOON_DAYS: Final = 30
"""A certificate that ends before needs a person now."""


class Partner(StrEnum):
    """What the connector works with."""

    STORAGE = "storage"
    BROKER = "broker"
    REGISTER = "register"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """Whether a partner answered, and if not, why."""

    partner: Partner
    is_reached: bool
    problem: Reason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """All there is to see; `census` and `keys` are None where they could not be had."""

    at: datetime
    running: tuple[str, ...]
    stopped: tuple[str, ...]
    partners: tuple[Reached, ...]
    to_take: int | None
    census: Census | None
    barriers: tuple[Barrier, ...]
    keys: tuple[KeyLine, ...]
    disk_free_bytes: int
    disk_total_bytes: int

    @property
    def exit_code(self) -> ExitCode:
        """0 where all is well: a partner away or a part stopped weighs most."""
        if self.stopped or not all(it.is_reached for it in self.partners):
            return ExitCode.UNAVAILABLE
        return ExitCode.ATTENTION if self.waits_for_people else ExitCode.OK

    @property
    def waits_for_people(self) -> bool:
        """Whether somebody has to do something."""
        return any(it.count for it in self.for_people.values()) or self.ends_soon

    @property
    def for_people(self) -> dict[str, Any]:
        """What does not go on by itself, by name."""
        if self.census is None:
            return {}
        return {name: getattr(self.census, name) for name in FOR_PEOPLE}

    @property
    def ends_soon(self) -> bool:
        """Whether the key in use ends soon, or there is none."""
        used = [it.certificate for it in self.keys if it.is_in_use and it.certificate]
        return not used or any(it.days_left < SOON_DAYS for it in used)


FOR_PEOPLE: Final = (
    "late",
    "expired",
    "unroutable",
    "refused",
    "changes_refused",
    "unfit",
    "parked",
    "held",
    "quarantined",
    "answers_owed",
    "orders_asked",
    "statuses_withheld",
    "cases",
)


class Asked:
    """A look of its own, begun at once; nobody waits for it at the end of the program.

    What it has found stays found, so that several may ask.
    """

    def __init__(self, work: Callable[[], Any]) -> None:
        self._answer: Queue[Any] = Queue()
        Thread(target=lambda: self._answer.put(_tried(work)), daemon=True).start()

    @cached_property
    def found(self) -> Any:  # noqa: ANN401  (whatever it found)
        """What it has found, an error where it failed or takes too long."""
        try:
            return self._answer.get(timeout=SECONDS)
        except Empty:
            return NoAnswer(seconds=f"{SECONDS:g}")


def ask_broker(settings: Settings) -> Asked:
    """Begin to look whether the broker answers: one for all organisations."""
    return Asked(lambda: reach_broker(settings, seconds=SECONDS))


def look(settings: Settings, now: datetime, broker: Asked) -> Look:
    """Look at the database first, and at the others meanwhile."""
    register = Asked(lambda: _to_take(settings))
    stored = Asked(lambda: _stored(settings, now)).found
    census, barriers, keys = None, (), ()
    reached, to_take = broker.found, register.found
    if isinstance(stored, tuple):
        census, barriers, keys, blocked = stored
        reached = reached or blocked
    on = running(settings.state.folder, LOOPS)
    disk = shutil.disk_usage(_existing(settings))
    return Look(
        at=now,
        running=on,
        stopped=tuple(loop for loop in LOOPS if loop not in on),
        partners=(
            _reached(Partner.STORAGE, stored),
            _reached(Partner.BROKER, reached),
            _reached(Partner.REGISTER, to_take),
        ),
        to_take=to_take if isinstance(to_take, int) else None,
        census=census,
        barriers=barriers,
        keys=keys,
        disk_free_bytes=disk.free,
        disk_total_bytes=disk.total,
    )


def _stored(
    settings: Settings, now: datetime
) -> tuple[Census, tuple[Barrier, ...], tuple[KeyLine, ...], Reason | None]:
    with look_at_storage(settings) as storage, storage.reading() as work:
        census = work.counting.all(now)
        barriers = tuple(work.around.barriers().values())
        # As a person who is not there: no PIN is tried where a wrong one was before.
        keys = list_keys(ring_of(settings), work, binding_of(settings), now=now)
        blocked = blocked_of(work.outbox.list_waiting(MOST_WAITING))
    return census, barriers, keys, blocked


def blocked_of(waiting: Sequence[OutboxItem]) -> Reason | None:
    """Return that the broker takes nothing, if that is why the first of them wait.

    It lets us in all the same, so that a connection alone does not show it.
    """
    reasons = (it.reason for it in waiting if it.reason is not None)
    return next((it for it in reasons if it.code == BusBlocked.code), None)


def _to_take(settings: Settings) -> int:
    register = register_of(settings)
    try:
        return register.waiting(MOST_WAITING)
    finally:
        register.close()


def _existing(settings: Settings) -> str:
    """Return the folder on whose disk the state is, or will be once it is made."""
    folder = settings.state.folder.absolute()
    return str(next(it for it in (folder, *folder.parents) if it.exists()))


def _reached(partner: Partner, found: object) -> Reached:
    problem = found.reason if isinstance(found, EdocError) else None
    problem = found if isinstance(found, Reason) else problem
    return Reached(partner=partner, is_reached=problem is None, problem=problem)


def _tried(work: Callable[[], Any]) -> Any:  # noqa: ANN401  (whatever it finds)
    try:
        return work()
    except EdocError as error:
        return error
    except Exception as error:  # noqa: BLE001  (a thread has nobody above it)
        return EdocError(problem=type(error).__name__)
