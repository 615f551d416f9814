"""How fast packets are read and written, beside what nobody can do without.

    .venv/bin/python -m bench.packet

Every packet is sealed and carries one file of random bytes: a PDF, which travels raw,
or a picture, which travels in a ZIP.  Reading digests the file; writing goes nowhere,
or "into the store", which digests the whole packet as a connector does.  The floor is
base64 and SHA-256 over the file, by the fastest means found in the same run: to decode
and digest it for reading, to encode and digest it for writing.

Times are of the processor, on one core.  Each figure is the median of rounds in which
everything had its turn, because machines are noisy.

Memory is what the system counts for a process that has loaded the whole connector and
writes a packet with one file from its store into its store.
"""

from __future__ import annotations

import hashlib
import io
import mmap
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile

import pybase64

import edoc_connector.app.connector  # noqa: F401  (memory is measured with all of it)
from edoc_connector.envelope.read import read
from edoc_connector.envelope.write import write
from edoc_connector.model.document import Attachment
from edoc_connector.model.stages import SealedEnvelope
from edoc_connector.signature.sign import seal
from edoc_connector.storage.content import ContentStore
from tests.support import builders
from tests.support.pki import rsa_sealer

SIZES = {"20 KB": 20_000, "200 KB": 200_000, "2 MB": 2_000_000, "20 MB": 20_000_000}
ROUNDS = 15
ROUND_BYTES = 4_000_000
"""What is small is done again until it comes to this much."""
CHUNK_BYTES = 256 * 1024
"""What the store hands out at a time."""
PIECE_BYTES = 48 * 1024
LARGE_BYTES = 200_000_000
MOST_BYTES = 1 << 30
NAMES = {"raw": "a.pdf", "zip": "a.tif"}

Job = Callable[[], object]


def main() -> None:
    """Measure, and print."""
    if len(sys.argv) > 1:
        print(peak_bytes(sys.argv[1]))
        return
    # Before anything large is here: a child begins with its parent's peak.
    memory = {kind: peak_of_child(kind) for kind in NAMES}
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    print_speed({label: seconds_of(size) for label, size in SIZES.items()})
    for kind, peak in memory.items():
        megabytes = f"{peak / 1e6:.0f} MB"
        print(f"write a file of 200 MB, {kind}: {megabytes} of memory; bar: 150 MB")


# --- speed --------------------------------------------------------------------


