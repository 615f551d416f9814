"""One of several organisations that a process serves: opened by itself, kept apart.

What does not serve here today (a key, a register, a database) is said with its code and
tried again; the others do not wait for it.  Mail is taken in as soon as its own
database is open, whatever else is wrong.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from threading import Lock

from edoc_connector.app.connector import BATCH, ONE_OF_MANY, Step, connected
from edoc_connector.app.post import Post
from edoc_connector.app.sites import counter_of
from edoc_connector.daemon.lock import only_one
from edoc_connector.daemon.sparing import Sparing
from edoc_connector.errors import AlreadyRunning, StorageUnavailable
from edoc_connector.flows.backoff import Backoff
from edoc_connector.flows.directory.routes import is_ours
from edoc_connector.flows.incoming.accept import accept
from edoc_connector.flows.incoming.unfinished import LastLook
from edoc_connector.flows.mend import mend
from edoc_connector.logs import WHOSE
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.organizations import Office
from edoc_connector.own_storage import open_storage
from edoc_connector.pdf.workers import Workers
from edoc_connector.storage import Storage

log = logging.getLogger(__name__)


class Desk:
    """The steps of one organisation, as far as they can be done today."""

    def __init__(
        self,
        office: Office,
        post: Post,
        names: Sequence[str],
        workers: Workers,
        sparing: Sparing,
    ) -> None:
        """Open nothing yet; `post` is the way out of all, and the tray of this one.

        `sparing` is that of all, who may have one server of databases.
        """
        self.office = office
        self.code = office.code
        self.failure: Exception | None = None
        self._post, self._names, self._workers = post, names, workers
        self._steps: Mapping[str, Step] = {}
        self._storage: Storage | None = None
        self._is_open, self._is_stopped = False, False
        self._stack = ExitStack()
        self._opening = Lock()
        self._again = 0.0
        self._sparing = sparing

    def backoff(self) -> Backoff:
        """Return the pauses of its settings."""
        retry = self.office.settings.retry
        return Backoff(retry.first_seconds, retry.most_seconds)

    @contextmanager
    def speaking(self) -> Iterator[None]:
        """Have what this thread logs meanwhile carry the code."""
        token = WHOSE.set(self.code)
        try:
            yield
        finally:
            WHOSE.reset(token)

    def take_in(self) -> None:
        """Open what takes mail in.  Raises `AlreadyRunning`, and nothing else."""
        with self.speaking():
            try:
                self._open_counter()
            except AlreadyRunning:
                raise
            except Exception as error:  # noqa: BLE001  (the shell of each organisation)
                self._failed(error)

    def recognises(self, codes: Sequence[OrganizationCode]) -> bool:
        """Whether its directory says that mail for one of these codes is for it.

        Raises `StorageUnavailable` while that cannot be asked.
        """
        storage = self._storage
        if storage is None:
            raise StorageUnavailable(problem=self.failure or "")
        return self._sparing.ask(storage.server, lambda: self._knows(storage, codes))

    def _knows(self, storage: Storage, codes: Sequence[OrganizationCode]) -> bool:
        with storage.reading() as work:
            counter = counter_of(self.office.settings)
            return any(is_ours(counter, work, code) for code in codes)

    def step(self, name: str) -> Step | None:
        """Return what to do for this loop, if it can be done now.

        The first who asks opens what is not open; nobody waits for him.
        """
        if not self._is_open and name != "accept":
            self.open()
        return self._steps.get(name)

    def open(self) -> None:
        """Open what is not open and due to be tried; somebody else may be at it."""
        if self._opening.acquire(blocking=False):
            try:
                self._open_if_due()
            finally:
                self._opening.release()

    def give_up(self, error: Exception, *, loop: str) -> None:
        """Say what failed, for who does not try again."""
        self.failure = error
        log.error("step_failed", extra={"loop": loop}, exc_info=error)

    def stop(self, error: Exception) -> None:
        """Do nothing more for this organisation until the service starts anew."""
        self.failure, self._is_open, self._is_stopped = error, False, True
        self._steps = {}
        log.error("organization_stopped", exc_info=error)

    def close(self) -> None:
        """Let go of everything."""
        self._stack.close()

    def _open_if_due(self) -> None:
        if self._is_open or self._is_stopped or time.monotonic() < self._again:
            return
        with self.speaking():
            try:
                self._open_counter()
                self._open_all()
            except Exception as error:  # noqa: BLE001  (the shell of each organisation)
                self._failed(error)

    def _failed(self, error: Exception) -> None:
        pause = self.backoff().most_seconds
        self.failure, self._again = error, time.monotonic() + pause
        extra = {"pause_seconds": pause}
        log.error("organization_not_open", extra=extra, exc_info=error)

    def _open_counter(self) -> None:
        if self._storage is not None:
            return
        settings = self.office.settings
        with ExitStack() as stack:
            try:
                settings.state.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                stack.enter_context(only_one(settings.state.folder, self._names))
            except OSError as error:
                raise StorageUnavailable(problem=error.strerror or error) from error
            storage = stack.enter_context(open_storage(settings, ONE_OF_MANY))
            storage.share_statements()
            if "accept" in self._names:
                mend(storage)
            counter = counter_of(settings)
            self._stack.push(stack.pop_all())
        self._storage, last_look = storage, LastLook()
        self._steps = {
            "accept": lambda: accept(
                counter,
                self._post.consumer,
                storage,
                wait_seconds=0,
                limit=BATCH,
                last_look=last_look,
            )
        }

    def _open_all(self) -> None:
        settings, storage = self.office.settings, self._storage
        assert storage is not None  # noqa: S101  (for the type checker)
        connector = self._stack.enter_context(
            connected(settings, storage, workers=self._workers)
        )
        steps = connector.steps(self._post, lambda: 0.0)
        self._steps = steps
        self.failure, self._is_open = None, True
        log.info("organization_open")
