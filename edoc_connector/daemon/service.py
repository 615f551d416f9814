"""The service: a thread per loop, and an orderly end."""

from __future__ import annotations

import logging
import signal
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Thread
from types import FrameType
from typing import Final

from edoc_connector.daemon.loop import Loop
from edoc_connector.daemon.memory import give_back_freed_memory, keep_freed_memory

log = logging.getLogger(__name__)

LOOK_SECONDS: Final = 0.2

STOP_SECONDS: Final = 8.0
"""How long a step in hand may take to finish after SIGTERM.  What is cut off then is
cut off as by a crash, which loses nothing."""

GIVE_BACK_SECONDS: Final = 60.0
"""How often memory that nobody needs any more goes back to the system."""


@dataclass(slots=True)
class Service:
    """Runs loops until it is told to stop, or one says that nothing may go on."""

    loops: Sequence[Loop]
    stop: Event = field(default_factory=Event)
    failure: BaseException | None = None
    signal: signal.Signals | None = None
    give_back_seconds: float = GIVE_BACK_SECONDS

    def run(self) -> None:
        """Run until SIGTERM or SIGINT; raise what stopped it, if an error did."""
        keep_freed_memory()
        threads = [self._thread(loop) for loop in self.loops]
        with _signals(self._on_signal):
            for thread in threads:
                thread.start()
            log.info("service_started", extra={"loops": self._names()})
            self._watch()
            # A second signal changes nothing: the piece of work in hand is finished.
            self._end()
            self._finish(threads)
        if self.failure is not None:
            raise self.failure

    def ring(self, names: Collection[str]) -> None:
        """Tell these loops that there may be something to do."""
        for loop in self.loops:
            if loop.name in names:
                loop.wake.set()

    def _watch(self) -> None:
        since = time.monotonic()
        while self.signal is None and not self.stop.wait(LOOK_SECONDS):
            if time.monotonic() - since >= self.give_back_seconds:
                give_back_freed_memory()
                since = time.monotonic()

    def _names(self) -> str:
        return ",".join(loop.name for loop in self.loops)

    def _thread(self, loop: Loop) -> Thread:
        return Thread(target=self._run_loop, args=(loop,), name=loop.name, daemon=True)

    def _run_loop(self, loop: Loop) -> None:
        try:
            loop.run(self.stop, lambda: self.ring(loop.feeds))
        except BaseException as error:  # noqa: BLE001  (a thread has nobody above it)
            self.failure = error
            self.stop.set()

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        # An Event must not be set here: the interrupted thread may hold its lock.
        self.signal = signal.Signals(number)

    def _end(self) -> None:
        name = self.signal.name if self.signal else ""
        log.info("service_stopping", extra={"signal": name})
        self.stop.set()
        for loop in self.loops:
            loop.wake.set()

    def _finish(self, threads: Sequence[Thread]) -> None:
        deadline = time.monotonic() + STOP_SECONDS
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        late = [thread.name for thread in threads if thread.is_alive()]
        log.info("service_stopped", extra={"loops": ",".join(late)})


@contextmanager
def _signals(handler: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    kinds = (signal.SIGTERM, signal.SIGINT)
    before = {kind: signal.signal(kind, handler) for kind in kinds}
    try:
        yield
    finally:
        for kind, handler_before in before.items():
            signal.signal(kind, handler_before)
