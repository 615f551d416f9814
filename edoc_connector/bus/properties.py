"""How a message is written as AMQP properties, and how a stranger's are read.

Writing and reading are here together so that they cannot drift apart.  Reading is
strict and total: every property has a type, a form and a range, and whatever does not
fit makes the message `Foreign`, never an exception.  What remains a claim after reading
is everything but `user_id`, which the broker has compared with the account.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from edoc_connector.bus.deaths import require_no_detour
from edoc_connector.bus.message import Delivery, Foreign, Message, Segment
from edoc_connector.bus.returned import (
    COMES_BACK,
    COPIES,
    Returned,
    is_returned,
    require_return,
    sender_key,
    turned_at,
)
from edoc_connector.bus.way import way_of
from edoc_connector.errors import BusRefused, MessageForeign
from edoc_connector.model.document import BusinessType, Priority
from edoc_connector.model.identifiers import Digest, MessageId
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.stages import Kind

APPLICATION: Final = "edoc-connector"
CONTENT_TYPE: Final = "application/edoc+xml"

SENDER: Final = "edoc-sender"
RECIPIENT: Final = "edoc-recipient"
RECIPIENTS: Final = "edoc-recipients"
"""All of them, where one upload goes to several.  Who reads takes his own from it."""

BUSINESS: Final = "edoc-business"
PACKET_DIGEST: Final = "edoc-packet-sha256"
PACKET_BYTES: Final = "edoc-packet-bytes"
SEGMENT: Final = "edoc-segment"
SEGMENTS: Final = "edoc-segments"
ANSWERS: Final = "edoc-answers"

SHORT_STRING_BYTES: Final = 255
"""What a property of AMQP can hold (AMQP 0-9-1, 4.2.5.3)."""

KINDS: Final = tuple(Kind)
LAST_BUSINESS: Final = max(BusinessType)
LAST_PRIORITY: Final = max(Priority)

MOST_RECIPIENTS: Final = 5_000
FIELD_BYTES: Final = 5
"""Before each text of a list stand its type and its length."""

MOST_PACKET_BYTES: Final = 2**40
LATEST: Final = 253_402_300_799  # 9999-12-31T23:59:59Z

CODE: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]*(\.[0-9A-Za-z_-]+)*")
CODE_LENGTH: Final = 100
HANDLE: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,127}")
DIGEST: Final = re.compile(r"[0-9a-f]{64}")
LEAST_SEGMENT_BYTES: Final = 1024
"""Nobody has a reason to cut smaller, and each piece costs us a row and a file."""

DOCUMENT_ID: Final = re.compile(r"[^\x00-\x1f\x7f-\x9f]{0,255}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Properties:
    """The AMQP properties we use, as they came: nothing about them is believed yet."""

    content_type: object = None
    headers: object = None
    priority: object = None
    correlation_id: object = None
    message_id: object = None
    timestamp: object = None
    type: object = None
    user_id: object = None
    app_id: object = None


def write_properties(
    message: Message, account: str, keys: Sequence[str] = ()
) -> Properties:
    """Return the properties under which `account` sends the message.

    `keys` are those of its recipients where there are several; the first one is that
    under which it is published.  Raises `BusRefused` where a value has no room in AMQP.
    """
    return Properties(
        content_type=CONTENT_TYPE,
        headers={
            SENDER: message.sender,
            RECIPIENT: message.recipient,
            BUSINESS: int(message.business_type),
            PACKET_DIGEST: message.packet_digest,
            PACKET_BYTES: message.packet_bytes,
            SEGMENT: message.segment.number,
            SEGMENTS: message.segment.total,
            ANSWERS: message.answers,
            **_keys_besides(message, keys),
        },
        priority=int(message.priority),
        correlation_id=_short("correlation_id", message.correlation_id),
        message_id=_short("message_id", message.message_id),
        timestamp=int(message.sent_at.timestamp()),
        type=str(message.kind),
        user_id=_short("user_id", account),
        app_id=APPLICATION,
    )


def _keys_besides(message: Message, keys: Sequence[str]) -> dict[str, list[str]]:
    """Return what leads to the others it is for, or back to its sender.

    Never both: where one of several has no mailbox, no broker says which.
    """
    if message.others:
        return {RECIPIENTS: list(message.recipients), COPIES: list(keys[1:])}
    if message.kind in COMES_BACK:
        return {COPIES: [sender_key(message.sender)]}
    return {}


def room_of(recipient: OrganizationCode, key: str) -> int:
    """Return how many bytes of a header one more recipient takes, with its key."""
    return 2 * FIELD_BYTES + len(recipient.encode()) + len(key.encode())


def read_message(  # noqa: PLR0913  (all that the broker says of it)
    properties: Properties,
    body: bytes,
    *,
    tag: int,
    redelivered: bool,
    mailboxes: Collection[str] = (),
    exchange: str = "",
    key: str = "",
) -> Delivery | Foreign | Returned:
    """Return what a stranger sent, as a message of the contract or as `Foreign`.

    `mailboxes` are the queues of the reader: what died in one of another is `Foreign`.
    Where it was published to, the `exchange` says, and the broker vouches for that: by
    some of them comes only what links have brought back.
    """
    account = _account(properties)
    try:
        _require(account != "", "user_id", "is missing")
        require_no_detour(properties.headers, mailboxes)
        message = _message(properties, body)
        if is_returned(exchange):
            require_return(exchange, _headers(properties), account, message)
    except MessageForeign as error:
        return Foreign(account, str(error), body, tag)
    if is_returned(exchange):
        bare = replace(message, body=b"")
        broker = turned_at(properties.headers, account)
        return Returned(account, bare, key, broker, tag)
    way = way_of(properties.headers, account)
    return Delivery(account, message, tag, redelivered, way)


def _account(properties: Properties) -> str:
    """Return the account: the broker refuses a `user_id` that is not the sender's."""
    return properties.user_id if isinstance(properties.user_id, str) else ""


