"""Ends what runs on a stage as Ctrl-C does, whoever asks for it."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def ended_like_ctrl_c(tell: Callable[[], None] | None = None) -> Iterator[None]:
    """Let SIGTERM and a closed terminal take everything down as Ctrl-C does.

    Who is told is told at once: to take everything down takes a while.  Whoever asks
    again meanwhile is told again, and does not keep it from being taken down.
    """
    is_ending = False

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        nonlocal is_ending
        was_ending, is_ending = is_ending, True
        if tell is not None:
            tell()
        if tell is None or not was_ending:
            raise KeyboardInterrupt

    kinds = [signal.SIGTERM, signal.SIGHUP]
    if tell is not None:
        kinds.append(signal.SIGINT)
    before = {kind: signal.signal(kind, interrupt) for kind in kinds}
    try:
        yield
    finally:
        for kind, handler in before.items():
            signal.signal(kind, handler)
