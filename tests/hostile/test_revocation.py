"""Responders and list servers that are slow, down, lying, stale or simply broken.

Whatever they do, the verdict comes in a bounded time, nothing false is believed, and
the doubt names the address and what was wrong with it.
"""

from __future__ import annotations

import socket
import ssl
import threading
import tracemalloc
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from edoc_connector.clock import system_clock
from edoc_connector.errors import AnswerUnusable
from edoc_connector.pki import http
from edoc_connector.pki.http import Question, ask
from edoc_connector.pki.pauses import Pauses
from edoc_connector.pki.revocation import (
    MOST_CRL_BYTES,
    MOST_OCSP_BYTES,
    LiveRevocation,
)
from edoc_connector.signature.ocsp import request
from edoc_connector.signature.revocation import Outcome, check_revocation
from tests.support import revocation as made
from tests.support.authority import (
    CRL_ADDRESS,
    OCSP_ADDRESS,
    Identity,
    RealAuthority,
    now,
)
from tests.support.builders import SENT_AT
from tests.support.computing import Others
from tests.support.responders import Reply, Responder, responder
from tests.support.shelves import MemoryShelf

pytestmark = pytest.mark.usefixtures("socket_enabled")

PATIENCE = 1.0
"""Seconds an address may take in these scenes."""


@dataclass(frozen=True, slots=True)
class Scene:
    """An authority, a certificate of it, others who would speak for it, a server."""

    authority: RealAuthority
    good: Identity
    other: Identity
    useless: Identity
    expired: Identity
    stranger: RealAuthority
    web: Responder

    def source(self, **changes) -> LiveRevocation:
        """Ask this server, whatever it does."""
        return LiveRevocation(
            **{
                "shelf": MemoryShelf(),
                "clock": system_clock,
                "timeout_seconds": PATIENCE,
                "instead": {
                    OCSP_ADDRESS: self.web.address + "/ocsp",
                    CRL_ADDRESS: self.web.address + "/crl",
                },
            }
            | changes
        )

    def judged(self, source: LiveRevocation | None = None) -> Outcome:
        path = self.authority.path(self.good)
        source = source or self.source()
        return check_revocation(path, source, at=now(), now=now())

    def problems(self, source: LiveRevocation | None = None) -> list[str]:
        """What was wrong with the responder, then with the list."""
        (doubt,) = self.judged(source).doubts
        return [cause.details["problem"] for cause in doubt.causes]


@pytest.fixture(scope="module")
def people(tmp_path_factory) -> dict[str, object]:
    folder = tmp_path_factory.mktemp("pki")
    authority = RealAuthority.create(folder / "authority")
    return {
        "authority": authority,
        "good": authority.issue("good"),
        "other": authority.issue("other"),
        "useless": authority.issue("useless", "useless"),
        "expired": authority.issue("expired", "responder", until="20210101000000Z"),
        "stranger": RealAuthority.create(folder / "stranger"),
    }


@pytest.fixture
def scene(people) -> Iterator[Scene]:
    with responder() as web:
        yield Scene(web=web, **people)


def same(scene: Scene, signer: Identity):
    """Answer with the authority's own register, signed by somebody."""
    return lambda asked: scene.authority.ocsp(asked, signer)


def about_another(scene: Scene):
    stored = scene.authority.ocsp(scene.authority.question(scene.other))
    return lambda _: stored


def of_an_earlier_question(scene: Scene):
    asked = request(scene.good.x509, scene.authority.own.x509, b"earlier-question")
    stored = scene.authority.ocsp(asked)
    return lambda _: stored


