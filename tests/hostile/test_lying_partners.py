"""A partner with a good certificate lies: about the time, about days, about cases."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from edoc_connector.bus.memory import MemoryPublisher
from edoc_connector.clock import VIETNAM
from edoc_connector.flows.reconciliation import case
from edoc_connector.flows.reconciliation import stating as stating_module
from edoc_connector.model.delivery import InboxState
from edoc_connector.model.reconciliation import Listed, side_of
from edoc_connector.model.stages import Kind
from edoc_connector.model.status import StatusCode
from edoc_connector.signature.choices import Unsealed
from edoc_connector.storage.tables import reconciliations
from tests.support.changes import documents, say, send
from tests.support.world import RECEIVER, World

DAY = timedelta(days=1)
NEVER = datetime(9999, 12, 31, 12, tzinfo=VIETNAM)


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    world.sender.reconciles = world.receiver.reconciles = True
    yield world
    world.close()


def shown(world):
    document = documents(world.sender)[0]
    with world.sender.storage.reading() as work:
        (delivery,) = work.deliveries.of(document.key)
    return delivery


def nobody_must_seal(world):
    """The sender takes what the receiver says without a seal."""
    site = world.sender.site
    unsealed = {RECEIVER: Unsealed.ACCEPT_ABSENT}
    world.sender.site = replace(site, policy=replace(site.policy, unsealed=unsealed))


def unsealing(send):
    """Send a packet without its seal."""

    def bare(self, ticket, message, keys=()):
        body = SIGNATURE.sub(b"", message.body)
        assert body != message.body
        digest = hashlib.sha256(body).hexdigest()
        changes = {"body": body, "packet_digest": digest, "packet_bytes": len(body)}
        send(self, ticket, replace(message, **changes), keys)

    return bare


SIGNATURE = re.compile(rb"<(ds:)?Signature[ >].*</(ds:)?Signature>", re.DOTALL)


@pytest.mark.parametrize("first", [StatusCode.FINISHED, StatusCode.REFUSED])
def test_a_status_dated_in_the_year_9999_does_not_outlast_what_is_said_later(
    world, monkeypatch, first
):
    nobody_must_seal(world)
    world.sender.write(7, RECEIVER)
    send(world.sender)
    about = documents(world.sender)[0]
    with monkeypatch.context() as patch:
        patch.setattr(MemoryPublisher, "send", unsealing(MemoryPublisher.send))
        say(world, first, about, at=NEVER)
    assert shown(world).status == first
    world.now += timedelta(hours=1)

    say(world, StatusCode.ACCEPTED, documents(world.sender)[0])

    assert shown(world).status == StatusCode.ACCEPTED
    assert shown(world).status_at <= world.clock()


# --- days -----------------------------------------------------------------------


def stating(monkeypatch, **changes):
    """The sender states something else than what is so."""

    def forged(*arguments):
        return replace(honest(*arguments), **changes)

    honest = stating_module._statement
    monkeypatch.setattr(stating_module, "_statement", forged)


def stated_by_sender(world):
    """What the receiver keeps of the sender's statements, and their inbox states."""
    with world.receiver.storage.reading() as work:
        kept = [it for it in work.reconciliations.recent(50) if not it.is_ours]
        return kept, {it.state for it in work.inbox.recent(Kind.RECONCILIATION, 50)}


@pytest.mark.parametrize(
    "changes",
    [
        {"day": "9999-12-31"},
        {"day": "2026-11-30"},
        {"day": "1999-01-01"},
        {"stated_at": "9999-12-31T00:00:00+00:00"},
    ],
)
def test_a_day_that_is_not_over_or_long_over_is_believed_in_nothing(
    world, monkeypatch, changes
):
    world.sender.write(7, RECEIVER)
    world.run()
    stating(monkeypatch, **changes)
    world.receiver.reconciles = False
    world.now += DAY

    world.run()

    kept, states = stated_by_sender(world)
    assert kept == []
    assert states == {InboxState.QUARANTINED}


def lies(count, day=0):
    return side_of(
        Listed(
            message_id=f"never-{day}-{it}", document_id="x", packet="ab" * 32, at="now"
        )
        for it in range(count)
    )


def open_cases(world):
    with world.receiver.storage.reading() as work:
        return work.cases.still_open()


def test_a_partner_that_says_something_new_every_day_fills_no_list_without_end(
    world, monkeypatch
):
    monkeypatch.setattr(case, "MOST_OPEN", 5)
    world.sender.write(7, RECEIVER)
    world.run()

    for day in range(3):
        with monkeypatch.context() as patch:
            stating(patch, sent=lies(4, day))
            with world.sender.storage.work() as work:
                work.reconciliations._connection.execute(sa.delete(reconciliations))
            world.now += DAY
            world.run()
            world.now += timedelta(hours=7)
            world.run()

    assert 0 < len(open_cases(world)) <= 5
