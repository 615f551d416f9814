"""Answers about revocation that are kept, and since when there was none.

A row per certificate (OCSP) or per list; the bytes are in the content store.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from edoc_connector.model.evidence import EvidenceKind
from edoc_connector.model.identifiers import Digest
from edoc_connector.storage.rows import Rows, selected
from edoc_connector.storage.tables import revocation_answers, revocation_outages


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAnswer:
    """`about` is the digest of a certificate, or the address of a list."""

    about: str
    issuer: Digest
    kind: EvidenceKind
    source: str
    content: Digest
    given_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """Since when nobody says whether this certificate, or any of an issuer, is revoked.

    `certificate` is the issuer itself in the row that speaks for all of its.
    """

    certificate: Digest
    issuer: Digest
    since: datetime
    alerted_at: datetime | None


class Revocations:
    """The newest answers, and the outages that have not ended."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._answers = Rows(connection, revocation_answers, KeptAnswer)
        self._outages = Rows(connection, revocation_outages, Outage)

    def kept(self, about: Sequence[str], issuer: Digest) -> tuple[KeptAnswer, ...]:
        """Return what is kept about these, the newest first."""
        return self._answers.all(KEPT, about=list(about), issuer=issuer)

    def keep(self, answer: KeptAnswer) -> None:
        """Keep an answer in place of an older one."""
        table = revocation_answers
        values = {
            "about": answer.about,
            "issuer": answer.issuer,
            "kind": answer.kind,
            "source": answer.source,
            "content": answer.content,
            "given_at": answer.given_at,
        }
        if self._answers.add(values) is None:
            self._connection.execute(
                sa.update(table)
                .where(
                    table.c.about == answer.about,
                    table.c.issuer == answer.issuer,
                    table.c.given_at < answer.given_at,
                )
                .values(values)
            )

    def fail(self, certificate: Digest, issuer: Digest, at: datetime) -> Outage:
        """Note that there is no answer, and return since when there is none.

        That of the issuer counts where it is longer: a new certificate does not give
        an authority that is away new time.
        """
        for one in (certificate, issuer):
            self._outages.add({"certificate": one, "issuer": issuer, "since": at})
        both, since = _outages(certificate, issuer), revocation_outages.c.since
        # A clock that was ahead for a moment must not lengthen the grace.
        self._connection.execute(
            sa.update(revocation_outages).where(both, since > at).values(since=at)
        )
        query = self._outages.select().where(both)
        return min(self._outages.all(query), key=lambda it: it.since)

    def alert(self, issuer: Digest, *, at: datetime, unless_since: datetime) -> bool:
        """Note that a person is told now, or return False if one was told since."""
        table = revocation_outages
        told = self._connection.execute(
            sa.update(table)
            .where(
                table.c.issuer == issuer,
                table.c.certificate == issuer,
                sa.or_(
                    table.c.alerted_at.is_(None),
                    table.c.alerted_at <= unless_since,
                    table.c.alerted_at > at,  # the clock was ahead
                ),
            )
            .values(alerted_at=at)
        )
        return told.rowcount == 1

    def is_out(self, certificate: Digest, issuer: Digest) -> bool:
        """Whether there is an outage of this certificate or its issuer."""
        return bool(self._outages.all(OUT, both=[certificate, issuer], issuer=issuer))

    def end(self, certificate: Digest, issuer: Digest) -> None:
        """Note that this certificate can be judged again.

        So its issuer is not wholly away; others of its certificates may still be out.
        """
        table = revocation_outages
        self._connection.execute(sa.delete(table).where(_outages(certificate, issuer)))


def _outages(certificate: Digest, issuer: Digest) -> sa.ColumnElement[bool]:
    """Choose the rows of a certificate and of its issuer."""
    table = revocation_outages
    return sa.and_(
        table.c.issuer == issuer, table.c.certificate.in_([certificate, issuer])
    )


# Made once: to put a statement together costs more than to run it.
KEPT: Final = (
    selected(revocation_answers, KeptAnswer)
    .where(
        revocation_answers.c.about.in_(sa.bindparam("about", expanding=True)),
        revocation_answers.c.issuer == sa.bindparam("issuer"),
    )
    .order_by(revocation_answers.c.given_at.desc())
)
OUT: Final = selected(revocation_outages, Outage).where(
    revocation_outages.c.issuer == sa.bindparam("issuer"),
    revocation_outages.c.certificate.in_(sa.bindparam("both", expanding=True)),
)
