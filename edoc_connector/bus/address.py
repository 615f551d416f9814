"""Where a broker is, and how one account signs in to it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self
from urllib.parse import unquote, urlsplit

from edoc_connector.secret import SecretReference


@dataclass(frozen=True, slots=True, kw_only=True)
class Tls:
    """What we show to the broker, and whom we believe when it shows its certificate.

    With a certificate the account is proven by it, and no password is sent.
    """

    certificate: Path | None = None
    key: Path | None = None
    key_password: SecretReference | None = None
    authorities: tuple[Path, ...] = ()
    """Empty: those of the system."""
    crls: tuple[Path, ...] = ()
    """Lists of revoked certificates, PEM; empty: none is looked at."""

    @property
    def files(self) -> tuple[Path, ...]:
        """All that is read anew for every connection."""
        own = (it for it in (self.certificate, self.key) if it is not None)
        return (*own, *self.authorities, *self.crls)


@dataclass(frozen=True, slots=True, kw_only=True)
class RabbitAddress:
    """Where the broker is, and how we sign in."""

    host: str
    port: int
    vhost: str
    account: str
    password: str = field(default="", repr=False)
    exchange: str = "edoc.axis"
    tls: Tls | None = None
    heartbeat_seconds: int = 30
    timeout_seconds: float = 15.0
    reconnect_seconds: float = 12 * 3600.0
    """A connection that is older is replaced at the next rest."""

    @classmethod
    def of_url(
        cls,
        url: str,
        *,
        password: str = "",
        tls: Tls | None = None,
        exchange: str = "edoc.axis",
    ) -> Self:
        """Return the address that `amqp(s)://account@host:port/vhost` names."""
        parts = urlsplit(url)
        is_tls = parts.scheme == "amqps"
        return cls(
            host=parts.hostname or "localhost",
            port=parts.port or (5671 if is_tls else 5672),
            vhost=unquote(parts.path.removeprefix("/")) or "/",
            account=unquote(parts.username or ""),
            password=password,
            exchange=exchange,
            tls=(tls or Tls()) if is_tls else None,
        )

    def patient(
        self,
        *,
        heartbeat_seconds: int,
        timeout_seconds: float,
        reconnect_seconds: float,
    ) -> Self:
        """Return the same place with other patience."""
        return replace(
            self,
            heartbeat_seconds=heartbeat_seconds,
            timeout_seconds=timeout_seconds,
            reconnect_seconds=reconnect_seconds,
        )

    def __str__(self) -> str:
        return f"{self.host}:{self.port}/{self.vhost}"
