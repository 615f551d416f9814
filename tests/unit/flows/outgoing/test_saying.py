"""The log has a line for a packet, and in it every code that can be searched for."""

from __future__ import annotations

import logging
from types import SimpleNamespace

import pytest

from edoc_connector.errors import Reason
from edoc_connector.flows.outgoing.saying import listed_within, say_settled
from edoc_connector.logs import MOST_CHARACTERS
from edoc_connector.model.delivery import DeliveryEvent


@pytest.fixture(autouse=True)
def _told(caplog):
    caplog.set_level(logging.INFO, "edoc_connector")


def to(message_id, *codes):
    return [SimpleNamespace(message_id=message_id, recipient=code) for code in codes]


def test_a_packet_for_several_is_one_line(caplog):
    say_settled(
        to("A", "H20.1", "H20.2") + to("B", "H20.1"), DeliveryEvent.CONFIRM, None
    )

    several, one = caplog.records
    assert (several.message, several.message_id) == ("packet_relayed", "A")
    assert several.recipients == "H20.1,H20.2"
    assert (one.message_id, one.recipient) == ("B", "H20.1")


def test_no_code_is_cut(caplog):
    codes = [f"H20.14.{number}" for number in range(300)]

    say_settled(to("A", *codes), DeliveryEvent.CONFIRM, None)

    lines = [it.recipients for it in caplog.records]
    assert ",".join(lines).split(",") == codes
    assert all(len(line) <= MOST_CHARACTERS for line in lines)
    assert len(lines) < 20


def test_what_was_refused_is_a_warning_with_its_reason(caplog):
    say_settled(to("A", "H20.1"), DeliveryEvent.PARK, Reason("message-too-large"))

    (said,) = caplog.records
    assert (said.levelname, said.message) == ("WARNING", "packet_not_relayed")
    assert said.reason == "message-too-large"


def test_what_has_no_room_beside_others_stands_alone():
    assert list(listed_within(["aaa", "bb", "c"], 4)) == ["aaa", "bb,c"]
    assert list(listed_within(["aaaaa", "b"], 4)) == ["aaaaa", "b"]
