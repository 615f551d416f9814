"""Every table of the connector's own database; keys and constraints carry the promises.

`migrations` makes these tables, and a test compares the two.  What only one database
knows of an index stands in its `info`: an argument of a dialect would import the whole
of that dialect into every command that only looks.
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from edoc_connector.errors import Reason
from edoc_connector.model.change import ChangeDecision, ChangeState
from edoc_connector.model.delivery import DeliveryState, DocumentState, InboxState
from edoc_connector.model.document import Document
from edoc_connector.model.evidence import EvidenceKind
from edoc_connector.model.import_summary import ImportSummary
from edoc_connector.model.listing import FlawKind
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.own_key import Cause
from edoc_connector.model.pdf_signatures import PdfReport
from edoc_connector.model.reconciliation import CaseKind
from edoc_connector.model.stages import Kind
from edoc_connector.model.status import Status
from edoc_connector.model.verdict import SealForm, TimeSource
from edoc_connector.storage.columns import (
    BytesText,
    Choice,
    CodesText,
    CodeText,
    Json,
    Moment,
    ordered_text,
    row_number,
)

metadata: Final = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def _code(name: str) -> sa.Column[OrganizationCode]:
    return sa.Column(name, CodeText, nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=False)


def _table(name: str, *parts: sa.schema.SchemaItem) -> sa.Table:
    """Make a table whose rows are numbered in the order they came, no number twice."""
    key = sa.Column("id", row_number(), primary_key=True, autoincrement=True)
    return sa.Table(name, metadata, key, *parts, sqlite_autoincrement=True)


def _lookup(column: str) -> sa.Index:
    """Index what others choose the length of: on PostgreSQL a hash has no limit."""
    return sa.Index(None, column, info={"postgresql_using": "hash"})


documents: Final = _table(
    "documents",
    _text("key"),
    _code("sender"),
    _text("row_id"),
    _text("revision"),
    sa.Column("state", Choice(DocumentState), nullable=False),
    sa.Column("reason", Json(Reason)),
    _text("label"),
    _text("document_id"),
    _number("priority"),
    sa.Column("taken_at", Moment, nullable=False),
    sa.Column("document", Json(Document)),
    sa.Column("packet", sa.Text),
    _number("packet_bytes"),
    sa.Column("seal_form", Choice(SealForm)),
    sa.Column("certificate", sa.Text),
    sa.Column("inspected_at", Moment),
    # What it does (BussinessDocType), and to which of our documents.
    sa.Column("business_type", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("changes", sa.Text),
    sa.Column("frozen_at", Moment),
    sa.UniqueConstraint("key"),
    sa.UniqueConstraint("sender", "row_id", "revision"),
    sa.Index(None, "taken_at", "id"),
    _lookup("document_id"),
    _lookup("row_id"),
    _lookup("label"),
    _lookup("changes"),
)
# Downwards, as it is asked: the most urgent first, of those the oldest.
sa.Index(
    "ix_documents_urgent",
    documents.c.state,
    documents.c.priority.desc(),
    documents.c.id,
)
_SEALED_UNSEEN: Final = sa.and_(
    documents.c.inspected_at.is_(None), documents.c.packet.is_not(None)
)
sa.Index(
    "ix_documents_uninspected",
    documents.c.id,
    info={"where": _SEALED_UNSEEN},
)

_IS_REFUSED: Final = documents.c.state == sa.literal_column("'refused'")
sa.Index("ix_documents_refused", documents.c.id, info={"where": _IS_REFUSED})

deliveries: Final = _table(
    "deliveries",
    sa.Column("document", sa.Text, sa.ForeignKey("documents.key"), nullable=False),
    _code("recipient"),
    _text("name"),
    sa.Column("state", Choice(DeliveryState), nullable=False),
    sa.Column("reason", Json(Reason)),
    sa.Column("changed_at", Moment, nullable=False),
    # What the receiver has done with it (01 to 06), and when it says it did.
    sa.Column("status", sa.Text),
    sa.Column("status_at", Moment),
    # When its next deadline is looked at, and since when it is late.
    sa.Column("due_at", Moment),
    sa.Column("late_at", Moment),
    # Until when nobody looks at its deadline, because that failed.
    sa.Column("next_attempt_at", Moment),
    # The code under which it travels, where that is another one; and since when the
    # recipient is closed, where a successor gets it.
    sa.Column("goes_to", CodeText, nullable=False, server_default=""),
    sa.Column("closed_on", sa.Date),
    sa.UniqueConstraint("document", "recipient"),
    sa.Index(None, "state", "id"),
    sa.Index(None, "recipient", "id"),
)
_HAS_DEADLINE: Final = deliveries.c.due_at.is_not(None)
sa.Index(
    "ix_deliveries_due_at",
    deliveries.c.due_at,
    info={"where": _HAS_DEADLINE},
)
_IS_LATE: Final = deliveries.c.late_at.is_not(None)
sa.Index(
    "ix_deliveries_late_at",
    deliveries.c.late_at,
    info={"where": _IS_LATE},
)

_IS_TURNED_DOWN: Final = deliveries.c.status == sa.literal_column("'02'")
sa.Index(
    "ix_deliveries_status",
    deliveries.c.status,
    info={"where": _IS_TURNED_DOWN},
)

# One per change request of ours and recipient of the original: what became of it.
changes: Final = _table(
    "changes",
    sa.Column("change", sa.Text, sa.ForeignKey("documents.key"), nullable=False),
    sa.Column("original", sa.Text, sa.ForeignKey("documents.key"), nullable=False),
    _code("recipient"),
    _number("business_type"),
    sa.Column("state", Choice(ChangeState), nullable=False),
    sa.Column("reason", Json(Reason)),
    sa.Column("changed_at", Moment, nullable=False),
    sa.UniqueConstraint("change", "recipient"),
    sa.Index(None, "original", "recipient"),
    sa.Index(None, "state", "id"),
)

# What was written for the clerk when nobody had answered by the last deadline.
non_deliveries: Final = _table(
    "non_deliveries",
    sa.Column("document", sa.Text, sa.ForeignKey("documents.key"), nullable=False),
    _code("recipient"),
    _text("content"),
    sa.Column("made_at", Moment, nullable=False),
    sa.UniqueConstraint("document", "recipient"),
)

outbox: Final = _table(
    "outbox",
    _text("message_id"),
    sa.Column("kind", Choice(Kind), nullable=False),
    _code("sender"),
    _code("recipient"),
    _text("correlation_id"),
    _number("business_type"),
    _number("priority"),
    _text("packet"),
    _number("packet_bytes"),
    _text("answers"),
    _number("attempts"),
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
    _lookup("message_id"),
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

inbox: Final = _table(
    "inbox",
    _text("account"),
    _text("message_id"),
    sa.Column("kind", Choice(Kind), nullable=False),
    _code("sender"),
    _text("correlation_id"),
    _text("answers"),
    _text("packet"),
    _number("packet_bytes"),
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
    _lookup("answers"),
    _lookup("correlation_id"),
    _lookup("packet"),
)
sa.Index("ix_inbox_urgent", inbox.c.state, inbox.c.priority.desc(), inbox.c.id)

# Every verdict there ever was of a packet; the newest counts.
verdicts: Final = _table(
    "verdicts",
    sa.Column("inbox_id", sa.ForeignKey("inbox.id"), nullable=False),
    sa.Column("form", Choice(SealForm), nullable=False),
    sa.Column("doubts", Json(tuple[Reason, ...]), nullable=False),
    sa.Column("notes", Json(tuple[Reason, ...]), nullable=False),
    _text("certificate"),
    sa.Column("sealed_at", Moment),
    sa.Column("proven_at", Moment, nullable=False),
    sa.Column("time_source", Choice(TimeSource), nullable=False),
    sa.Column("judged_at", Moment, nullable=False),
    sa.Index(None, "inbox_id"),
)

# What others signed about a packet's seal: responders, authorities, time stampers.
evidence: Final = _table(
    "evidence",
    _text("packet"),
    sa.Column("kind", Choice(EvidenceKind), nullable=False),
    _text("content"),
    sa.Column("added_at", Moment, nullable=False),
    sa.UniqueConstraint("packet", "kind", "content"),
)

stamps: Final = _table(
    "stamps",
    _text("packet"),
    _text("document"),
    sa.Column("signature_value", BytesText, nullable=False),
    _number("attempts"),
    sa.Column("next_attempt_at", Moment, nullable=False),
    sa.Column("settled_at", Moment),
    sa.UniqueConstraint("packet"),
)
sa.Index(
    "ix_stamps_waiting",
    stamps.c.next_attempt_at,
    info={"where": stamps.c.settled_at.is_(None)},
)

segments: Final = _table(
    "segments",
    _text("account"),
    _text("message_id"),
    _text("packet"),
    _number("number"),
    _number("total"),
    _text("content"),
    _number("size"),
    sa.Column("added_at", Moment),
    sa.UniqueConstraint("account", "message_id", "packet", "number"),
    sa.Index(None, "content"),
    sa.Index(None, "added_at"),
)

arrivals: Final = _table(
    "arrivals",
    _text("key"),
    sa.Column("inbox_id", sa.ForeignKey("inbox.id"), nullable=False),
    _code("sender"),
    _code("recipient"),
    _text("document_id"),
    _text("label"),
    _text("subject"),
    _text("row_id"),
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
    _lookup("document_id"),
    _lookup("label"),
    _lookup("row_id"),
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

pdf_reports: Final = _table(
    "pdf_reports",
    _text("file"),
    sa.Column("report", Json(PdfReport), nullable=False),
    sa.Column("checked_at", Moment, nullable=False),
    sa.UniqueConstraint("file"),
)

pdf_files: Final = _table(
    "pdf_files",
    _text("packet"),
    _number("number"),
    _text("name"),
    _text("file"),
    sa.UniqueConstraint("packet", "number"),
)

answers: Final = _table(
    "answers",
    _text("message_id"),
    sa.Column("inbox_id", sa.ForeignKey("inbox.id"), nullable=False),
    _code("sender"),
    _code("recipient"),
    _text("status"),
    _text("packet"),
    _number("packet_bytes"),
    _text("correlation_id"),
    _text("answers"),
    sa.Column("certificate", sa.Text),
    sa.UniqueConstraint("message_id"),
    sa.Index(None, "inbox_id"),
)

owed_answers: Final = _table(
    "owed_answers",
    sa.Column("inbox_id", sa.ForeignKey("inbox.id"), nullable=False),
    _text("message_id"),
    sa.Column("status", Json(Status), nullable=False),
    # Until when it rests, because it could not be sealed.
    sa.Column("next_attempt_at", Moment),
    sa.UniqueConstraint("inbox_id", "message_id"),
)

# Change requests of others about documents that are (or are not yet) in our register.
orders: Final = _table(
    "orders",
    sa.Column("inbox_id", sa.ForeignKey("inbox.id"), nullable=False),
    _code("sender"),
    _text("document_id"),
    _number("business_type"),
    # The arrival it is about; none while the original never came.
    sa.Column("arrival", sa.Text),
    sa.Column("state", Choice(ChangeState), nullable=False),
    sa.Column("reason", Json(Reason)),
    sa.Column("asked_at", Moment, nullable=False),
    sa.Column("decided_at", Moment),
    # When it was sealed, and why, in the words of who asks.
    sa.Column("sealed_at", Moment),
    _text("wish"),
    # What a person here has decided and why; the loop carries it out.
    sa.Column("decision", Choice(ChangeDecision)),
    _text("because"),
    # Until when it rests, because it could not be carried out.
    sa.Column("next_attempt_at", Moment),
    sa.UniqueConstraint("inbox_id"),
    sa.Index(None, "state", "id"),
    sa.Index("ix_orders_remembered", "arrival", "asked_at"),
    _lookup("document_id"),
    _lookup("arrival"),
)

# Recipients to whom nothing gets through at present: the circuit breaker.
destinations: Final = _table(
    "destinations",
    _code("recipient"),
    _number("failures"),
    sa.Column("reason", Json(Reason)),
    sa.Column("failing_since", Moment, nullable=False),
    sa.Column("open_until", Moment),
    sa.UniqueConstraint("recipient"),
)

# What was begun here and not ended: a process may have died of it.
tries: Final = _table(
    "tries",
    _text("step"),
    _text("subject"),
    _number("attempts"),
    sa.UniqueConstraint("step", "subject"),
)

# What we and a partner say of one day: counts and a digest, and the sealed statement.
reconciliations: Final = _table(
    "reconciliations",
    _code("peer"),
    _text("day"),
    sa.Column("is_ours", sa.Boolean, nullable=False),
    _number("sent"),
    _number("received"),
    _text("digest"),
    _text("message_id"),
    _text("content"),
    sa.Column("stated_at", Moment, nullable=False),
    sa.Column("compared_at", Moment),
    sa.UniqueConstraint("peer", "day", "is_ours"),
)
sa.Index(
    "ix_reconciliations_newest",
    reconciliations.c.day.desc(),
    reconciliations.c.peer,
    reconciliations.c.is_ours,
)
_IS_TO_COMPARE: Final = sa.and_(
    reconciliations.c.is_ours.is_(False), reconciliations.c.compared_at.is_(None)
)
sa.Index(
    "ix_reconciliations_to_compare",
    reconciliations.c.stated_at,
    reconciliations.c.id,
    info={"where": _IS_TO_COMPARE},
)

# Differences between what we say and what a partner says, until somebody closes them.
cases: Final = _table(
    "cases",
    _code("peer"),
    _text("day"),
    _text("message_id"),
    _text("document_id"),
    sa.Column("kind", Choice(CaseKind), nullable=False),
    sa.Column("opened_at", Moment, nullable=False),
    sa.Column("closed_at", Moment),
    sa.Column("reason", Json(Reason)),
    sa.UniqueConstraint("peer", "message_id", "kind"),
    # What is open, of all or of one; what was closed of late.
    sa.Index(None, "closed_at", "peer", "id"),
)

receipts: Final = _table(
    "receipts",
    _text("document"),
    _code("recipient"),
    _text("status"),
    _text("description"),
    sa.Column("stated_at", Moment, nullable=False),
    sa.Column("received_at", Moment, nullable=False),
    _text("message_id"),
    # Not the message id alone: it is the recipient's own word, and one recipient could
    # use up the id under which another one is going to answer.
    sa.UniqueConstraint("document", "recipient", "message_id"),
    sa.ForeignKeyConstraint(
        ("document", "recipient"), ("deliveries.document", "deliveries.recipient")
    ),
)

# Which certificate was in use since when; the newest is the one in use.
key_uses: Final = _table(
    "key_uses",
    _text("name"),
    _text("certificate"),
    sa.Column("cause", Choice(Cause), nullable=False),
    sa.Column("since", Moment, nullable=False),
)

# Certificates that end or were revoked, ours and those we trust: what was said of them.
watched: Final = _table(
    "watched",
    _text("certificate"),
    sa.Column("said_days", sa.BigInteger),
    sa.Column("revoked_at", Moment),
    sa.Column("untrusted_at", Moment),
    sa.UniqueConstraint("certificate"),
)

progress: Final = _table(
    "progress",
    _text("row_id"),
    _text("step"),
    _code("recipient"),
    _text("text"),
    # What the change does of which it is told (BussinessDocType); 0 of all else.
    sa.Column("business_type", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("at", Moment, nullable=False),
    _number("attempts"),
    sa.Column("next_attempt_at", Moment, nullable=False),
    sa.Index(None, "row_id", "recipient", "id"),
)

# Up to when each row and recipient was told anything; no step is dated before it.
told: Final = _table(
    "told",
    _text("row_id"),
    _code("recipient"),
    sa.Column("at", Moment, nullable=False),
    sa.UniqueConstraint("row_id", "recipient"),
)

revocation_answers: Final = _table(
    "revocation_answers",
    _text("about"),
    _text("issuer"),
    sa.Column("kind", Choice(EvidenceKind), nullable=False),
    _text("source"),
    _text("content"),
    sa.Column("given_at", Moment, nullable=False),
    sa.UniqueConstraint("about", "issuer"),
)

revocation_outages: Final = _table(
    "revocation_outages",
    _text("certificate"),
    _text("issuer"),
    sa.Column("since", Moment, nullable=False),
    sa.Column("alerted_at", Moment),
    sa.UniqueConstraint("issuer", "certificate"),
)

rechecks: Final = _table(
    "rechecks",
    sa.Column("inbox_id", sa.ForeignKey("inbox.id"), nullable=False),
    sa.Column("due_at", Moment, nullable=False),
    sa.Column("attempts", sa.BigInteger, nullable=False, server_default="0"),
    sa.UniqueConstraint("inbox_id"),
    sa.Index(None, "due_at"),
)

ledger: Final = sa.Table(
    "ledger",
    metadata,
    sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
    _text("kind"),
    _text("subject"),
    _text("text"),
    _text("digest"),
    sa.CheckConstraint("position >= 1", name="position"),
    sa.Index(None, "subject", "position"),
)

ledger_head: Final = sa.Table(
    "ledger_head",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    _number("position"),
    _text("digest"),
    sa.CheckConstraint("id = 1", name="one_row"),
)

pings: Final = _table(
    "pings",
    _text("ping"),
    _code("recipient"),
    sa.Column("asked_at", Moment, nullable=False),
    sa.UniqueConstraint("ping"),
    sa.Index(None, "asked_at"),
)

pongs: Final = _table(
    "pongs",
    sa.Column("ping", sa.Text, sa.ForeignKey("pings.ping"), nullable=False),
    _text("account"),
    _text("way"),
    _text("body"),
    sa.Column("received_at", Moment, nullable=False),
    sa.Index(None, "ping", "id"),
)

# The directory.  Of a body each row says what it was (`valid_*`), and from when until
# when we have known it so (`known_*`); no row is ever removed.
bodies: Final = sa.Table(
    "bodies",
    metadata,
    sa.Column("id", row_number(), primary_key=True, autoincrement=False),
    sa.Column("code", ordered_text(), nullable=False),
    _code("written"),
    _text("name"),
    sa.Column("folded", ordered_text(), nullable=False),
    _code("parent"),
    _code("successor"),
    sa.Column("aliases", CodesText, nullable=False),
    _text("axis_id"),
    _number("revision"),
    sa.Column("valid_from", sa.Date, nullable=False),
    sa.Column("valid_to", sa.Date, nullable=False),
    sa.Column("known_from", Moment, nullable=False),
    sa.Column("known_to", Moment),
    sa.Index("ix_bodies_code", "code", "id"),
    sa.Index("ix_bodies_parent", "parent", "code"),
)
sa.Index("ix_bodies_axis_id", bodies.c.axis_id, info={"where": bodies.c.axis_id != ""})

# By what else a body is found: another code of it, and its name from each word on.  No
# foreign key: a million rows would be looked up, each written beside its body.
body_aliases: Final = sa.Table(
    "body_aliases",
    metadata,
    sa.Column("text", CodeText, primary_key=True),
    sa.Column("body", sa.BigInteger, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)
body_starts: Final = sa.Table(
    "body_starts",
    metadata,
    sa.Column("text", ordered_text(), primary_key=True),
    sa.Column("body", sa.BigInteger, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

directory_imports: Final = _table(
    "directory_imports",
    sa.Column("at", Moment, nullable=False),
    _text("digest"),
    _text("scope"),
    sa.Column("summary", Json(ImportSummary), nullable=False),
)
directory_flaws: Final = _table(
    "directory_flaws",
    sa.Column("import_id", sa.ForeignKey("directory_imports.id"), nullable=False),
    _number("line"),
    sa.Column("kind", Choice(FlawKind), nullable=False),
    _text("code"),
    _text("value"),
    _text("other"),
    sa.Index(None, "import_id", "id"),
)
