"""Several private brokers on this computer, linked to the tree of an axis."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from edoc_connector.axis.definitions import Definitions, definitions
from edoc_connector.axis.description import Axis, Broker
from edoc_connector.axis.passwords import Secrets
from edoc_connector.demo.broker import PrivateBroker
from edoc_connector.demo.listeners import LOOPBACK, Certificates, Listeners, Ports
from edoc_connector.errors import BrokerNotStarted
from edoc_connector.secret import Keeper, SecretReference

SHOVEL: Final = "rabbitmq_shovel"

MADE_HERE: Final = SecretReference(Keeper.ENVIRONMENT, "EDOC_DEMO_LINK")
"""Says that a link signs in by password; nobody reads it, the password is made here."""

CERTIFIED: Final = "localhost"
"""What the certificates of the brokers must say: a link checks the name."""


def unchanged(plan: Definitions) -> Definitions:
    """Return the definitions as they are planned."""
    return plan


class LinkedBrokers:
    """One broker for each of an axis, from `start` to `stop`; as a context, both.

    Those with a certificate are reached by TLS alone, and their links and nodes sign in
    by certificate; the others by password.
    """

    def __init__(  # noqa: PLR0913  (what a broker needs, for all of them)
        self,
        folder: Path,
        axis: Axis,
        *,
        passwords: Mapping[str, str],
        certificates: Mapping[str, Certificates] | None = None,
        plugins: tuple[str, ...] = (),
        change: Callable[[Definitions], Definitions] = unchanged,
    ) -> None:
        """Prepare the brokers; `passwords` are those of the nodes that have one."""
        self._folder, self._described = folder, axis
        self._passwords, self._certificates = passwords, certificates or {}
        self._plugins, self._change = plugins, change
        self._has_run = False
        self._choose_ports()

    def _choose_ports(self) -> None:
        """Make the brokers; each must know the ports of the others before it starts."""
        known = self._certificates
        ports = {it.name: Ports.free() for it in self._described.broker}
        here = [
            _here(it, ports[it.name], known.get(it.name))
            for it in self._described.broker
        ]
        self.axis = replace(self._described, broker=tuple(here))
        links = {it.name: secrets.token_urlsafe(16) for it in here if it.link_password}
        told = Secrets.of(self._passwords, links)
        self.brokers = {
            name: PrivateBroker(
                self._folder / name,
                self._change(definitions(self.axis, name, told)),
                Listeners(plugins=(SHOVEL, *self._plugins), tls=known.get(name)),
                ports[name],
            )
            for name in ports
        }

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

    def start(self) -> None:
        """Start those that do not run; return when all of them answer.

        The links find one another soon after.  Raises `BrokerMissing` or
        `BrokerNotStarted`, and then none of them runs.
        """
        try:
            self._start()
        except BrokerNotStarted:
            if self._has_run:
                raise
            # Somebody may have taken a port between our look and its use.
            self._choose_ports()
            self._start()

    def _start(self) -> None:
        with ExitStack() as failed, ThreadPoolExecutor() as pool:
            failed.callback(self.stop)
            missing = [it for it in self.brokers.values() if not it.pid]
            for started in [pool.submit(it.start) for it in missing]:
                started.result()
            failed.pop_all()
        self._has_run = True

    def stop(self) -> None:
        """End all of them; nothing runs afterwards."""
        for broker in self.brokers.values():
            broker.stop()


def _here(broker: Broker, ports: Ports, files: Certificates | None) -> Broker:
    if files is None:
        address = f"amqp://{LOOPBACK}:{ports.amqp}"
        return replace(broker, address=address, link_password=MADE_HERE)
    return replace(
        broker,
        address=f"amqps://{CERTIFIED}:{ports.tls}",
        certificate=str(files.certificate),
        key=str(files.key),
        authorities=str(files.authorities),
        link_password=None,
    )
