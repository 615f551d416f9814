"""Pings and what came back, the same on both databases."""

from datetime import timedelta

from edoc_connector.model.identifiers import MessageId
from edoc_connector.storage.pings import (
    MOST_PONGS,
    REMEMBERED,
    ReceivedPong,
    SentPing,
)
from tests.support.storage import DEPARTMENT, NOW

pytest_plugins = ("tests.support.databases",)


def sent(ping, at=NOW):
    return SentPing(ping=MessageId(ping), recipient=DEPARTMENT, asked_at=at)


def pong(ping, body="{}"):
    return ReceivedPong(
        ping=MessageId(ping),
        account="link.national",
        way="tay-ninh national",
        body=body,
        received_at=NOW,
    )


def test_what_comes_back_is_kept_with_the_ping_it_answers(storage):
    with storage.work() as work:
        work.pings.add(sent("a"))
        work.pings.add(sent("b"))
        assert work.pings.hear(pong("b"))

    with storage.reading() as work:
        assert work.pings.answers(MessageId("a")) == ()
        assert work.pings.answers(MessageId("b")) == (pong("b"),)


def test_what_nobody_asked_for_is_not_kept(storage):
    with storage.work() as work:
        assert not work.pings.hear(pong("stranger"))


def test_of_one_ping_a_few_answers_are_kept_in_the_order_they_came(storage):
    with storage.work() as work:
        work.pings.add(sent("a"))
        heard = [work.pings.hear(pong("a", f"{it}")) for it in range(MOST_PONGS + 1)]
        kept = [it.body for it in work.pings.answers(MessageId("a"))]

    assert heard == [True] * MOST_PONGS + [False]
    assert kept == [f"{it}" for it in range(MOST_PONGS)]


def test_a_new_ping_has_old_ones_forgotten_with_their_answers(storage):
    with storage.work() as work:
        work.pings.add(sent("old"))
        work.pings.hear(pong("old"))
        work.pings.add(sent("new", NOW + REMEMBERED + timedelta(seconds=1)))

    with storage.reading() as work:
        assert work.pings.answers(MessageId("old")) == ()
        assert work.pings.recent(9) == ()
