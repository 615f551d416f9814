"""Whether others may compute while somebody waits."""

from __future__ import annotations

import threading
from types import ModuleType

import pytest

from edoc_connector.baton import Baton

SECONDS = 60.0
"""Who waits as long for the baton has failed."""

NOT_LONG_SECONDS = 0.1
"""Who has not computed by then was kept from it."""


class Others:
    """Threads that compute as soon as they may."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, module: ModuleType) -> None:
        """Give the module a baton of its own, for which everybody has patience."""
        self.baton = Baton(SECONDS)
        monkeypatch.setattr(module, "baton", self.baton)

    def compute(self, seconds: float = SECONDS / 6) -> bool:
        """Say whether another thread than this one could compute within that time."""
        thread = threading.Thread(target=self._run, daemon=True)
        thread.start()
        thread.join(seconds)
        return not thread.is_alive()

    def _run(self) -> None:
        with self.baton.held():
            pass
