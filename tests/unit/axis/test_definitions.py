"""What each broker of an axis is told."""

import base64
import hashlib
import re
from typing import Any

import pytest

from edoc_connector.axis.definitions import definitions
from edoc_connector.axis.description import (
    Axis,
    AxisLimits,
    Broker,
    Level,
    Login,
    Node,
)
from edoc_connector.axis.names import (
    dead_queue,
    express_queue,
    inbox_queue,
    link_queue,
    return_queue,
)
from edoc_connector.axis.passwords import Secrets, hashed, salted_hash
from edoc_connector.secret import Keeper, SecretReference

REFERENCE = SecretReference(Keeper.ENVIRONMENT, "LINK")


def broker(name: str, parent: str = "", *serves: str, **more: Any) -> Broker:
    address = f"amqps://{name}.example:5671"
    return Broker(
        **{
            "name": name,
            "level": Level.PROVINCE,
            "address": address,
            "serves": serves,
            "parent": parent,
        }
        | more
    )


NATIONAL = broker("national", "", "G01", "G22")
TREE = Axis(
    broker=(
        NATIONAL,
        broker("tay-ninh", "national", "H53"),
        broker("ha-noi", "national", "H26"),
    ),
    node=(
        Node(account="G22", broker="national", codes=("G22",)),
        Node(
            account="H53.14",
            broker="tay-ninh",
            codes=("H53.14", "H53.14.2"),
            aliases=("000.14.00.H53",),
        ),
    ),
)


def planned(axis: Axis, name: str, **secrets: Any) -> dict[str, Any]:
    return definitions(axis, name, Secrets(**secrets))


@pytest.fixture
def national() -> dict[str, Any]:
    return planned(TREE, "national")


@pytest.fixture
def province() -> dict[str, Any]:
    return planned(TREE, "tay-ninh")


def exchange(plan: dict[str, Any], name: str) -> dict[str, Any]:
    (found,) = (it for it in plan["exchanges"] if it["name"] == name)
    assert found["durable"]
    result: dict[str, Any] = found
    return result


def keys(plan: dict[str, Any], source: str, queue: str) -> list[str]:
    return [
        it["routing_key"]
        for it in plan["bindings"]
        if (it["source"], it["destination"]) == (source, queue)
    ]


def arguments(plan: dict[str, Any], queue: str) -> dict[str, Any]:
    (found,) = (it for it in plan["queues"] if it["name"] == queue)
    assert found["durable"]
    assert not found["auto_delete"]
    result: dict[str, Any] = found["arguments"]
    return result


def allowed(plan: dict[str, Any], account: str, right: str, name: str) -> bool:
    (rights,) = (it for it in plan["permissions"] if it["user"] == account)
    return re.search(rights[right], name) is not None


def test_a_node_receives_every_kind_for_each_code_and_alias_it_serves(province):
    assert keys(province, "edoc.axis", inbox_queue("H53.14")) == [
        f"{kind}.{words}"
        for kind in ("edoc", "reconciliation", "status")
        # An old code as it is written, and as it is routed.
        for words in ("000.14.00.H53", "H53.00.14", "H53.14", "H53.14.2")
    ]


def test_what_cannot_wait_has_a_mailbox_of_its_own(province):
    assert keys(province, "edoc.axis", express_queue("H53.14")) == [
        "express.000.14.00.H53",
        "express.H53.00.14",
        "express.H53.14",
        "express.H53.14.2",
    ]


def test_what_lies_over_a_link_is_everything_below_the_roots_served_there(national):
    assert keys(national, "edoc.axis", link_queue("tay-ninh")) == [
        "edoc.H53.#",
        "reconciliation.H53.#",
        "status.H53.#",
        "express.H53.#",
    ]


def test_over_the_link_up_lie_all_other_provinces_and_all_ministries(province):
    found = keys(province, "edoc.axis", link_queue("national"))

    assert [it for it in found if it.startswith("edoc.")] == [
        "edoc.G01.#",
        "edoc.G22.#",
        "edoc.H26.#",
    ]


def test_what_came_over_a_link_goes_everywhere_but_back(national):
    assert keys(national, "edoc.from.tay-ninh", link_queue("ha-noi"))
    assert keys(national, "edoc.from.tay-ninh", inbox_queue("G22")) == [
        "edoc.G22",
        "reconciliation.G22",
        "status.G22",
    ]
    assert not keys(national, "edoc.from.tay-ninh", link_queue("tay-ninh"))


