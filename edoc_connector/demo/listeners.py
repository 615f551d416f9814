"""What a private broker offers, and at which ports of this computer."""

from __future__ import annotations

import json
import secrets
import socket
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Final, Self

LOOPBACK: Final = "127.0.0.1"
PORTS: Final = range(20_000, 32_000)
"""Below the range from which Linux takes ports for outgoing connections."""

MAX_MESSAGE_BYTES: Final = 16 * 1024 * 1024
"""The limit of RabbitMQ 4, also where version 3 would take more."""

BY_CERTIFICATE: Final = "rabbitmq_auth_mechanism_ssl"
MANAGEMENT: Final = "rabbitmq_management"


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the node listens: for us, for other nodes (none), and its port mapper."""

    amqp: int
    distribution: int
    epmd: int
    tls: int
    management: int

    @classmethod
    def free(cls) -> Self:
        """Return ports that nobody uses at this moment."""
        found: set[int] = set()
        while len(found) < len(fields(cls)):
            found.add(_free_port())
        return cls(*found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificates:
    """The PEM files by which a broker proves who it is, and believes others."""

    certificate: Path
    key: Path
    authorities: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Listeners:
    """What a private broker offers beside AMQP; `settings` is a `rabbitmq.conf`."""

    plugins: tuple[str, ...] = ()
    tls: Certificates | None = None
    settings: str = ""

    @property
    def enabled_plugins(self) -> str:
        """The file of that name."""
        own = (BY_CERTIFICATE,) if self.tls else ()
        return f"[{','.join(dict.fromkeys((*own, *self.plugins)))}]."

    def configuration(self, ports: Ports, definitions: Path) -> str:
        """Return the settings in Erlang: rabbitmq.conf takes seconds to translate."""
        tls = _tls(self.tls, ports) if self.tls else ""
        management = _management(ports) if MANAGEMENT in self.plugins else ""
        # Of two values for one setting the one here counts.
        return f"""\
%% -*- coding: utf-8 -*-
[{{kernel, [{{inet_dist_use_interface, {{127, 0, 0, 1}}}}]}},{management}
 {{rabbit, [{{tcp_listeners, [{{"{LOOPBACK}", {ports.amqp}}}]}},{tls}
           {{load_definitions, {_quoted(definitions)}}},
           {{max_message_size, {MAX_MESSAGE_BYTES}}}]}}]."""


def _tls(files: Certificates, ports: Ports) -> str:
    return f"""
           {{ssl_listeners, [{{"{LOOPBACK}", {ports.tls}}}]}},
           {{ssl_options, [{{certfile, {_quoted(files.certificate)}}},
                          {{keyfile, {_quoted(files.key)}}},
                          {{cacertfile, {_quoted(files.authorities)}}},
                          {{versions, ['tlsv1.3', 'tlsv1.2']}},
                          {{verify, verify_peer}},
                          {{fail_if_no_peer_cert, true}}]}},
           {{auth_mechanisms, ['EXTERNAL', 'PLAIN']}},
           {{ssl_cert_login_from, common_name}},"""


def _management(ports: Ports) -> str:
    address = f'{{ip, "{LOOPBACK}"}}, {{port, {ports.management}}}'
    return f"\n {{{MANAGEMENT}, [{{tcp_config, [{address}]}}]}},"


def _quoted(path: Path) -> str:
    return json.dumps(str(path), ensure_ascii=False)


def _free_port() -> int:
    while True:
        port = secrets.choice(PORTS)
        with socket.socket() as probe:
            try:
                probe.bind((LOOPBACK, port))
            except OSError:
                continue
        return port
