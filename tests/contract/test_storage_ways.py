"""Over which brokers a packet came is kept with it, and found for its status."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from edoc_connector.model.delivery import InboxState
from edoc_connector.model.identifiers import Digest, MessageId
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.stages import Kind

pytest_plugins = ("tests.support.databases",)

AT = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
WAY = ("ha-noi", "national", "tay-ninh")
SENDER = OrganizationCode("H26.7")


def add(storage, name, *, sender=SENDER, state=InboxState.RECORDED, way=WAY):
    with storage.work() as work:
        return work.inbox.add(
            account="link.national",
            message_id=MessageId(name),
            kind=Kind.STATUS,
            sender=sender,
            correlation_id="",
            answers="",
            packet=Digest(f"{name} {sender} {state}"),
            packet_bytes=7,
            state=state,
            reason=None,
            at=AT,
            way=way,
        )


def test_the_way_of_a_packet_is_what_it_was(storage):
    far, near = add(storage, "far"), add(storage, "near", way=())

    with storage.reading() as work:
        assert work.inbox.get(far).way == WAY
        assert work.inbox.get(near).way == ()


@pytest.mark.parametrize("state", [InboxState.QUARANTINED, InboxState.ACCEPTED])
def test_only_a_status_that_was_believed_shows_a_way(storage, state):
    add(storage, "status", state=state, way=("elsewhere", "tay-ninh"))
    add(storage, "status")

    with storage.reading() as work:
        found = work.around.ways([MessageId("status")])

    assert found == {("status", SENDER): WAY}


def test_what_another_says_under_the_same_id_is_another_one(storage):
    other = OrganizationCode("G22")
    add(storage, "status")
    add(storage, "status", sender=other, way=("national", "tay-ninh"))

    with storage.reading() as work:
        found = work.around.ways([MessageId("status")])

    assert found["status", SENDER] == WAY
    assert found["status", other] == ("national", "tay-ninh")