def seconds_of(size: int) -> Mapping[str, float]:
    """Return the median seconds of every job on a file of this size."""
    data = os.urandom(size)
    floors = {"floor to read": readers(data), "floor to write": writers(data)}
    jobs = {name: fastest(ways) for name, ways in floors.items()} | work(data)
    again = max(1, ROUND_BYTES // size)
    rounds = [{name: timed(jobs[name], again) for name in jobs} for _ in range(ROUNDS)]
    return {name: statistics.median(each[name] for each in rounds) for name in jobs}


def timed(job: Job, again: int) -> float:
    """Return how long one run takes."""
    began = time.process_time()
    for _ in range(again):
        job()
    return (time.process_time() - began) / again


def fastest(ways: Mapping[str, Job]) -> Job:
    """Return the way that takes the least, and say which that is."""
    best = min(ways, key=lambda way: min(timed(ways[way], 3) for _ in range(5)))
    print(f"floor: {best}", file=sys.stderr)
    return ways[best]


def readers(data: bytes) -> Mapping[str, Job]:
    """Return every way to decode and digest: by whom, at once or piece by piece."""
    text = b64encode(data)
    decoders = {
        "base64": b64decode,
        "pybase64": lambda piece: pybase64.b64decode(piece, validate=True),
    }
    return {
        f"{who} decodes {len(data)} bytes, {step} at a time": lambda by=by, step=step: (
            digest(by(piece) for piece in cut(text, step))
        )
        for who, by in decoders.items()
        for step in (len(text), PIECE_BYTES // 3 * 4)
    }


def writers(data: bytes) -> Mapping[str, Job]:
    """Return every way to encode and digest."""
    encoders = {"base64": b64encode, "pybase64": pybase64.b64encode}
    return {
        f"{who} encodes {len(data)} bytes, {step} at a time": lambda by=by, step=step: (
            digest(piece for piece in cut(data, step) if by(piece))
        )
        for who, by in encoders.items()
        for step in (len(data), PIECE_BYTES)
    }


def cut(data: bytes, step: int) -> Iterator[bytes]:
    """Yield the bytes in pieces."""
    return (data[start : start + step] for start in range(0, len(data), step))


def digest(pieces: Iterator[bytes]) -> bytes:
    """Return their SHA-256."""
    found = hashlib.sha256()
    for piece in pieces:
        found.update(piece)
    return found.digest()


def work(data: bytes) -> dict[str, Job]:
    """Return what the connector does with this file."""
    raw, zipped = (sealed_with(data, kind) for kind in NAMES)
    contents = builders.contents(data, step=CHUNK_BYTES)
    packet, packet_zipped = (packet_of(each, data) for each in (raw, zipped))
    mapped = mapping_of(packet)
    return {
        "read": lambda: read(packet, max_bytes=MOST_BYTES),
        "read, from a file": lambda: read(mapped, max_bytes=MOST_BYTES),
        "read, zip": lambda: read(packet_zipped, max_bytes=MOST_BYTES),
        "write": lambda: write(raw, contents, Nowhere()),
        "write, into the store": lambda: write(raw, contents, Digesting()),
        "write, zip": lambda: write(zipped, contents, Nowhere()),
    }


def sealed_with(data: bytes, kind: str) -> SealedEnvelope:
    """Return a sealed document with this one file."""
    attachment = builders.attachment(data, name=NAMES[kind])
    document = builders.document(attachments=(attachment,))
    return seal(builders.envelope(document), rsa_sealer())


def packet_of(sealed: SealedEnvelope, data: bytes) -> bytes:
    """Return the bytes of a packet."""
    out = io.BytesIO()
    write(sealed, builders.contents(data), out)
    return out.getvalue()


def mapping_of(packet: bytes) -> mmap.mmap:
    """Return a file with this packet, mapped into memory."""
    with TemporaryFile() as file:
        file.write(packet)
        file.flush()
        return mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)


class Nowhere(io.RawIOBase):
    """A file that forgets what is written to it."""

    def writable(self) -> bool:
        """Say that it is for writing."""
        return True

    def write(self, data: bytes) -> int:
        """Forget it."""
        return len(data)


class Digesting(Nowhere):
    """The same, but it knows the digest of what it forgot."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()

    def write(self, data: bytes) -> int:
        """Digest it."""
        self._hash.update(data)
        return len(data)


def print_speed(columns: Mapping[str, Mapping[str, float]]) -> None:
    """Print megabytes of attachment a second, and how much of its floor that is."""
    python, base64 = platform.python_version(), pybase64.get_version()
    print(f"megabytes of attachment a second; Python {python}, pybase64 {base64}")
    print(f"{'':<24}" + "".join(f"{label:>16}" for label in columns))
    for name in next(iter(columns.values())):
        cells = (cell(name, label, seconds) for label, seconds in columns.items())
        print(f"{name:<24}" + "".join(f"{text:>16}" for text in cells))


def cell(name: str, label: str, seconds: Mapping[str, float]) -> str:
    """Return the speed of one job, with its share of the floor."""
    speed = f"{SIZES[label] / 1e6 / seconds[name]:.0f}"
    if name.startswith("floor"):
        return f"{speed}      "
    floor = seconds["floor to " + name.partition(",")[0]]
    return f"{speed} {floor / seconds[name]:>4.0%}"


# --- memory -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Stored:
    """Attachments in a store."""

    store: ContentStore

    def chunks(self, attachment: Attachment) -> Iterator[bytes]:
        """Yield the file's bytes."""
        return self.store.chunks(attachment.sha256)


def peak_of_child(kind: str) -> int:
    """Return the memory a process of its own needs at most."""
    command = [sys.executable, "-m", "bench.packet", kind]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return int(done.stdout)


def peak_bytes(kind: str) -> int:
    """Write one large packet from store to store; return the memory that took."""
    with TemporaryDirectory() as folder:
        store = ContentStore(Path(folder))
        stored = store.add(os.urandom(1_000_000) for _ in range(LARGE_BYTES // 10**6))
        attachment = builders.attachment(
            name=NAMES[kind], size=stored.size, sha256=stored.digest
        )
        document = builders.document(attachments=(attachment,))
        sealed = seal(builders.envelope(document), rsa_sealer())
        with store.writer() as writer:
            write(sealed, Stored(store), writer.file)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


if __name__ == "__main__":
    main()
