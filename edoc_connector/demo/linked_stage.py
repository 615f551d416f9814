"""The demo of the axis put up: three linked brokers, and certificates for everybody.

Connectors and links sign in by certificates of the demo's own authority; no password
is on any wire.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from edoc_connector.axis.definitions import Definitions
from edoc_connector.axis.description import Axis, Node
from edoc_connector.axis.names import link_account
from edoc_connector.axis.ways import neighbours
from edoc_connector.axis.writing import described
from edoc_connector.demo.authority import ANCHORS, Authority
from edoc_connector.demo.axis_plot import BROKERS, PLACES
from edoc_connector.demo.linked import CERTIFIED, LinkedBrokers, unchanged
from edoc_connector.demo.listeners import Certificates
from edoc_connector.demo.scene import Scene
from edoc_connector.demo.site import DemoSite, Linked, write_secret
from edoc_connector.demo.stage import Stage
from edoc_connector.errors import N_

CERTIFICATES: Final = "certificates"
"""The folder of those of the brokers: their own data has another one."""

DESCRIPTION: Final = "axis.toml"
"""The axis as it runs, for `edoc axis draw` and `check`; its ports change."""

LOGIN: Final = "axis"
"""How the files of a certificate to sign in by begin."""


class LinkedStage(Stage):
    """The same with a broker for each level, joined to a tree."""

    starting = N_("starting three linked brokers")

    def __init__(
        self,
        folder: Path,
        scene: Scene,
        *,
        change: Callable[[Definitions], Definitions] = unchanged,
    ) -> None:
        super().__init__(folder, scene)
        self.axis = axis_of(self.sites)
        self.linked: LinkedBrokers | None = None
        self._change = change

    def create(self, now: datetime) -> Authority:
        """Make all the others have, and a certificate for each broker and account."""
        authority = super().create(now)
        for broker in self.axis.broker:
            folder = self._folder_of(broker.name)
            folder.mkdir(mode=0o700, parents=True)
            account = link_account(broker.name)
            _issue(authority, folder, account, now=now, hosts=(CERTIFIED,))
        for site in self.sites:
            _issue(authority, site.folder, site.account, now=now)
        return authority

    def broker_of(self, site: DemoSite) -> str:
        """Return the name of the broker at which a site signs in."""
        return PLACES[site.organization]

    def _start_broker(self) -> None:
        names = self.axis.brokers
        self.linked = LinkedBrokers(
            self.folder / "broker",
            self.axis,
            passwords={},
            certificates={name: self._certificates(name) for name in names},
            change=self._change,
        )
        self.linked.start()
        text = described(self.linked.axis)
        (self.folder / DESCRIPTION).write_text(text, encoding="utf-8")

    def _stop_broker(self) -> None:
        if self.linked is not None:
            self.linked.stop()

    def _port_of(self, site: DemoSite) -> int:
        name = self.broker_of(site)
        return self.linked.brokers[name].tls_port if self.linked else 0

    def _linked(self, site: DemoSite) -> Linked:
        others = neighbours(self.axis, self.broker_of(site))
        links = tuple(link_account(it.name) for it in others)
        return Linked(authorities=self._anchors, links=links)

    def _certificates(self, broker: str) -> Certificates:
        certificate, key = _files(self._folder_of(broker))
        return Certificates(certificate=certificate, key=key, authorities=self._anchors)

    def _folder_of(self, broker: str) -> Path:
        return self.folder / CERTIFICATES / broker

    @property
    def _anchors(self) -> Path:
        return self.folder / "authority" / ANCHORS


def axis_of(sites: tuple[DemoSite, ...]) -> Axis:
    """Return the axis on which each of these sites is a node at its broker."""
    nodes = tuple(
        Node(account=it.account, broker=PLACES[it.organization], codes=(it.account,))
        for it in sites
    )
    return Axis(broker=BROKERS, node=nodes)


def _files(folder: Path) -> tuple[Path, Path]:
    return folder / f"{LOGIN}.certificate.pem", folder / f"{LOGIN}.key.pem"


def _issue(
    authority: Authority,
    folder: Path,
    account: str,
    *,
    now: datetime,
    hosts: tuple[str, ...] = (),
) -> None:
    """Make the key of an account, and the certificate that says whose it is."""
    certificate, key = _files(folder)
    private = ec.generate_private_key(ec.SECP256R1())
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    write_secret(key, pem.decode())
    public = private.public_key()
    certificate.write_bytes(
        authority.issue_login(public, account, now=now, hosts=hosts)
    )
