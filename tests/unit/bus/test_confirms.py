"""Whenever the broker confirms a message, its sender hears of it once."""

from __future__ import annotations

from typing import Any

import pytest

from edoc_connector.bus import line
from edoc_connector.bus.address import RabbitAddress
from edoc_connector.bus.rabbit import RabbitPublisher
from tests.support.messages import message

ADDRESS = RabbitAddress(host="broker", port=5672, vhost="edoc", account="H20.14")


class QuickWire:
    """A wire on which each message is confirmed before it is looked at again."""

    is_blocked = False

    def __init__(self, *_: object) -> None:
        self.published = 0

    def open(self) -> None: ...

    def close(self) -> None: ...

    def check_certificates(self) -> None: ...

    def publish(self, *_: Any) -> None:
        self.published += 1


@pytest.fixture
def publisher(monkeypatch: pytest.MonkeyPatch) -> RabbitPublisher:
    publisher = RabbitPublisher(ADDRESS)

    def glance(self: QuickWire) -> None:
        publisher._window.confirm(self.published, up_to=False, is_taken=True)

    monkeypatch.setattr(QuickWire, "glance", glance, raising=False)
    monkeypatch.setattr(line, "Wire", QuickWire)
    return publisher


def test_a_confirm_that_comes_while_the_last_message_is_written_is_heard(publisher):
    for ticket in (1, 2, 3):
        publisher.send(ticket, message())

    outcomes = publisher.outcomes()

    assert [(it.ticket, it.refusal) for it in outcomes] == [
        (1, None),
        (2, None),
        (3, None),
    ]
    assert list(publisher.outcomes()) == []
