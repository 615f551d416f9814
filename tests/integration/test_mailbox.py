"""A connector asks a real broker whether its mailbox keeps what comes into it."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from edoc_connector.axis.names import express_queue, inbox_queue
from edoc_connector.axis.queues import mailbox_arguments
from edoc_connector.bus.mailbox import Standing, look_at_mailbox
from edoc_connector.demo.broker import PrivateBroker
from edoc_connector.errors import BusUnavailable, MailboxUnsafe
from tests.support.broker import address_of, control, declare_again, operating

pytestmark = pytest.mark.broker

ACCOUNT = "H20"
QUEUE = inbox_queue(ACCOUNT)
PLANNED = mailbox_arguments(ACCOUNT, 1000)
CLASSIC = {
    "x-queue-type": "classic",
    "x-delivery-limit": None,
    "x-dead-letter-strategy": None,
}


@contextmanager
def another_queue(
    axis: PrivateBroker, *, durable: bool = True, **changes: Any
) -> Iterator[None]:
    """Have our mailbox otherwise than planned for a while; None leaves it out."""
    arguments = {
        name: value for name, value in (PLANNED | changes).items() if value is not None
    }
    with operating(axis) as channel:
        channel.queue_delete(QUEUE)
        channel.queue_declare(QUEUE, durable=durable, arguments=arguments)
    try:
        yield
    finally:
        with operating(axis) as channel:
            channel.queue_delete(QUEUE)
        declare_again(axis)


def look(axis: PrivateBroker, account: str = ACCOUNT) -> Standing:
    return look_at_mailbox(address_of(axis, account), QUEUE, PLANNED)


def test_a_mailbox_as_planned_is_safe_and_stays_as_it_was(axis):
    before = control(axis, "list_queues", "-p", "edoc", "name", "pid", "arguments")

    assert look(axis) is Standing.SAFE
    assert look_at_mailbox(
        address_of(axis, ACCOUNT), express_queue(ACCOUNT), PLANNED
    ) is (Standing.SAFE)

    after = control(axis, "list_queues", "-p", "edoc", "name", "pid", "arguments")
    assert after == before


@pytest.mark.parametrize(
    ("durable", "changes", "argument", "found"),
    [
        (True, CLASSIC, "x-queue-type", "classic"),
        # RabbitMQ 4 says what it made of it, 3.10 that nothing was said.
        (True, CLASSIC | {"x-queue-type": None}, "x-queue-type", "- classic"),
        (False, CLASSIC, "durable", "false"),
        (True, {"x-delivery-limit": None}, "x-delivery-limit", "-"),
        (
            True,
            {
                "x-dead-letter-exchange": None,
                "x-dead-letter-routing-key": None,
                "x-dead-letter-strategy": None,
            },
            "x-dead-letter-exchange",
            "-",
        ),
        (True, {"x-message-ttl": 1000}, "x-message-ttl", "1000"),
        (True, {"x-expires": 1_000_000}, "x-expires", "1000000"),
    ],
    ids=[
        "classic",
        "untyped",
        "transient",
        "no limit",
        "no dead letter",
        "ttl",
        "ends",
    ],
)
def test_a_mailbox_that_would_lose_documents_is_refused_with_the_argument(
    axis, durable, changes, argument, found
):
    with (
        another_queue(axis, durable=durable, **changes),
        pytest.raises(MailboxUnsafe) as refused,
    ):
        look(axis)

    assert refused.value.fatal
    assert refused.value.details["argument"] == argument
    assert refused.value.details["found"] in found.split()
    assert f"delete_queue -p edoc {QUEUE} --if-empty" in str(refused.value)


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"x-delivery-limit": 50}, id="another limit"),
        pytest.param({"x-dead-letter-strategy": None}, id="dead letters at most once"),
        pytest.param({"x-max-length": 10_000}, id="a length that senders wait for"),
        pytest.param({"x-delivery-limit": 50, "x-max-length": 10}, id="two of them"),
    ],
)
def test_other_limits_are_the_choice_of_the_operator(axis, changes):
    with another_queue(axis, **changes):
        assert look(axis) is Standing.SAFE


def test_a_defect_behind_a_permitted_difference_is_found_too(axis):
    limits = {"x-delivery-limit": 50, "x-message-ttl": 1000}

    with another_queue(axis, **limits), pytest.raises(MailboxUnsafe, match="ttl"):
        look(axis)


def test_where_we_may_not_ask_we_say_so_and_go_on(axis, caplog):
    """The definitions of an earlier release let nobody declare anything."""
    rights = ("set_permissions", "-p", "edoc", ACCOUNT)
    own = r"^(edoc\.inbox\.H20|edoc\.express\.H20)$"
    control(axis, *rights, "^$", r"^edoc\.axis$", own)
    try:
        with caplog.at_level(logging.WARNING):
            assert look(axis) is Standing.UNSEEN
    finally:
        control(axis, *rights, own, r"^edoc\.axis$", own)

    assert [it.message for it in caplog.records] == ["mailbox_unseen"]


def test_a_mailbox_that_is_missing_is_not_made_by_asking(axis):
    with operating(axis) as channel:
        channel.queue_delete(QUEUE)
    try:
        assert look(axis) is Standing.MISSING
        assert look(axis, "operator") is Standing.MISSING
    finally:
        declare_again(axis)


def test_a_broker_that_is_away_can_be_asked_later(axis):
    axis.kill()
    with pytest.raises(BusUnavailable):
        look(axis)

    axis.start()
    assert look(axis) is Standing.SAFE
