"""How the broker of the axis is reached, and how patient we are with others."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

from edoc_connector.checks import BrokerUrl, Limits, ManagementUrl, SignsIn
from edoc_connector.secret import SecretReference
from edoc_connector.settings.values import Text

SIGNED_IN: Final = SignsIn("url", "password", "certificate", "password_over_network")


@dataclass(frozen=True, slots=True, kw_only=True)
class AxisSettings:
    """How the broker of the axis is reached."""

    url: Annotated[str, BrokerUrl("axis.password")]
    """`amqp://account@host:port/vhost`, without a password."""
    password: SecretReference | None = None
    """The password of the account, by reference; for a broker on this computer."""
    certificate: Path | None = None
    """The certificate that proves the account, PEM; its CN is the account's name."""
    key: Path | None = None
    """Its private key, PEM."""
    key_password: SecretReference | None = None
    """The password of that key, by reference; empty: none."""
    authorities: tuple[Path, ...] = ()
    """The authorities of the broker's certificate, PEM files; empty: the system's."""
    crls: tuple[Path, ...] = ()
    """Their lists of revoked certificates, PEM files; empty: none is looked at."""
    password_over_network: bool = False
    """Whether a password may leave this computer, where certificates are not had."""
    reconnect_hours: Annotated[float, Limits(0.01, 168)] = 12.0
    """After so long a connection is made anew, and all certificates are looked at."""
    management: Annotated[str, ManagementUrl("axis.management_password")] = ""
    """Its management plugin for `edoc doctor`, such as https://host:15671; or empty."""
    management_account: str = ""
    """The account that may ask it (tag monitoring)."""
    management_password: SecretReference | None = None
    """The password of that account, by reference."""
    exchange: Text = "edoc.axis"
    """The exchange through which all organisations send."""
    queue: str = ""
    """Our own queue; empty: edoc.inbox.<organization.code>."""
    express_queue: str = ""
    """Our queue for what cannot wait; empty: edoc.express.<organization.code>."""
    segment_bytes: Annotated[int, Limits(1024, 15_728_640)] = 4_194_304
    """The most bytes of one message; a larger packet travels in several."""
    max_packet_bytes: Annotated[int, Limits(1024, 4_294_967_296)] = 1_610_612_736
    """The most bytes of one packet, sent or received."""
    heartbeat_seconds: Annotated[int, Limits(5, 600)] = 30
    """The silence after which the connection counts as dead."""
    timeout_seconds: Annotated[float, Limits(1, 600)] = 15.0
    """How long to wait for the broker: to connect, and to confirm."""
    window: Annotated[int, Limits(1, 1000)] = 64
    """The most messages on their way to the broker that it has not confirmed yet."""
    window_bytes: Annotated[int, Limits(1_048_576, 1_073_741_824)] = 33_554_432
    """The most bytes of them; a larger message goes alone."""
    prefetch: Annotated[int, Limits(1, 1000)] = 32
    """The most messages in hand that are not yet acknowledged."""
    prefetch_bytes: Annotated[int, Limits(1_048_576, 1_073_741_824)] = 67_108_864
    """The most bytes of them, and one message more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrySettings:
    """How long to wait for a partner that is not there; pauses grow by doubling."""

    first_seconds: Annotated[float, Limits(0.1, 3_600)] = 1.0
    """The first pause."""
    most_seconds: Annotated[float, Limits(0.1, 86_400)] = 300.0
    """The longest pause."""
    breaker_failures: Annotated[int, Limits(1, 1000)] = 5
    """After so many failures in a row a recipient is left alone for a while."""
    breaker_seconds: Annotated[float, Limits(0.1, 86_400)] = 60.0
    """For how long at first; each further failure doubles it, to the longest pause."""
    answer_days: Annotated[int, Limits(1, 3650)] = 30
    """How long an answer is tried whose receiver has no mailbox."""
