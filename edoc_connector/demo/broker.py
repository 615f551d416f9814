"""A RabbitMQ of our own: private, on this computer only, and gone when we are.

It has its own node name, cookie, ports, data, log and configuration, all in one folder,
and its own port mapper (epmd).  No other broker on the computer notices it.
"""

from __future__ import annotations

import json
import secrets
import socket
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from edoc_connector.demo.listeners import LOOPBACK, Listeners, Ports
from edoc_connector.demo.rabbitmq import Programs, find_programs
from edoc_connector.demo.tether import Process, kill, start_tethered, stop
from edoc_connector.errors import BrokerNotStarted

START_SECONDS: Final = 60.0
STOP_SECONDS: Final = 20.0
CONTROL_SECONDS: Final = 60.0
LOOK_SECONDS: Final = 0.05
TRIES: Final = 2

SETTLE_SECONDS: Final = 5.0
"""RabbitMQ 3.10 writes down who leads a new queue seconds after it was made; killed
before, that queue never has a leader again.  Real topologies are older than this."""

TAIL_LINES: Final = 15

ERLANG_OPTIONS: Final = "-noinput +B i +sbwt none +sbwtdcpu none +sbwtdio none"
"""No console, and no spinning: the cores are for the connectors."""

HELLO: Final = b"AMQP\x00\x00\x09\x01"
GREETING_BYTES: Final = 4096
PLAIN: Final = Listeners()


