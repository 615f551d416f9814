"""A private broker that also listens for TLS, and knows accounts by certificates."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from edoc_connector.axis.names import VHOST
from edoc_connector.bus.address import RabbitAddress, Tls
from edoc_connector.demo.broker import PrivateBroker
from edoc_connector.demo.listeners import LOOPBACK, Certificates, Listeners
from tests.support.axis_pki import AxisAuthority, Pair


class TlsBroker(PrivateBroker):
    """Its certificate is `pair`; nodes must show one of `authority`."""

    def __init__(
        self,
        folder: Path,
        definitions: Mapping[str, object],
        *,
        authority: AxisAuthority,
        pair: Pair,
    ) -> None:
        files = Certificates(
            certificate=pair.certificate, key=pair.key, authorities=authority.anchor
        )
        super().__init__(folder, definitions, Listeners(tls=files))
        self.pair = pair

    def read_certificate_again(self) -> None:
        """Use the files as they are now: Erlang keeps them in mind for two minutes."""
        self.control("eval", "ssl:clear_pem_cache().")

    def address(self, account: str, tls: Tls, **changes: Any) -> RabbitAddress:
        """How an account reaches it over TLS, with no password."""
        values = {
            "host": LOOPBACK,
            "port": self.tls_port,
            "vhost": VHOST,
            "account": account,
            "tls": tls,
        }
        return RabbitAddress(**values | changes)
