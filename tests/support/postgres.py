"""A private PostgreSQL for the tests: a free port, a folder that goes away, no traces.

It is started as nobody special, listens on this computer only, and ends with the
process that started it, also when that one is killed.
"""

from __future__ import annotations

import atexit
import functools
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, LiteralString

import psycopg
import pytest
from psycopg import sql

NAMED: Final = os.environ.get("EDOC_POSTGRES_BIN")
"""Read before the tests take such variables away."""

USER: Final = "edoc"
START_SECONDS: Final = 30
STOP_SECONDS: Final = 10
ATTEMPTS: Final = 3
SETTINGS: Final = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "60",
    "shared_buffers": "32MB",
    # The server dies with its data, so it need not survive a power cut.
    "fsync": "off",
    "full_page_writes": "off",
    "timezone": "Asia/Ho_Chi_Minh",  # not ours, so that nothing depends on it
}


class PortTaken(Exception):
    """Somebody else was faster."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server."""

    folder: Path
    port: int
    password: str
    process: subprocess.Popen[bytes]

    def url(self, database: str) -> str:
        """Where a database is, without the password."""
        return f"postgresql+psycopg://{USER}@127.0.0.1:{self.port}/{database}"

    def create_database(self) -> str:
        """Make a database nobody else uses and return its name."""
        name = f"edoc_{secrets.token_hex(6)}"
        self.execute("CREATE DATABASE {}", name)
        return name

    def drop_database(self, name: str) -> None:
        """Remove it, whoever is still connected."""
        self.execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def execute(self, statement: LiteralString, name: str) -> None:
        """Do something to a database as a whole."""
        command = sql.SQL(statement).format(sql.Identifier(name))
        with self.connect() as connection:
            connection.execute(command)

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        """Open a connection beside those of the connector."""
        return psycopg.connect(
            host="127.0.0.1",
            port=self.port,
            user=USER,
            password=self.password,
            dbname=database,
            autocommit=True,
        )

    def kill(self) -> None:
        """End it as a power cut of this process would; its data stays."""
        self.process.kill()
        self.process.wait()

    def start_again(self) -> Server:
        """Return the server that answers at the same place with the same data.

        What the killed one had begun may still hold its memory for a moment.
        """
        deadline = time.monotonic() + START_SECONDS
        while True:
            again = replace(self, process=_run(self.folder, self.port))
            try:
                _wait_for(again)
            except (PortTaken, RuntimeError):
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)
            else:
                return again

    def stop(self) -> None:
        """End it and remove its folder; ended already is ended."""
        self.process.send_signal(signal.SIGINT)  # "fast": connections are cut
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


@functools.cache
def shared_server() -> Server:
    """Return the server of this test process; skip the test where there is none."""
    if _binaries() is None:
        missing = "PostgreSQL is missing: apt-get install postgresql"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    server = start()
    atexit.register(server.stop)
    return server


def start() -> Server:
    """Start a server and return when it answers."""
    for _ in range(ATTEMPTS):
        try:
            return _start_on(_free_port())
        except PortTaken:
            continue
    raise PortTaken


def _binaries() -> Path | None:
    if NAMED:
        return Path(NAMED)
    found = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = sorted(found, key=lambda initdb: float(initdb.parts[-3]))
    return newest[-1].parent if newest else None


def _start_on(port: int) -> Server:
    password = secrets.token_urlsafe()
    folder = Path(tempfile.mkdtemp(prefix="edoc-postgres-"))
    try:
        _initialize(folder, password)
        server = Server(folder, port, password, _run(folder, port))
        _wait_for(server)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return server


def _initialize(folder: Path, password: str) -> None:
    secret = folder / "password"
    secret.write_text(password)
    if owner := _owner():
        for path in (folder, secret):
            shutil.chown(path, owner.pw_uid, owner.pw_gid)
    arguments = (
        "initdb",
        f"--pgdata={folder / 'data'}",
        f"--username={USER}",
        f"--pwfile={secret}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C.UTF-8",
        "--no-sync",
    )
    done = subprocess.run(_as_owner(*arguments), capture_output=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr.decode())


def _run(folder: Path, port: int) -> subprocess.Popen[bytes]:
    settings = SETTINGS | {"port": str(port), "unix_socket_directories": str(folder)}
    options = [f"--{name}={value}" for name, value in settings.items()]
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(
            _as_owner("postgres", "-D", str(folder / "data"), *options),
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
            cwd=folder,
            start_new_session=True,  # Ctrl-C is for us, and we stop the server
        )


def _as_owner(program: str, *arguments: str) -> list[str]:
    """Return the command, run as who may run a database, and dying with us."""
    command = [f"{_binaries()}/{program}", *arguments]
    tie = ["setpriv", "--pdeathsig=QUIT"]
    if owner := _owner():
        tie += [f"--reuid={owner.pw_uid}", f"--regid={owner.pw_gid}", "--clear-groups"]
    return [*tie, *command]


def _owner() -> pwd.struct_passwd | None:
    """Return whom to become: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    accounts = {account.pw_name: account for account in pwd.getpwall()}
    return accounts.get("postgres") or accounts["nobody"]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(server: Server) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            server.connect().close()
        except psycopg.OperationalError:
            _check_alive(server)
            if time.monotonic() > deadline:
                server.stop()
                raise
            time.sleep(0.05)
        else:
            return


def _check_alive(server: Server) -> None:
    if server.process.poll() is None:
        return
    log = (server.folder / "log").read_text()
    if "Address already in use" in log:
        raise PortTaken
    raise RuntimeError(log)
