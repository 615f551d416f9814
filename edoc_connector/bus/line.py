"""A line to the broker: a wire when it is needed, and another after a failure."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from edoc_connector.bus.address import RabbitAddress
from edoc_connector.bus.certificate import FileState, states_of
from edoc_connector.bus.channel import Prepare
from edoc_connector.bus.tls import handshake_for
from edoc_connector.bus.wire import Wire
from edoc_connector.errors import EdocError

log = logging.getLogger(__name__)


class Line:
    """Belongs to one thread; `wire` is None until it is needed, and after a failure."""

    def __init__(
        self,
        address: RabbitAddress,
        refusals: frozenset[int],
        prepare: Prepare,
        is_full: Callable[[], bool] = lambda: False,
    ) -> None:
        self.wire: Wire | None = None
        self.connections = 0
        self._address = address
        self._refusals = refusals
        self._prepare = prepare
        self._is_full = is_full
        self._opened_at = 0.0
        self._files: tuple[FileState, ...] = ()

    @contextmanager
    def in_use(self) -> Iterator[Wire]:
        """Give an open wire; after a failure nothing of it is used again."""
        try:
            wire = self._open()
            wire.check_certificates()
            yield wire
        except BaseException:
            self.close()
            raise

    def keep_alive(self) -> None:
        """Answer heartbeats, and drop a wire that was lost while we rested."""
        if self.wire is None:
            return
        try:
            self.wire.glance()
        except EdocError:
            self.close()
        self.renew()

    def renew(self) -> None:
        """Replace a wire that is old, or whose certificates were renewed, at a rest.

        New files that do not serve yet are said once, and change nothing.
        """
        if self.wire is None:
            return
        is_old = time.monotonic() - self._opened_at > self._address.reconnect_seconds
        files = states_of(self._address.tls)
        if is_old or (files != self._files and self._serve(files)):
            log.info("broker_reconnected", extra={"address": str(self._address)})
            self.close()

    def _serve(self, files: tuple[FileState, ...]) -> bool:
        self._files = files
        try:
            handshake_for(self._address, datetime.now(UTC))
        except EdocError as error:
            extra = {"address": str(self._address)}
            log.warning("broker_certificate_unfit", extra=extra, exc_info=error)
            return False
        return True

    def close(self) -> None:
        """Let go of the connection."""
        wire, self.wire = self.wire, None
        if wire is not None:
            wire.close()

    def _open(self) -> Wire:
        if self.wire is None:
            self.connections += 1
            self._files = states_of(self._address.tls)
            self._opened_at = time.monotonic()
            self.wire = Wire(
                self._address, self._refusals, self._prepare, self._is_full
            )
            self.wire.open()
        return self.wire
