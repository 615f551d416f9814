"""How many bytes of strangers are in memory, and what is handed out next."""

from __future__ import annotations

import pytest

from edoc_connector.bus.channel import Arrived
from edoc_connector.bus.intake import Intake, Settled
from edoc_connector.bus.properties import Properties


def mail(tag: int, size: int = 10) -> Arrived:
    return Arrived(
        tag=tag, redelivered=False, properties=Properties(), body=b"x" * size
    )


def test_it_is_full_until_something_is_let_go_not_until_it_is_handed_out() -> None:
    intake = Intake(most_bytes=20)
    intake.arrive(mail(1))
    assert not intake.is_full

    intake.arrive_express(mail(2))
    assert intake.is_full
    handed = intake.hand_out()
    assert intake.is_full

    intake.let_go([handed.tag])
    assert not intake.is_full
    assert intake.bytes == 10


def test_one_message_larger_than_the_limit_is_taken_alone() -> None:
    intake = Intake(most_bytes=20)
    intake.arrive(mail(1, 1000))

    assert intake.is_full
    assert intake.hand_out().tag == 1


def test_letting_go_twice_or_of_a_stranger_makes_no_room() -> None:
    intake = Intake(most_bytes=20)
    intake.arrive(mail(1))
    intake.arrive(mail(2))
    intake.hand_out()
    intake.let_go([1])
    intake.let_go([1])
    intake.let_go([7])

    assert intake.bytes == 10


def test_beginning_anew_forgets_what_came_and_what_is_in_hand() -> None:
    intake = Intake(most_bytes=20)
    intake.arrive(mail(1))
    intake.arrive(mail(2))
    intake.hand_out()

    intake.begin_anew()

    left = (intake.bytes, intake.has_mail, intake.is_in_hand)
    assert left == (0, False, False)


@pytest.mark.parametrize("count", [1, 3])
def test_express_goes_first(count: int) -> None:
    intake = Intake()
    intake.arrive(mail(1))
    for tag in range(2, 2 + count):
        intake.arrive_express(mail(tag))

    handed = [intake.hand_out().tag for _ in range(count + 1)]

    assert handed == [*range(2, 2 + count), 1]


def in_hand(*tags: int, waiting: tuple[int, ...] = (), express: int = 0) -> Intake:
    """One that has handed out these; the others came after the first of them."""
    intake = Intake()
    for tag in tags:
        intake.arrive(mail(tag))
        intake.hand_out()
    for tag in waiting:
        intake.arrive(mail(tag))
    if express:
        intake.arrive_express(mail(express))
    return intake


def test_what_is_all_there_is_can_be_said_in_one_word() -> None:
    assert in_hand(1, 2, 3).let_go([3, 1, 2]) == Settled(up_to=3, others=())


def test_what_is_younger_than_something_in_hand_is_named_one_by_one() -> None:
    intake = in_hand(1, 2, 3, 4)

    assert intake.let_go([1, 3, 4]) == Settled(up_to=1, others=(3, 4))
    assert intake.let_go([2]) == Settled(up_to=2, others=())


def test_nothing_that_waits_in_a_mailbox_is_forgotten_with_what_came_after_it() -> None:
    assert in_hand(1, 5, waiting=(3,)).let_go([1, 5]) == Settled(1, (5,))
    assert in_hand(4, 5, express=2).let_go([4, 5]) == Settled(0, (4, 5))
