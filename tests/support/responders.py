"""A web server on this computer that answers as a test says, however badly."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Body = bytes | Iterable[bytes]


@dataclass(frozen=True, slots=True)
class Reply:
    """What the server sends; a body in pieces is sent piece by piece, unmeasured."""

    body: Body = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


Answering = Callable[[bytes], Reply | bytes]


@dataclass(slots=True)
class Responder:
    """A running server: `pages` says what each path answers, `asked` what was asked."""

    address: str
    pages: dict[str, Answering] = field(default_factory=dict)
    asked: list[tuple[str, bytes]] = field(default_factory=list)
    done: threading.Event = field(default_factory=threading.Event)

    def at(self, path: str, answering: Answering | Reply | bytes) -> str:
        """Answer there like this, and return the address."""
        if callable(answering):
            self.pages[path] = answering
        else:
            self.pages[path] = lambda _: answering
        return self.address + path

    def count(self, path: str) -> int:
        """How often it was asked there."""
        return sum(1 for one, _ in self.asked if one == path)


@contextmanager
def responder() -> Iterator[Responder]:
    """Run a server as long as the block lasts; slow pages wait for `done` at most."""
    here = Responder("")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(b"")

        def do_POST(self) -> None:
            self._answer(self.rfile.read(int(self.headers.get("Content-Length", "0"))))

        def _answer(self, body: bytes) -> None:
            here.asked.append((self.path, body))
            reply = here.pages.get(self.path, lambda _: Reply(status=404))(body)
            reply = reply if isinstance(reply, Reply) else Reply(reply)
            try:
                self._send(reply)
            except OSError:  # who asked has lost patience
                self.close_connection = True

        def _send(self, reply: Reply) -> None:
            whole = isinstance(reply.body, bytes)
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            if whole:
                self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            for piece in (reply.body,) if whole else reply.body:
                self.wfile.write(piece)
                self.wfile.flush()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    here.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield here
    finally:
        here.done.set()
        server.shutdown()
        server.server_close()
        thread.join(5)
