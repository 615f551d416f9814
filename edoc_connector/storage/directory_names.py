"""Bodies found by their names: by how these begin, by words in them, without tones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa

from edoc_connector.model.folding import START_LETTERS
from edoc_connector.storage.directory import Asked, BodyVersion, version_of
from edoc_connector.storage.rows import LAST
from edoc_connector.storage.tables import bodies, body_starts

MOST_SCANNED: Final = 500
"""Of a word that more names have, only so many are looked at for the other words."""

TIMES: Final = 3
"""A name may begin so at several of its words, and each is found."""


class BodyNames:
    """Names by index: each is there from every word of it on."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def find(self, text: str, asked: Asked, limit: int) -> tuple[BodyVersion, ...]:
        """Return the bodies whose folded names hold a folded text, on that day.

        First who is called exactly so, then who has these words beside each other, the
        last one perhaps begun only; if there is nobody, who has them all, wherever.
        """
        found = {it.id: it for it in self._exactly(text, asked, limit)}
        if len(found) < limit:
            found |= {it.id: it for it in self._beside(text, asked, limit)}
        words = text.split()
        if not found and len(words) > 1:
            found |= {it.id: it for it in self._apart(words, asked, limit)}
        return tuple(found.values())[:limit]

    def _exactly(self, text: str, asked: Asked, limit: int) -> list[BodyVersion]:
        is_so = body_starts.c.text == text[:START_LETTERS]
        return self._where(is_so, bodies.c.folded == text, asked, limit)

    def _beside(self, text: str, asked: Asked, limit: int) -> list[BodyVersion]:
        has = _has(text) if len(text) > START_LETTERS else sa.true()
        return self._where(_begins(text), has, asked, limit * TIMES)

    def _apart(
        self, words: Sequence[str], asked: Asked, limit: int
    ) -> list[BodyVersion]:
        counts = {word: self._count(word) for word in words}
        rarest = min(counts, key=lambda word: counts[word])
        scanned = sa.select(body_starts.c.body).where(_begins(rarest))
        query: sa.Select[Any] = (
            sa.select(bodies)
            .where(bodies.c.id.in_(scanned.limit(MOST_SCANNED)))
            .where(*map(_has, words), asked.holds)
            .limit(limit * TIMES)
        )
        return [version_of(row) for row in self._connection.execute(query)]

    def _count(self, word: str) -> int:
        those = sa.select(body_starts.c.body).where(_begins(word)).limit(MOST_SCANNED)
        query = sa.select(sa.func.count()).select_from(those.subquery())
        return self._connection.scalar(query) or 0

    def _where(
        self,
        begins: sa.ColumnElement[bool],
        has: sa.ColumnElement[bool],
        asked: Asked,
        limit: int,
    ) -> list[BodyVersion]:
        query: sa.Select[Any] = (
            sa.select(bodies)
            .join(body_starts, body_starts.c.body == bodies.c.id)
            .where(begins, has, asked.holds)
            .limit(limit)
        )
        return [version_of(row) for row in self._connection.execute(query)]


def _begins(text: str) -> sa.ColumnElement[bool]:
    start = text[:START_LETTERS]
    column = body_starts.c.text
    return sa.and_(column >= start, column < start + LAST)


def _has(text: str) -> sa.ColumnElement[bool]:
    """Say that a name has a word that begins so."""
    return (" " + bodies.c.folded).contains(f" {text}", autoescape=True)
