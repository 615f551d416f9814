"""Mailboxes that nobody serves, emptied by a process of its own and counted."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import pika

from edoc_connector.model.stages import Kind

SPAWN: Final = multiprocessing.get_context("spawn")
START_SECONDS: Final = 20.0


@contextmanager
def draining(url: str, queues: Sequence[str]) -> Iterator[Callable[[], int]]:
    """Empty the queues within the block; gives what says how many documents came."""
    count, ready = SPAWN.Value("q", 0), SPAWN.Event()
    process = SPAWN.Process(target=_drain, args=(url, tuple(queues), count, ready))
    process.start()
    try:
        if not ready.wait(START_SECONDS):
            raise TimeoutError("the mailboxes cannot be read")
        yield lambda: int(count.value)
    finally:
        process.kill()
        process.join()


def _drain(url: str, queues: Sequence[str], count: Any, ready: Any) -> None:  # noqa: ANN401
    def add(_: object, __: object, properties: Any, ___: bytes) -> None:  # noqa: ANN401
        if properties.type == Kind.EDOC:
            count.value += 1  # this process alone writes it

    channel = pika.BlockingConnection(pika.URLParameters(url)).channel()
    for queue in queues:
        channel.basic_consume(queue, add, auto_ack=True)
    ready.set()
    channel.start_consuming()


def wait_for(
    is_done: Callable[[], bool], *, seconds: float, check: Callable[[], None]
) -> float:
    """Return the moment when it is done, looking often; raise `TimeoutError` else."""
    deadline = time.monotonic() + seconds
    while not is_done():
        check()
        if time.monotonic() > deadline:
            raise TimeoutError(f"not done within {seconds:g} s")
        time.sleep(LOOK_SECONDS)
    return time.monotonic()


LOOK_SECONDS: Final = 0.03
