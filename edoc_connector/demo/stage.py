"""The demo put up: an authority, a private broker, and four running connectors."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from edoc_connector.axis.definitions import Definitions, definitions
from edoc_connector.axis.description import Axis, Broker, Level, Login, Node
from edoc_connector.axis.passwords import Secrets
from edoc_connector.demo import dms
from edoc_connector.demo.authority import Authority, create_authority
from edoc_connector.demo.broker import PrivateBroker
from edoc_connector.demo.scene import Scene
from edoc_connector.demo.site import DemoSite, Linked
from edoc_connector.errors import N_
from edoc_connector.pki.request import KeyKind

LOOK_SECONDS: Final = 0.25
KINDS: Final = (KeyKind.RSA_2048, KeyKind.P_256)
"""Every other organisation has the other kind of key."""


class Stage:
    """Everything in one folder, from `create` to `stop`; as a context manager, both."""

    starting = N_("starting a private broker")
    """What is said of `start_broker`."""

    def __init__(self, folder: Path, scene: Scene) -> None:
        self.folder = folder
        self.scene = scene
        self.sites = tuple(
            DemoSite(organization, folder / organization.code)
            for organization in scene.organizations
        )
        self.broker: PrivateBroker | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def create(self, now: datetime) -> Authority:
        """Make authority, keys, certificates, passwords and filled DMS databases."""
        authority = create_authority(self.folder / "authority", now=now)
        for number, site in enumerate(self.sites):
            site.create(authority, KINDS[number % len(KINDS)], now)
            dms.create(site.dms, site.organization)
            dms.fill(site.dms, self.scene, site.organization)
        return authority

    def start_broker(self) -> None:
        """Start the private broker and write the settings that name its port."""
        self._start_broker()
        for site in self.sites:
            authority = self.folder / "authority"
            site.write_settings(self._port_of(site), authority, self._linked(site))

    def start_broker_again(self) -> None:
        """Start it with the data it had; of the settings only its port is written."""
        self._start_broker()
        for site in self.sites:
            site.move_to(self._port_of(site))

    def _start_broker(self) -> None:
        self.broker = PrivateBroker(self.folder / "broker", self._definitions())
        self.broker.start()

    def _port_of(self, site: DemoSite) -> int:
        """Return where the broker of a site listens for it."""
        del site
        return self.broker.port if self.broker else 0

    def _linked(self, site: DemoSite) -> Linked | None:
        """Return what a site is told of links; none where there is one broker only."""
        del site
        return None

    def start_connectors(self) -> None:
        """Start `edoc run` for every organisation."""
        for site in self.sites:
            site.start()

    def stop(self) -> None:
        """Stop the connectors, then the broker; nothing runs afterwards."""
        for site in self.sites:
            if site.process is not None:
                with suppress(ProcessLookupError):
                    site.process.terminate()
        for site in self.sites:
            site.stop()
        self._stop_broker()

    def _stop_broker(self) -> None:
        if self.broker is not None:
            self.broker.stop()

    def _definitions(self) -> Definitions:
        codes = {site.account: (site.organization.code,) for site in self.sites}
        broker = Broker(
            name="demo", level=Level.CENTRAL, address="amqp://127.0.0.1", serves=()
        )
        nodes = tuple(
            Node(account=it, broker="demo", codes=codes[it], login=Login.PASSWORD)
            for it in codes
        )
        passwords = {site.account: site.axis_password for site in self.sites}
        axis = Axis(broker=(broker,), node=nodes)
        return definitions(axis, "demo", Secrets.of(passwords, {}))


def wait_until(
    is_done: Callable[[], bool], seconds: float, tell: Callable[[], None]
) -> bool:
    """Look until it is done, telling how it goes; False when the time is over."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        tell()
        if is_done():
            return True
        time.sleep(LOOK_SECONDS)
    return is_done()
