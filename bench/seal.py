"""How fast packets are sealed and verified, beside what nobody can do without.

    .venv/bin/python -m bench.seal

A packet is of a document with every usual field and one PDF of random bytes, sealed
with RSA-2048.  "seal" is SHA-256 over the file, the statement and the signature over
it: what makes a document a sealed one.  "verify" is SHA-256 over the file and all the
steps of `verify`, path to the trust anchor included, on a packet that has been read;
"of a stranger" is the same for a certificate never seen before.  The floor is SHA-256
over the file and the one RSA operation, by the libraries that the connector uses.

Beside them stand signxml and xmlsec doing what a connector without our seal would do:
the written packet is parsed, signed as a whole (enveloped, exclusive C14N, SHA-256) and
serialised; or parsed and verified.  They are spared the path: they are told the key.

What the packet itself costs, sealed or not, is in `bench.packet`; "write" and "read"
stand here too, so that all is seen in one run.

Times are of the processor, on one core.  Each figure is the median of rounds in which
everything had its turn.  Memory is what the system counts for a process that has loaded
the whole connector, and does the work with a file of 200 MB from its store.
"""

from __future__ import annotations

import hashlib
import io
import os
import platform
import resource
import statistics
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import cryptography
import signxml
import xmlsec
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from lxml import etree

import edoc_connector.app.connector  # noqa: F401  (memory is measured with all of it)
from bench.packet import (
    CHUNK_BYTES,
    LARGE_BYTES,
    MOST_BYTES,
    ROUND_BYTES,
    ROUNDS,
    SIZES,
    Nowhere,
    Stored,
    cut,
    digest,
    timed,
)
from edoc_connector.envelope.read import read
from edoc_connector.envelope.write import write
from edoc_connector.model.identifiers import Digest
from edoc_connector.model.stages import (
    Envelope,
    ReceivedEnvelope,
    SealedEnvelope,
    VerifiedEnvelope,
)
from edoc_connector.signature import certificate, validation
from edoc_connector.signature.policy import Policy
from edoc_connector.signature.sign import seal
from edoc_connector.signature.verify import verify
from edoc_connector.storage.content import ContentStore
from tests.support import builders, pki

EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
FILE = "a.pdf"
BAR = 0.60
SLOW = 10
"""Packets a second, below which tenths count."""
FLOORS = {"seal": "floor to seal", "verify": "floor to verify"}
MEMORY = ("seal", "verify")

Job = Callable[[], object]

DOCUMENT = builders.document()
ATTACHMENT = builders.attachment(name=FILE)
STAMPS = builders.envelope(DOCUMENT).trace


def main() -> None:
    """Measure, and print."""
    if len(sys.argv) > 1:
        print(peak_bytes(sys.argv[1]))
        return
    # Before anything large is here: a child begins with its parent's peak.
    memory = {job: peak_of_child(job) for job in MEMORY}
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    columns = {label: seconds_of(size) for label, size in SIZES.items()}
    print_speed(columns)
    print_verdict(columns)
    for job, peak in memory.items():
        megabytes = f"{peak / 1e6:.0f} MB"
        print(f"{job} a packet with 200 MB: {megabytes} of memory; bar: 150 MB")


# --- speed --------------------------------------------------------------------


