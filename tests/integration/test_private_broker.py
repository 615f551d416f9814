"""A private broker: alone, beside another, broken, and when its owner dies."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from edoc_connector.demo import rabbitmq
from edoc_connector.demo.broker import PrivateBroker
from edoc_connector.errors import BrokerMissing, BrokerNotStarted
from tests.support.broker import (
    OPERATOR,
    axis_of,
    definitions_for_tests,
    need_broker,
    raw_connection,
)

pytestmark = pytest.mark.broker

PROJECT = Path(__file__).parents[2]
END_SECONDS = 20.0

OWNER = """
import sys, time
from pathlib import Path
from edoc_connector.demo.broker import PrivateBroker

with PrivateBroker(Path(sys.argv[1]), {}) as broker:
    print(broker.pid, flush=True)
    time.sleep(60)
"""


@pytest.fixture(autouse=True)
def installed() -> None:
    need_broker()


def processes_in(folder: Path) -> list[int]:
    """Everything that runs with this folder as its home, or as its working folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            environment = (process / "environ").read_bytes()
        except OSError:
            continue
        if f"HOME={folder}\0".encode() in environment:
            found.append(int(process.name))
    return found


def wait_until_none_is_left(folder: Path) -> None:
    deadline = time.monotonic() + END_SECONDS
    while processes_in(folder) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert processes_in(folder) == []


def test_two_brokers_live_side_by_side_in_folders_with_any_name(tmp_path: Path) -> None:
    definitions = definitions_for_tests(axis_of("H20"))
    first = PrivateBroker(tmp_path / "môi trường 1", definitions)
    second = PrivateBroker(tmp_path / "second 'broker'", definitions)

    with first, second:
        assert first.port != second.port
        assert first.pid != second.pid
        for broker in (first, second):
            raw_connection(broker, OPERATOR).close()

    for folder in tmp_path.iterdir():
        wait_until_none_is_left(folder)


def test_nobody_else_may_read_its_cookie(tmp_path: Path) -> None:
    with PrivateBroker(tmp_path / "broker", {}):
        cookie = tmp_path / "broker/.erlang.cookie"

        assert cookie.stat().st_mode & 0o777 == 0o400
        assert (tmp_path / "broker").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("kill", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_it_ends_with_its_owner_however_that_ends(
    tmp_path: Path, kill: signal.Signals
) -> None:
    folder = tmp_path / "broker"
    with subprocess.Popen(
        [sys.executable, "-c", OWNER, str(folder)],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as owner:
        assert owner.stdout is not None
        assert int(owner.stdout.readline()) in processes_in(folder)

        owner.send_signal(kill)

        owner.wait(END_SECONDS)
    wait_until_none_is_left(folder)


def test_a_node_that_outlives_its_port_mapper_leaves_no_other_one(
    tmp_path: Path,
) -> None:
    """Erlang starts one that nothing holds: who dies in between would leave it here."""
    broker = PrivateBroker(tmp_path, {})
    with broker:
        pass
    node = ["erl", "-noinput", "-sname", "late", "-eval", "halt()."]
    subprocess.run(
        node, env=broker._environment(), cwd=tmp_path, timeout=60, check=False
    )

    left = processes_in(tmp_path)
    for process in left:
        os.kill(process, signal.SIGKILL)
    assert left == []


def test_an_owner_that_dies_at_any_moment_of_the_start_leaves_nothing(
    tmp_path: Path,
) -> None:
    for tenths in (3, 6, 12, 25):
        folder = tmp_path / f"broker-{tenths}"
        with subprocess.Popen(
            [sys.executable, "-c", OWNER, str(folder)],
            cwd=PROJECT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as owner:
            time.sleep(tenths / 10)
            owner.kill()
        wait_until_none_is_left(folder)


def test_a_node_that_does_not_come_up_is_quoted_and_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "broker"
    monkeypatch.setattr(PrivateBroker, "_configuration", lambda _: "no Erlang")

    with pytest.raises(BrokerNotStarted) as refused:
        PrivateBroker(folder, {}).start()

    assert "it ended with" in str(refused.value)
    assert "configuration_file" in refused.value.details["log"]
    assert processes_in(folder) == []


def test_before_the_start_and_after_the_stop_there_is_no_process(
    tmp_path: Path,
) -> None:
    broker = PrivateBroker(tmp_path / "broker", {})

    broker.kill()
    broker.stop()

    assert (broker.pid, broker.port) == (0, 0)


def test_without_rabbitmq_a_person_is_told_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in ("INSTALLED", "UNPACKED"):
        monkeypatch.setattr(rabbitmq, place, tmp_path)

    with pytest.raises(BrokerMissing, match="apt-get install rabbitmq-server"):
        PrivateBroker(tmp_path / "broker", {}).start()


def test_a_port_that_is_taken_meanwhile_is_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between our look and the node's use somebody else may have been faster."""
    with PrivateBroker(tmp_path / "first", {}) as first:
        offered = iter([first.port])
        from edoc_connector.demo import listeners

        free_port = listeners._free_port
        monkeypatch.setattr(
            listeners, "_free_port", lambda: next(offered, 0) or free_port()
        )

        with PrivateBroker(tmp_path / "second", {}) as second:
            assert second.port != first.port
            assert processes_in(tmp_path / "second")
