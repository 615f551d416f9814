"""The password of an overseer goes to the broker that was named, and nowhere else."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from edoc_connector.bus.management import Management
from edoc_connector.errors import BusRefused
from edoc_connector.secret import Secret


@contextmanager
def answering(status, headers=(), body=b"{}") -> Iterator[tuple[str, list[str]]]:
    """Serve one answer to everything; give the address, and what was asked for."""
    asked = []

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(status)
            for name, value in headers:
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", asked
        finally:
            server.shutdown()
            thread.join()


def ask(url):
    return Management(url, "overseer", Secret("x")).get("overview")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_takes_the_password_nowhere(status):
    with ExitStack() as stack:
        elsewhere, asked = stack.enter_context(answering(200))
        led_on = answering(status, [("Location", elsewhere)])
        url, _ = stack.enter_context(led_on)

        with pytest.raises(BusRefused, match=str(status)):
            ask(url)

    assert asked == []


def test_no_proxy_gets_the_password(monkeypatch):
    with ExitStack() as stack:
        proxy, asked = stack.enter_context(answering(200))
        url, _ = stack.enter_context(answering(200, body=b'{"by": "itself"}'))
        monkeypatch.setenv("http_proxy", proxy)
        monkeypatch.delenv("no_proxy", raising=False)

        assert ask(url) == {"by": "itself"}

    assert asked == []


def test_a_health_check_that_found_something_is_an_answer():
    with answering(503, body=b'{"status": "failed"}') as (url, _):
        assert ask(url) == {"status": "failed"}


def test_what_is_no_answer_of_a_broker_is_a_refusal():
    page = answering(503, body=b"<html>maintenance</html>")
    with page as (url, _), pytest.raises(BusRefused, match="503"):
        ask(url)