LIES = {
    "a stranger": (
        lambda it: same(it, it.stranger.own),
        "a responder of another authority",
    ),
    "the certificate itself": (lambda it: same(it, it.good), "no OCSPSigning"),
    "another of its certificates": (lambda it: same(it, it.other), "no OCSPSigning"),
    "a responder without the right": (
        lambda it: same(it, it.useless),
        "no OCSPSigning",
    ),
    "an expired responder": (lambda it: same(it, it.expired), "out of date"),
    "another certificate": (about_another, "about another certificate"),
    "another question": (of_an_earlier_question, "another question (nonce)"),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_of_a_responder_is_not_believed(scene, lie) -> None:
    answering, told = LIES[lie]
    scene.web.at("/ocsp", answering(scene))

    problem = scene.problems()[0]

    assert told in problem


def broken_pages(scene: Scene) -> dict[str, tuple[object, str]]:
    loop = scene.web.address + "/loop"
    scene.web.at("/loop", Reply(status=302, headers={"Location": loop}))
    return {
        "500": (Reply(status=500), "HTTP 500"),
        "html": (Reply(b"<html>sign in first</html>"), "it is no"),
        "empty": (Reply(b""), "it is no"),
        "loop": (Reply(status=302, headers={"Location": loop}), "HTTP 302"),
        "file": (
            Reply(status=302, headers={"Location": "file:///etc/passwd"}),
            "no address of http|HTTP 302",
        ),
        "huge": (Reply(b"\x30" * (MOST_OCSP_BYTES + 1)), "too large"),
        "cut": (Reply(b"\x30\x82\xff", headers={"Content-Length": "9999"}), "it is no"),
    }


@pytest.mark.parametrize(
    "page", ["500", "html", "empty", "loop", "file", "huge", "cut"]
)
def test_what_is_no_answer_at_all_is_said_to_be_so(scene, page) -> None:
    reply, told = broken_pages(scene)[page]
    scene.web.at("/ocsp", reply)

    problem = scene.problems()[0]

    assert any(part in problem for part in told.split("|")), problem


def test_a_list_may_be_larger_but_not_without_end(scene) -> None:
    piece = b"\x30" * (1024 * 1024)
    scene.web.at("/crl", lambda _: Reply(piece for _ in range(64)))

    problem = scene.problems(scene.source(timeout_seconds=30.0))[1]

    assert problem == "its answer is too large"
    assert 20 * len(piece) == MOST_CRL_BYTES


def test_a_list_that_a_stranger_signed_is_not_believed(scene) -> None:
    scene.web.at("/crl", scene.stranger.crl())

    assert scene.problems()[1] == "the authority did not sign it"


def test_a_stale_answer_proves_nothing_later(scene) -> None:
    scene.web.at("/ocsp", lambda it: scene.authority.ocsp(it, minutes=1))
    path, later = scene.authority.path(scene.good), now() + timedelta(hours=2)

    found = check_revocation(path, scene.source(), at=later, now=later)

    assert "it holds from" in found.doubts[0].causes[0].details["problem"]


def dripping(scene: Scene) -> Reply:
    """A byte now and then, for ever: no single read takes long."""

    def drops() -> Iterator[bytes]:
        while not scene.web.done.wait(0.05):
            yield b"\x30"

    return Reply(drops())


def silent(scene: Scene) -> Reply:
    """Nothing, for ever: who comes back has given up by himself."""
    scene.web.done.wait()
    return Reply()


@pytest.mark.parametrize("slow", [dripping, silent])
def test_a_slow_server_costs_its_time_and_no_more(scene, slow) -> None:
    for path in ("/ocsp", "/crl"):
        scene.web.at(path, lambda _: slow(scene))

    problems = scene.problems()

    assert problems == ["it does not answer in time"] * 2
    assert not scene.web.done.is_set()  # it would go on


def test_a_server_that_drips_its_header_costs_its_time_and_no_more(scene) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}/"
        source = scene.source(instead={OCSP_ADDRESS: address, CRL_ADDRESS: address})

        problems = scene.problems(source)  # the system accepts, nobody answers

    assert problems == ["it does not answer in time"] * 2


def test_a_hundred_packets_do_not_each_wait_for_a_server_that_is_away(scene) -> None:
    for path in ("/ocsp", "/crl"):
        scene.web.at(path, lambda _: silent(scene))
    source = scene.source()

    for _ in range(100):
        assert scene.problems(source) == ["it does not answer in time"] * 2

    assert len(scene.web.asked) == 2


def test_a_responder_that_fails_one_certificate_is_still_asked_about_others(
    scene,
) -> None:
    scene.web.at("/ocsp", about_another(scene))
    source = scene.source()

    assert scene.problems(source)[0] == "it is about another certificate"
    assert scene.problems(source)[0] == "it is about another certificate"
    assert scene.web.count("/ocsp") == 1
    path = scene.authority.path(scene.other)
    assert check_revocation(path, source, at=now(), now=now()).doubts == ()


def test_a_responder_may_know_one_certificate_and_not_another(scene) -> None:
    other = request(scene.other.x509, scene.authority.own.x509, b"n" * 16)
    serial = ocsp.load_der_ocsp_request(other).serial_number
    status = ocsp.OCSPResponseStatus.UNAUTHORIZED
    refusal = ocsp.OCSPResponseBuilder.build_unsuccessful(status)

    def answering(asked: bytes) -> bytes:
        if ocsp.load_der_ocsp_request(asked).serial_number == serial:
            return scene.authority.ocsp(asked)
        return refusal.public_bytes(Encoding.DER)

    scene.web.at("/ocsp", answering)
    source = scene.source()

    assert scene.problems(source)[0] == "the responder says unauthorized"
    path = scene.authority.path(scene.other)
    assert check_revocation(path, source, at=now(), now=now()).doubts == ()


