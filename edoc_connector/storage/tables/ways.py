"""Ways to others: those that are shut, and those tried without a document."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from edoc_connector.errors import Reason
from edoc_connector.storage.columns import Json, Moment
from edoc_connector.storage.tables.parts import code, number, table, text

# Recipients to whom nothing gets through at present: the circuit breaker.
destinations: Final = table(
    "destinations",
    code("recipient"),
    number("failures"),
    sa.Column("reason", Json(Reason)),
    sa.Column("failing_since", Moment, nullable=False),
    sa.Column("open_until", Moment),
    sa.UniqueConstraint("recipient"),
)

pings: Final = table(
    "pings",
    text("ping"),
    code("recipient"),
    sa.Column("asked_at", Moment, nullable=False),
    sa.UniqueConstraint("ping"),
    sa.Index(None, "asked_at"),
)

pongs: Final = table(
    "pongs",
    sa.Column("ping", sa.Text, sa.ForeignKey("pings.ping"), nullable=False),
    text("account"),
    text("way"),
    text("body"),
    sa.Column("received_at", Moment, nullable=False),
    sa.Index(None, "ping", "id"),
)
