"""Properties are written one way and read strictly."""

from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

import pika
import pytest

from edoc_connector.bus.message import Delivery, Foreign, Message, Segment
from edoc_connector.bus.properties import (
    Properties,
    read_message,
    room_of,
    write_properties,
)
from edoc_connector.errors import BusRefused
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.stages import Kind
from tests.support.messages import message

ACCOUNT = "H20.14"


def read(properties: Properties, body: bytes = b"<edXML/>") -> Delivery | Foreign:
    return read_message(properties, body, tag=7, redelivered=False)


def written(sent: Message | None = None, **changes: Any) -> Properties:
    """Properties as we write them, with what a stranger may have changed."""
    headers = changes.pop("headers", {})
    properties = write_properties(sent or message(), ACCOUNT)
    assert isinstance(properties.headers, dict)
    return replace(properties, headers=properties.headers | headers, **changes)


@pytest.mark.parametrize("kind", Kind)
def test_what_is_written_is_read(kind: Kind) -> None:
    sent = message(kind=kind, business_type=3, priority=4, answers="another")

    assert read(written(sent)) == Delivery(ACCOUNT, sent, 7, redelivered=False)


def test_all_recipients_of_one_upload_are_read_in_their_order() -> None:
    sent = message(others=(OrganizationCode("G22"), OrganizationCode("000.14.00.H58")))

    properties = write_properties(
        sent, ACCOUNT, ("edoc.H20", "edoc.G22", "edoc.H58.14")
    )

    assert read(properties) == Delivery(ACCOUNT, sent, 7, redelivered=False)
    assert properties.headers["CC"] == ["edoc.G22", "edoc.H58.14"]


def test_who_gets_a_copy_by_the_header_of_the_broker_alone_is_no_recipient() -> None:
    delivery = read(written(headers={"CC": ["edoc.G22", 5], "BCC": [None]}))

    assert isinstance(delivery, Delivery)
    assert delivery.message.recipients == (message().recipient,)


def test_as_many_recipients_as_there_may_be_are_read() -> None:
    codes = ["H20", *(f"H20.{number}" for number in range(4_999))]

    assert isinstance(read(written(headers={"edoc-recipients": codes})), Delivery)


def test_the_room_that_is_counted_is_the_room_that_is_taken() -> None:
    codes = [OrganizationCode(f"H53.14.{number}") for number in range(300)]
    keys = [f"edoc.{code}" for code in codes]
    counted = sum(room_of(code, key) for code, key in zip(codes, keys, strict=True))

    alone = _encoded(write_properties(message(), ACCOUNT))
    several = message(recipient=codes[0], others=tuple(codes[1:]))
    together = _encoded(write_properties(several, ACCOUNT, keys))

    assert abs(together - alone - counted) < 50


def _encoded(properties: Properties) -> int:
    values = pika.BasicProperties(**asdict(properties))
    return sum(map(len, values.encode()))


def test_a_segment_is_read_with_its_place() -> None:
    sent = message(packet_bytes=3000, segment=Segment(2, 3))

    delivery = read(written(sent))

    assert isinstance(delivery, Delivery)
    assert delivery.message.segment == Segment(2, 3)


def test_a_fraction_of_a_second_does_not_travel() -> None:
    moment = datetime(2026, 11, 23, 1, 30, 0, 999_999, tzinfo=UTC)

    delivery = read(written(message(sent_at=moment)))

    assert isinstance(delivery, Delivery)
    assert delivery.message.sent_at == moment.replace(microsecond=0)