class PrivateBroker:
    """A broker from `start` to `stop`; as a context manager, both."""

    def __init__(
        self,
        folder: Path,
        definitions: Mapping[str, object],
        listeners: Listeners = PLAIN,
        ports: Ports | None = None,
    ) -> None:
        """Prepare one; `ports` where others must know them before it starts."""
        self._folder = folder.absolute()
        self._definitions = definitions
        self._listeners = listeners
        name = _kept(self._folder / "node.name") or f"edoc-{secrets.token_hex(4)}"
        self._name = f"{name}@localhost"
        self._short_name = name.encode()
        self._programs: Programs | None = None
        self._ports = ports
        self._epmd: Process | None = None
        self._node: Process | None = None
        self._settled_at = 0.0

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def port(self) -> int:
        """Where AMQP is spoken; the same after every start."""
        return self._ports.amqp if self._ports else 0

    @property
    def tls_port(self) -> int:
        """Where AMQP is spoken over TLS, if it is."""
        return self._ports.tls if self._ports else 0

    @property
    def management_port(self) -> int:
        """Where the management plugin listens, if there is one."""
        return self._ports.management if self._ports else 0

    @property
    def pid(self) -> int:
        """The node's process, or 0 when there is none."""
        return self._node.pid if self._node else 0

    def start(self) -> None:
        """Return when the broker answers, with the data it had.

        Raises `BrokerMissing` or `BrokerNotStarted`.
        """
        self._programs = self._programs or find_programs()
        if self._ports is not None:
            self._start()
            return
        for _ in range(TRIES - 1):
            try:
                self._start_somewhere()
            except BrokerNotStarted:
                # Somebody may have taken a port between our look and its use.
                continue
            return
        self._start_somewhere()

    def kill(self) -> None:
        """End the node as a power cut would (SIGKILL); its data stays."""
        if self._node is not None:
            time.sleep(max(0.0, self._settled_at - time.monotonic()))
            kill(self._node)
        self._node = None

    def stop(self) -> None:
        """End the node and its port mapper; nothing runs afterwards."""
        if self._node is not None:
            stop(self._node, patience_seconds=STOP_SECONDS)
        self._node = None
        if self._epmd is not None:
            kill(self._epmd)
        self._epmd = None

    def control(self, *arguments: str) -> str:
        """Run `rabbitmqctl` as the operator of the broker does; return what it says.

        Raises `CalledProcessError` where it refuses.
        """
        programs, _ = self._parts()
        tool = programs.server.parent / "rabbitmqctl"
        done = subprocess.run(  # noqa: S603  (the broker's own tool)
            [tool, "-q", "-n", self._name, *arguments],
            env=self._environment(),
            capture_output=True,
            text=True,
            timeout=CONTROL_SECONDS,
            check=True,
        )
        return done.stdout

    def import_definitions(self) -> None:
        """Tell the running broker again what it was told at its start."""
        self.control("import_definitions", str(self._folder / "definitions.json"))

    def _start_somewhere(self) -> None:
        self._ports = Ports.free()
        try:
            self._start()
        except BrokerNotStarted:
            self._ports = None
            raise

    def _start(self) -> None:
        try:
            self._write_files()
            self._epmd = self._epmd or self._run_epmd()
            is_new = not (self._folder / "data").exists()
            self._node = self._run_node()
            self._wait_until_it_answers(self._node)
            if is_new:
                self._settled_at = time.monotonic() + SETTLE_SECONDS
        except BaseException:
            self.stop()
            raise

    def _wait_until_it_answers(self, node: Process) -> None:
        deadline = time.monotonic() + START_SECONDS
        # The greeting has the node's name: another broker may have been faster.
        while self._short_name not in _greeting(self.port):
            if node.poll() is not None:
                raise self._not_started(f"it ended with {node.returncode}")
            if time.monotonic() > deadline:
                raise self._not_started(f"no answer within {START_SECONDS:g} s")
            time.sleep(LOOK_SECONDS)

    def _not_started(self, problem: str) -> BrokerNotStarted:
        return BrokerNotStarted(problem=problem, log=self._tail_of_logs())

    def _tail_of_logs(self) -> str:
        lines: list[str] = []
        for log in sorted(self._folder.glob("*.log")) + sorted(
            self._folder.glob("log/*.log")
        ):
            lines += log.read_text("utf-8", "replace").splitlines()[-TAIL_LINES:]
        return "\n".join(lines)

    def _run_epmd(self) -> Process:
        programs, ports = self._parts()
        return start_tethered(
            [str(programs.epmd), "-address", LOOPBACK, "-port", str(ports.epmd)],
            environment=self._environment(),
            folder=self._folder,
            log=self._folder / "epmd.log",
        )

    def _run_node(self) -> Process:
        programs, _ = self._parts()
        return start_tethered(
            [str(programs.server)],
            environment=self._environment(),
            folder=self._folder,
            log=self._folder / "console.log",
        )

    def _write_files(self) -> None:
        """Write what the node reads; its data is left as it is."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Whoever has the cookie may command the node.
        _write_once(self._folder / ".erlang.cookie", secrets.token_hex(20), mode=0o400)
        # The data belongs to the name: another one would begin without any.
        name = self._short_name.decode()
        _write_once(self._folder / "node.name", name, mode=0o600)
        for name, content in (
            ("definitions.json", json.dumps(self._definitions, indent=1)),
            ("advanced.config", self._configuration()),
            ("rabbitmq.conf", self._listeners.settings),
            ("enabled_plugins", self._listeners.enabled_plugins),
        ):
            (self._folder / name).write_text(content + "\n", "utf-8")

    def _configuration(self) -> str:
        _, ports = self._parts()
        return self._listeners.configuration(ports, self._folder / "definitions.json")

    def _environment(self) -> dict[str, str]:
        """Return all that the node knows of its surroundings: nothing is inherited."""
        programs, ports = self._parts()
        folder = self._folder
        settings = "rabbitmq.conf" if self._listeners.settings else "no-such-file"
        return {
            "PATH": programs.path,
            "LANG": "C.UTF-8",
            "HOME": str(folder),
            "ERL_EPMD_ADDRESS": LOOPBACK,
            "ERL_EPMD_PORT": str(ports.epmd),
            # Ours ends with us; one that a node starts by itself would stay for ever.
            "ERL_ZFLAGS": "-start_epmd false",
            # With it the script becomes the node, so that its pid is the node's.
            "RABBITMQ_ALLOW_INPUT": "1",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": ERLANG_OPTIONS,
            "RABBITMQ_NODENAME": self._name,
            "RABBITMQ_DIST_PORT": str(ports.distribution),
            "RABBITMQ_MNESIA_BASE": str(folder / "data"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_PID_FILE": str(folder / "node.pid"),
            "RABBITMQ_CONFIG_FILE": str(folder / settings),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(folder / "advanced.config"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
            # Without it the settings of an installed broker in /etc would be read.
            "RABBITMQ_CONF_ENV_FILE": str(folder / "no-such-file"),
        }

    def _parts(self) -> tuple[Programs, Ports]:
        if self._programs is None or self._ports is None:
            raise BrokerNotStarted(problem="it was never started", log="")
        return self._programs, self._ports


def _greeting(port: int) -> bytes:
    """Return how a broker at this port introduces itself, or nothing."""
    try:
        with socket.create_connection((LOOPBACK, port), timeout=1) as connection:
            connection.sendall(HELLO)
            return connection.recv(GREETING_BYTES)
    except OSError:
        return b""


def _kept(path: Path) -> str:
    return path.read_text("utf-8") if path.exists() else ""


def _write_once(path: Path, content: str, *, mode: int) -> None:
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(content, "utf-8")
        path.chmod(mode)
