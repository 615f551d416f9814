"""Where answers about revocation are kept, or nowhere."""

from __future__ import annotations

from collections.abc import Sequence
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
