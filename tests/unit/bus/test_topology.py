"""The axis as data."""

import base64
import hashlib
import re
from typing import Any

import pytest

from edoc_connector.bus.topology import (
    Axis,
    Node,
    dead_queue,
    definitions,
    express_queue,
    inbox_queue,
    salted_hash,
)
from edoc_connector.model.organization_code import OrganizationCode


def node(account: str, *codes: str) -> Node:
    return Node(
        account=account,
        codes=tuple(OrganizationCode(code) for code in codes or (account,)),
        password_hash=salted_hash("secret", b"salt"),
    )


@pytest.fixture
def loaded() -> dict[str, Any]:
    axis = Axis(nodes=(node("H20"), node("H20.14", "H20.14", "000.00.14.H20")))
    return dict(definitions(axis))


def keys_of(loaded: dict[str, Any], queue: str) -> list[str]:
    return [b["routing_key"] for b in loaded["bindings"] if b["destination"] == queue]


def test_a_node_receives_documents_and_statuses_for_each_code_it_serves(
    loaded: dict[str, Any],
) -> None:
    assert keys_of(loaded, inbox_queue("H20")) == [
        "edoc.H20",
        "reconciliation.H20",
        "status.H20",
    ]


def test_an_old_code_is_bound_as_it_is_written_and_as_it_is_routed(
    loaded: dict[str, Any],
) -> None:
    assert keys_of(loaded, inbox_queue("H20.14")) == [
        "edoc.000.00.14.H20",
        "edoc.H20.14",
        "reconciliation.000.00.14.H20",
        "reconciliation.H20.14",
        "status.000.00.14.H20",
        "status.H20.14",
    ]


def test_what_cannot_wait_has_a_mailbox_of_its_own(loaded: dict[str, Any]) -> None:
    assert keys_of(loaded, express_queue("H20")) == ["express.H20"]
    assert keys_of(loaded, express_queue("H20.14")) == [
        "express.000.00.14.H20",
        "express.H20.14",
    ]


def test_no_queue_drops_a_message(loaded: dict[str, Any]) -> None:
    """A limit without a place for what reaches it would drop (RabbitMQ 4: after 20)."""
    for account in ("H20", "H20.14"):
        inbox, express, dead = (
            next(q for q in loaded["queues"] if q["name"] == name)
            for name in (
                inbox_queue(account),
                express_queue(account),
                dead_queue(account),
            )
        )
        assert express["arguments"] == inbox["arguments"]
        assert express["durable"]
        assert inbox["durable"]
        assert dead["durable"]
        assert inbox["arguments"] == {
            "x-queue-type": "quorum",
            "x-delivery-limit": 1000,
            "x-dead-letter-exchange": "edoc.dead",
            "x-dead-letter-routing-key": dead_queue(account),
            "x-dead-letter-strategy": "at-least-once",
            "x-overflow": "reject-publish",
        }
        assert dead["arguments"]["x-queue-type"] == "quorum"
        assert dead["arguments"]["x-delivery-limit"] > 10**9
        assert keys_of(loaded, dead_queue(account)) == [dead_queue(account)]


def test_an_account_may_declare_nothing_write_to_the_axis_and_read_its_own(
    loaded: dict[str, Any],
) -> None:
    rights = next(p for p in loaded["permissions"] if p["user"] == "H20.14")

    def allowed(right: str, name: str) -> bool:
        return re.search(rights[right], name) is not None

    assert not allowed("configure", "anything")
    assert allowed("write", "edoc.axis")
    assert not allowed("write", "edoc.dead")
    assert not allowed("write", "edocXaxis")
    assert allowed("read", "edoc.inbox.H20.14")
    assert allowed("read", "edoc.express.H20.14")
    assert not allowed("read", "edoc.express.H20")
    assert not allowed("read", "edoc.express.H20.14.05")
    assert not allowed("read", "edoc.inbox.H20")
    assert not allowed("read", "edoc.inbox.H20X14")
    assert not allowed("read", "edoc.inbox.H20.14.05")


def test_a_password_is_stored_as_rabbitmq_hashes_it() -> None:
    stored = base64.b64decode(salted_hash("mật khẩu", b"\x90\x8d\xc6\x0a"))

    assert stored[:4] == b"\x90\x8d\xc6\x0a"
    assert stored[4:] == hashlib.sha256(stored[:4] + "mật khẩu".encode()).digest()


def test_a_salt_of_another_length_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="32 bits"):
        salted_hash("secret", b"long salt")


def test_a_password_hash_is_not_shown() -> None:
    assert salted_hash("secret", b"salt") not in repr(Axis(nodes=(node("H20"),)))
