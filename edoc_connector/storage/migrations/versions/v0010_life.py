"""The whole life of a document: statuses, changes, deadlines, partners, cases.

It names no table of `storage.tables` on purpose: those change, this stays.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0010"
down_revision: Final = "0009"

OPEN: Final = ("taken", "sealed", "sent")

# The newest as `Receipts.newest` has it: of one second, a refusal (02) is the last.
STATUSES: Final = """
UPDATE deliveries SET status = (
    SELECT r.status FROM receipts r
    WHERE r.document = deliveries.document AND r.recipient = deliveries.recipient
      AND r.status IN ('01', '02', '03', '04', '05', '06')
    ORDER BY r.stated_at DESC,
      CASE r.status WHEN '02' THEN '07' ELSE r.status END DESC, r.message_id DESC
    LIMIT 1
), status_at = (
    SELECT r.stated_at FROM receipts r
    WHERE r.document = deliveries.document AND r.recipient = deliveries.recipient
      AND r.status IN ('01', '02', '03', '04', '05', '06')
    ORDER BY r.stated_at DESC,
      CASE r.status WHEN '02' THEN '07' ELSE r.status END DESC, r.message_id DESC
    LIMIT 1
)
"""

OWED: Final = "SELECT inbox_id, status FROM owed_answers ORDER BY id"
OWE: Final = """
INSERT INTO owed_answers (inbox_id, message_id, status) VALUES (:inbox_id, '', :status)
"""


def upgrade() -> None:
    """Add columns and tables, and fill in what follows from what is there."""
    _documents_and_deliveries()
    _queues()
    _arrivals_and_answers()
    _changes()
    _partners()


def _number() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _moment(name: str, *, nullable: bool = True) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _text(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _count(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger(), nullable=False, server_default="0")


def _table(name: str, *parts: sa.schema.SchemaItem) -> None:
    op.create_table(
        name,
        sa.Column("id", _number(), autoincrement=True, nullable=False),
        *parts,
        sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
        sqlite_autoincrement=True,
    )


def _index_where(name: str, table: str, column: str, condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, table, [column], sqlite_where=where, postgresql_where=where)


def _lookup(table: str, column: str) -> None:
    op.create_index(f"ix_{table}_{column}", table, [column], postgresql_using="hash")


def _documents_and_deliveries() -> None:
    op.add_column("documents", _count("business_type"))
    op.add_column("documents", _text("changes", nullable=True))
    op.add_column("documents", _moment("frozen_at"))
    _lookup("documents", "changes")
    _index_where("ix_documents_refused", "documents", "id", "state = 'refused'")
    op.create_index("ix_documents_taken_at_id", "documents", ["taken_at", "id"])
    op.add_column("deliveries", _text("status", nullable=True))
    for name in ("status_at", "due_at", "late_at", "next_attempt_at"):
        op.add_column("deliveries", _moment(name))
    op.create_index("ix_deliveries_state_id", "deliveries", ["state", "id"])
    op.create_index("ix_deliveries_recipient_id", "deliveries", ["recipient", "id"])
    for name in ("due_at", "late_at"):
        _index_where(f"ix_deliveries_{name}", "deliveries", name, f"{name} IS NOT NULL")
    _index_where("ix_deliveries_status", "deliveries", "status", "status = '02'")
    op.execute(STATUSES)
    # Whoever looks at deadlines finds these and says when the next one is.
    states = ", ".join(f"'{state}'" for state in OPEN)
    op.execute(
        f"UPDATE deliveries SET due_at = changed_at WHERE state IN ({states})"  # noqa: S608
    )


def _queues() -> None:
    op.add_column("segments", _moment("added_at"))
    op.create_index("ix_segments_added_at", "segments", ["added_at"])
    # What waits for its rest has a whole week for it from now on.
    segments = sa.table("segments", _moment("added_at"))
    op.execute(segments.update().values(added_at=datetime.now(UTC)))
    op.add_column("outbox", _moment("claimed_at"))
    op.add_column("outbox", _text("reason", nullable=True))
    op.add_column("outbox", _moment("parked_at"))
    op.add_column("outbox", _moment("released_at"))
    _lookup("outbox", "message_id")
    _index_down(
        "ix_outbox_settled_at_kind",
        "outbox",
        "settled_at, kind",
        "WHERE settled_at IS NOT NULL",
    )
    _urgent_first()
    # Nobody knows whether it has left.
    op.execute("UPDATE outbox SET claimed_at = added_at")
    op.add_column("inbox", _count("priority"))
    op.add_column("inbox", _count("attempts"))
    op.create_index(
        "ix_inbox_kind_accepted_at_id", "inbox", ["kind", "accepted_at", "id"]
    )
    op.create_index("ix_inbox_sender_id", "inbox", ["sender", "id"])
    _lookup("inbox", "answers")
    _index_down("ix_inbox_urgent", "inbox", "state, priority DESC, id")
    _lookup("inbox", "packet")
    _table(
        "tries",
        _text("step"),
        _text("subject"),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.UniqueConstraint("step", "subject", name="uq_tries_step_subject"),
    )


def _urgent_first() -> None:
    """Turn the indexes round: downwards through the priorities, then the oldest."""
    op.drop_index("ix_outbox_waiting", "outbox")
    columns = "priority DESC, id"
    _index_down("ix_outbox_waiting", "outbox", columns, "WHERE settled_at IS NULL")
    op.drop_index("ix_documents_state_priority_id", "documents")
    _index_down("ix_documents_urgent", "documents", "state, priority DESC, id")


def _index_down(name: str, table: str, columns: str, where: str = "") -> None:
    op.execute(f"CREATE INDEX {name} ON {table} ({columns}) {where}")


def _arrivals_and_answers() -> None:
    op.add_column(
        "arrivals", sa.Column("status", sa.Text(), nullable=False, server_default="01")
    )
    op.add_column("arrivals", _moment("status_at"))
    op.add_column(
        "arrivals",
        sa.Column("status_line", sa.Text(), nullable=False, server_default=""),
    )
    op.add_column("arrivals", _text("withheld", nullable=True))
    where = sa.text("withheld IS NOT NULL")
    op.create_index(
        "ix_arrivals_withheld",
        "arrivals",
        ["id"],
        sqlite_where=where,
        postgresql_where=where,
    )
    owed = op.get_bind().execute(sa.text(OWED)).all()
    op.drop_table("owed_answers")
    _table(
        "owed_answers",
        sa.Column("inbox_id", _number(), nullable=False),
        _text("message_id"),
        _text("status"),
        _moment("next_attempt_at"),
        sa.ForeignKeyConstraint(
            ["inbox_id"], ["inbox.id"], name="fk_owed_answers_inbox_id"
        ),
        sa.UniqueConstraint(
            "inbox_id", "message_id", name="uq_owed_answers_inbox_id_message_id"
        ),
    )
    for inbox_id, status in owed:
        values = {"inbox_id": inbox_id, "status": status}
        op.get_bind().execute(sa.text(OWE), values)


def _changes() -> None:
    op.add_column("progress", _count("business_type"))
    _table(
        "told",
        _text("row_id"),
        _text("recipient"),
        _moment("at", nullable=False),
        sa.UniqueConstraint("row_id", "recipient", name="uq_told_row_id_recipient"),
    )
    _table(
        "changes",
        _text("change"),
        _text("original"),
        _text("recipient"),
        sa.Column("business_type", sa.BigInteger(), nullable=False),
        _text("state"),
        _text("reason", nullable=True),
        _moment("changed_at", nullable=False),
        sa.ForeignKeyConstraint(
            ["change"], ["documents.key"], name="fk_changes_change"
        ),
        sa.ForeignKeyConstraint(
            ["original"], ["documents.key"], name="fk_changes_original"
        ),
        sa.UniqueConstraint("change", "recipient", name="uq_changes_change_recipient"),
    )
    op.create_index(
        "ix_changes_original_recipient", "changes", ["original", "recipient"]
    )
    op.create_index("ix_changes_state_id", "changes", ["state", "id"])
    _table(
        "orders",
        sa.Column("inbox_id", _number(), nullable=False),
        _text("sender"),
        _text("document_id"),
        sa.Column("business_type", sa.BigInteger(), nullable=False),
        _text("arrival", nullable=True),
        _text("state"),
        _text("reason", nullable=True),
        _moment("asked_at", nullable=False),
        _moment("decided_at"),
        _moment("sealed_at"),
        _text("wish"),
        _text("decision", nullable=True),
        _text("because"),
        _moment("next_attempt_at"),
        sa.ForeignKeyConstraint(["inbox_id"], ["inbox.id"], name="fk_orders_inbox_id"),
        sa.UniqueConstraint("inbox_id", name="uq_orders_inbox_id"),
    )
    op.create_index("ix_orders_state_id", "orders", ["state", "id"])
    op.create_index("ix_orders_remembered", "orders", ["arrival", "asked_at"])
    _lookup("orders", "document_id")
    _lookup("orders", "arrival")
    _table(
        "non_deliveries",
        _text("document"),
        _text("recipient"),
        _text("content"),
        _moment("made_at", nullable=False),
        sa.ForeignKeyConstraint(
            ["document"], ["documents.key"], name="fk_non_deliveries_document"
        ),
        sa.UniqueConstraint(
            "document", "recipient", name="uq_non_deliveries_document_recipient"
        ),
    )


def _partners() -> None:
    _table(
        "destinations",
        _text("recipient"),
        sa.Column("failures", sa.BigInteger(), nullable=False),
        _text("reason", nullable=True),
        _moment("failing_since", nullable=False),
        _moment("open_until"),
        sa.UniqueConstraint("recipient", name="uq_destinations_recipient"),
    )
    _table(
        "reconciliations",
        _text("peer"),
        _text("day"),
        sa.Column("is_ours", sa.Boolean(), nullable=False),
        sa.Column("sent", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        _text("digest"),
        _text("message_id"),
        _text("content"),
        _moment("stated_at", nullable=False),
        _moment("compared_at"),
        sa.UniqueConstraint(
            "peer", "day", "is_ours", name="uq_reconciliations_peer_day_is_ours"
        ),
    )
    _table(
        "cases",
        _text("peer"),
        _text("day"),
        _text("message_id"),
        _text("document_id"),
        _text("kind"),
        _moment("opened_at", nullable=False),
        _moment("closed_at"),
        _text("reason", nullable=True),
        sa.UniqueConstraint(
            "peer", "message_id", "kind", name="uq_cases_peer_message_id_kind"
        ),
    )
    _newest_and_open()


def _newest_and_open() -> None:
    """Index what is asked for: of both tables nothing is ever deleted."""
    _index_down(
        "ix_reconciliations_newest", "reconciliations", "day DESC, peer, is_ours"
    )
    # SQLite takes an index only for the very words it was made with.
    theirs = "is_ours IS 0" if _is_sqlite() else "is_ours IS false"
    _index_down(
        "ix_reconciliations_to_compare",
        "reconciliations",
        "stated_at, id",
        f"WHERE {theirs} AND compared_at IS NULL",
    )
    columns = ["closed_at", "peer", "id"]
    op.create_index("ix_cases_closed_at_peer_id", "cases", columns)


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"
