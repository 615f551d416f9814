"""Authorities that stamp: `openssl ts` by its own clock, `openssl cms` by ours."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from typing import Any, Final, Self

from cryptography import x509
from cryptography.hazmat import asn1
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import ExtendedKeyUsageOID

from edoc_connector.signature import token as structures
from edoc_connector.signature.policy import Policy
from edoc_connector.signature.profile import stamped
from edoc_connector.signature.stamp_request import TimeStampRequest
from tests.support import pki
from tests.support.builders import SENT_AT
from tests.support.second_opinion import program

EPOCH: Final = datetime(2020, 1, 1, tzinfo=UTC)
FOREVER: Final = {"not_before": EPOCH, "not_after": EPOCH + timedelta(days=10_000)}
"""`openssl ts` knows no other clock than that of the computer."""

OIDS: Final = {
    "sha1": "1.3.14.3.2.26",
    "sha256": "2.16.840.1.101.3.4.2.1",
    "sha384": "2.16.840.1.101.3.4.2.2",
    "sha512": "2.16.840.1.101.3.4.2.3",
}
POLICY: Final = "1.3.6.1.4.1.99999.1"

ANOTHER_SIGNER: Final = ("-signer", "another.pem", "-inkey", "tsa.key")
"""Options of a token that two have signed, with one key."""

CONFIGURATION: Final = """\
[ tsa ]
default_tsa = one
[ one ]
serial = serial
signer_cert = tsa.pem
signer_key = tsa.key
certs = chain.pem
signer_digest = {digest}
default_policy = {policy}
digests = sha256, sha384, sha512
accuracy = secs:1
clock_precision_digits = 3
ess_cert_id_alg = {ess}
"""


@cache
def root() -> x509.Certificate:
    """The anchor of time stamping authorities."""
    return pki.authority("time root", -20, **FOREVER)


@cache
def issuing() -> x509.Certificate:
    """The authority between; tokens bring it along."""
    above = ("time root", -20)
    return pki.authority("time issuing", -21, below=above, path_length=0, **FOREVER)


def certificate(**changes: Any) -> x509.Certificate:
    """The certificate of a time stamping authority."""
    values = {
        "subject": pki.name("time"),
        "key": pki.rsa_key(20),
        "issuer": pki.name("time issuing"),
        "issuer_key": pki.p256_key(-21),
        "usage": pki.usage(content_commitment=False),
        "extra": x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]),
    }
    return pki.certificate(**values | FOREVER | changes)


def policy(**changes: Any) -> Policy:
    """Trust the usual anchors, and `root()` for time stamps."""
    return pki.policy(**{"timestamp_anchors": pki.trusted(root())} | changes)


@dataclass(frozen=True, kw_only=True)
class Authority:
    """Answers requests for time stamps; `digest` and `ess` name its hashes."""

    certificate: x509.Certificate = field(default_factory=certificate)
    key: Any = field(default_factory=lambda: pki.rsa_key(20))
    chain: tuple[x509.Certificate, ...] = field(default_factory=lambda: (issuing(),))
    digest: str = "sha256"
    ess: str = "sha256"

    def reply(self, query: bytes) -> bytes:
        """Return what `openssl ts` answers, by the clock of this computer."""
        with TemporaryDirectory() as name:
            folder = self._files(Path(name))
            (folder / "query").write_bytes(query)
            command = ["ts", "-reply", "-config", "tsa.cnf", "-queryfile", "query"]
            return _openssl([*command, "-out", "out"], folder)

    def token(
        self,
        signature_value: bytes,
        *,
        at: datetime = SENT_AT,
        options: tuple[str, ...] = ("-cades",),
        **changes: Any,
    ) -> bytes:
        """Return a token that says any time, signed by `openssl cms`."""
        with TemporaryDirectory() as name:
            folder = self._files(Path(name))
            info = tst_info(signature_value, at=at, **changes)
            (folder / "info").write_bytes(info)
            command = [
                *("cms", "-sign", "-in", "info", "-binary", "-nodetach"),
                *("-econtent_type", structures.TST_INFO, "-md", self.digest),
                *("-signer", "tsa.pem", "-inkey", "tsa.key", "-certfile", "chain.pem"),
                *("-outform", "DER", "-out", "out"),
            ]
            return _openssl([*command, *options], folder)

    def _files(self, folder: Path) -> Path:
        settings = CONFIGURATION.format(digest=self.digest, ess=self.ess, policy=POLICY)
        (folder / "tsa.cnf").write_text(settings)
        (folder / "tsa.pem").write_bytes(pki.pem(self.certificate))
        (folder / "tsa.key").write_bytes(
            self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        )
        another = certificate()
        (folder / "another.pem").write_bytes(pki.pem(another))
        (folder / "chain.pem").write_bytes(b"".join(map(pki.pem, self.chain)))
        return folder


def tst_info(
    signature_value: bytes,
    *,
    at: datetime = SENT_AT,
    hash_name: str = "sha256",
    accuracy: structures.Accuracy | None = None,
    nonce: int | None = None,
    **changes: Any,
) -> bytes:
    """Return what an authority says about this signature value."""
    known = hash_name if hash_name in hashlib.algorithms_available else "sha256"
    imprint = structures.MessageImprint(
        algorithm=hash_identifier(hash_name),
        digest=hashlib.new(known, stamped(signature_value)).digest(),
    )
    values = {
        "version": 1,
        "policy": x509.ObjectIdentifier(POLICY),
        "imprint": imprint,
        "serial_number": 7,
        "gen_time": asn1.GeneralizedTime(at.astimezone(UTC)),
        "accuracy": accuracy,
        "ordering": False,
        "nonce": nonce,
        "authority": None,
        "extensions": None,
    } | changes
    return asn1.encode_der(structures.TstInfo(**values))


def hash_identifier(name: str) -> structures.HashIdentifier:
    """The hash of this name."""
    oid = x509.ObjectIdentifier(OIDS[name])
    return structures.HashIdentifier(oid=oid, parameters=asn1.Null())


def query(signature_value: bytes, *options: str) -> bytes:
    """Return the request that `openssl ts` would make."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "data").write_bytes(stamped(signature_value))
        command = ["ts", "-query", "-data", "data", "-sha256", "-cert", "-out", "out"]
        return _openssl([*command, *options], folder)


