"""Who is no broker of ours gets no password and no document; who is one, no memory."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pika.spec as amqp
import pytest
from pika.frame import Body

from edoc_connector.bus.address import RabbitAddress, Tls
from edoc_connector.bus.message import Delivery, Foreign
from edoc_connector.bus.properties import write_properties
from edoc_connector.bus.rabbit import RabbitConsumer, RabbitPublisher
from edoc_connector.errors import BusCertificate, BusUnavailable, EdocError, Unroutable
from edoc_connector.flows.inspecting.listed import outgoing
from edoc_connector.flows.inspecting.telling import tell_story
from tests.support.axis_pki import DAY, LOOPBACK, AxisAuthority, Pair
from tests.support.messages import message
from tests.support.rogue import Rogue, Talk, confirm
from tests.support.world import RECEIVER, World

pytestmark = pytest.mark.timeout(120)

PASSWORD = "a password that nobody else may read"
ACCOUNT = "H20.14"
ENDLESS = b"\x03\x00\x01\xff\xff\xff\xf0"
"""A frame that says it has four gigabytes."""

BODY = b"<edXML>what nobody else may read</edXML>"
NOW = datetime.now(UTC)


@pytest.fixture
def own(tmp_path: Path) -> AxisAuthority:
    return AxisAuthority(tmp_path)


def served(pair: Pair, **changes: Any) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair.certificate, pair.key)
    for name, value in changes.items():
        setattr(context, name, value)
    return context


def good(own: AxisAuthority) -> ssl.SSLContext:
    """Whoever has the key of our broker."""
    return served(own.issue("broker", hosts=[LOOPBACK]))


def address(own: AxisAuthority, rogue: Rogue, login: str, **changes: Any) -> Any:
    by_certificate = own.tls(own.issue(ACCOUNT))
    tls = by_certificate if login == "certificate" else Tls(authorities=(own.anchor,))
    values = {
        "host": LOOPBACK,
        "port": rogue.port,
        "vhost": "edoc",
        "account": ACCOUNT,
        "password": "" if login == "certificate" else PASSWORD,
        "tls": tls,
        "timeout_seconds": 2.0,
    }
    return RabbitAddress(**values | changes)


def _self_signed(own: AxisAuthority) -> ssl.SSLContext:
    another = AxisAuthority(own.folder, LOOPBACK, -51)
    return served(another.issue(LOOPBACK, hosts=[LOOPBACK], key_number=-51))


def _other_authority(own: AxisAuthority) -> ssl.SSLContext:
    another = AxisAuthority(own.folder, "another authority", -51)
    return served(another.issue("broker", hosts=[LOOPBACK]))


def _same_name(own: AxisAuthority) -> ssl.SSLContext:
    """An authority that calls itself as ours does, with a key of its own."""
    another = AxisAuthority(own.folder, own.name, -51)
    return served(another.issue("broker", hosts=[LOOPBACK]))


def _of(**changes: Any) -> Callable[[AxisAuthority], ssl.SSLContext]:
    return lambda own: served(own.issue("broker", **{"hosts": [LOOPBACK]} | changes))


def _old(own: AxisAuthority) -> ssl.SSLContext:
    context = good(own)
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.TLSv1_1
    context.maximum_version = ssl.TLSVersion.TLSv1_1
    return context


def _none(_own: AxisAuthority) -> None:
    return None


ROGUES: dict[str, tuple[Callable[[AxisAuthority], ssl.SSLContext | None], str]] = {
    "self-signed": (_self_signed, "axis.authorities does not name"),
    "of another authority": (_other_authority, "axis.authorities does not name"),
    "of an authority of the same name": (_same_name, "certificate"),
    "for another host": (_of(hosts=["broker.example"]), "another name"),
    "of a node": (_of(hosts=()), "another name"),
    "ended": (_of(not_before=NOW - 9 * DAY, not_after=NOW - DAY), "ended"),
    "not yet valid": (_of(not_before=NOW + DAY), "not valid yet"),
    "over TLS 1.1": (_old, "no TLS of version 1.2"),
    "without TLS": (_none, "nobody speaks TLS there"),
}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("login", ["certificate", "password"])
@pytest.mark.parametrize("case", ROGUES)
def test_who_does_not_prove_to_be_the_broker_gets_no_password_and_no_document(
    own: AxisAuthority, case: str, login: str
) -> None:
    make, words = ROGUES[case]
    with Rogue(context=make(own)) as rogue:
        publisher = RabbitPublisher(address(own, rogue, login))
        with pytest.raises(BusCertificate, match=words):
            publisher.publish(message(body=BODY))
        publisher.close()

    assert rogue.heard == []
    assert PASSWORD.encode() not in rogue.raw
    assert BODY not in rogue.raw


@pytest.mark.parametrize("login", ["certificate", "password"])
def test_who_is_on_the_list_of_revoked_ones_gets_nothing(
    own: AxisAuthority, login: str
) -> None:
    pair = own.issue("broker", hosts=[LOOPBACK])
    with Rogue(context=served(pair)) as rogue:
        there = address(own, rogue, login)
        tls = replace(there.tls, crls=(own.crl(pair.certificate),))
        publisher = RabbitPublisher(replace(there, tls=tls))
        with pytest.raises(BusCertificate, match="revoked"):
            publisher.publish(message(body=BODY))
        publisher.close()

    assert rogue.heard == []


@pytest.mark.parametrize(
    ("offered", "login"), [("PLAIN", "certificate"), ("EXTERNAL", "password")]
)
def test_who_offers_only_another_way_to_sign_in_gets_no_password(
    own: AxisAuthority, offered: str, login: str
) -> None:
    with Rogue(context=good(own), mechanisms=offered) as rogue:
        publisher = RabbitPublisher(address(own, rogue, login))
        with pytest.raises(BusUnavailable, match="no way to sign in"):
            publisher.publish(message(body=BODY))
        publisher.close()

    assert rogue.logins == []


# --- who has the key of the broker ---------------------------------------------


def test_who_confirms_everything_and_keeps_nothing_is_found_by_the_missing_receipt(
    own: AxisAuthority, tmp_path: Path
) -> None:
    """The certificate keeps it away; behind that, a clerk reads that it is late."""
    folder = tmp_path / "world"
    folder.mkdir()
    with Rogue(context=good(own)) as rogue:
        there = address(own, rogue, "certificate")
        world = World(folder, connect=lambda _: _ways(there))
        world.sender.write(7, RECEIVER)
        for _ in range(6):
            world.sender.steps()
        (leg,) = story(world).legs
        assert leg.state == "sent"

        world.now = leg.due_at + timedelta(seconds=1)
        for _ in range(3):
            world.sender.steps()
        world.sender.publisher.close()
        world.receiver.publisher.close()
        (late,) = story(world).legs
        world.close()

    assert len(rogue.bodies) == 1
    assert late.late_at is not None
    assert late.must_act


def _ways(there: RabbitAddress) -> tuple[RabbitPublisher, RabbitConsumer]:
    return RabbitPublisher(there), RabbitConsumer(there, "edoc.inbox.H20", 8)


def story(world: World) -> Any:
    with world.sender.storage.reading() as work:
        (found,) = outgoing(work, 5)
        return tell_story(work, found.id)


def _returns(talk: Talk, frame: Any) -> None:
    if isinstance(frame, Body):
        talk.give_back(frame.fragment)
        confirm(talk, frame)


def _garbage(talk: Talk, frame: Any) -> None:
    if isinstance(frame, Body):
        talk.line.sendall(b"\x01\x00\x01\x00\x00\x00\x04\xff\xff\xff\xff\xce")


def _unfinished(talk: Talk, frame: Any) -> None:
    if isinstance(frame, Body):
        talk.line.sendall(b"\x01\x00\x01\x00\x00\xff\xff")


def _closes(talk: Talk, frame: Any) -> None:
    if isinstance(frame, Body):
        talk.line.close()


def _confirms_others(talk: Talk, frame: Any) -> None:
    if isinstance(frame, Body):
        talk.say(amqp.Basic.Ack(77))


def _endless_frame(talk: Talk, frame: Any) -> None:
    if isinstance(frame, Body):
        talk.line.sendall(ENDLESS)
        for _ in range(64):
            talk.line.sendall(bytes(65536))


@pytest.mark.parametrize(
    ("deed", "expected"),
    [
        (_returns, Unroutable),
        (_garbage, BusUnavailable),
        (_unfinished, BusUnavailable),
        (_closes, BusUnavailable),
        (_confirms_others, BusUnavailable),
        (_endless_frame, BusUnavailable),
    ],
)
def test_whatever_it_answers_a_document_counts_as_sent_by_its_own_confirm_only(
    own: AxisAuthority, deed: Any, expected: type[EdocError]
) -> None:
    with Rogue(context=good(own), on_frame=deed) as rogue:
        publisher = RabbitPublisher(address(own, rogue, "certificate"))
        with pytest.raises(expected):
            publisher.publish(message(body=BODY))
        publisher.close()


def properties(**changes: Any) -> Any:
    written = write_properties(message(), ACCOUNT)
    values = {name: getattr(written, name) for name in written.__slots__}
    return amqp.BasicProperties(**values | changes)


def reading(own: AxisAuthority, deed: Callable[[Talk], None]) -> list[Any]:
    """What a reader is given before it gives the rogue up."""
    found: list[Any] = []
    with Rogue(context=good(own), on_consume=deed) as rogue:
        there = address(own, rogue, "certificate")
        consumer = RabbitConsumer(there, "edoc.inbox.H20", 8)
        try:
            while (it := consumer.receive(1.0)) is not None:
                found.append(it)
        except BusUnavailable as error:
            found.append(error)
        consumer.close()
    return found


def test_what_comes_twice_and_out_of_order_is_handed_on_as_it_comes(
    own: AxisAuthority,
) -> None:
    """Whoever accepts it knows each packet by its id and digest."""

    def deed(talk: Talk) -> None:
        for tag in (2, 1, 2):
            talk.hand_over(properties(), message().body, tag=tag)

    found = reading(own, deed)

    assert [type(it) for it in found] == [Delivery] * 3


def test_what_is_no_message_of_ours_is_foreign_whoever_hands_it_over(
    own: AxisAuthority,
) -> None:
    def deed(talk: Talk) -> None:
        talk.hand_over(properties(user_id=None), b"x", tag=1)

    (found,) = reading(own, deed)

    assert isinstance(found, Foreign)


@pytest.mark.parametrize("size", [2**30, 2**63])
def test_a_message_that_would_not_end_is_not_begun(
    own: AxisAuthority, size: int
) -> None:
    def deed(talk: Talk) -> None:
        talk.hand_over(properties(), b"x" * 65536, tag=1, size=size)

    (found,) = reading(own, deed)

    assert isinstance(found, BusUnavailable)


def test_a_frame_that_would_not_end_is_not_waited_for(own: AxisAuthority) -> None:
    sent = []

    def deed(talk: Talk) -> None:
        talk.line.sendall(ENDLESS)
        for _ in range(4096):
            talk.line.sendall(bytes(65536))
            sent.append(65536)

    (found,) = reading(own, deed)

    assert isinstance(found, BusUnavailable)
    # What the kernel holds in between goes too; all of it would be 256 MiB.
    assert sum(sent) < 64 * 1024 * 1024