def test_a_server_that_is_down_is_named(scene) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        free = f"http://127.0.0.1:{server.getsockname()[1]}/"
    source = scene.source(instead={OCSP_ADDRESS: free, CRL_ADDRESS: free})

    (doubt,) = scene.judged(source).doubts

    assert [it.details["source"] for it in doubt.causes] == [OCSP_ADDRESS, CRL_ADDRESS]
    assert {it.details["problem"] for it in doubt.causes} == {"Connection refused"}


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "ldap://127.0.0.1/cn=a",
        "ftp://127.0.0.1/a",
        "http://user:secret@127.0.0.1/",
        "http:///nowhere",
        "http://[::1",
        "http://127.0.0.1:99999/",
        "gopher",
        "",
    ],
)
def test_only_the_web_is_asked_and_nobody_signs_in(address) -> None:
    question = Question(address=address, most_bytes=10, timeout_seconds=PATIENCE)

    with pytest.raises(AnswerUnusable, match="it is no address"):
        ask(question)


def test_a_refused_answer_is_not_kept(scene, tmp_path: Path) -> None:
    del tmp_path
    shelf = MemoryShelf()
    scene.web.at("/ocsp", same(scene, scene.good))
    scene.web.at("/crl", scene.stranger.crl())

    scene.problems(scene.source(shelf=shelf))

    assert shelf.answers == {}


def test_a_post_is_not_sent_on_elsewhere(scene) -> None:
    scene.web.at("/elsewhere", b"")
    away = Reply(status=307, headers={"Location": scene.web.address + "/elsewhere"})
    scene.web.at("/ocsp", away)

    assert scene.problems()[0] == "HTTP 307"
    assert scene.web.count("/elsewhere") == 0


def test_a_list_that_has_moved_is_fetched_from_there(scene) -> None:
    scene.web.at("/new", scene.authority.crl())
    moved = Reply(status=301, headers={"Location": scene.web.address + "/new"})
    scene.web.at("/crl", moved)

    assert scene.judged().doubts == ()