def test_what_came_over_a_link_and_has_no_mailbox_goes_back_to_its_sender(national):
    arrives = exchange(national, "edoc.from.tay-ninh")
    leaves = exchange(national, return_queue("tay-ninh"))

    assert arrives["arguments"] == {"alternate-exchange": "edoc.return.tay-ninh"}
    assert (leaves["type"], leaves["internal"]) == ("topic", True)
    # Only to where it came from, and under no other key.
    queue = return_queue("tay-ninh")
    assert keys(national, "edoc.return.tay-ninh", queue) == ["sender.H53.#"]
    assert sources(national, queue) == {"edoc.return.tay-ninh", "edoc.home.ha-noi"}


def test_what_cannot_go_back_or_finds_no_sender_is_kept(national):
    for name in ("edoc.return.tay-ninh", "edoc.back.tay-ninh", "edoc.home.tay-ninh"):
        kept = {"alternate-exchange": "edoc.lost"}
        assert exchange(national, name)["arguments"] == kept, name
    assert keys(national, "edoc.lost", "edoc.lost") == [""]
    assert arguments(national, "edoc.lost")["x-queue-type"] == "quorum"


def test_a_neighbour_sends_back_only_what_goes_to_codes_behind_it(national, province):
    assert keys(national, "edoc.back.tay-ninh", "edoc.home.tay-ninh") == [
        "edoc.H53.#",
        "express.H53.#",
    ]
    assert keys(province, "edoc.back.national", "edoc.home.national") == [
        f"{kind}.{root}.#"
        for root in ("G01", "G22", "H26")
        for kind in ("edoc", "express")
    ]
    assert destinations(national, "edoc.back.tay-ninh") == {"edoc.home.tay-ninh"}


def test_what_was_sent_back_is_led_to_its_sender_and_never_back_again(
    national, province
):
    assert exchange(national, "edoc.home.tay-ninh")["internal"]
    assert keys(national, "edoc.home.tay-ninh", inbox_queue("G22")) == ["sender.G22"]
    assert keys(national, "edoc.home.tay-ninh", return_queue("ha-noi")) == [
        "sender.H26.#"
    ]
    assert destinations(national, "edoc.home.tay-ninh") == {
        inbox_queue("G22"),
        return_queue("ha-noi"),
    }
    assert keys(province, "edoc.home.national", inbox_queue("H53.14")) == [
        f"sender.{code}"
        for code in ("000.14.00.H53", "H53.00.14", "H53.14", "H53.14.2")
    ]


def test_no_node_and_no_link_leads_anything_to_a_sender_itself(national):
    """But by what came back, nobody is ever reached under such a key."""
    sources = {
        it["source"]
        for it in national["bindings"]
        if it["routing_key"].startswith("sender.")
    }

    assert {it.rpartition(".")[0] for it in sources} == {"edoc.home", "edoc.return"}
    assert all(exchange(national, it)["internal"] for it in sources)


def destinations(plan: dict[str, Any], source: str) -> set[str]:
    return {it["destination"] for it in plan["bindings"] if it["source"] == source}


def sources(plan: dict[str, Any], queue: str) -> set[str]:
    return {
        it["source"]
        for it in plan["bindings"]
        if (it["destination"], it["destination_type"]) == (queue, "queue")
    }


def test_what_a_node_sends_and_has_no_mailbox_returns(national):
    (entry,) = (it for it in national["exchanges"] if it["name"] == "edoc.axis")

    assert entry["arguments"] == {}


KEEPING = {
    "x-queue-type": "quorum",
    "x-dead-letter-strategy": "at-least-once",
    "x-overflow": "reject-publish",
}


@pytest.mark.parametrize("queue", [inbox_queue("H53.14"), express_queue("H53.14")])
def test_no_queue_drops_a_message(province, queue):
    """A limit without a place for what reaches it would drop (RabbitMQ 4: after 20)."""
    dead = dead_queue("H53.14")

    assert arguments(province, queue) == {
        **KEEPING,
        "x-delivery-limit": 1000,
        "x-dead-letter-exchange": "edoc.dead",
        "x-dead-letter-routing-key": dead,
    }
    assert arguments(province, dead)["x-queue-type"] == "quorum"
    assert arguments(province, dead)["x-delivery-limit"] > 10**9
    assert keys(province, "edoc.dead", dead) == [dead]


