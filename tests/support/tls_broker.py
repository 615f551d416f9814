"""A private broker that also listens for TLS, and knows accounts by certificates."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from edoc_connector.bus.topology import VHOST

from edoc_connector.bus.address import RabbitAddress, Tls
from edoc_connector.demo.broker import LOOPBACK, PrivateBroker, _free_port
from tests.support.axis_pki import AxisAuthority, Pair
from tests.support.broker import control


class TlsBroker(PrivateBroker):
    """Its certificate is `pair`; nodes must show one of `authority`."""

    def __init__(
        self,
        folder: Path,
        definitions: Mapping[str, object],
        *,
        authority: AxisAuthority,
        pair: Pair,
        must_show: bool = True,
    ) -> None:
        super().__init__(folder, definitions)
        self.authority, self.pair, self.must_show = authority, pair, must_show
        self.tls_port = _free_port()

    def _write_files(self) -> None:
        super()._write_files()
        plugins = "[rabbitmq_auth_mechanism_ssl]."
        (self._folder / "enabled_plugins").write_text(plugins + "\n", "utf-8")

    def _configuration(self) -> str:
        plain = super()._configuration()
        own = f"""
 {{rabbit, [{{ssl_listeners, [{{"{LOOPBACK}", {self.tls_port}}}]}},
           {{ssl_cert_login_from, common_name}},
           {{auth_mechanisms, ['EXTERNAL', 'PLAIN']}},
           {{ssl_options, [{{cacertfile, "{self.authority.anchor}"}},
                          {{certfile, "{self.pair.certificate}"}},
                          {{keyfile, "{self.pair.key}"}},
                          {{versions, ['tlsv1.3', 'tlsv1.2']}},
                          {{verify, verify_peer}},
                          {{fail_if_no_peer_cert, {str(self.must_show).lower()}}}]}},"""
        return plain.replace("\n {rabbit, [", own, 1)

    def read_certificate_again(self) -> None:
        """Use the files as they are now: Erlang keeps them in mind for two minutes."""
        control(self, "eval", "ssl:clear_pem_cache().")

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