def openssl_says(token: bytes, signature_value: bytes, folder: Path) -> str:
    """Return the verdict of `openssl ts -verify` on a token: `OK`, or its complaint."""
    (folder / "data").write_bytes(stamped(signature_value))
    (folder / "token").write_bytes(token)
    (folder / "anchors.pem").write_bytes(pki.pem(root()))
    command = [
        *(program("openssl"), "ts", "-verify", "-data", "data", "-in", "token"),
        *("-token_in", "-CAfile", "anchors.pem"),
    ]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, timeout=30
    )
    return "OK" if done.returncode == 0 else done.stderr + done.stdout


def _openssl(arguments: list[str], folder: Path) -> bytes:
    done = subprocess.run(
        [program("openssl"), *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert done.returncode == 0, done.stderr
    return (folder / "out").read_bytes()


@dataclass
class Service:
    """A time stamping service on this computer, with whatever scene it plays.

    `answer` is given the query and returns a status of HTTP and the body; while `held`
    is not set nothing is answered at all.
    """

    answer: Callable[[bytes], tuple[int, bytes]]
    held: Event = field(default_factory=Event)
    queries: list[bytes] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    def __enter__(self) -> Self:
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                service.queries.append(body)
                service.headers.append(dict(self.headers))
                service.held.wait()
                status, reply = service.answer(body)
                with suppress(OSError):  # who asked may have left
                    self.send_response(status)
                    self.send_header("Location", "/elsewhere")
                    self.send_header("Content-Length", str(len(reply)))
                    self.end_headers()
                    self.wfile.write(reply)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.held.set()
        Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.held.set()
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        """Where it is reached."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/tsa"


def honest(authority: Authority | None = None) -> Callable[[bytes], tuple[int, bytes]]:
    """Answers as it should."""
    one = authority or Authority()
    return lambda query: (200, one.reply(query))


def replying(token: bytes) -> tuple[int, bytes]:
    """A reply that grants this token."""
    return 200, structures._written(b"\x30", bytes.fromhex("3003020100") + token)


def request_of(query: bytes) -> TimeStampRequest:
    """What a request asks."""
    return asn1.decode_der(TimeStampRequest, query)


def nonce_of(query: bytes) -> int:
    """The nonce of a request."""
    return request_of(query).nonce