@pytest.mark.parametrize("queue_to", [link_queue, return_queue])
def test_no_link_drops_a_message(province, queue_to):
    dead = dead_queue("link.national")

    assert arguments(province, queue_to("national")) == {
        **KEEPING,
        "x-dead-letter-exchange": dead,
    }
    assert arguments(province, dead)["x-delivery-limit"] > 10**9
    assert keys(province, dead, dead) == [""]
    (policy,) = province["policies"]
    assert re.search(policy["pattern"], queue_to("national"))
    assert policy["definition"] == {"delivery-limit": 1000}


@pytest.mark.parametrize("queue", ["edoc.link.national", "edoc.return.national"])
def test_a_link_that_is_there_before_its_queue_makes_it_as_it_must_be(province, queue):
    """RabbitMQ imports links first; without arguments the queue would be classic."""
    made = shovel_from(province, queue)["src-queue-args"]

    assert made == arguments(province, queue)


def test_a_size_of_mailboxes_is_a_policy_and_none_is_the_default(province):
    limited = Axis(broker=TREE.broker, limits=AxisLimits(mailbox_bytes=10**9))
    policy, _ = planned(limited, "national")["policies"]

    assert "edoc.mailbox-bytes" not in [it["name"] for it in province["policies"]]
    assert policy["definition"] == {"max-length-bytes": 10**9}
    assert re.search(policy["pattern"], inbox_queue("H20"))
    assert not re.search(policy["pattern"], dead_queue("H20"))


@pytest.mark.parametrize("right", ["read", "configure"])
def test_a_node_reads_and_declares_its_own_two_queues_and_nothing_else(province, right):
    assert allowed(province, "H53.14", right, "edoc.inbox.H53.14")
    assert allowed(province, "H53.14", right, "edoc.express.H53.14")
    for other in (
        "edoc.inbox.H53",
        "edoc.inbox.H53X14",
        "edoc.inbox.H53.14.05",
        "edoc.dead.H53.14",
        "edoc.link.national",
        "edoc.axis",
    ):
        assert not allowed(province, "H53.14", right, other)


def test_a_node_writes_to_the_axis_alone_and_only_what_the_axis_knows(province):
    (rights,) = (it for it in province["topic_permissions"] if it["user"] == "H53.14")

    assert allowed(province, "H53.14", "write", "edoc.axis")
    for other in ("edoc.dead", "edocXaxis", "edoc.from.national", "amq.default"):
        assert not allowed(province, "H53.14", "write", other)
    assert rights["exchange"] == "edoc.axis"
    for word in ("edoc", "express", "status", "reconciliation", "sender"):
        assert re.search(rights["write"], f"{word}.G22")
    for key in ("link.G22", "edocX", "xedoc.G22"):
        assert not re.search(rights["write"], key)


def test_a_link_may_write_to_its_own_two_exchanges_and_do_nothing_else(national):
    account = "link.tay-ninh"
    own = ("edoc.from.tay-ninh", "edoc.back.tay-ninh")

    assert all(allowed(national, account, "write", it) for it in own)
    rights = [it for it in national["topic_permissions"] if it["user"] == account]
    assert tuple(it["exchange"] for it in rights) == own
    assert all(re.search(it["write"], "sender.G22") for it in rights)
    for other in (
        "edoc.axis",
        "edoc.from.ha-noi",
        "edoc.back.ha-noi",
        "edoc.home.tay-ninh",
        "edoc.return.tay-ninh",
        "edoc.dead",
    ):
        assert not allowed(national, account, "write", other)
    for right in ("read", "configure"):
        assert not allowed(national, account, right, "edoc.from.tay-ninh")
        assert not allowed(national, account, right, "edoc.inbox.G22")


def test_who_signs_in_by_certificate_has_no_password(national):
    assert {it["name"]: it["password_hash"] for it in national["users"]} == {
        "G22": "",
        "link.tay-ninh": "",
        "link.ha-noi": "",
    }


def shovel(plan: dict[str, Any], neighbour: str) -> dict[str, Any]:
    return shovel_from(plan, f"edoc.link.{neighbour}")


