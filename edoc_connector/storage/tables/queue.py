"""Packets that wait for the broker, and steps that were begun and not ended."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from edoc_connector.errors import Reason
from edoc_connector.model.stages import Kind
from edoc_connector.storage.columns import Choice, CodeText, Json, Moment
from edoc_connector.storage.tables.parts import code, lookup, number, table, text

outbox: Final = table(
    "outbox",
    text("message_id"),
    sa.Column("kind", Choice(Kind), nullable=False),
    code("sender"),
    code("recipient"),
    text("correlation_id"),
    number("business_type"),
    number("priority"),
    text("packet"),
    number("packet_bytes"),
    text("answers"),
    number("attempts"),
    sa.Column("added_at", Moment, nullable=False),
    sa.Column("next_attempt_at", Moment, nullable=False),
    sa.Column("leased_by", sa.Text),
    sa.Column("leased_until", Moment),
    sa.Column("settled_at", Moment),
    # Since when it may have left; why it was postponed; since when a person holds it,
    # or when one has let it go on.
    sa.Column("claimed_at", Moment),
    sa.Column("reason", Json(Reason)),
    sa.Column("parked_at", Moment),
    sa.Column("released_at", Moment),
    # Of a packet in several segments: how it was cut, how many the broker has taken,
    # and when it took the last.
    sa.Column("segment_bytes", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("segments_sent", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("segment_sent_at", Moment),
    sa.Column("goes_to", CodeText, nullable=False, server_default=""),
    lookup("message_id"),
)
# Only of what is settled: SQLite would look for what waits there, and sort it all.
sa.Index(
    "ix_outbox_settled_at_kind",
    outbox.c.settled_at,
    outbox.c.kind,
    info={"where": outbox.c.settled_at.is_not(None)},
)
sa.Index(
    "ix_outbox_waiting",
    outbox.c.priority.desc(),
    outbox.c.id,
    info={"where": outbox.c.settled_at.is_(None)},
)

# What was begun here and not ended: a process may have died of it.
tries: Final = table(
    "tries",
    text("step"),
    text("subject"),
    number("attempts"),
    sa.UniqueConstraint("step", "subject"),
)
