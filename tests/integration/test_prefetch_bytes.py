"""What a mailbox holds of strangers' large messages never comes into memory at once."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from edoc_connector.axis.names import inbox_queue
from edoc_connector.bus.rabbit import RabbitPublisher
from edoc_connector.demo.broker import PrivateBroker
from edoc_connector.model.identifiers import MessageId
from tests.support.broker import address_of, password_of
from tests.support.messages import message

pytestmark = [pytest.mark.broker, pytest.mark.timeout(180)]

SENDER, RECIPIENT = "H20.14.05", "H20"
MEGABYTE = 1 << 20
MESSAGES = 40
LARGE = b"x" * (8 * MEGABYTE)
LIMIT = 16 * MEGABYTE

LONGER_THAN_HEARTBEATS = 13.0
"""pika looks every 6 s whether anything came; the broker waits for 2 s."""

ONE_MORE = 2 * len(LARGE)
"""pika has a message in pieces and, for a moment, whole as well."""
SLACK_MEGABYTES = 12


def fill(axis: PrivateBroker) -> list[str]:
    publisher = RabbitPublisher(address_of(axis, SENDER))
    names = [f"large {number}" for number in range(MESSAGES)]
    for name in names:
        publisher.publish(
            message(
                message_id=MessageId(f"m-{len(name)}-{name[6:]}"),
                correlation_id=name,
                body=LARGE,
                packet_bytes=len(LARGE),
            )
        )
    publisher.close()
    return names


def read_slowly(axis: PrivateBroker, limit: int, seconds: float) -> dict[str, Any]:
    arguments = (
        axis.port,
        RECIPIENT,
        password_of(RECIPIENT),
        inbox_queue(RECIPIENT),
        limit,
        MESSAGES,
        seconds,
    )
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.slow_reader", *map(str, arguments)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_forty_large_messages_come_once_each_through_little_memory(
    axis: PrivateBroker,
) -> None:
    names = fill(axis)

    found = read_slowly(axis, LIMIT, LONGER_THAN_HEARTBEATS)

    assert found["taken"] == names
    assert found["connections"] == 1
    assert found["grown"] < (LIMIT + ONE_MORE) / MEGABYTE + SLACK_MEGABYTES