def shovel_from(plan: dict[str, Any], queue: str) -> dict[str, Any]:
    (found,) = (it for it in plan["parameters"] if it["name"] == queue)
    assert found["component"] == "shovel"
    value: dict[str, Any] = found["value"]
    return value


def test_a_link_lets_go_of_a_message_only_when_the_neighbour_has_it(province):
    link = shovel(province, "national")

    assert link["ack-mode"] == "on-confirm"
    assert link["src-queue"] == "edoc.link.national"
    assert link["src-delete-after"] == "never"
    assert link["dest-exchange"] == "edoc.from.tay-ninh"
    assert "dest-exchange-key" not in link
    assert link["dest-publish-properties"] == {
        "user_id": "link.tay-ninh",
        "delivery_mode": 2,
    }


def test_what_goes_back_is_carried_like_all_else_to_an_exchange_of_its_own(province):
    there, back = (
        shovel(province, "national"),
        shovel_from(province, "edoc.return.national"),
    )

    differing = {name for name in there if there[name] != back[name]}
    assert differing == {"src-queue", "dest-exchange"}
    assert back["src-queue"] == "edoc.return.national"
    assert back["dest-exchange"] == "edoc.back.tay-ninh"


def test_a_link_signs_in_by_the_certificate_of_its_broker_and_checks_the_other(
    province,
):
    assert shovel(province, "national")["dest-uri"] == (
        "amqps://national.example:5671/edoc"
        "?cacertfile=/etc/rabbitmq/tls/authorities.pem"
        "&certfile=/etc/rabbitmq/tls/certificate.pem"
        "&keyfile=/etc/rabbitmq/tls/key.pem"
        "&verify=verify_peer"
        "&server_name_indication=national.example"
        "&auth_mechanism=external"
    )


def test_on_one_computer_a_link_may_sign_in_by_password():
    local = {"address": "amqp://127.0.0.1:7001", "link_password": REFERENCE}
    axis = Axis(broker=(broker("a", **local), broker("b", "a", **local)))
    stored = hashed("link.b", "no/secret")

    here = planned(axis, "b", hashes={"link.a": ""}, link_passwords={"b": "no/secret"})
    there = planned(
        axis, "a", hashes={"link.b": stored}, link_passwords={"a": "another"}
    )

    assert shovel(here, "a")["dest-uri"] == (
        "amqp://link.b:no%2Fsecret@127.0.0.1:7001/edoc"
    )
    assert [(it["name"], it["password_hash"]) for it in there["users"]] == [
        ("link.b", stored)
    ]


def test_a_broker_alone_has_no_links_and_nothing_is_lost_there():
    axis = Axis(broker=(NATIONAL,), node=TREE.node[:1])
    plan = planned(axis, "national")

    assert plan["parameters"] == []
    assert {it["name"] for it in plan["exchanges"]} == {"edoc.axis", "edoc.dead"}
    assert {it["name"] for it in plan["queues"]} == {
        "edoc.inbox.G22",
        "edoc.express.G22",
        "edoc.dead.G22",
    }


def test_who_signs_in_by_password_has_its_hash():
    node = Node(account="G22", broker="national", codes=("G22",), login=Login.PASSWORD)
    axis = Axis(broker=(NATIONAL,), node=(node,))

    (user,) = planned(axis, "national", hashes={"G22": "hash"})["users"]

    assert user["password_hash"] == "hash"


def test_a_password_is_stored_as_rabbitmq_hashes_it() -> None:
    stored = base64.b64decode(salted_hash("mật khẩu", b"\x90\x8d\xc6\x0a"))

    assert stored[:4] == b"\x90\x8d\xc6\x0a"
    assert stored[4:] == hashlib.sha256(stored[:4] + "mật khẩu".encode()).digest()


def test_a_salt_of_another_length_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="32 bits"):
        salted_hash("secret", b"long salt")


def test_a_hash_is_the_same_each_time_and_another_for_each_account():
    assert hashed("H20", "secret") == hashed("H20", "secret")
    assert hashed("H20", "secret") != hashed("H20.14", "secret")


def test_no_secret_is_shown() -> None:
    secrets = Secrets(hashes={"H20": "the hash"}, link_passwords={"a": "the password"})

    assert "the hash" not in repr(secrets)
    assert "the password" not in repr(secrets)
