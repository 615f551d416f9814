"""`edoc axis check` against real brokers: each way to differ, and its remedy."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from edoc_connector.axis.queues import mailbox_arguments
from edoc_connector.demo.linked import LinkedBrokers
from tests.support.broker import (
    OPERATOR,
    need_broker,
    operating,
    password_of,
    with_operator,
)
from tests.support.linked import (
    AXIS,
    HA_NOI,
    NATIONAL,
    PASSWORDS,
    TAY_NINH,
    description_of,
)
from tests.support.shell import Done, edoc

pytestmark = [pytest.mark.broker, pytest.mark.timeout(180)]

PLUGINS = ("rabbitmq_management", "rabbitmq_shovel_management")
WAIT_SECONDS = 20.0
INBOX = "edoc.inbox.H53"


@pytest.fixture(scope="module")
def managed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LinkedBrokers]:
    need_broker()
    brokers = LinkedBrokers(
        tmp_path_factory.mktemp("managed"),
        AXIS,
        passwords=PASSWORDS,
        plugins=PLUGINS,
        change=with_operator,
    )
    with brokers:
        yield brokers


class Checks:
    """The command, as its operator calls it, and as a node may."""

    def __init__(self, managed: LinkedBrokers, file: Path, capsys: Any) -> None:
        self.managed = managed
        self.file = file
        self.capsys = capsys

    def call(self, *options: str, broker: str = TAY_NINH) -> Done:
        file = str(self.file)
        return edoc(self.capsys, "axis", "check", file, broker, *options)

    def managing(self, broker: str = TAY_NINH) -> tuple[str, ...]:
        port = self.managed.brokers[broker].management_port
        url = f"http://127.0.0.1:{port}"
        login = ("--account", OPERATOR, "--password", "env:OPERATOR")
        return ("--management", url, *login)

    def found(self, *options: str, broker: str = TAY_NINH) -> list[dict[str, str]]:
        done = self.call(*(options or self.managing(broker)), "--json", broker=broker)
        assert done.code in {0, 10}, done.err
        return [json.loads(line) for line in done.out.splitlines()]

    def until(self, wanted: Any, broker: str = TAY_NINH) -> list[dict[str, str]]:
        """Ask again while the statistics of the broker are older than the change."""
        deadline = time.monotonic() + WAIT_SECONDS
        while not wanted(found := self.found(broker=broker)):
            assert time.monotonic() < deadline, found
            time.sleep(0.2)
        return found


@pytest.fixture
def checks(managed, tmp_path, monkeypatch, capsys) -> Checks:
    managed.start()
    monkeypatch.setenv("OPERATOR", password_of(OPERATOR))
    monkeypatch.setenv("NODE", password_of("H53"))
    file = tmp_path / "axis.toml"
    file.write_text(description_of(managed.axis), "utf-8")
    return Checks(managed, file, capsys)


def only(found: list[dict[str, str]]) -> dict[str, str]:
    (one,) = found
    return one


@pytest.mark.parametrize("broker", [NATIONAL, TAY_NINH, HA_NOI])
def test_a_broker_as_planned_has_no_difference(checks, broker):
    checks.until(lambda found: not found, broker)

    done = checks.call(*checks.managing(broker), broker=broker)

    assert done.code == 0
    assert "The broker is as planned" in done.err


@contextmanager
def controlled(checks: Checks, do: str, undo: str) -> Iterator[None]:
    """Change something by `rabbitmqctl` and put it right again."""
    broker = checks.managed.brokers[TAY_NINH]
    broker.control(*do.split("|"))
    try:
        yield
    finally:
        if undo:
            broker.control(*undo.split("|"))
        broker.import_definitions()


@pytest.mark.parametrize(
    ("do", "undo", "thing", "state", "name", "cure"),
    [
        pytest.param(
            "set_permissions|-p|edoc|H53|.*|.*|.*",
            "",
            "permissions",
            "different",
            "H53",
            "import the plan",
            id="wider permissions",
        ),
        pytest.param(
            "clear_topic_permissions|-p|edoc|H53",
            "",
            "topic_permissions",
            "missing",
            "H53 > edoc.axis",
            "import the plan",
            id="no topic permission",
        ),
        pytest.param(
            "add_user|stranger|secret",
            "delete_user|stranger",
            "users",
            "additional",
            "stranger",
            "rabbitmqctl delete_user stranger",
            id="an account too many",
        ),
        pytest.param(
            'set_policy|-p|edoc|short|^edoc|{"message-ttl":86400000}',
            "clear_policy|-p|edoc|short",
            "policies",
            "additional",
            "short",
            "rabbitmqctl clear_policy -p edoc short",
            id="a policy that loses",
        ),
        pytest.param(
            "clear_parameter|-p|edoc|shovel|edoc.link.national",
            "",
            "parameters",
            "missing",
            "edoc.link.national",
            "import the plan",
            id="no link",
        ),
    ],
)
def test_a_difference_is_named_with_its_remedy(  # noqa: PLR0913, PLR0917
    checks, do, undo, thing, state, name, cure
):
    checks.until(lambda found: not found)

    with controlled(checks, do, undo):
        found = [it for it in checks.found() if it["thing"] == thing]

    assert {(it["state"], it["name"]) for it in found} == {(state, name)}
    assert all(cure in it["remedy"] for it in found)


def test_a_changed_permission_is_shown_as_planned_and_as_found(checks):
    with controlled(checks, "set_permissions|-p|edoc|H53|^$|.*|^$", ""):
        shown = {it["planned"]: it["found"] for it in checks.found()}

    assert shown[r'write = "^(edoc\\.axis)$"'] == 'write = ".*"'


@contextmanager
def another_queue(checks: Checks, **arguments: object) -> Iterator[None]:
    broker = checks.managed.brokers[TAY_NINH]
    with operating(broker) as channel:
        channel.queue_delete(INBOX)
        if arguments:
            channel.queue_declare(INBOX, durable=True, arguments=arguments)
    try:
        yield
    finally:
        with operating(broker) as channel:
            channel.queue_delete(INBOX)
        broker.import_definitions()


def test_a_classic_queue_is_named_and_has_lost_its_bindings(checks):
    with another_queue(checks, **{"x-queue-type": "classic"}):
        found = checks.found()

    types = [it for it in found if "x-queue-type" in it["planned"]]
    assert only(types)["found"] == 'x-queue-type = "classic"'
    assert f"delete_queue -p edoc {INBOX} --if-empty" in only(types)["remedy"]
    assert "edoc.axis > edoc.H53 > edoc.inbox.H53" in [it["name"] for it in found]


def test_a_missing_queue_is_named(checks):
    with another_queue(checks):
        found = checks.found()

    assert ("queues", "missing", INBOX) in [
        (it["thing"], it["state"], it["name"]) for it in found
    ]


def test_what_was_set_aside_is_counted(checks):
    with operating(checks.managed.brokers[TAY_NINH]) as channel:
        channel.basic_publish("edoc.lost", "", b"lost")

        # A broker that came up just now has links that are still starting.
        names = ["edoc.lost"]
        found = checks.until(lambda found: [it["name"] for it in found] == names)
        channel.queue_purge("edoc.lost")

    assert only(found)["name"] == "edoc.lost"
    assert only(found)["found"] == "1"


def test_a_link_whose_neighbour_is_away_is_named(checks):
    checks.managed.brokers[NATIONAL].kill()

    found = checks.until(lambda found: sum(it["thing"] == "links" for it in found) == 2)

    # What another test has set aside and taken away is still counted for a while.
    links = [it for it in found if it["thing"] == "links"]
    assert [(it["name"], it["planned"]) for it in links] == [
        ("edoc.link.national", "running"),
        ("edoc.return.national", "running"),
    ]


# --- without the management plugin --------------------------------------------

NODE = ("--account", "H53", "--password", "env:NODE")


def test_over_amqp_a_node_sees_that_all_is_there_and_its_own_as_planned(checks):
    done = checks.call(*NODE)

    assert (done.code, done.out) == (0, "")
    assert "So far as this account may see" in done.err
    assert "How edoc.inbox.H53.14.5 is made, this account may not ask" in done.err
    assert "How edoc.inbox.H53 is made" not in done.err


def test_over_amqp_each_argument_that_differs_is_named(checks):
    arguments = {
        **mailbox_arguments("H53", 50),
        "x-message-ttl": 1000,
    }
    with another_queue(checks, **arguments):
        found = checks.found(*NODE)

    assert {(it["planned"], it["found"]) for it in found} == {
        ("x-delivery-limit = 1000", "x-delivery-limit = 50"),
        ("x-message-ttl = ", "x-message-ttl = 1000"),
    }


def test_over_amqp_a_missing_queue_is_named(checks):
    with another_queue(checks):
        found = checks.found(*NODE)

    assert [only(found)[it] for it in ("thing", "state", "name")] == [
        "queues",
        "missing",
        INBOX,
    ]


# --- how it is called ---------------------------------------------------------


def test_a_broker_that_is_not_of_the_axis_is_refused(checks):
    done = checks.call(*NODE, broker="hanoi")

    assert done.code == 6
    assert "its brokers are: national, tay-ninh, ha-noi" in done.err


def test_a_wrong_password_is_said(checks, monkeypatch):
    monkeypatch.setenv("OPERATOR", "wrong")

    done = checks.call(*checks.managing())

    assert done.code == 3
    assert "401" in done.err
    assert "Traceback" not in done.err


def test_no_password_goes_over_a_network_in_the_clear(checks):
    _, _, *login = checks.managing()

    done = checks.call("--management", "http://axis.example:15672", *login)

    assert done.code == 2
    assert "Traceback" not in done.err


def test_where_nobody_listens_it_says_so(checks):
    _, _, *login = checks.managing()

    done = checks.call("--management", "http://127.0.0.1:1", *login)

    assert done.code == 3
    assert "is not available: Connection refused [" in done.err
