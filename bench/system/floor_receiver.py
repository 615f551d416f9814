"""The receiving half of the floor: consumed -> verified -> decoded -> row -> acked."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any, Final

import pika
import pybase64
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_private_key
from lxml import etree

if TYPE_CHECKING:
    from bench.system.floor import FloorWork

PREFETCH: Final = 64
A_COMMIT: Final = 20
REST_SECONDS: Final = 0.02
PARSER: Final = {"huge_tree": True, "resolve_entities": False, "no_network": True}


def receive(work: FloorWork, ready: Any, begin: Any, done: Any, end: Any) -> None:  # noqa: ANN401
    """Receive all documents; the signals are those of `run_floor`."""
    key: Any = load_der_private_key(work.key, password=None)
    public = key.public_key()
    with (
        closing(sqlite3.connect(work.database, isolation_level=None)) as rows,
        pika.BlockingConnection(pika.URLParameters(work.url)) as connection,
    ):
        _prepare(rows)
        channel = connection.channel()
        channel.basic_qos(prefetch_count=PREFETCH)
        ready.release()
        begin.wait()
        _receive(work, channel, rows, public)
        done.release()
        end.wait()


def _prepare(rows: sqlite3.Connection) -> None:
    rows.execute("PRAGMA journal_mode = WAL")
    rows.execute("PRAGMA synchronous = FULL")
    rows.execute("CREATE TABLE IF NOT EXISTS document (id INTEGER, bytes INTEGER)")


def _receive(
    work: FloorWork,
    channel: Any,  # noqa: ANN401
    rows: sqlite3.Connection,
    public: Any,  # noqa: ANN401
) -> None:
    waiting: list[tuple[int, int]] = []
    left = work.documents
    for method, _, body in channel.consume(work.queue, inactivity_timeout=REST_SECONDS):
        if method is not None:
            waiting.append((method.delivery_tag, len(_verified(body, public))))
        if waiting and (method is None or len(waiting) >= A_COMMIT):
            _commit(rows, waiting)
            channel.basic_ack(waiting[-1][0], multiple=True)
            left -= len(waiting)
            waiting = []
        if not left:
            return


def _verified(body: bytes, public: Any) -> bytes:  # noqa: ANN401
    tree = etree.fromstring(body, etree.XMLParser(**PARSER))
    content = pybase64.b64decode(tree.findtext("c"), validate=True)
    signature = pybase64.b64decode(tree.findtext("s"), validate=True)
    public.verify(signature, content, PKCS1v15(), SHA256())
    return content


def _commit(rows: sqlite3.Connection, waiting: list[tuple[int, int]]) -> None:
    rows.execute("BEGIN IMMEDIATE")
    rows.executemany("INSERT INTO document VALUES (?, ?)", waiting)
    rows.execute("COMMIT")
