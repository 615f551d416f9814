"""Lists of revoked certificates that the operator carries in, for closed networks."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from edoc_connector.errors import N_, AnswerUnusable, SettingFileUnreadable
from edoc_connector.model.evidence import Evidence, EvidenceKind
from edoc_connector.signature.certificate import UNREADABLE
from edoc_connector.signature.ports import Answer, Silence

SETTING: Final = "trust.revocation.crls"
PEM: Final = b"-----BEGIN "


@dataclass(frozen=True, slots=True)
class _State:
    """What of a file changes when it is written anew."""

    inode: int
    size: int
    changed_at: int


@dataclass(frozen=True, slots=True)
class _Read:
    state: _State
    issuer: x509.Name
    evidence: Evidence


def crl_der(data: bytes) -> bytes:
    """Return a list as DER that is PEM or DER; what is neither stays as it is."""
    if not data.lstrip().startswith(PEM):
        return data
    try:
        return x509.load_pem_x509_crl(data).public_bytes(Encoding.DER)
    except UNREADABLE:
        return data


@dataclass(frozen=True, slots=True)
class CrlFiles:
    """Each file is read when it is first needed, and again whenever it has changed."""

    paths: tuple[Path, ...] = ()
    _read: dict[Path, _Read] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def answers(self, issuer: x509.Certificate) -> Iterator[Answer | Silence]:
        """Yield the lists of this issuer, and which file cannot be read."""
        for path in self.paths:
            try:
                read = self._current(path)
            except (OSError, AnswerUnusable) as error:
                yield Silence(path.name, _problem(error))
                continue
            if read.issuer == issuer.subject:
                yield Answer(path.name, read.evidence)

    def _current(self, path: Path) -> _Read:
        state = _state_of(path)
        with self._lock:
            known = self._read.get(path)
            if known is None or known.state != state:
                known = self._read[path] = _read_file(path, state)
        return known


def check_crl_files(paths: Iterable[Path]) -> Iterator[SettingFileUnreadable]:
    """Yield which of these files holds no list of revoked certificates."""
    for path in paths:
        try:
            _read_file(path, _state_of(path))
        except (OSError, AnswerUnusable) as error:
            yield SettingFileUnreadable(
                name=SETTING, path=path, problem=_problem(error)
            )


def _state_of(path: Path) -> _State:
    found = path.stat()
    return _State(found.st_ino, found.st_size, found.st_mtime_ns)


def _read_file(path: Path, state: _State) -> _Read:
    der = crl_der(path.read_bytes())
    try:
        issuer = x509.load_der_x509_crl(der).issuer
    except UNREADABLE:
        problem = N_("it holds no list of revoked certificates")
        raise AnswerUnusable(problem=problem) from None
    return _Read(state, issuer, Evidence(EvidenceKind.CRL, der))


def _problem(error: OSError | AnswerUnusable) -> str:
    if isinstance(error, AnswerUnusable):
        return error.details["problem"]
    return error.strerror or str(error)
