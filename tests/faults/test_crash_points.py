"""A document, a crash at each effect in turn, a restart, and the books must balance."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import pytest

from edoc_connector.model.stages import Kind
from edoc_connector.model.verdict import Indication
from tests.support import pki
from tests.support.revocation import lists_with
from tests.support.stampers import Stamper, stamping
from tests.support.world import NOWHERE, ONE_PDF, RECEIVER, SENDER, Crash, World

EFFECTS = 158
EFFECTS_IN_SEGMENTS = 257
EFFECTS_WITH_A_LATE_STAMP = 144
EFFECTS_WITHOUT_AN_ANSWER = 137
EFFECTS_OF_A_RECHECK = 46
EFFECTS_OF_A_HELD_PACKET = 78
EFFECTS_OF_A_REVOKED_KEY = 20
EFFECTS_OF_DEADLINES = 40
"""How many there are, or a few more; a test sees to that."""


LATER = timedelta(minutes=20)
"""After it, who waits for an answer asks again."""


def play(folder, survives, **changes):
    """One document to two recipients, one broken row, and a crash after a while."""
    world = World(folder, is_whole=True, **changes)
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
    world = World(folder, is_whole=True)
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


# --- revocation ---------------------------------------------------------------


def play_unanswered(folder, survives, **changes):
    """One document, and nobody says whether its sender's certificate is revoked."""
    world = World(folder, is_whole=True, **changes)
    world.receiver.asked.are_away = True
    world.sender.write(7, RECEIVER)
    world.fuse.left = survives
    with suppress(Crash):
        world.run()
    return world


def answer(world, survives):
    """The authorities are there again; another crash while they are asked."""
    world.restart()
    world.run()
    world.receiver.asked.are_away = False
    world.now += LATER
    world.fuse.left = survives
    with suppress(Crash):
        world.run()
    world.restart()
    world.run()


def verdict(world):
    with world.receiver.storage.reading() as work:
        (entry,) = work.inbox.recent(Kind.EDOC, 2)
        return work.verdicts.latest(entry.id), work.evidence.of(entry.packet)


@pytest.mark.parametrize("survives", range(EFFECTS_WITHOUT_AN_ANSWER))
def test_no_crash_point_loses_the_proof_of_what_was_delivered_in_grace(
    tmp_path, survives
):
    world = play_unanswered(tmp_path, survives)

    answer(world, survives % EFFECTS_OF_A_RECHECK)

    found, evidence = verdict(world)
    assert found.indication is Indication.PASSED
    assert len(evidence) == 2
    facts = world.receiver.facts()
    assert facts.count("document:delivered") == 1
    assert facts.count("seal:judged") == 2
    world.close()


@pytest.mark.parametrize("survives", range(EFFECTS_OF_A_RECHECK))
def test_no_crash_point_hides_that_a_delivered_seal_is_refuted(tmp_path, survives):
    world = play_unanswered(tmp_path, None)
    stolen = pki.p256_sealer(SENDER).certificate
    world.receiver.asked.authorities = lists_with(stolen, world.now - LATER)

    answer(world, survives)

    found, evidence = verdict(world)
    assert found.indication is Indication.FAILED
    assert [it.code for it in found.doubts] == ["certificate-revoked"]
    assert len(evidence) == 1
    facts = world.receiver.facts()
    assert facts.count("seal:refuted") == facts.count("document:delivered") == 1
    world.close()


@pytest.mark.parametrize("survives", range(EFFECTS_OF_A_HELD_PACKET))
def test_no_crash_point_loses_or_doubles_what_waits_for_an_answer(tmp_path, survives):
    world = play_unanswered(tmp_path, survives, grace=timedelta(seconds=-1))
    assert world.receiver.arrived() == []

    answer(world, survives % EFFECTS_OF_A_RECHECK)

    assert world.receiver.arrived() == [("7", "V/v kiểm kê văn bản 7", ONE_PDF)]
    assert verdict(world)[0].indication is Indication.PASSED
    facts = world.receiver.facts()
    assert facts.count("document:delivered") == facts.count("seal:judged") == 1
    world.close()


@pytest.mark.parametrize("survives", range(EFFECTS_OF_A_REVOKED_KEY))
def test_no_crash_point_hides_that_our_key_is_revoked(tmp_path, survives):
    world = World(tmp_path, is_whole=True)
    ours = pki.p256_sealer(SENDER).certificate
    world.sender.asked.authorities = lists_with(ours, world.now - LATER)
    world.fuse.left = survives
    with suppress(Crash):
        world.run()

    world.restart()
    world.run()

    assert world.sender.facts().count("key:revoked") == 1
    world.close()


def test_the_fuse_covers_every_effect_of_revocation(tmp_path):
    (tmp_path / "held").mkdir()
    (tmp_path / "grace").mkdir()
    held = play_unanswered(tmp_path / "held", None, grace=timedelta(seconds=-1))
    world = play_unanswered(tmp_path / "grace", None)
    before = world.fuse.burnt
    answer(world, None)

    burnt = world.fuse.burnt
    assert 0 <= EFFECTS_OF_A_HELD_PACKET - held.fuse.burnt < 10
    assert 0 <= EFFECTS_WITHOUT_AN_ANSWER - before < 10
    assert 0 <= EFFECTS_OF_A_RECHECK - (burnt - before) < 10
    held.close()
    world.close()


# --- deadlines ----------------------------------------------------------------


def play_late(folder, survives):
    """One document that nobody answers, a crash on its way past both deadlines."""
    world = World(folder)
    world.sender.write(7, RECEIVER)
    for _ in range(4):
        world.sender.steps()
    world.fuse.left, before = survives, world.fuse.burnt
    with suppress(Crash):
        for days in (1, 8):
            world.now += timedelta(days=days)
            for _ in range(3):
                world.sender.steps()
    return world, world.fuse.burnt - before


@pytest.mark.parametrize("survives", range(EFFECTS_OF_DEADLINES))
def test_no_crash_point_loses_or_doubles_what_is_late(tmp_path, survives):
    world, _ = play_late(tmp_path, survives)

    world.restart()
    for days in (0, 1, 8):
        world.now += timedelta(days=days)
        for _ in range(3):
            world.sender.steps()

    facts = world.sender.facts()
    assert facts.count("receipt:late") == facts.count("document:expired") == 1
    assert world.sender.recipients() == {RECEIVER: "Không có phản hồi"}
    with world.sender.storage.reading() as work:
        (document,) = work.documents.recent(5)
        (kept,) = work.non_deliveries.of(document.key)
    assert world.sender.storage.content.has(kept.content)
    world.run()  # and the receiver comes back after all
    assert world.sender.recipients() == {RECEIVER: "Đã đến"}
    assert len(world.receiver.arrived()) == 1
    world.close()


def test_the_fuse_covers_every_effect_of_deadlines(tmp_path):
    world, burnt = play_late(tmp_path, None)

    assert 0 <= EFFECTS_OF_DEADLINES - burnt < 6
    world.close()