def _message(properties: Properties, body: bytes) -> Message:
    headers = _headers(properties)
    recipient, *others = _recipients(headers)
    _one_of("content_type", properties.content_type, (CONTENT_TYPE,))
    return Message(
        message_id=MessageId(_text("message_id", properties.message_id, HANDLE)),
        kind=Kind(_one_of("type", properties.type, KINDS)),
        sender=_code(headers, SENDER),
        recipient=recipient,
        others=tuple(others),
        correlation_id=_text("correlation_id", properties.correlation_id, DOCUMENT_ID),
        business_type=_number(BUSINESS, headers.get(BUSINESS), 0, LAST_BUSINESS),
        priority=_number("priority", properties.priority, 0, LAST_PRIORITY),
        sent_at=_time(properties.timestamp),
        packet_digest=Digest(_text(PACKET_DIGEST, headers.get(PACKET_DIGEST), DIGEST)),
        packet_bytes=_packet_bytes(headers),
        segment=_segment(headers, body),
        answers=_answers(headers),
        body=body,
    )


def _headers(properties: Properties) -> Mapping[object, object]:
    headers = properties.headers
    if not isinstance(headers, Mapping):
        raise MessageForeign(property="headers", problem="is missing")
    return headers


def _recipients(headers: Mapping[object, object]) -> tuple[OrganizationCode, ...]:
    first = _code(headers, RECIPIENT)
    if RECIPIENTS not in headers:
        return (first,)
    codes = headers[RECIPIENTS]
    if not isinstance(codes, list):
        raise MessageForeign(property=RECIPIENTS, problem="is not a list")
    is_bounded = 0 < len(codes) <= MOST_RECIPIENTS
    _require(is_bounded, RECIPIENTS, f"has not 1 to {MOST_RECIPIENTS}")
    read = tuple(_code_in(code, RECIPIENTS) for code in codes)
    _require(read[0] == first, RECIPIENTS, f"does not begin with {RECIPIENT}")
    _require(len(set(read)) == len(read), RECIPIENTS, "names one twice")
    return read


def _code(headers: Mapping[object, object], name: str) -> OrganizationCode:
    return _code_in(headers.get(name), name)


def _code_in(value: object, name: str) -> OrganizationCode:
    code = _text(name, value, CODE)
    _require(len(code) <= CODE_LENGTH, name, "is too long")
    return OrganizationCode(code)


def _answers(headers: Mapping[object, object]) -> str:
    answers = headers.get(ANSWERS)
    return "" if answers == "" else _text(ANSWERS, answers, HANDLE)


def _packet_bytes(headers: Mapping[object, object]) -> int:
    return _number(PACKET_BYTES, headers.get(PACKET_BYTES), 1, MOST_PACKET_BYTES)


def _segment(headers: Mapping[object, object], body: bytes) -> Segment:
    """Return which part of the packet this is; none is empty.

    Whether the parts make up the packet that was announced is not judged here: its seal
    decides, and then its sender is told.
    """
    most = -(-_packet_bytes(headers) // LEAST_SEGMENT_BYTES)
    total = _number(SEGMENTS, headers.get(SEGMENTS), 1, most)
    number = _number(SEGMENT, headers.get(SEGMENT), 1, total)
    _require(len(body) > 0, "body", "is empty")
    return Segment(number, total)


def _time(value: object) -> datetime:
    return datetime.fromtimestamp(_number("timestamp", value, 0, LATEST), UTC)


def _text(name: str, value: object, form: re.Pattern[str]) -> str:
    if not isinstance(value, str):
        raise MessageForeign(property=name, problem="is missing or not a text")
    _require(form.fullmatch(value) is not None, name, "has another form")
    return value


def _one_of(name: str, value: object, allowed: tuple[str, ...]) -> str:
    if isinstance(value, str) and value in allowed:
        return value
    raise MessageForeign(property=name, problem=f"is none of {', '.join(allowed)}")


def _number(name: str, value: object, least: int, most: int) -> int:
    # In Python a truth value is a number; in AMQP it is not.
    if not isinstance(value, int) or isinstance(value, bool):
        raise MessageForeign(property=name, problem="is missing or not a number")
    if least <= value <= most:
        return int(value)
    raise MessageForeign(property=name, problem=f"is not in {least} to {most}")


def _require(holds: bool, name: str, problem: str) -> None:  # noqa: FBT001 (a claim)
    if not holds:
        raise MessageForeign(property=name, problem=problem)


def _short(name: str, value: str) -> str:
    if len(value.encode()) > SHORT_STRING_BYTES:
        raise BusRefused(problem=f"{name} is longer than {SHORT_STRING_BYTES} bytes")
    return value
