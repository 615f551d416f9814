"""A ping to a code that is nobody's behind the links comes back, and is heard."""

from __future__ import annotations

from dataclasses import replace

import pytest

from edoc_connector.axis.names import link_account
from edoc_connector.flows.incoming.accept import accept
from edoc_connector.flows.pinging.ask import ask, wait
from edoc_connector.model.identifiers import MessageId
from edoc_connector.model.organization_code import OrganizationCode
from tests.support import pki
from tests.support.world import RECEIVER, SENDER, World

NATIONAL = "quoc-gia"
LINK = link_account(NATIONAL)
AWAY = OrganizationCode("H26.99")


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    trusting = pki.policy(links=frozenset({LINK}))
    world.sender.site = replace(world.sender.site, policy=trusting)
    world.axis.attach(LINK, f"edoc.link.{NATIONAL}", f"edoc.{AWAY}")
    yield world
    world.close()


def send(world):
    sender = world.sender
    return ask(sender.site, sender.publisher, sender.storage, AWAY)


def come_back(world, link=NATIONAL, **changes):
    """Let what waits for the link come back by it, changed by whoever has it."""
    held = world.axis.queues[f"edoc.link.{NATIONAL}"][0]
    key = changes.pop("key", held.key)
    headers = held.properties.headers | changes.pop("headers", {})
    written = replace(held.properties, headers=headers, **changes)
    world.axis.send_back(link, f"edoc.inbox.{SENDER}", key, written, held.body)
    sender = world.sender
    assert accept(sender.site, sender.consumer, sender.storage, wait_seconds=0) == 1


def heard(world, sent):
    return wait(world.sender.site, world.sender.storage, sent, seconds=0)


def test_who_asked_hears_which_broker_knows_nobody(world):
    sent = send(world)

    come_back(world)

    found = heard(world, sent)
    assert found.is_sent_back
    assert not found.is_proven
    assert found.doubt.code == "sent-back"
    assert found.doubt.details == {"broker": NATIONAL, "recipient": AWAY}
    assert (found.account, found.way_there, found.way_back) == (LINK, (), ())


@pytest.mark.parametrize(
    ("link", "changes"),
    [
        pytest.param("stranger", {}, id="a link that is not trusted"),
        pytest.param(NATIONAL, {"key": f"edoc.{RECEIVER}"}, id="another key"),
        pytest.param(
            NATIONAL,
            {"headers": {"edoc-recipient": RECEIVER}, "key": f"edoc.{RECEIVER}"},
            id="another recipient",
        ),
        pytest.param(NATIONAL, {"message_id": "another"}, id="a ping nobody sent"),
    ],
)
def test_what_is_not_our_ping_come_back_is_passed_over(world, caplog, link, changes):
    sent = send(world)

    come_back(world, link, **changes)

    assert heard(world, sent) is None
    (said,) = [it for it in caplog.records if it.message == "return_passed_over"]
    assert said.account == link_account(link)


def test_of_a_flood_of_them_a_few_are_kept(world):
    sent = send(world)
    for _ in range(20):
        come_back(world)

    with world.sender.storage.reading() as work:
        assert len(work.pings.answers(sent.ping)) <= 4
        assert work.pings.answers(MessageId("another")) == ()


def test_it_is_no_mail_and_touches_no_document(world):
    send(world)
    before = world.sender.facts()

    come_back(world)

    assert world.sender.facts() == before