@pytest.fixture
def secure(scene) -> Iterator[str]:
    """A server of https whose certificate nobody knows."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(scene.good.certificate, scene.good.key)
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(10)

        def serve() -> None:
            with suppress(OSError):
                line, _ = server.accept()
                with line, context.wrap_socket(line, server_side=True):
                    pass

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"https://127.0.0.1:{server.getsockname()[1]}/"
        thread.join(10)


def test_a_server_of_https_that_nobody_vouches_for_is_not_asked(secure) -> None:
    question = Question(address=secure, most_bytes=10, timeout_seconds=10)

    with pytest.raises(AnswerUnusable, match=r"CERTIFICATE_VERIFY_FAILED|certificate"):
        ask(question)


def test_what_speaks_no_http_is_no_answer(scene) -> None:
    del scene
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(10)

        def serve() -> None:
            line, _ = server.accept()
            with line:
                line.recv(1000)
                line.sendall(b"220 mail.example ESMTP\r\n")

        thread = threading.Thread(target=serve)
        thread.start()
        address = f"http://127.0.0.1:{server.getsockname()[1]}/"
        question = Question(address=address, most_bytes=10, timeout_seconds=10)
        with pytest.raises(AnswerUnusable, match="BadStatusLine"):
            ask(question)
        thread.join(10)


def test_the_body_of_a_redirect_is_not_read(scene) -> None:
    piece = bytes(1024 * 1024)
    scene.web.at("/new", b"a list")
    heavy = Reply((piece for _ in range(300)), 302, {"Location": "/new"})
    scene.web.at("/crl", lambda _: heavy)
    question = Question(
        address=scene.web.address + "/crl", most_bytes=10_000, timeout_seconds=10
    )

    tracemalloc.start()
    try:
        answer = ask(question)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert answer == b"a list"
    assert peak < 10 * len(piece)


def test_a_redirect_in_a_circle_is_said_to_be_none(scene) -> None:
    round_again = Reply(status=302, headers={"Location": "/crl"})
    address = scene.web.at("/crl", round_again)

    with pytest.raises(AnswerUnusable, match="HTTP 302"):
        ask(Question(address=address, most_bytes=10, timeout_seconds=10))


@pytest.mark.parametrize("secure", ["http", "https"])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.0.0.%31", "127.1"])
def test_nobody_abroad_sends_us_to_a_service_of_this_computer(
    scene, monkeypatch, host, secure
) -> None:
    """Cloud metadata, consoles, other daemons: a GET can be enough to do harm."""
    port = scene.web.address.rpartition(":")[2]
    scene.web.at("/private", b"secret")
    away = Reply(status=302, headers={"Location": f"{secure}://{host}:{port}/private"})
    scene.web.at("http://lists.example/crl", away)  # to the proxy, all of it is a path
    monkeypatch.setenv("http_proxy", scene.web.address)
    monkeypatch.setenv("no_proxy", "127.0.0.1,localhost,127.0.0.%31,127.1")
    question = Question(
        address="http://lists.example/crl", most_bytes=10_000, timeout_seconds=10
    )

    with pytest.raises(AnswerUnusable, match="it leads back to this computer"):
        ask(question)

    assert [path for path, _ in scene.web.asked] == ["http://lists.example/crl"]


def test_a_proxy_on_this_computer_may_be_used_all_the_way(scene, monkeypatch) -> None:
    scene.web.at("http://new.example/crl", b"a list")
    moved = Reply(status=302, headers={"Location": "http://new.example/crl"})
    scene.web.at("http://lists.example/crl", moved)
    monkeypatch.setenv("http_proxy", scene.web.address)
    question = Question(
        address="http://lists.example/crl", most_bytes=10_000, timeout_seconds=10
    )

    assert ask(question) == b"a list"


def own_lists(scene: Scene, later) -> LiveRevocation:
    """Certificates that name this server for lists, at another time."""
    instead = {made.CRL: scene.web.address + "/crl"}
    return scene.source(instead=instead, clock=lambda: later)


def another() -> tuple:
    """The path of one more certificate of the same authority."""
    return made.issued(more=made.addresses(())), made.authority()


def test_a_stale_list_is_not_fetched_anew_for_every_certificate(scene) -> None:
    later = SENT_AT + timedelta(days=30)
    scene.web.at("/crl", made.revocation_list())
    source = own_lists(scene, later)

    for _ in range(20):
        found = check_revocation(another(), source, at=later, now=later)
        assert "it holds from" in found.doubts[0].causes[0].details["problem"]

    assert scene.web.count("/crl") == 1


def test_a_list_that_fails_one_certificate_is_fetched_for_another(scene) -> None:
    """Its authority forgets who has expired; that says nothing of the others."""
    scene.web.at("/crl", made.revocation_list())
    source = own_lists(scene, SENT_AT)
    expired = made.issued(
        not_after=SENT_AT - timedelta(days=2), more=made.addresses(())
    )
    at = SENT_AT - timedelta(days=3)

    before = check_revocation((expired, made.authority()), source, at=at, now=SENT_AT)
    found = check_revocation(another(), source, at=SENT_AT, now=SENT_AT)

    assert before.doubts
    assert found.doubts == ()


def test_who_is_always_nearly_late_does_not_hold_up_every_packet(scene) -> None:
    """Authentic, good for this very second, and slow: it never fails."""

    def slow(_: bytes) -> bytes:
        scene.web.done.wait(0.8 * PATIENCE)
        return made.ocsp_answer(
            this_update=SENT_AT - timedelta(hours=1), next_update=SENT_AT
        )

    instead = {
        made.OCSP: scene.web.at("/ocsp", slow),
        made.CRL: scene.web.address + "/none",
    }
    at = [SENT_AT]
    source = scene.source(instead=instead, clock=lambda: at[0])
    path = (made.sealer(), made.authority())

    assert check_revocation(path, source, at=at[0], now=at[0]).doubts == ()
    for _ in range(10):
        at[0] += timedelta(seconds=5)
        check_revocation(path, source, at=at[0], now=at[0])

    assert scene.web.count("/ocsp") == 1


def test_all_addresses_of_a_packet_cost_two_timeouts_together(scene) -> None:
    """However many addresses its certificates name, and however dead they are."""
    names = [f"http://{number}.example/" for number in range(4)]
    instead = {
        name: scene.web.at(f"/{number}", lambda _: silent(scene))
        for number, name in enumerate(names)
    }
    certificate = made.issued(more=made.addresses(tuple(names[:2]), tuple(names[2:])))
    source = scene.source(instead=instead, pauses=Pauses())
    asked = source.for_one_seal()

    for _ in range(3):
        path = (certificate, made.authority())
        (doubt,) = check_revocation(path, asked, at=SENT_AT, now=SENT_AT).doubts

    told = [cause.details["problem"] for cause in doubt.causes]
    assert told[2:] == ["there was no time left to ask it"] * 2
    assert len(scene.web.asked) == 2


def test_others_compute_while_a_server_is_waited_for(scene, monkeypatch) -> None:
    others, computed = Others(monkeypatch, http), []

    def answer(_: bytes) -> bytes:
        computed.append(others.compute())
        return b"an answer"

    address = scene.web.at("/slow", answer)
    question = Question(address=address, most_bytes=100, timeout_seconds=30.0)
    with others.baton.held():
        assert ask(question) == b"an answer"

    assert computed == [True]
