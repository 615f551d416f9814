"""Workers that several organisations share: a process each would fill the memory."""

from __future__ import annotations

from threading import Lock

from edoc_connector.pdf.child import Child
from edoc_connector.signature.path import Anchor


class Workers:
    """One worker for all who trust the same authorities, rather than one for each."""

    def __init__(self) -> None:
        self._children: dict[tuple[tuple[Anchor, ...], ...], Child] = {}
        self._lock = Lock()

    def trusting(
        self, anchors: tuple[Anchor, ...], stamps: tuple[Anchor, ...]
    ) -> Child:
        """Return the worker of these authorities; it starts on first use."""
        with self._lock:
            key = (anchors, stamps)
            if key not in self._children:
                self._children[key] = Child(anchors, stamps=stamps)
            return self._children[key]

    def close(self) -> None:
        """End them all."""
        for child in self._children.values():
            child.close()
