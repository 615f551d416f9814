"""Asks an address over HTTP: a bounded answer in a bounded time, and nothing else.

The addresses come from certificates of strangers' authorities.  So only http and https
are spoken, nothing is sent but the question, three redirects are followed and their
bodies never read, and no answer is believed here.  A proxy of the environment
(`http_proxy`) is used.

Guarantee: whoever is asked on another computer cannot send us to a service of this one
or of its network link.  What remains: a redirect may lead to others in the same house.
"""

from __future__ import annotations

import http.client
import io
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from ipaddress import IPv6Address, ip_address
from typing import IO, Any, Final
from urllib.parse import urlsplit

from edoc_connector.baton import baton
from edoc_connector.errors import N_, AnswerUnusable

MOST_REDIRECTS: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked where; a question without a body is a GET, any other a POST."""

    address: str
    most_bytes: int
    timeout_seconds: float
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


def ask(question: Question) -> bytes:
    """Return the answer's bytes.

    Raises `AnswerUnusable` after `timeout_seconds` at the latest, whatever the other
    side does: what cannot be interrupted, such as asking for the name of a computer,
    ends later and alone.
    """
    _check(question.address)
    box: list[bytes | Exception] = []
    worker = threading.Thread(
        target=_work, args=(question, box), name="ask", daemon=True
    )
    worker.start()
    with baton.laid_down():
        worker.join(question.timeout_seconds)
    match box:
        case [bytes(answer)]:
            return answer
        case [Exception() as error]:
            raise error
        case _:
            raise AnswerUnusable(problem=N_("it does not answer in time"))


def _check(address: str) -> None:
    try:
        parts = urlsplit(address)
        _ = parts.port  # reading it is what checks it
    except ValueError:
        raise AnswerUnusable(problem=N_("it is no address")) from None
    if (
        parts.scheme not in {"http", "https"}
        or not parts.hostname
        or "@" in parts.netloc
    ):
        raise AnswerUnusable(problem=N_("it is no address of http or https"))


def _work(question: Question, box: list[bytes | Exception]) -> None:
    try:
        box.append(_ask(question))
    except TimeoutError:
        box.append(AnswerUnusable(problem=N_("it does not answer in time")))
    except AnswerUnusable as error:
        box.append(error)
    except urllib.error.HTTPError as error:
        error.close()  # a redirect's is closed already: it must not be entered
        box.append(AnswerUnusable(problem=f"HTTP {error.code}"))
    except urllib.error.URLError as error:
        box.append(AnswerUnusable(problem=_plain(error.reason)))
    except (OSError, http.client.HTTPException, ValueError) as error:
        box.append(AnswerUnusable(problem=_plain(error)))


def _plain(error: object) -> str:
    if isinstance(error, TimeoutError):
        return N_("it does not answer in time")
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return type(error).__name__


def _ask(question: Question) -> bytes:
    way = _Way(time.monotonic() + question.timeout_seconds)
    request = urllib.request.Request(  # noqa: S310  (the scheme was checked)
        question.address, question.body, dict(question.headers)
    )
    with _opener(way).open(request, timeout=question.timeout_seconds) as reply:
        return _read(reply, question.most_bytes)


def _read(reply: http.client.HTTPResponse, most_bytes: int) -> bytes:
    answer = reply.read(most_bytes + 1)
    if len(answer) > most_bytes:
        raise AnswerUnusable(problem=N_("its answer is too large"))
    return answer


@dataclass(slots=True)
class _Way:
    """The way of one question, through all redirects."""

    deadline: float
    is_abroad: bool = False
    """Whether somebody else than this computer was asked already."""

    def arrive(self, address: str) -> None:
        """Note where it has come.  Raises `AnswerUnusable` for a way back."""
        if not is_local(address):
            self.is_abroad = True
        elif self.is_abroad:
            raise AnswerUnusable(problem=N_("it leads back to this computer"))


def is_local(address: str) -> bool:
    """Tell whether only this computer, or its own network link, has this address."""
    found = ip_address(address)
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return found.is_loopback or found.is_link_local or found.is_unspecified


def _opener(way: _Way) -> urllib.request.OpenerDirector:
    """Return what speaks HTTP only: `build_opener` would also read files."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.UnknownHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
        _Redirects(),
        _Http(way),
        _Https(way),
    ):
        opener.add_handler(handler)
    opener.addheaders = [("User-Agent", "edoc-connector")]
    return opener


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows a few, and never away from HTTP; a POST is not followed at all."""

    max_redirections = MOST_REDIRECTS
    max_repeats = 1

    def redirect_request(  # noqa: PLR0913, PLR0917  (the library's own form)
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        if req.data is not None:
            return None
        _check(newurl)
        fp.close()  # the library would read all of it, however much there is
        return super().redirect_request(req, fp, code, msg, headers, newurl)


class _Http(urllib.request.HTTPHandler):
    def __init__(self, way: _Way) -> None:
        super().__init__()
        self._way = way

    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(partial(_line, _Line, self._way, req), req)


class _Https(urllib.request.HTTPSHandler):
    def __init__(self, way: _Way) -> None:
        super().__init__()
        self._way = way

    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(partial(_line, _SecureLine, self._way, req), req)


class _Line(http.client.HTTPConnection):
    """A connection that looks whom it has reached before it says anything.

    Names are not looked at: whoever owns one decides what it means, and when.
    """

    way: _Way
    is_direct: bool

    def connect(self) -> None:
        super().connect()
        if self.is_direct:
            self.way.arrive(self.sock.getpeername()[0])
        else:  # what is beyond the proxy is its own affair, and not here
            self.way.is_abroad = True


class _SecureLine(http.client.HTTPSConnection, _Line):
    """The same, before the handshake."""


def _line(
    kind: type[_Line],
    way: _Way,
    request: urllib.request.Request,
    host: str,
    **how: Any,  # noqa: ANN401  (the library's own)
) -> _Line:
    line = kind(host, **how)
    line.way, line.is_direct = way, _goes_directly(request)
    line.response_class = partial(_Reply, way.deadline)  # type: ignore[assignment]  # called like the class
    return line


def _goes_directly(request: urllib.request.Request) -> bool:
    """Tell whether no proxy stands between."""
    return not (request.has_proxy() or getattr(request, "_tunnel_host", None))


class _Reply(http.client.HTTPResponse):
    """A reply that is read until the deadline: a timeout alone starts at each byte."""

    def __init__(self, deadline: float, sock: socket.socket, **how: Any) -> None:  # noqa: ANN401  (the library's own)
        super().__init__(sock, **how)
        self.fp = io.BufferedReader(_Timed(self.fp.detach(), sock, deadline))


class _Timed(io.RawIOBase):
    def __init__(self, raw: io.RawIOBase, line: socket.socket, deadline: float) -> None:
        self._raw, self._line, self._deadline = raw, line, deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:  # noqa: ANN401  (any buffer)
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._line.settimeout(left)
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()
