"""A disk that is full or read-only, at each write in turn, until somebody mends it."""

from __future__ import annotations

import errno
import os
import resource
import sqlite3
from contextlib import contextmanager
from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests.support.effects import Kind
from tests.support.world import ONE_PDF, RECEIVER, World

PARTS = 2
"""Each fault is so many tests, so that all cores have some."""

pytestmark = pytest.mark.timeout(300)


class BadDisk:
    """Fails every write from one of them on, until it is mended."""

    errno: int
    code: int
    names: frozenset[str]

    def __init__(self, at):
        self.at, self.writes, self.is_mended = at, 0, False
        self.failed = ""
        self._changed = set()

    def __call__(self, effect):
        if not self._is_write(effect):
            return
        self.writes += 1
        if self.is_mended or self.writes <= self.at:
            return
        self.failed = self.failed or str(effect)
        raise self._error(effect)

    def _is_write(self, effect):
        """Whether it needs room; a commit does where something was changed."""
        if effect.kind is Kind.COMMIT:
            is_write = effect.place in self._changed
            self._changed.discard(effect.place)
            return is_write
        if effect.kind is Kind.SQL:
            if effect.name.startswith("BEGIN"):
                self._changed.discard(effect.place)
            if effect.is_harmless:
                return False
            self._changed.add(effect.place)
            return True
        return effect.kind is Kind.FILE and effect.name in self.names

    def _error(self, effect):
        if effect.kind is Kind.FILE:
            return OSError(self.errno, os.strerror(self.errno))
        error = sqlite3.OperationalError("database or disk is full")
        error.sqlite_errorcode = self.code
        return error


class Full(BadDisk):
    """No room; what is there may still be renamed and removed."""

    errno, code = errno.ENOSPC, sqlite3.SQLITE_FULL
    names = frozenset({"open", "write", "mkdir", "fsync"})


class ReadOnly(BadDisk):
    """Remounted so after an error of the device."""

    errno, code = errno.EROFS, sqlite3.SQLITE_READONLY
    names = frozenset({"open", "write", "mkdir", "fsync", "rename", "unlink"})


def play(folder, disk):
    """Two departments at work on one disk that goes bad and is mended."""
    folder.mkdir()
    world = World(folder)
    world.sender.write(7, RECEIVER)
    with world.effects.watched_files():
        world.effects.before = disk
        for _ in range(3):
            for department in world.awake:
                department.steps_of_a_service()
            world.now += timedelta(seconds=5)
        disk.is_mended = True
        world.now += timedelta(minutes=5)
        world.run()
    world.restart()  # what could not be removed meanwhile is swept at the next start
    return world


def check(world):
    """Whether all of it has come once, and what failed was tried again and no more."""
    assert world.receiver.arrived() == [("7", "V/v kiểm kê văn bản 7", ONE_PDF)]
    assert world.sender.states() == ["Đã đến"]
    assert world.receiver.facts().count("document:delivered") == 1
    assert world.sender.facts().count("receipt:accepted") == 1
    world.check_nothing_is_left()
    failures = world.sender.failures + world.receiver.failures
    assert all(error.retryable for error in failures)


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("bad", [Full, ReadOnly])
def test_no_write_that_fails_loses_or_doubles_anything(ground, bad, part):
    healthy = bad(10**9)
    play(ground / "healthy", healthy).close()
    wrong = []

    for at in range(part, healthy.writes, PARTS):
        disk = bad(at)
        world = play(ground / f"{at}", disk)
        try:
            check(world)
        except AssertionError as error:
            wrong.append(f"from write {at} on ({disk.failed}): {error}")
        world.close()

    assert healthy.writes > 80
    assert not wrong, "\n\n".join(wrong[:5])


@contextmanager
def no_file_larger_than(size):
    """As on a disk with so little room: the kernel itself says no."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_file_that_the_kernel_lets_grow_no_more_waits_for_room(ground):
    large = b"%PDF-1.7 " + bytes(3_000_000)
    (ground / "world").mkdir()
    world = World(ground / "world")
    world.sender.write(7, RECEIVER, data=large)

    with no_file_larger_than(2_000_000):
        for _ in range(2):
            world.sender.steps_of_a_service()
    assert [error.code for error in world.sender.failures][:1] == [
        "storage-unavailable"
    ]
    world.run()

    assert world.receiver.arrived() == [("7", "V/v kiểm kê văn bản 7", large)]
    world.check_nothing_is_left()
    world.close()


SEGMENTS = 100
SEGMENT_BYTES = 2048


def test_a_disk_that_is_full_in_the_middle_of_a_large_packet_keeps_what_it_has(ground):
    (ground / "world").mkdir()
    world = World(ground / "world", segment_bytes=SEGMENT_BYTES)
    large = b"%PDF-1.7 " + os.urandom(SEGMENT_BYTES * SEGMENTS * 3 // 4)
    world.sender.write(7, RECEIVER, data=large)
    world.sender.steps()
    receiver = world.receiver
    spool = receiver.folder / "content" / "spool"

    with world.effects.watched_files():
        while len(pieces_in(spool)) < SEGMENTS // 2:
            receiver.steps_of_a_service()
        world.effects.before = disk = Full(at=0)
        for _ in range(3):
            receiver.steps_of_a_service()
        kept = pieces_in(spool)
        disk.is_mended = True
        world.run()

    assert {it.code for it in receiver.failures} == {"storage-unavailable"}
    assert len(kept) >= SEGMENTS // 2
    assert receiver.arrived() == [("7", "V/v kiểm kê văn bản 7", large)]
    assert receiver.facts().count("document:delivered") == 1
    world.check_nothing_is_left()
    world.close()


def pieces_in(spool):
    """The segments that are on the disk, under their names."""
    return {it.name for it in spool.glob("[0-9a-f]/*")}


def test_a_database_that_is_really_full_waits_for_room(ground):
    (ground / "world").mkdir()
    world = World(ground / "world")
    numbers = [str(number) for number in range(1, 9)]
    for number in numbers:
        world.sender.write(number, RECEIVER)
    engine = world.sender.storage._engine

    def limit(connection, _record):
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages + 2}")

    sa.event.listen(engine, "connect", limit)
    engine.dispose()
    for _ in range(2):
        world.sender.steps_of_a_service()
    sa.event.remove(engine, "connect", limit)
    engine.dispose()
    world.run()

    assert {error.code for error in world.sender.failures} == {"storage-unavailable"}
    assert [number for number, _, _ in world.receiver.arrived()] == numbers
    world.check_nothing_is_left()
    world.close()
