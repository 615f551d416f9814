"""What a broker says of itself through RabbitMQ's management plugin (HTTP, JSON).

The password goes to the address that was named and to no other: no redirect is followed
and no proxy asked.
"""

from __future__ import annotations

import base64
import http.client
import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import IO, Any, Final
from urllib.error import HTTPError, URLError
from urllib.parse import quote
from urllib.request import (
    HTTPRedirectHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
    build_opener,
)

from edoc_connector.errors import BusRefused, BusUnavailable
from edoc_connector.secret import Secret

TIMEOUT_SECONDS: Final = 30.0
MOST_BYTES: Final = 64 * 1024 * 1024
"""What a broker with many thousands of queues says of them."""

NOT_FOUND: Final = 404
ANSWERED: Final = frozenset({503})
"""A health check that found something says so with this status, and in JSON."""


@dataclass(frozen=True, slots=True)
class Management:
    """The management plugin of one broker, as an account that may see everything."""

    url: str
    account: str
    password: Secret

    def get(self, path: str) -> Any:  # noqa: ANN401  (any JSON)
        """Return what it says at this path; None where it has no such thing.

        Raises `BusUnavailable`, or `BusRefused` where the account may not ask.
        """
        return self._ask(path, [])

    def _ask(self, path: str, dates: list[str]) -> Any:  # noqa: ANN401  (any JSON)
        request = Request(f"{self.url.rstrip('/')}/api/{path}", headers=self._headers())  # noqa: S310  (the scheme is checked by the caller)
        try:
            with _opener().open(request, timeout=TIMEOUT_SECONDS) as answer:
                dates += answer.headers.get_all("Date") or ()
                return _read(answer)
        except HTTPError as error:
            return self._refused(error)
        except (URLError, OSError, ValueError, http.client.HTTPException) as error:
            problem = getattr(error, "reason", error)
            problem = getattr(problem, "strerror", None) or problem
            raise BusUnavailable(address=self.url, problem=problem) from error

    def clock(self) -> datetime | None:
        """Return what time it is there, to the second; None where it does not say.

        Raises as `get` does.
        """
        said: list[str] = []
        self._ask("overview", said)
        try:
            return parsedate_to_datetime(said[0]) if said else None
        except ValueError:
            return None

    def _headers(self) -> dict[str, str]:
        login = f"{self.account}:{self.password.value}".encode()
        return {"Authorization": f"Basic {base64.b64encode(login).decode('ascii')}"}

    def _refused(self, error: HTTPError) -> Any:  # noqa: ANN401  (any JSON)
        with error:
            if error.code == NOT_FOUND:
                return None
            if error.code in ANSWERED:
                with suppress(ValueError):  # as it may be from who stands before it
                    return _read(error)
            raise BusRefused(problem=f"{error.code} {error.reason}") from error


def _opener() -> OpenerDirector:
    return build_opener(ProxyHandler({}), _NoRedirects)


class _NoRedirects(HTTPRedirectHandler):
    """Leaves a redirect as the refusal that it is: urllib would send the password."""

    def redirect_request(self, *_: object, **__: object) -> None:
        """Go nowhere."""


def _read(answer: IO[bytes]) -> Any:  # noqa: ANN401  (any JSON)
    # Cut where it is too large, it is no JSON any more.
    return json.loads(answer.read(MOST_BYTES))


def in_vhost(section: str, vhost: str) -> str:
    """Return the path of a section of one virtual host."""
    return f"{section}/{quote(vhost, safe='')}"
