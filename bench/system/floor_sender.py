"""The sending half of the floor: file -> signature -> base64 -> XML -> confirmed."""

from __future__ import annotations

from itertools import cycle, islice
from typing import TYPE_CHECKING, Any, Final

import pika
import pybase64
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_private_key

if TYPE_CHECKING:
    from pathlib import Path

    from bench.system.floor import FloorWork

OUTSTANDING: Final = 64
PERSISTENT: Final = pika.BasicProperties(delivery_mode=2)


def send(work: FloorWork, ready: Any, begin: Any, done: Any, end: Any) -> None:  # noqa: ANN401
    """Send all documents; the signals are those of `run_floor`."""
    sender = _Sender(work, ready, begin)
    sender.run()
    done.release()
    end.wait()


class _Sender:
    def __init__(self, work: FloorWork, ready: Any, begin: Any) -> None:  # noqa: ANN401
        self._work, self._ready, self._begin = work, ready, begin
        self._key: Any = load_der_private_key(work.key, password=None)
        self._left = islice(cycle(work.files), work.documents)
        self._tag = 0
        self._outstanding: set[int] = set()
        self._is_over = False
        self._channel: Any = None
        self._connection = pika.SelectConnection(
            pika.URLParameters(work.url),
            on_open_callback=lambda it: it.channel(on_open_callback=self._opened),
            on_open_error_callback=self._failed,
        )

    def run(self) -> None:
        self._connection.ioloop.start()

    def _failed(self, _: object, error: Exception) -> None:
        raise error

    def _opened(self, channel: Any) -> None:  # noqa: ANN401
        self._channel = channel
        channel.confirm_delivery(self._confirmed, callback=self._start)

    def _start(self, _: object) -> None:
        self._ready.release()
        self._begin.wait()
        self._publish()

    def _confirmed(self, frame: Any) -> None:  # noqa: ANN401
        tag, is_multiple = frame.method.delivery_tag, frame.method.multiple
        self._outstanding -= (
            {it for it in self._outstanding if it <= tag} if is_multiple else {tag}
        )
        self._publish()
        if self._is_over and not self._outstanding:
            self._connection.ioloop.stop()

    def _publish(self) -> None:
        while len(self._outstanding) < OUTSTANDING and not self._is_over:
            path = next(self._left, None)
            self._is_over = path is None
            if path is not None:
                self._tag += 1
                self._outstanding.add(self._tag)
                body = self._written(path)
                self._channel.basic_publish("", self._work.queue, body, PERSISTENT)

    def _written(self, path: Path) -> bytes:
        content = path.read_bytes()
        signature = self._key.sign(content, PKCS1v15(), SHA256())
        return b"<d><s>%b</s><c>%b</c></d>" % (
            pybase64.b64encode(signature),
            pybase64.b64encode(content),
        )