def test_an_empty_document_id_is_one() -> None:
    assert isinstance(read(written(correlation_id="")), Delivery)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"user_id": None}, "user_id"),
        ({"user_id": ""}, "user_id"),
        ({"user_id": b"\xff"}, "user_id"),
        ({"content_type": "text/plain"}, "content_type"),
        ({"content_type": None}, "content_type"),
        ({"type": "letter"}, "type"),
        ({"type": b"edoc"}, "type"),
        ({"message_id": None}, "message_id"),
        ({"message_id": ""}, "message_id"),
        ({"message_id": ".hidden"}, "message_id"),
        ({"message_id": "../up"}, "message_id"),
        ({"message_id": "a" * 129}, "message_id"),
        ({"message_id": "văn-bản"}, "message_id"),
        ({"message_id": "a\n"}, "message_id"),
        ({"correlation_id": None}, "correlation_id"),
        ({"correlation_id": "a\x1b[31m"}, "correlation_id"),
        ({"correlation_id": "a\x85b"}, "correlation_id"),
        ({"priority": None}, "priority"),
        ({"priority": 5}, "priority"),
        ({"priority": True}, "priority"),
        ({"timestamp": None}, "timestamp"),
        ({"timestamp": -1}, "timestamp"),
        ({"timestamp": 2**63}, "timestamp"),
        ({"timestamp": 1.5}, "timestamp"),
        ({"headers": {"edoc-sender": ""}}, "edoc-sender"),
        ({"headers": {"edoc-sender": "H20.14\n"}}, "edoc-sender"),
        ({"headers": {"edoc-sender": "H20..14"}}, "edoc-sender"),
        ({"headers": {"edoc-sender": "H20.#"}}, "edoc-sender"),
        ({"headers": {"edoc-recipient": "H" * 101}}, "edoc-recipient"),
        ({"headers": {"edoc-recipient": 20}}, "edoc-recipient"),
        ({"headers": {"edoc-recipients": "H20"}}, "edoc-recipients"),
        ({"headers": {"edoc-recipients": []}}, "edoc-recipients"),
        ({"headers": {"edoc-recipients": ["H20", 5]}}, "edoc-recipients"),
        ({"headers": {"edoc-recipients": ["H20", ["G22"]]}}, "edoc-recipients"),
        ({"headers": {"edoc-recipients": ["H20", "H20.#"]}}, "edoc-recipients"),
        ({"headers": {"edoc-recipients": ["H20", "H" * 101]}}, "edoc-recipients"),
        ({"headers": {"edoc-recipients": ["H20", "H20"]}}, "edoc-recipients"),
        ({"headers": {"edoc-recipients": ["G22", "H20"]}}, "edoc-recipients"),
        ({"headers": {"edoc-recipients": ["H20"] * 5001}}, "edoc-recipients"),
        ({"headers": {"edoc-business": 4}}, "edoc-business"),
        ({"headers": {"edoc-business": "0"}}, "edoc-business"),
        ({"headers": {"edoc-packet-sha256": "A" * 64}}, "edoc-packet-sha256"),
        ({"headers": {"edoc-packet-sha256": "a" * 63}}, "edoc-packet-sha256"),
        ({"headers": {"edoc-packet-bytes": 0}}, "edoc-packet-bytes"),
        ({"headers": {"edoc-packet-bytes": 2**40 + 1}}, "edoc-packet-bytes"),
        ({"headers": {"edoc-segment": 0}}, "edoc-segment"),
        ({"headers": {"edoc-segment": 2}}, "edoc-segment"),
        ({"headers": {"edoc-segments": 0}}, "edoc-segments"),
        ({"headers": {"edoc-segments": 9}}, "edoc-segments"),
        ({"headers": {"edoc-answers": None}}, "edoc-answers"),
        ({"headers": {"edoc-answers": "a b"}}, "edoc-answers"),
        ({"headers": {"x-death": [{"queue": "edoc.inbox.H26"}]}}, "x-death"),
    ],
)
def test_what_does_not_fit_makes_a_message_foreign_and_is_named(
    changes: dict[str, Any], named: str
) -> None:
    foreign = read(written(**changes))

    assert isinstance(foreign, Foreign)
    assert f"{named} " in foreign.problem
    assert foreign.body == b"<edXML/>"
    assert foreign.tag == 7


@pytest.mark.parametrize("headers", [None, "headers", 5, []])
def test_headers_that_are_no_table_make_a_message_foreign(headers: object) -> None:
    foreign = read(replace(written(), headers=headers))

    assert isinstance(foreign, Foreign)
    assert foreign.account == ACCOUNT


def test_a_segment_without_bytes_is_foreign() -> None:
    sent = message(packet_bytes=3000, segment=Segment(2, 3))

    assert isinstance(read(written(sent), body=b""), Foreign)


def test_a_body_of_another_size_is_left_to_the_seal_which_tells_the_sender() -> None:
    sent = message(packet_bytes=7)

    assert isinstance(read(written(sent)), Delivery)


@pytest.mark.parametrize("name", ["message_id", "correlation_id"])
def test_what_amqp_has_no_room_for_is_refused_by_name(name: str) -> None:
    with pytest.raises(BusRefused, match=name):
        write_properties(message(**{name: "ữ" * 86}), ACCOUNT)


def test_an_account_amqp_has_no_room_for_is_refused() -> None:
    with pytest.raises(BusRefused, match="user_id"):
        write_properties(message(), "a" * 256)
