"""Certificates of ours and of others: in use, ending, or revoked."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from edoc_connector.model.evidence import EvidenceKind
from edoc_connector.model.own_key import Cause
from edoc_connector.storage.columns import Choice, Moment
from edoc_connector.storage.tables.parts import table, text

# Which certificate was in use since when; the newest is the one in use.
key_uses: Final = table(
    "key_uses",
    text("name"),
    text("certificate"),
    sa.Column("cause", Choice(Cause), nullable=False),
    sa.Column("since", Moment, nullable=False),
)

# Certificates that end or were revoked, ours and those we trust: what was said of them.
watched: Final = table(
    "watched",
    text("certificate"),
    sa.Column("said_days", sa.BigInteger),
    sa.Column("revoked_at", Moment),
    sa.Column("untrusted_at", Moment),
    sa.UniqueConstraint("certificate"),
)

revocation_answers: Final = table(
    "revocation_answers",
    text("about"),
    text("issuer"),
    sa.Column("kind", Choice(EvidenceKind), nullable=False),
    text("source"),
    text("content"),
    sa.Column("given_at", Moment, nullable=False),
    sa.UniqueConstraint("about", "issuer"),
)

revocation_outages: Final = table(
    "revocation_outages",
    text("certificate"),
    text("issuer"),
    sa.Column("since", Moment, nullable=False),
    sa.Column("alerted_at", Moment),
    sa.UniqueConstraint("issuer", "certificate"),
)
