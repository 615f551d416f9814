"""TLS and certificates between our adapter and a real RabbitMQ, good days and bad."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from edoc_connector.axis.names import inbox_queue
from edoc_connector.bus.address import Tls
from edoc_connector.bus.frames import MOST_IN_ONE
from edoc_connector.bus.intake import Intake
from edoc_connector.bus.message import Delivery
from edoc_connector.bus.rabbit import RabbitConsumer, RabbitPublisher
from edoc_connector.bus.shown import certificate_of_broker
from edoc_connector.errors import BusCertificate, BusUnavailable
from edoc_connector.language import say
from edoc_connector.model.identifiers import MessageId
from edoc_connector.secret import Keeper, SecretReference
from tests.support.axis_pki import DAY, LOOPBACK, AxisAuthority, Pair
from tests.support.broker import (
    ACCOUNTS,
    axis_of,
    definitions_for_tests,
    empty_queues,
    need_broker,
    password_of,
)
from tests.support.messages import message
from tests.support.tls_broker import TlsBroker

pytestmark = [pytest.mark.broker, pytest.mark.timeout(120)]

SENDER, RECIPIENT = "H20.14", "H20"
WAIT_SECONDS = 10.0
LIFE = timedelta(seconds=8)
"""Of a certificate that ends while its connection is open: time enough to open it."""
LIMIT = 2 * 1024 * 1024
MANY = 5
LOOKS = LIMIT // (100 * 1024) + 1
"""So often must the line be looked at for one more message, at the least."""


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> AxisAuthority:
    return AxisAuthority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def secured(
    authority: AxisAuthority, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[TlsBroker]:
    need_broker()
    pair = authority.issue("broker", hosts=[LOOPBACK, "broker.example"])
    folder = tmp_path_factory.mktemp("secured")
    accounts = definitions_for_tests(axis_of(*ACCOUNTS))
    with TlsBroker(folder, accounts, authority=authority, pair=pair) as broker:
        yield broker


@pytest.fixture
def broker(secured: TlsBroker) -> Iterator[TlsBroker]:
    """The broker with its own certificate, whatever a test has put in its place."""
    before = secured.pair.certificate.read_bytes()
    empty_queues(secured)
    yield secured
    if secured.pair.certificate.read_bytes() != before:
        secured.pair.certificate.write_bytes(before)
        secured.read_certificate_again()


@pytest.fixture
def own(tmp_path: Path) -> AxisAuthority:
    """The same authority, writing into a folder of this test."""
    return AxisAuthority(tmp_path)


@pytest.fixture
def opened() -> Iterator[list[Any]]:
    every: list[Any] = []
    yield every
    for each in every:
        each.close()


@pytest.fixture
def publisher_of(
    broker: TlsBroker, opened: list[Any]
) -> Callable[..., RabbitPublisher]:
    def make(tls: Tls, account: str = SENDER, **changes: Any) -> RabbitPublisher:
        opened.append(RabbitPublisher(broker.address(account, tls, **changes)))
        return opened[-1]

    return make


@pytest.fixture
def consumer_of(broker: TlsBroker, opened: list[Any]) -> Callable[..., RabbitConsumer]:
    def make(tls: Tls, **changes: Any) -> RabbitConsumer:
        address = broker.address(RECIPIENT, tls, **changes)
        opened.append(RabbitConsumer(address, inbox_queue(RECIPIENT), 8))
        return opened[-1]

    return make


def ids(consumer: RabbitConsumer, count: int) -> list[str]:
    found = []
    for _ in range(count):
        delivery = consumer.receive(WAIT_SECONDS)
        assert isinstance(delivery, Delivery)
        consumer.acknowledge(delivery)
        found.append(delivery.message.message_id)
    return found


def numbered(name: str) -> Any:
    return message(message_id=MessageId(name))


def test_a_certificate_is_enough_to_send_and_to_receive(
    own: AxisAuthority, publisher_of: Any, consumer_of: Any
) -> None:
    publisher = publisher_of(own.tls(own.issue(SENDER)))
    consumer = consumer_of(own.tls(own.issue(RECIPIENT)))

    publisher.publish(message())

    delivery = consumer.receive(WAIT_SECONDS)
    assert (delivery.account, delivery.message) == (SENDER, message())


@pytest.mark.parametrize("size", [1, 300_000, MOST_IN_ONE + 1, 5_000_000])
def test_a_body_of_whatever_size_arrives_as_it_was(
    own: AxisAuthority, publisher_of: Any, consumer_of: Any, size: int
) -> None:
    publisher = publisher_of(own.tls(own.issue(SENDER)))
    consumer = consumer_of(own.tls(own.issue(RECIPIENT)))
    sent = [
        message(body=os.urandom(size), message_id=MessageId(f"{size}-{number}"))
        for number in range(3)
    ]

    for each in sent:
        publisher.publish(each)

    for each in sent:
        delivery = consumer.receive(WAIT_SECONDS)
        assert delivery.message == each
        consumer.acknowledge(delivery)


def test_a_full_hand_stays_as_it_is_however_often_the_line_is_looked_at(
    own: AxisAuthority, publisher_of: Any, consumer_of: Any
) -> None:
    """Over TLS pika reads on by itself, whether or not the socket has more."""
    publisher = publisher_of(own.tls(own.issue(SENDER)))
    large = bytes(LIMIT)
    for number in range(MANY):
        sent = message(
            message_id=MessageId(f"m-{number}"), body=large, packet_bytes=LIMIT
        )
        publisher.publish(sent)
    consumer = consumer_of(own.tls(own.issue(RECIPIENT)))
    consumer._intake = Intake(LIMIT)
    consumer._line = consumer._new_line()

    assert isinstance(consumer.receive(WAIT_SECONDS), Delivery)
    for _ in range(MANY * LOOKS):
        consumer._line.wire.glance()

    assert consumer.receive(0) is None
    assert consumer._intake.bytes == LIMIT


def test_the_key_may_have_a_password(own: AxisAuthority, publisher_of: Any) -> None:
    pair = own.issue(SENDER, password=b"correct horse")
    file = own.folder / "key.password"
    file.touch(mode=0o600)
    file.write_text("correct horse\n")
    kept = SecretReference(Keeper.FILE, str(file))

    publisher_of(own.tls(pair, key_password=kept)).publish(message())


# --- what a person meets, each in his own words --------------------------------


def _of_ours(**changes: Any) -> Callable[[AxisAuthority], Tls]:
    return lambda own: own.tls(own.issue(SENDER, **changes))


def _key_of_another(own: AxisAuthority) -> Tls:
    other = own.issue("other", key_number=-61)
    return own.tls(own.issue(SENDER), key=other.key)


def _locked(own: AxisAuthority) -> Tls:
    return own.tls(own.issue(SENDER, password=b"secret"))


def _lost_password(own: AxisAuthority) -> Tls:
    kept = SecretReference(Keeper.FILE, str(own.folder / "nowhere"))
    return own.tls(own.issue(SENDER, password=b"secret"), key_password=kept)


def _foreign(own: AxisAuthority) -> Tls:
    """Our own certificate is of an authority that the broker does not know."""
    foreign = AxisAuthority(own.folder, "another authority", -51)
    return foreign.tls(foreign.issue(SENDER), authorities=(own.anchor,))


def _trusting_others(own: AxisAuthority) -> Tls:
    foreign = AxisAuthority(own.folder, "another authority", -51)
    return own.tls(own.issue(SENDER), authorities=(foreign.anchor,))


def _missing(own: AxisAuthority) -> Tls:
    return own.tls(Pair(own.folder / "none.pem", own.folder / "none.key.pem"))


def _no_certificate(own: AxisAuthority) -> Tls:
    return Tls(authorities=(own.anchor,))


def _empty_anchor(own: AxisAuthority) -> Tls:
    path = own.folder / "empty.pem"
    path.write_text("nothing")
    return own.tls(own.issue(SENDER), authorities=(path,))


def _ended_list(own: AxisAuthority) -> Tls:
    return own.tls(own.issue(SENDER), crls=(own.crl(ends=-1),))


def _list_of_another(own: AxisAuthority) -> Tls:
    foreign = AxisAuthority(own.folder, "another authority", -51)
    return own.tls(own.issue(SENDER), crls=(foreign.crl(),))


NOW = datetime.now(UTC)
UNFIT = {
    "ours has ended": (
        _of_ours(not_before=NOW - 9 * DAY, not_after=NOW - DAY),
        "only",
        "chỉ có hiệu lực",
    ),
    "ours is not valid yet": (
        _of_ours(not_before=NOW + DAY),
        "only",
        "chỉ có hiệu lực",
    ),
    "ours is of another account": (
        lambda own: own.tls(own.issue("H20.28.05")),
        "that of the account H20.28.05",
        "tài khoản H20.28.05",
    ),
    "the key does not fit": (_key_of_another, "does not belong", "không khớp"),
    "the key is locked": (_locked, "key_password", "key_password"),
    "the password is away": (
        _lost_password,
        "password of the key",
        "mật khẩu của khóa",
    ),
    "there is no file": (_missing, "cannot be read", "không đọc được"),
    "the broker knows not our authority": (
        _foreign,
        "the broker does not take our certificate",
        "không nhận chứng thư của ta",
    ),
    "the broker wants a certificate": (
        _no_certificate,
        "axis.certificate is empty",
        "axis.certificate đang để trống",
    ),
    "we know not the broker's authority": (
        _trusting_others,
        "axis.authorities does not name",
        "axis.authorities",
    ),
    "no authority in the file": (_empty_anchor, "neither certificates", "PEM"),
    "the list has ended": (_ended_list, "has ended", "hết hạn"),
    "the list is of another": (_list_of_another, "has no list", "không có danh sách"),
}


@pytest.mark.parametrize("case", UNFIT)
def test_what_is_wrong_is_said_in_plain_words(
    own: AxisAuthority, publisher_of: Any, case: str
) -> None:
    made, english, vietnamese = UNFIT[case]

    with pytest.raises(BusCertificate) as error:
        publisher_of(made(own)).publish(message())

    told = say(error.value, "en"), say(error.value, "vi")
    assert english in told[0]
    assert vietnamese in told[1]
    assert not any(word in it for it in told for word in ("SSL", "Error", "[", "\n"))


OF_BROKER = {
    "it has ended": ({"not_before": NOW - 9 * DAY, "not_after": NOW - DAY}, "ended"),
    "it is not valid yet": ({"not_before": NOW + DAY}, "not valid yet"),
    "it is for another host": ({"hosts": ["broker.example"]}, "another name"),
    "it is for another address": ({"hosts": ["127.0.0.2"]}, "another name"),
    "it is for no host": ({"hosts": []}, "another name"),
}


@pytest.mark.parametrize("case", OF_BROKER)
def test_a_broker_that_does_not_prove_itself_is_not_spoken_to(
    authority: AxisAuthority,
    broker: TlsBroker,
    own: AxisAuthority,
    publisher_of: Any,
    case: str,
) -> None:
    changes, english = OF_BROKER[case]
    authority.issue("broker", **{"hosts": [LOOPBACK]} | changes)
    broker.read_certificate_again()

    with pytest.raises(BusCertificate) as error:
        publisher_of(own.tls(own.issue(SENDER))).publish(message())

    assert english in say(error.value, "en")
    assert say(error.value, "vi") != say(error.value, "en")


def test_an_account_that_the_broker_does_not_have_is_told_so(
    own: AxisAuthority, publisher_of: Any
) -> None:
    publisher = publisher_of(own.tls(own.issue("H20.99")), account="H20.99")

    with pytest.raises(BusUnavailable) as error:
        publisher.publish(message())

    assert "does not know this account" in say(error.value, "en")
    assert "không biết tài khoản này" in say(error.value, "vi")


def test_a_port_without_tls_is_told_so(
    broker: TlsBroker, own: AxisAuthority, publisher_of: Any
) -> None:
    publisher = publisher_of(own.tls(own.issue(SENDER)), port=broker.port)

    with pytest.raises(BusCertificate, match="nobody speaks TLS there"):
        publisher.publish(message())


# --- while the connection is open ----------------------------------------------


def connections(one: Any) -> int:
    return int(one._line.connections)


def test_a_renewed_certificate_is_used_at_the_next_rest_and_nothing_is_lost(
    own: AxisAuthority, publisher_of: Any, consumer_of: Any
) -> None:
    publisher = publisher_of(own.tls(own.issue(SENDER)))
    consumer = consumer_of(own.tls(own.issue(RECIPIENT)))
    for name in ("first", "second"):
        publisher.publish(numbered(name))
    held = consumer.receive(WAIT_SECONDS)

    own.issue(SENDER, key_number=-62)
    own.issue(RECIPIENT, key_number=-63)
    publisher.keep_alive()
    publisher.publish(numbered("third"))

    assert consumer.receive(WAIT_SECONDS).message.message_id == "second"
    assert connections(consumer) == 1, "what is in hand can still be acknowledged"
    consumer.close()
    assert held.message.message_id == "first"
    assert ids(consumer, 3) == ["first", "second", "third"]
    assert connections(publisher) == 2


def test_a_reader_with_empty_hands_takes_the_renewed_certificate(
    own: AxisAuthority, publisher_of: Any, consumer_of: Any
) -> None:
    publisher = publisher_of(own.tls(own.issue(SENDER)))
    consumer = consumer_of(own.tls(own.issue(RECIPIENT)))
    publisher.publish(numbered("first"))
    assert ids(consumer, 1) == ["first"]

    own.issue(RECIPIENT, key_number=-63)

    assert consumer.receive(0.1) is None
    publisher.publish(numbered("second"))
    assert ids(consumer, 1) == ["second"]
    assert connections(consumer) == 2


def test_half_a_renewal_changes_nothing_until_it_is_whole(
    own: AxisAuthority, publisher_of: Any, caplog: pytest.LogCaptureFixture
) -> None:
    pair = own.issue(SENDER)
    key = pair.key.read_bytes()
    publisher = publisher_of(own.tls(pair))
    publisher.publish(message())

    own.issue(SENDER, key_number=-62)
    new_key = pair.key.read_bytes()
    pair.key.write_bytes(key)
    for _ in range(3):
        publisher.keep_alive()
    publisher.publish(message())

    assert connections(publisher) == 1
    events = [it.message for it in caplog.records]
    assert events.count("broker_certificate_unfit") == 1

    pair.key.write_bytes(new_key)
    publisher.keep_alive()
    publisher.publish(message())
    assert connections(publisher) == 2


def until_refused(attempt: Callable[[], object], seconds: float = 20) -> BusUnavailable:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            attempt()
        except BusUnavailable as error:
            return error
        time.sleep(0.1)
    raise AssertionError("nobody gave the connection up")


def test_a_connection_is_given_up_when_our_certificate_ends(
    own: AxisAuthority, publisher_of: Any
) -> None:
    soon = datetime.now(UTC) + LIFE
    publisher = publisher_of(own.tls(own.issue(SENDER, not_after=soon)))
    publisher.publish(message())

    error = until_refused(lambda: publisher.publish(message()))

    assert isinstance(error, BusCertificate)
    assert "our certificate" in str(error)
    assert publisher._line.wire is None


def test_the_certificate_of_a_broker_is_shown_without_signing_in(
    broker: TlsBroker, own: AxisAuthority
) -> None:
    address = broker.address(SENDER, own.tls(own.issue(SENDER)))

    shown = certificate_of_broker(address, datetime.now(UTC))

    kept = x509.load_pem_x509_certificate(broker.pair.certificate.read_bytes())
    assert x509.load_der_x509_certificate(shown) == kept


def test_a_certificate_of_a_broker_that_has_ended_is_told_and_not_shown(
    authority: AxisAuthority, broker: TlsBroker, own: AxisAuthority
) -> None:
    ended = datetime.now(UTC) - timedelta(hours=12)
    authority.issue("broker", hosts=[LOOPBACK], not_after=ended)
    broker.read_certificate_again()

    with pytest.raises(BusCertificate, match="has ended"):
        certificate_of_broker(
            broker.address(SENDER, own.tls(own.issue(SENDER))), datetime.now(UTC)
        )


def test_a_connection_is_given_up_when_the_brokers_certificate_ends(
    authority: AxisAuthority, broker: TlsBroker, own: AxisAuthority, consumer_of: Any
) -> None:
    soon = datetime.now(UTC) + LIFE
    authority.issue("broker", hosts=[LOOPBACK], not_after=soon)
    broker.read_certificate_again()
    consumer = consumer_of(own.tls(own.issue(RECIPIENT)))
    assert consumer.receive(0.1) is None

    error = until_refused(lambda: consumer.receive(0.1))

    assert isinstance(error, BusCertificate)
    assert "broker's certificate" in str(error) or "of the broker" in str(error)
    assert consumer._line.wire is None


def test_a_broker_that_is_revoked_while_the_connection_is_open_is_left(
    broker: TlsBroker, own: AxisAuthority, publisher_of: Any
) -> None:
    publisher = publisher_of(own.tls(own.issue(SENDER), crls=(own.crl(),)))
    publisher.publish(message())

    own.crl(broker.pair.certificate)

    error = until_refused(lambda: publisher.publish(message()))
    assert "revoked" in str(error)


def test_a_connection_that_is_old_is_replaced_and_judged_anew(
    own: AxisAuthority, publisher_of: Any, consumer_of: Any
) -> None:
    publisher = publisher_of(own.tls(own.issue(SENDER)), reconnect_seconds=0.0)
    consumer = consumer_of(own.tls(own.issue(RECIPIENT)), reconnect_seconds=0.0)

    for name in ("first", "second"):
        publisher.publish(numbered(name))

    assert ids(consumer, 2) == ["first", "second"]
    assert connections(publisher) == 2
    assert connections(consumer) == 2


def test_a_broker_that_demands_a_certificate_takes_no_password(
    own: AxisAuthority, broker: TlsBroker
) -> None:
    address = broker.address(SENDER, Tls(authorities=(own.anchor,)))
    publisher = RabbitPublisher(replace(address, password=password_of(SENDER)))

    with pytest.raises(BusCertificate, match=r"axis\.certificate is empty"):
        publisher.publish(message())
