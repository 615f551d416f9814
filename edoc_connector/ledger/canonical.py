"""The exact bytes of a ledger entry, and the one digest they have.

An entry is canonical JSON (RFC 8785: sorted names, no spaces, UTF-8), made of texts,
integers and lists of texts.  Its digest is the leaf hash of RFC 6962, SHA-256(0x00 ||
bytes), and each entry names the digest of the one before: `sha256sum` alone can check
them, and a Merkle tree can be laid over the same leaves later.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, TypeGuard

from edoc_connector.errors import LedgerBroken
from edoc_connector.json_text import to_sorted_json
from edoc_connector.model.identifiers import Digest

if TYPE_CHECKING:
    from edoc_connector.ledger.facts import Detail, Fact

LEAF: Final = b"\x00"
GREATEST: Final = 2**53
"""Beyond it, programs that count in doubles read another number (RFC 8785, 3.2.2.3)."""


@dataclass(frozen=True, slots=True)
class Head:
    """How far the ledger reaches: the position and digest of its last entry."""

    position: int
    digest: Digest


EMPTY: Final = Head(0, Digest("0" * 64))
"""The head of a ledger without entries; the first entry names it as the one before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A fact with its place in the chain, as it is stored.

    `text` is what was hashed.  `position`, `kind` and `subject` repeat parts of it for
    searching, and `audit` sees to it that they agree.  The properties raise
    `LedgerBroken` where somebody made the text unreadable.
    """

    position: int
    kind: str
    subject: str
    text: str
    digest: Digest

    @property
    def at(self) -> datetime:
        """When it happened, UTC."""
        return self._read().at

    @property
    def details(self) -> Mapping[str, Detail]:
        """All the fact says beside its subject."""
        return self._read().details

    def _read(self) -> Record:
        try:
            return read(self.text)
        except ValueError as error:
            raise LedgerBroken(position=self.position, problem=f"{error}") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What an entry says, every part of it hashed."""

    position: int
    at: datetime
    kind: str
    subject: str
    details: Mapping[str, Detail]
    previous: Digest


def entry_after(head: Head, fact: Fact, at: datetime) -> Entry:
    """Return the entry that adds this fact to a ledger that reaches to `head`."""
    record = Record(
        position=head.position + 1,
        at=at,
        kind=fact.kind,
        subject=fact.subject,
        details=fact.details,
        previous=head.digest,
    )
    text = write(record)
    return Entry(
        position=record.position,
        kind=record.kind,
        subject=record.subject,
        text=text,
        digest=digest_of(text),
    )


def digest_of(text: str) -> Digest:
    """Return the RFC 6962 leaf hash of an entry's text.

    Never raises: a text that has no UTF-8 was not written by us, and its digest fits
    nothing that was.
    """
    leaf = LEAF + text.encode(errors="surrogatepass")
    return Digest(hashlib.sha256(leaf).hexdigest())


def write(record: Record) -> str:
    """Return the only text this record has.

    Raises `ValueError` for a value that could be written in two ways or in none.
    """
    parts = {
        "at": _stamp(record.at),
        "details": {name: _plain(value) for name, value in record.details.items()},
        "kind": record.kind,
        "position": record.position,
        "previous": record.previous,
        "subject": record.subject,
    }
    return to_sorted_json(parts)  # a lone surrogate has no UTF-8


# The facts of one transaction have most often happened at one moment.
@lru_cache(16)
def _stamp(at: datetime) -> str:
    if at.tzinfo is None:
        raise ValueError("a time without a zone")
    utc = at.astimezone(UTC).isoformat(timespec="microseconds")
    return utc.replace("+00:00", "Z")


def _plain(value: Detail) -> str | int | list[str]:
    if isinstance(value, str) or _is_whole(value):
        return value
    if isinstance(value, tuple) and all(isinstance(item, str) for item in value):
        return list(value)
    raise ValueError(f"a {type(value).__name__} that cannot be written")


def _is_whole(value: object) -> TypeGuard[int]:
    return type(value) is int and abs(value) <= GREATEST


def read(text: str) -> Record:
    """Return what an entry's text says.

    Raises `ValueError` unless it is the only text its record has.
    """
    try:
        record = _record(json.loads(text))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise ValueError("the entry cannot be read") from None
    if write(record) != text:
        raise ValueError("the entry is not in canonical form")
    return record


def _record(parts: dict[str, Any]) -> Record:
    if not _is_whole(parts["position"]):
        raise ValueError("the position is no number")
    return Record(
        position=parts["position"],
        at=datetime.fromisoformat(parts["at"]),
        kind=_text(parts["kind"]),
        subject=_text(parts["subject"]),
        details={
            name: tuple(value) if isinstance(value, list) else value
            for name, value in parts["details"].items()
        },
        previous=Digest(_text(parts["previous"])),
    )


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    raise ValueError("this is no text")
