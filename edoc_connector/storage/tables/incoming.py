"""Packets that came here, the documents they brought, and what they ask for."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from edoc_connector.errors import Reason
from edoc_connector.model.change import ChangeDecision, ChangeState
from edoc_connector.model.delivery import InboxState
from edoc_connector.model.stages import Kind
from edoc_connector.storage.columns import Choice, Json, Moment
from edoc_connector.storage.tables.parts import code, lookup, number, table, text

inbox: Final = table(
    "inbox",
    text("account"),
    text("message_id"),
    sa.Column("kind", Choice(Kind), nullable=False),
    code("sender"),
    text("correlation_id"),
    text("answers"),
    text("packet"),
    number("packet_bytes"),
    sa.Column("state", Choice(InboxState), nullable=False),
    sa.Column("reason", Json(Reason)),
    sa.Column("accepted_at", Moment, nullable=False),
    sa.Column("retry_at", Moment),
    sa.Column("priority", sa.BigInteger, nullable=False, server_default="0"),
    # How often it was begun to be judged without an end.
    sa.Column("attempts", sa.BigInteger, nullable=False, server_default="0"),
    # The names of the brokers it came over.
    sa.Column("way", Json(tuple[str, ...]), nullable=False, server_default="[]"),
    sa.UniqueConstraint("account", "message_id", "packet"),
    sa.Index(None, "state", "id"),
    sa.Index(None, "state", "retry_at"),
    sa.Index(None, "message_id"),
    sa.Index(None, "kind", "accepted_at", "id"),
    sa.Index(None, "sender", "id"),
    lookup("answers"),
    lookup("correlation_id"),
    lookup("packet"),
)
sa.Index("ix_inbox_urgent", inbox.c.state, inbox.c.priority.desc(), inbox.c.id)

segments: Final = table(
    "segments",
    text("account"),
    text("message_id"),
    text("packet"),
    number("number"),
    number("total"),
    text("content"),
    number("size"),
    sa.Column("added_at", Moment),
    sa.UniqueConstraint("account", "message_id", "packet", "number"),
    sa.Index(None, "content"),
    sa.Index(None, "added_at"),
)

arrivals: Final = table(
    "arrivals",
    text("key"),
    sa.Column("inbox_id", sa.ForeignKey("inbox.id"), nullable=False),
    code("sender"),
    code("recipient"),
    text("document_id"),
    text("label"),
    text("subject"),
    text("row_id"),
    sa.Column("arrived_at", Moment, nullable=False),
    sa.Column("inspected_at", Moment),
    # The last status its register has given it (01 to 06, 13 when it was taken back).
    sa.Column("status", sa.Text, nullable=False, server_default="01"),
    sa.Column("status_at", Moment),
    # What its register said last (a digest), and why that cannot be told its sender.
    sa.Column("status_line", sa.Text, nullable=False, server_default=""),
    sa.Column("withheld", Json(Reason)),
    sa.UniqueConstraint("key"),
    sa.Index(None, "inbox_id"),
    lookup("document_id"),
    lookup("label"),
    lookup("row_id"),
)
sa.Index(
    "ix_arrivals_uninspected",
    arrivals.c.id,
    info={"where": arrivals.c.inspected_at.is_(None)},
)

_IS_WITHHELD: Final = arrivals.c.withheld.is_not(None)
sa.Index(
    "ix_arrivals_withheld",
    arrivals.c.id,
    info={"where": _IS_WITHHELD},
)

# Change requests of others about documents that are (or are not yet) in our register.
orders: Final = table(
    "orders",
    sa.Column("inbox_id", sa.ForeignKey("inbox.id"), nullable=False),
    code("sender"),
    text("document_id"),
    number("business_type"),
    # The arrival it is about; none while the original never came.
    sa.Column("arrival", sa.Text),
    sa.Column("state", Choice(ChangeState), nullable=False),
    sa.Column("reason", Json(Reason)),
    sa.Column("asked_at", Moment, nullable=False),
    sa.Column("decided_at", Moment),
    # When it was sealed, and why, in the words of who asks.
    sa.Column("sealed_at", Moment),
    text("wish"),
    # What a person here has decided and why; the loop carries it out.
    sa.Column("decision", Choice(ChangeDecision)),
    text("because"),
    # Until when it rests, because it could not be carried out.
    sa.Column("next_attempt_at", Moment),
    sa.UniqueConstraint("inbox_id"),
    sa.Index(None, "state", "id"),
    sa.Index("ix_orders_remembered", "arrival", "asked_at"),
    lookup("document_id"),
    lookup("arrival"),
)
