"""Which of our keys is in use, and what was said of certificates that end."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from edoc_connector.model.identifiers import Digest
from edoc_connector.storage.records import KeyUse
from edoc_connector.storage.rows import Rows, selected
from edoc_connector.storage.tables import key_uses, watched


class KeyUses:
    """The certificates that were in use; nothing of it is ever changed."""

    def __init__(self, connection: sa.Connection) -> None:
        self._rows = Rows(connection, key_uses, KeyUse)

    def add(self, use: KeyUse) -> None:
        """Put another one into use."""
        self._rows.add(asdict(use))

    def newest(self, among: Collection[str] | None = None) -> KeyUse | None:
        """Return the one in use, or the newest of those with these names."""
        if among is None:
            found = self._rows.all(NEWEST)
        else:
            found = self._rows.all(NEWEST_AMONG, among=list(among))
        return found[0] if found else None


class Watched:
    """Certificates whose end was announced, or whose revocation is known."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def warn(self, certificate: Digest, days: int) -> bool:
        """Remember that so many days were announced; False where they were before."""
        self._add(certificate)
        earlier = sa.or_(watched.c.said_days.is_(None), watched.c.said_days > days)
        return self._set(certificate, earlier, said_days=days)

    def revoke(self, certificate: Digest, at: datetime) -> bool:
        """Remember that it is known to be revoked; False where it was known."""
        self._add(certificate)
        return self._set(certificate, watched.c.revoked_at.is_(None), revoked_at=at)

    def restore(self, certificate: Digest) -> bool:
        """Remember that its revocation was taken back; False where there was none."""
        known = watched.c.revoked_at.is_not(None)
        return self._set(certificate, known, revoked_at=None)

    def distrust(self, certificate: Digest, at: datetime) -> bool:
        """Remember that it leads to no anchor; False where that was known."""
        self._add(certificate)
        return self._set(certificate, watched.c.untrusted_at.is_(None), untrusted_at=at)

    def trust(self, certificate: Digest) -> None:
        """Remember that it leads to an anchor again."""
        known = watched.c.untrusted_at.is_not(None)
        self._set(certificate, known, untrusted_at=None)

    def untrusted(self) -> frozenset[Digest]:
        """Return the certificates of which it is known that they lead to no anchor."""
        return self._certificates(UNTRUSTED)

    def revoked(self) -> frozenset[Digest]:
        """Return the certificates that are known to be revoked."""
        return self._certificates(REVOKED)

    def _certificates(self, query: sa.Select[Any]) -> frozenset[Digest]:
        return frozenset(map(Digest, self._connection.scalars(query)))

    def _add(self, certificate: Digest) -> None:
        values = {"certificate": certificate}
        Rows(self._connection, watched, KeyUse).add(values)

    def _set(
        self, certificate: Digest, when: sa.ColumnElement[bool], **values: object
    ) -> bool:
        changed = self._connection.execute(
            sa.update(watched)
            .where(watched.c.certificate == certificate, when)
            .values(values)
        )
        return changed.rowcount == 1


# Made once: to put a statement together costs more than to run it.
NEWEST: Final = selected(key_uses, KeyUse).order_by(key_uses.c.id.desc()).limit(1)
NEWEST_AMONG: Final = NEWEST.where(
    key_uses.c.name.in_(sa.bindparam("among", expanding=True))
)
UNTRUSTED: Final = sa.select(watched.c.certificate).where(
    watched.c.untrusted_at.is_not(None)
)
REVOKED: Final = sa.select(watched.c.certificate).where(
    watched.c.revoked_at.is_not(None)
)