def seconds_of(size: int) -> Mapping[str, float]:
    """Return the median seconds of every job on a file of this size."""
    jobs = work(os.urandom(size))
    again = max(1, min(40, ROUND_BYTES // size))
    for job in jobs.values():
        job()
    rounds = [{name: timed(jobs[name], again) for name in jobs} for _ in range(ROUNDS)]
    return {name: statistics.median(each[name] for each in rounds) for name in jobs}


def work(data: bytes) -> dict[str, Job]:
    """Return everything that has its turn in a round."""
    key = pki.rsa_sealer()
    sealed = seal(enveloped(data), key)
    contents = builders.contents(data, step=CHUNK_BYTES)
    packet, bare = (written(each, data) for each in (sealed, unsealed(sealed)))
    return (
        floors(data)
        | {
            "seal": lambda: seal(enveloped(data), key),
            "verify": verifier(packet, data),
            "verify, of a stranger": stranger(verifier(packet, data)),
        }
        | by_signxml(bare)
        | by_xmlsec(bare)
        | {
            "write": lambda: write(sealed, contents, Nowhere()),
            "read": lambda: read(packet, max_bytes=MOST_BYTES),
        }
    )


def floors(data: bytes) -> dict[str, Job]:
    """Return SHA-256 over the file and one RSA operation, and nothing else."""
    private, public = pki.rsa_key(), pki.rsa_key().public_key()
    message = os.urandom(800)
    value = private.sign(message, padding.PKCS1v15(), SHA256())
    return {
        "floor to seal": lambda: (
            hashlib.sha256(data),
            private.sign(message, padding.PKCS1v15(), SHA256()),
        ),
        "floor to verify": lambda: (
            hashlib.sha256(data),
            public.verify(value, message, padding.PKCS1v15(), SHA256()),
        ),
    }


def enveloped(data: bytes) -> Envelope:
    """Return a document with this file, of which the digest is taken here."""
    found = digest(cut(data, CHUNK_BYTES)).hex()
    file = replace(ATTACHMENT, size=len(data), sha256=Digest(found))
    return Envelope(replace(DOCUMENT, attachments=(file,)), STAMPS)


def unsealed(sealed: SealedEnvelope) -> SealedEnvelope:
    """Return the same without its seal."""
    return SealedEnvelope(sealed.envelope, builders.UNSEALED)


def written(sealed: SealedEnvelope, data: bytes) -> bytes:
    """Return the bytes of a packet."""
    out = io.BytesIO()
    write(sealed, builders.contents(data), out)
    return out.getvalue()


def verifier(packet: bytes, data: bytes) -> Job:
    """Return what a receiver does with a packet it has read.

    The reader has digested the file; that is counted here.
    """
    received, policy = read(packet, max_bytes=MOST_BYTES), pki.policy()
    return lambda: (
        digest(cut(data, CHUNK_BYTES)),
        verified(received, policy),
    )


def verified(received: ReceivedEnvelope, policy: Policy) -> VerifiedEnvelope:
    """Verify it; whether a certificate was revoked is asked of nobody."""
    return verify(
        received,
        policy,
        account=builders.SENDER,
        received_at=builders.SENT_AT,
        now=builders.SENT_AT,
        revocation=None,
    )


def stranger(job: Job) -> Job:
    """Return the job done by somebody who has never seen this certificate."""

    def forgetful() -> object:
        forget()
        return job()

    return forgetful


def forget() -> None:
    """Forget the certificate and its path, which the next packet would find known."""
    certificate.read_certificate.cache_clear()
    validation._lasting_problem.cache_clear()  # noqa: SLF001


# --- the others ---------------------------------------------------------------


def by_signxml(packet: bytes) -> dict[str, Job]:
    """Return how signxml signs the whole packet, and verifies it."""
    signer = signxml.XMLSigner(
        method=signxml.methods.enveloped,
        signature_algorithm="rsa-sha256",
        digest_algorithm="sha256",
        c14n_algorithm=EXCLUSIVE,
    )
    # It has no public way to take a file of more than 10 MB.
    signer._parser = huge()  # noqa: SLF001
    key, issued = pki.rsa_key(), [own_certificate()]

    def sign() -> bytes:
        root = etree.fromstring(packet, huge())
        return etree.tostring(signer.sign(root, key=key, cert=issued))

    signed = sign()
    return {
        "signxml signs": sign,
        "signxml verifies": lambda: signxml.XMLVerifier().verify(
            signed, x509_cert=issued[0], parser=huge()
        ),
    }


def by_xmlsec(packet: bytes) -> dict[str, Job]:
    """Return how xmlsec does."""
    pem = pki.rsa_key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    private = xmlsec.Key.from_memory(pem, xmlsec.KeyFormat.PEM)
    private.load_cert_from_memory(pki.pem(own_certificate()), xmlsec.KeyFormat.PEM)
    public = xmlsec.Key.from_memory(
        pki.pem(own_certificate()), xmlsec.KeyFormat.CERT_PEM
    )

    def sign() -> bytes:
        root = etree.fromstring(packet, huge())
        context = xmlsec.SignatureContext()
        context.key = private
        context.sign(template(root))
        return etree.tostring(root)

    signed = sign()

    def check() -> None:
        root = etree.fromstring(signed, huge())
        context = xmlsec.SignatureContext()
        context.key = public
        context.verify(xmlsec.tree.find_node(root, xmlsec.constants.NodeSignature))

    return {"xmlsec signs": sign, "xmlsec verifies": check}


def template(root: etree._Element) -> etree._Element:
    """Put the form of an enveloped signature into the packet."""
    signature = xmlsec.template.create(
        root, xmlsec.constants.TransformExclC14N, xmlsec.constants.TransformRsaSha256
    )
    root.append(signature)
    reference = xmlsec.template.add_reference(
        signature, xmlsec.constants.TransformSha256, uri=""
    )
    xmlsec.template.add_transform(reference, xmlsec.constants.TransformEnveloped)
    xmlsec.template.add_transform(reference, xmlsec.constants.TransformExclC14N)
    held = xmlsec.template.add_x509_data(xmlsec.template.ensure_key_info(signature))
    xmlsec.template.x509_data_add_certificate(held)
    return signature


def huge() -> etree.XMLParser:
    """Return a parser as careful as ours that takes files of any size."""
    return etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)


def own_certificate() -> x509.Certificate:
    """Return the certificate of the key that all of them sign with."""
    return x509.load_der_x509_certificate(pki.rsa_sealer().certificate)


# --- what is printed ----------------------------------------------------------


def print_speed(columns: Mapping[str, Mapping[str, float]]) -> None:
    """Print how many a second, and how much of its floor that is."""
    python = platform.python_version()
    versions = f"cryptography {cryptography.__version__}, xmlsec {xmlsec.__version__}"
    print(f"packets a second; Python {python}, {versions}")
    print(f"{'':<24}" + "".join(f"{label:>16}" for label in columns))
    for name in next(iter(columns.values())):
        cells = (cell(name, seconds) for seconds in columns.values())
        print(f"{name:<24}" + "".join(f"{text:>16}" for text in cells))


def cell(name: str, seconds: Mapping[str, float]) -> str:
    """Return the speed of one job, with its share of the floor."""
    speed = 1 / seconds[name]
    text = f"{speed:,.0f}" if speed > SLOW else f"{speed:.1f}"
    floor = FLOORS.get(name.partition(",")[0])
    share = f"{seconds[floor] / seconds[name]:>4.0%}" if floor else "    "
    return f"{text} {share}"


def print_verdict(columns: Mapping[str, Mapping[str, float]]) -> None:
    """Say whether the bars are met."""
    for label, seconds in columns.items():
        share = seconds["floor to seal"] / seconds["seal"]
        print(f"{label}: sealing at {share:.0%} of its floor; bar: {BAR:.0%}")
        for ours, theirs in (("seal", "signs"), ("verify", "verifies")):
            best = min(seconds[f"{who} {theirs}"] for who in ("signxml", "xmlsec"))
            print(
                f"{label}: {ours} {best / seconds[ours]:.1f} times the faster of both"
            )


# --- memory -------------------------------------------------------------------


def peak_of_child(job: str) -> int:
    """Return the memory a process of its own needs at most."""
    command = [sys.executable, "-m", "bench.seal", job]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return int(done.stdout)


def peak_bytes(job: str) -> int:
    """Seal a large packet from store to store, or verify it too; return the memory."""
    with TemporaryDirectory() as folder:
        store = ContentStore(Path(folder))
        packet = sealed_in(store)
        if job == "verify":
            with store.mapped(packet) as body:
                received = read(body, max_bytes=MOST_BYTES)
                verified(received, pki.policy())
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def sealed_in(store: ContentStore) -> Digest:
    """Put a file and its sealed packet into the store; return which packet it is."""
    stored = store.add(os.urandom(1_000_000) for _ in range(LARGE_BYTES // 10**6))
    file = builders.attachment(name=FILE, size=stored.size, sha256=stored.digest)
    document = builders.document(attachments=(file,))
    sealed = seal(builders.envelope(document), pki.rsa_sealer())
    with store.writer() as writer:
        write(sealed, Stored(store), writer.file)
    return writer.stored.digest


if __name__ == "__main__":
    main()
