"""Where the programs of RabbitMQ are on this computer."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from edoc_connector.errors import BrokerMissing

HOME_VARIABLE: Final = "EDOC_RABBITMQ_HOME"
PROJECT: Final = Path(__file__).parents[2]
INSTALLED: Final = Path("/")
UNPACKED: Final = PROJECT / ".cache" / "rabbitmq"
PACKAGED: Final = "usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server"
PLAIN: Final = "sbin/rabbitmq-server"


@dataclass(frozen=True, slots=True)
class Programs:
    """The server's script, the daemon that knows Erlang's ports, and their PATH."""

    server: Path
    epmd: Path
    path: str


def find_programs(environment: Mapping[str, str] = os.environ) -> Programs:
    """Return the RabbitMQ that is named, else installed, else unpacked by `make`.

    Raises `BrokerMissing`, which says what to do.
    """
    named = environment.get(HOME_VARIABLE)
    places = [Path(named)] if named else [INSTALLED, UNPACKED]
    for place in places:
        for server in _servers(place):
            path = _path(place, environment)
            epmd = shutil.which("epmd", path=path)
            if epmd is not None and shutil.which("erl", path=path) is not None:
                return Programs(server, Path(epmd), path)
    raise BrokerMissing(places=", ".join(str(place) for place in places))


def _servers(place: Path) -> Iterator[Path]:
    """Yield the servers in a folder, the newest first."""
    yield from sorted(place.glob(PACKAGED), reverse=True)
    # In /sbin stands a wrapper that becomes another user.
    if place != INSTALLED:
        yield from place.glob(PLAIN)


def _path(place: Path, environment: Mapping[str, str]) -> str:
    """Return the PATH on which the server finds its Erlang first."""
    erlang = place / "usr/lib/erlang/bin"
    inherited = environment.get("PATH", os.defpath)
    return f"{erlang}{os.pathsep}{inherited}" if erlang.is_dir() else inherited
