"""A document of any size goes through connectors of little memory, and only once.

`BIG_MEGABYTES=1000` makes it a gigabyte; it takes nine times its size of disk.
"""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.big import Pair, peaks_of_commands
from tests.support.broker import need_broker
from tests.support.proxy import Fate, Frame, Proxy, Way
from tests.support.stages import wait_for

pytestmark = [pytest.mark.broker, pytest.mark.slow, pytest.mark.timeout(1800)]

MEGABYTE = 1_000_000
SIZE = int(os.environ.get("BIG_MEGABYTES", "120")) * MEGABYTE
DISK_TIMES = 9
MOST_MEMORY = 300
MOST_OF_COMMAND = 150
SEGMENT = 1 << 20
PREFETCH = 8
LATEST_SECONDS = 60 + 3 * SIZE / MEGABYTE


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    need_broker()
    if shutil.disk_usage(tmp_path).free < DISK_TIMES * SIZE:
        pytest.skip("too little room on this disk")
    with Pair(tmp_path / "pair", SEGMENT) as made:
        made.put_up()
        yield made
    shutil.rmtree(tmp_path / "pair")


def bytes_in(folder: Path) -> int:
    return sum(it.stat().st_size for it in folder.rglob("*") if it.is_file())


def test_a_large_file_arrives_whole_through_little_memory_and_leaves_no_pieces(
    pair: Pair,
) -> None:
    digest = pair.release(SIZE)

    pair.start_connectors()
    wait_for(pair.is_confirmed, LATEST_SECONDS)

    peaks = pair.peaks()
    assert pair.arrived() == [digest]
    assert 0 < peaks["sender"] < MOST_MEMORY
    assert 0 < peaks["receiver"] < MOST_MEMORY
    kept = bytes_in(pair.receiver.folder / "state" / "content")
    assert kept < packet_bytes(SIZE) + SEGMENT, "segments were left behind"


def test_what_is_asked_about_a_large_packet_takes_little_memory(pair: Pair) -> None:
    pair.release(SIZE)
    pair.start_connectors()
    wait_for(pair.is_confirmed, LATEST_SECONDS)

    peaks = dict(peaks_of_commands(pair.receiver, pair.message_id()))

    assert 0 < max(peaks.values()) < MOST_OF_COMMAND


def packet_bytes(size: int) -> int:
    """What a file comes to in base64, with a packet around it."""
    return size * 4 // 3 + 64 * 1024


class Counted:
    """Counts the bytes of messages in both directions, and lets all pass."""

    def __init__(self) -> None:
        self.bytes = dict.fromkeys(Way, 0)
        self._lock = threading.Lock()

    def __call__(self, frame: Frame) -> Fate:
        if frame.is_body:
            with self._lock:
                self.bytes[frame.way] += len(frame.data)
        return Fate.PASS


def wait_for_bytes(counted: Counted, way: Way, share: float) -> None:
    """Wait until so much of the packet has gone this way."""
    wanted = share * packet_bytes(SIZE)
    deadline = time.monotonic() + LATEST_SECONDS
    while counted.bytes[way] < wanted:
        assert time.monotonic() < deadline
        time.sleep(0.005)


@pytest.fixture
def counted(pair: Pair) -> Iterator[Counted]:
    """All that goes between the connectors and the broker is counted."""
    assert pair.broker is not None
    with Proxy(pair.broker.port, LATEST_SECONDS) as wire:
        wire.judge = counted = Counted()
        pair.port = wire.port
        pair.move()
        yield counted


def test_who_is_killed_in_the_middle_goes_on_where_it_stopped(
    pair: Pair, counted: Counted
) -> None:
    digest = pair.release(SIZE)
    assert pair.broker is not None
    pair.start_connectors()

    wait_for_bytes(counted, Way.OUT, 0.2)
    again(pair.sender.kill, pair.sender.start)
    wait_for_bytes(counted, Way.OUT, 0.4)
    again(pair.broker.kill, pair.broker.start)
    wait_for_bytes(counted, Way.IN, 0.5)
    again(pair.receiver.kill, pair.receiver.start)
    wait_for(pair.is_confirmed, LATEST_SECONDS)

    assert pair.arrived() == [digest]
    packet = packet_bytes(SIZE)
    # Sent again: what was on the wire at the first two ends, cut off in its middle.
    assert counted.bytes[Way.OUT] < packet + 3 * SEGMENT
    # Received again: what was in hand at the last two.
    assert counted.bytes[Way.IN] < packet + 2 * (PREFETCH + 1) * SEGMENT + SEGMENT
    kept = bytes_in(pair.receiver.folder / "state" / "content")
    assert kept < packet + SEGMENT


def again(kill: Callable[[], None], start: Callable[[], None]) -> None:
    kill()
    start()
