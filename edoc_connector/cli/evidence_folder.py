"""A folder with what a verdict rests on, so that anybody can come to it again.

`verdict.json` says what was found and when the packet was received; beside it stand the
answers and stamps themselves, named by their SHA-256.  They are signed by those who
gave them, so nothing in the folder has to be believed but the time of reception, and
that only where no time stamp proves a time.  `authorities.pem` has the authorities that
the writer trusted; a reader decides about them anew.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Final

import msgspec
from cryptography import x509

from edoc_connector.cli.files import read_file, write_new
from edoc_connector.envelope.skeleton import Buffer
from edoc_connector.errors import (
    N_,
    EvidenceUnreadable,
    FileUnreadable,
    NotWritable,
    Reason,
    SealInvalid,
)
from edoc_connector.json_text import from_json, to_json
from edoc_connector.model.evidence import Evidence, EvidenceKind
from edoc_connector.model.stages import ReceivedEnvelope, VerifiedEnvelope
from edoc_connector.model.verdict import Indication, SealForm, TimeSource
from edoc_connector.pki.crl_files import crl_der
from edoc_connector.signature.answers import StoredRevocation
from edoc_connector.signature.ports import Answer, Silence

VERDICT: Final = "verdict.json"
AUTHORITIES: Final = "authorities.pem"
PIECE_BYTES: Final = 1 << 20
MOST_FILES: Final = 1000
"""More than any verdict has; a wrong folder is noticed early."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was found of a packet, by whoever wrote the folder.

    Of a seal that did not hold nothing is known but why: the only doubt.
    """

    packet: str
    received_at: datetime
    indication: Indication
    form: SealForm | None
    sealed_at: datetime | None
    proven_at: datetime | None
    time_source: TimeSource | None
    certificate: str
    doubts: tuple[Reason, ...]
    notes: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Folder:
    """What stands in a folder; `finding` is None where nobody wrote one."""

    path: Path
    evidence: tuple[Evidence, ...]
    finding: Finding | None

    def answers(
        self, certificate: x509.Certificate, issuer: x509.Certificate, at: datetime
    ) -> Iterator[Answer | Silence]:
        """Yield what was kept about revocation; a folder made by hand may lack it."""
        kept = [*StoredRevocation(self.evidence).answers(certificate, issuer, at)]
        yield from kept
        if not kept and self.finding is None:
            yield Silence(str(self.path), N_("no answer about revocation is kept here"))


def read_folder(folder: Path) -> Folder:
    """Read a folder of evidence.

    Raises `FileUnreadable` where there is none, and `EvidenceUnreadable` for a verdict
    that is none.
    """
    try:
        paths = sorted(folder.iterdir())
    except (OSError, ValueError) as error:
        problem = getattr(error, "strerror", None) or str(error)
        raise FileUnreadable(path=folder, problem=problem) from error
    evidence = tuple(_evidence(folder, paths))
    return Folder(folder, evidence, _finding(folder / VERDICT))


def _evidence(folder: Path, paths: list[Path]) -> Iterator[Evidence]:
    kinds = {f".{kind}": kind for kind in EvidenceKind}
    found = [path for path in paths if path.suffix in kinds]
    if len(found) > MOST_FILES:
        because = N_("more than {limit} files of evidence")
        raise EvidenceUnreadable(path=folder, because=because, limit=MOST_FILES)
    for path in found:
        kind, data = kinds[path.suffix], read_file(path)
        # People put lists there by hand, as their authority has them.
        yield Evidence(kind, crl_der(data) if kind is EvidenceKind.CRL else data)


def with_stamps(
    received: ReceivedEnvelope, evidence: Iterable[Evidence]
) -> ReceivedEnvelope:
    """Add the time stamps that were kept: nodes drop them, and some come later."""
    if received.seal is None:
        return received
    tokens = (it for it in evidence if it.kind is EvidenceKind.TIMESTAMP)
    stamps = (b64encode(token.data).decode() for token in tokens)
    seal = received.seal
    every = tuple(dict.fromkeys((*seal.timestamps, *stamps)))
    return replace(received, seal=replace(seal, timestamps=every))


def _finding(path: Path) -> Finding | None:
    if not path.exists():
        return None
    try:
        return from_json(read_file(path), Finding)
    except (msgspec.DecodeError, ValueError) as error:
        raise EvidenceUnreadable(path=path, problem=error) from error


def check_packet(path: Path, kept: Folder, body: Buffer) -> None:
    """Raise `EvidenceUnreadable` where the folder is that of another packet.

    Its time of reception would say nothing of this one.
    """
    if kept.finding and kept.finding.packet != _digest(body):
        because = N_("it belongs to another packet ({packet})")
        packet = kept.finding.packet[:64]
        raise EvidenceUnreadable(path=path, because=because, packet=packet)


def failure_of(body: Buffer, error: SealInvalid, *, received_at: datetime) -> Finding:
    """Return what is to be written down of a packet whose seal did not hold."""
    return failed(_digest(body), error.reason, received_at=received_at)


def failed(packet: str, reason: Reason, *, received_at: datetime) -> Finding:
    """Return the finding of a seal that did not hold, for this reason."""
    return Finding(
        packet=packet,
        received_at=received_at.astimezone(UTC),
        indication=Indication.FAILED,
        form=None,
        sealed_at=None,
        proven_at=None,
        time_source=None,
        certificate="",
        doubts=(reason,),
        notes=(),
    )


def finding_of(
    body: Buffer, verified: VerifiedEnvelope, *, received_at: datetime
) -> Finding:
    """Return what is to be written down of a packet that was verified."""
    verdict = verified.verdict
    return Finding(
        packet=_digest(body),
        received_at=received_at.astimezone(UTC),
        indication=verdict.indication,
        form=verdict.form,
        sealed_at=verified.sealed_at and verified.sealed_at.astimezone(UTC),
        proven_at=verdict.proven_at.astimezone(UTC),
        time_source=verdict.time_source,
        certificate=verified.certificate_digest or "",
        doubts=verdict.doubts,
        notes=verdict.notes,
    )


def _digest(body: Buffer) -> str:
    found = sha256()
    for start in range(0, len(body), PIECE_BYTES):
        found.update(body[start : start + PIECE_BYTES])
    return found.hexdigest()


def write_folder(
    folder: Path,
    finding: Finding | None,
    evidence: Iterable[Evidence],
    authorities: bytes = b"",
) -> None:
    """Write a folder of evidence; the verdict last, and nothing is overwritten.

    Raises `AlreadyThere` or `NotWritable`.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        problem = getattr(error, "strerror", None) or str(error)
        raise NotWritable(path=folder, problem=problem) from error
    for one in evidence:
        write_new(folder / f"{one.digest}.{one.kind}", [one.data])
    if authorities:
        write_new(folder / AUTHORITIES, [authorities])
    if finding is not None:
        write_new(folder / VERDICT, [to_json(finding).encode() + b"\n"])
