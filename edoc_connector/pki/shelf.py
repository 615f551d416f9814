"""Where answers about revocation are kept, and how often somebody looks there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from edoc_connector.model.evidence import Evidence
from edoc_connector.model.identifiers import Digest

Kept = Sequence[tuple[str, Evidence]]
"""Answers, each with where it came from."""


class Shelf(Protocol):
    """Where answers are kept, for every process of this connector."""

    def kept(self, about: Sequence[str], issuer: Digest) -> Kept:
        """Return what is kept about these, and where each came from."""
        ...

    def keep(
        self,
        about: str,
        issuer: Digest,
        evidence: Evidence,
        *,
        source: str,
        given_at: datetime,
    ) -> None:
        """Keep an answer, unless a newer one is kept."""
        ...

    def reached(self, certificate: Digest, issuer: Digest) -> None:
        """Note that this certificate can be judged now."""
        ...


class NoShelf:
    """Keeps nothing, for who asks once."""

    def kept(self, about: Sequence[str], issuer: Digest) -> Kept:
        """Return nothing."""
        del about, issuer
        return ()

    def keep(
        self,
        about: str,
        issuer: Digest,
        evidence: Evidence,
        *,
        source: str,
        given_at: datetime,
    ) -> None:
        """Keep nothing."""

    def reached(self, certificate: Digest, issuer: Digest) -> None:
        """Note nothing."""


@dataclass(frozen=True, slots=True)
class OneLook:
    """A shelf that is looked at once for all that the seals of one batch ask.

    What we keep meanwhile is seen at once.  Only another process of this connector
    keeps answers besides: what it keeps while a batch is judged, the next batch sees,
    as if this one had been judged a moment earlier.  An outage that begins within a
    batch is ended by the next good answer of a later one.

    For one thread and one batch.
    """

    shelf: Shelf
    _seen: dict[tuple[tuple[str, ...], Digest], Kept] = field(default_factory=dict)
    _reached: set[tuple[Digest, Digest]] = field(default_factory=set)

    def kept(self, about: Sequence[str], issuer: Digest) -> Kept:
        """Return what is kept about these, and where each came from."""
        key = (tuple(about), issuer)
        if key not in self._seen:
            self._seen[key] = self.shelf.kept(about, issuer)
        return self._seen[key]

    def keep(
        self,
        about: str,
        issuer: Digest,
        evidence: Evidence,
        *,
        source: str,
        given_at: datetime,
    ) -> None:
        """Keep an answer, and look again."""
        self.shelf.keep(about, issuer, evidence, source=source, given_at=given_at)
        self._seen.clear()

    def reached(self, certificate: Digest, issuer: Digest) -> None:
        """Note that this certificate can be judged now."""
        pair = (certificate, issuer)
        if pair not in self._reached:
            self.shelf.reached(certificate, issuer)
            self._reached.add(pair)
