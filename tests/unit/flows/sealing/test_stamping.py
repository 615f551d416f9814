from threading import Barrier

import pytest

from edoc_connector.errors import Reason
from tests.support.stampers import SlowStamper, Stamper, stamping, token_of


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


def test_each_seal_gets_its_own_stamp_in_its_own_place():
    service = stamping(Stamper())

    assert service.stamp_now([b"one", b"two"]) == (token_of(b"one"), token_of(b"two"))


def test_all_are_asked_for_at_the_same_time():
    barrier = Barrier(4, timeout=20)
    service = stamping(Stamper(answer=lambda value: value + bytes(barrier.wait())))

    assert len({one[:1] for one in service.stamp_now([b"a", b"b", b"c", b"d"])}) == 4


def test_a_service_that_holds_its_answer_back_keeps_nobody_longer_than_was_said():
    slow = SlowStamper()

    (found,) = stamping(slow, wait_seconds=0.05).stamp_now([b"value"])

    assert isinstance(found, Reason)
    assert found.code == "timestamp-unavailable"
    slow.released.set()


def test_what_comes_too_late_is_not_taken_for_what_was_not_there():
    slow = SlowStamper()
    found = stamping(slow, wait_seconds=0.05).stamp_now([b"value"])
    before = tuple(found)

    slow.released.set()

    assert found == before


def test_after_a_failure_no_document_waits_for_a_while():
    stamper, clock = Stamper(is_down=True), Clock()
    service = stamping(stamper, clock=clock)
    service.stamp_now([b"one"])

    clock.now += 59
    (found,) = service.stamp_now([b"two"])

    assert isinstance(found, Reason)
    assert len(stamper.asked) == 1


def test_the_pauses_grow_while_the_service_fails():
    stamper, clock = Stamper(is_down=True), Clock()
    service = stamping(stamper, clock=clock)

    for pause in (0, 61, 119, 2):
        clock.now += pause
        service.stamp_now([b"value"])

    assert len(stamper.asked) == 3


def test_a_service_that_is_there_again_is_asked_for_every_document():
    stamper, clock = Stamper(is_down=True), Clock()
    service = stamping(stamper, clock=clock)
    service.stamp_now([b"one"])
    stamper.is_down = False
    clock.now += 61

    assert service.stamp_now([b"two"]) == (token_of(b"two"),)
    assert service.stamp_now([b"three"]) == (token_of(b"three"),)


def test_documents_are_given_the_short_time_and_late_stamps_the_long_one():
    stamper = Stamper()
    service = stamping(stamper)

    service.stamp_now([b"one"])
    service.stamp([b"two"], within_seconds=service.timeout_seconds)

    assert stamper.asked == [pytest.approx(20.0, abs=9), pytest.approx(180.0, abs=9)]


def test_of_nothing_nothing_is_asked():
    stamper = Stamper()

    assert stamping(stamper).stamp_now([]) == ()
    assert stamper.asked == []


def test_no_more_requests_are_in_hand_than_the_service_may_have():
    slow = SlowStamper()
    service = stamping(slow, at_once=2)

    found = service.stamp([b"a", b"b", b"c"], within_seconds=0.1)

    assert all(isinstance(one, Reason) for one in found)
    assert slow.begun == 2
    slow.released.set()
