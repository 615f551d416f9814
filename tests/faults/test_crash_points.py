"""A document, a crash at each effect in turn, a restart, and the books must balance."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import pytest

from tests.support.stampers import Stamper, stamping
from tests.support.world import NOWHERE, ONE_PDF, RECEIVER, Crash, World

EFFECTS = 114
EFFECTS_IN_SEGMENTS = 213
EFFECTS_WITH_A_LATE_STAMP = 100
"""How many there are, or a few more; a test sees to that."""


def play(folder, survives, **changes):
    """One document to two recipients, one broken row, and a crash after a while."""
    world = World(folder, **changes)
    world.sender.write(7, RECEIVER, NOWHERE)
    world.sender.write(8, RECEIVER, so=None)
    world.fuse.left = survives
    with suppress(Crash):
        world.run()
    return world


def check_books(world):
    """What the customer was promised, whatever happened in between."""
    assert world.receiver.arrived() == [("7", "V/v kiểm kê văn bản 7", ONE_PDF)]
    assert world.sender.ask(
        "SELECT ma_dinh_danh, trang_thai FROM noi_nhan_van_ban_di"
        " WHERE van_ban_id = 1 ORDER BY 1"
    ) == [(RECEIVER, "Đã đến"), (NOWHERE, "Không có nơi nhận")]
    assert world.sender.ask(
        "SELECT trang_thai_lien_thong FROM van_ban_di ORDER BY id"
    ) == [("Đã chuyển liên thông",), ("Không gửi được",)]
    sent, received = world.sender.facts(), world.receiver.facts()
    assert sent.count("key:used") == received.count("key:used") == 1
    assert sent.count("document:taken") == 1
    assert sent.count("document:sealed") == 1
    assert sent.count("row:refused") == 1
    assert sent.count("receipt:accepted") == 1
    assert received.count("document:delivered") == 1
    assert received.count("envelope:accepted") == 1


@pytest.mark.parametrize("survives", range(EFFECTS))
def test_no_crash_point_loses_or_doubles_a_document(tmp_path, survives):
    world = play(tmp_path, survives)

    world.restart()
    world.run()

    check_books(world)
    world.close()


@pytest.mark.parametrize("survives", range(0, EFFECTS_IN_SEGMENTS, 3))
def test_no_crash_point_loses_or_doubles_a_packet_in_segments(tmp_path, survives):
    world = play(tmp_path, survives, segment_bytes=2048)

    world.restart()
    world.run()

    check_books(world)
    assert world.receiver.is_spool_empty()
    world.close()


def play_stamped(folder, survives):
    """One document that leaves without its time stamp, which comes later."""
    world = World(folder)
    stamper = Stamper(is_down=True)
    world.sender.stamping = stamping(stamper)
    world.sender.write(7, RECEIVER)
    world.fuse.left = survives
    with suppress(Crash):
        world.run()
    return world, stamper


@pytest.mark.parametrize("survives", range(EFFECTS_WITH_A_LATE_STAMP))
def test_no_crash_point_loses_a_document_or_the_stamp_it_awaits(tmp_path, survives):
    world, stamper = play_stamped(tmp_path, survives)

    world.restart()
    world.run()
    stamper.is_down = False
    world.now += timedelta(minutes=2)
    world.fuse.left = survives % 8  # and once more, while the stamp comes
    with suppress(Crash):
        world.run()
    world.restart()
    world.run()

    assert world.receiver.arrived() == [("7", "V/v kiểm kê văn bản 7", ONE_PDF)]
    facts = world.sender.facts()
    assert facts.count("document:sealed") == facts.count("document:stamped") == 1
    world.close()


def test_the_fuse_covers_every_effect_with_a_late_stamp(tmp_path):
    world, _ = play_stamped(tmp_path, None)

    assert world.fuse.burnt > EFFECTS_WITH_A_LATE_STAMP - 10
    assert world.fuse.burnt <= EFFECTS_WITH_A_LATE_STAMP
    world.close()


def test_the_fuse_covers_every_effect(tmp_path):
    world = play(tmp_path, None)

    check_books(world)
    assert EFFECTS - 10 < world.fuse.burnt <= EFFECTS
    world.close()


def test_the_fuse_covers_every_effect_of_segments(tmp_path):
    world = play(tmp_path, None, segment_bytes=2048)

    check_books(world)
    assert EFFECTS_IN_SEGMENTS - 10 < world.fuse.burnt <= EFFECTS_IN_SEGMENTS
    world.close()
