"""Where a broker is, and how one account signs in to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Self
from urllib.parse import unquote, urlsplit


@dataclass(frozen=True, slots=True, kw_only=True)
class RabbitAddress:
    """Where the broker is, and how we sign in."""

    host: str
    port: int
    vhost: str
    account: str
    password: str = field(repr=False)
    exchange: str = "edoc.axis"
    tls: bool = False
    heartbeat_seconds: int = 30
    timeout_seconds: float = 15.0

    @classmethod
    def of_url(
        cls,
        url: str,
        *,
        password: str,
        exchange: str = "edoc.axis",
        heartbeat_seconds: int = 30,
        timeout_seconds: float = 15.0,
    ) -> Self:
        """Return the address that `amqp(s)://account@host:port/vhost` names."""
        parts = urlsplit(url)
        tls = parts.scheme == "amqps"
        return cls(
            host=parts.hostname or "localhost",
            port=parts.port or (5671 if tls else 5672),
            vhost=unquote(parts.path.removeprefix("/")) or "/",
            account=unquote(parts.username or ""),
            password=password,
            exchange=exchange,
            tls=tls,
            heartbeat_seconds=heartbeat_seconds,
            timeout_seconds=timeout_seconds,
        )

    def __str__(self) -> str:
        return f"{self.host}:{self.port}/{self.vhost}"
