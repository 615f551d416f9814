"""The first version of the database.

It names no table of `storage.tables` on purpose: those change, this stays.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0001"
down_revision: Final = None


def upgrade() -> None:
    """Make all tables, and the head of an empty ledger."""
    op.create_table(
        "documents",
        _id(),
        _text("key"),
        _text("sender"),
        _text("row_id"),
        _text("revision"),
        _text("state"),
        sa.Column("reason", sa.Text(), nullable=True),
        _text("label"),
        _text("document_id"),
        _number("priority"),
        _moment("taken_at"),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("packet", sa.Text(), nullable=True),
        _number("packet_bytes"),
        sa.PrimaryKeyConstraint("id", name="pk_documents"),
        sa.UniqueConstraint("key", name="uq_documents_key"),
        sa.UniqueConstraint(
            "sender", "row_id", "revision", name="uq_documents_sender_row_id_revision"
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_documents_document_id",
        "documents",
        ["document_id"],
        postgresql_using="hash",
    )
    op.create_index(
        "ix_documents_label", "documents", ["label"], postgresql_using="hash"
    )
    op.create_index(
        "ix_documents_row_id", "documents", ["row_id"], postgresql_using="hash"
    )
    op.create_index(
        "ix_documents_state_priority_id", "documents", ["state", "priority", "id"]
    )
    op.create_table(
        "inbox",
        _id(),
        _text("account"),
        _text("message_id"),
        _text("kind"),
        _text("sender"),
        _text("correlation_id"),
        _text("answers"),
        _text("packet"),
        _number("packet_bytes"),
        _text("state"),
        sa.Column("reason", sa.Text(), nullable=True),
        _moment("accepted_at"),
        sa.PrimaryKeyConstraint("id", name="pk_inbox"),
        sa.UniqueConstraint(
            "account", "message_id", "packet", name="uq_inbox_account_message_id_packet"
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_inbox_correlation_id", "inbox", ["correlation_id"], postgresql_using="hash"
    )
    op.create_index("ix_inbox_message_id", "inbox", ["message_id"])
    op.create_index("ix_inbox_state_id", "inbox", ["state", "id"])
    op.create_table(
        "ledger",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        _text("kind"),
        _text("subject"),
        _text("text"),
        _text("digest"),
        sa.CheckConstraint("position >= 1", name="ck_ledger_position"),
        sa.PrimaryKeyConstraint("position", name="pk_ledger"),
    )
    op.create_index("ix_ledger_subject_position", "ledger", ["subject", "position"])
    op.create_table(
        "ledger_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        _number("position"),
        _text("digest"),
        sa.CheckConstraint("id = 1", name="ck_ledger_head_one_row"),
        sa.PrimaryKeyConstraint("id", name="pk_ledger_head"),
    )
    op.create_table(
        "outbox",
        _id(),
        _text("message_id"),
        _text("kind"),
        _text("sender"),
        _text("recipient"),
        _text("correlation_id"),
        _number("business_type"),
        _number("priority"),
        _text("packet"),
        _number("packet_bytes"),
        _text("answers"),
        _number("attempts"),
        _moment("added_at"),
        _moment("next_attempt_at"),
        sa.Column("leased_by", sa.Text(), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_outbox_waiting",
        "outbox",
        ["priority", "id"],
        sqlite_where=sa.text("settled_at IS NULL"),
        postgresql_where=sa.text("settled_at IS NULL"),
    )
    op.create_table(
        "progress",
        _id(),
        _text("row_id"),
        _text("step"),
        _text("recipient"),
        _text("text"),
        _moment("at"),
        _number("attempts"),
        _moment("next_attempt_at"),
        sa.PrimaryKeyConstraint("id", name="pk_progress"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_progress_row_id_recipient_id", "progress", ["row_id", "recipient", "id"]
    )
    op.create_table(
        "segments",
        _id(),
        _text("account"),
        _text("message_id"),
        _text("packet"),
        _number("number"),
        _number("total"),
        _text("content"),
        _number("size"),
        sa.PrimaryKeyConstraint("id", name="pk_segments"),
        sa.UniqueConstraint(
            "account",
            "message_id",
            "packet",
            "number",
            name="uq_segments_account_message_id_packet_number",
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_segments_content", "segments", ["content"])
    op.create_table(
        "answers",
        _id(),
        _text("message_id"),
        sa.Column(
            "inbox_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        _text("sender"),
        _text("recipient"),
        _text("status"),
        _text("packet"),
        _number("packet_bytes"),
        _text("correlation_id"),
        _text("answers"),
        sa.ForeignKeyConstraint(["inbox_id"], ["inbox.id"], name="fk_answers_inbox_id"),
        sa.PrimaryKeyConstraint("id", name="pk_answers"),
        sa.UniqueConstraint("message_id", name="uq_answers_message_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_answers_inbox_id", "answers", ["inbox_id"])
    op.create_table(
        "arrivals",
        _id(),
        _text("key"),
        sa.Column(
            "inbox_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        _text("sender"),
        _text("recipient"),
        _text("document_id"),
        _text("label"),
        _text("subject"),
        _text("row_id"),
        _moment("arrived_at"),
        sa.ForeignKeyConstraint(
            ["inbox_id"], ["inbox.id"], name="fk_arrivals_inbox_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_arrivals"),
        sa.UniqueConstraint("key", name="uq_arrivals_key"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_arrivals_document_id", "arrivals", ["document_id"], postgresql_using="hash"
    )
    op.create_index("ix_arrivals_inbox_id", "arrivals", ["inbox_id"])
    op.create_index("ix_arrivals_label", "arrivals", ["label"], postgresql_using="hash")
    op.create_index(
        "ix_arrivals_row_id", "arrivals", ["row_id"], postgresql_using="hash"
    )
    op.create_table(
        "deliveries",
        _id(),
        _text("document"),
        _text("recipient"),
        _text("name"),
        _text("state"),
        sa.Column("reason", sa.Text(), nullable=True),
        _moment("changed_at"),
        sa.ForeignKeyConstraint(
            ["document"], ["documents.key"], name="fk_deliveries_document"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
        sa.UniqueConstraint(
            "document", "recipient", name="uq_deliveries_document_recipient"
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "receipts",
        _id(),
        _text("document"),
        _text("recipient"),
        _text("status"),
        _text("description"),
        _moment("stated_at"),
        _moment("received_at"),
        _text("message_id"),
        sa.ForeignKeyConstraint(
            ["document", "recipient"],
            ["deliveries.document", "deliveries.recipient"],
            name="fk_receipts_document_recipient",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_receipts"),
        sa.UniqueConstraint(
            "document",
            "recipient",
            "message_id",
            name="uq_receipts_document_recipient_message_id",
        ),
        sqlite_autoincrement=True,
    )
    op.execute(
        sa.insert(
            sa.table("ledger_head", _id(), _number("position"), _text("digest"))
        ).values(id=1, position=0, digest="0" * 64)
    )


def _id() -> sa.Column[int]:
    kind = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    return sa.Column("id", kind, autoincrement=True, nullable=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False)


def _moment(name: str) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)
