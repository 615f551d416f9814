"""What was found of seals and of the signatures inside PDFs, and what proves it."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from edoc_connector.errors import Reason
from edoc_connector.model.evidence import EvidenceKind
from edoc_connector.model.pdf_signatures import PdfReport
from edoc_connector.model.verdict import SealForm, TimeSource
from edoc_connector.storage.columns import BytesText, Choice, Json, Moment
from edoc_connector.storage.tables.parts import number, table, text

# Every verdict there ever was of a packet; the newest counts.
verdicts: Final = table(
    "verdicts",
    sa.Column("inbox_id", sa.ForeignKey("inbox.id"), nullable=False),
    sa.Column("form", Choice(SealForm), nullable=False),
    sa.Column("doubts", Json(tuple[Reason, ...]), nullable=False),
    sa.Column("notes", Json(tuple[Reason, ...]), nullable=False),
    text("certificate"),
    sa.Column("sealed_at", Moment),
    sa.Column("proven_at", Moment, nullable=False),
    sa.Column("time_source", Choice(TimeSource), nullable=False),
    sa.Column("judged_at", Moment, nullable=False),
    sa.Index(None, "inbox_id"),
)

# What others signed about a packet's seal: responders, authorities, time stampers.
evidence: Final = table(
    "evidence",
    text("packet"),
    sa.Column("kind", Choice(EvidenceKind), nullable=False),
    text("content"),
    sa.Column("added_at", Moment, nullable=False),
    sa.UniqueConstraint("packet", "kind", "content"),
)

rechecks: Final = table(
    "rechecks",
    sa.Column("inbox_id", sa.ForeignKey("inbox.id"), nullable=False),
    sa.Column("due_at", Moment, nullable=False),
    sa.Column("attempts", sa.BigInteger, nullable=False, server_default="0"),
    sa.UniqueConstraint("inbox_id"),
    sa.Index(None, "due_at"),
)

stamps: Final = table(
    "stamps",
    text("packet"),
    text("document"),
    sa.Column("signature_value", BytesText, nullable=False),
    number("attempts"),
    sa.Column("next_attempt_at", Moment, nullable=False),
    sa.Column("settled_at", Moment),
    sa.UniqueConstraint("packet"),
)
sa.Index(
    "ix_stamps_waiting",
    stamps.c.next_attempt_at,
    info={"where": stamps.c.settled_at.is_(None)},
)

pdf_reports: Final = table(
    "pdf_reports",
    text("file"),
    sa.Column("report", Json(PdfReport), nullable=False),
    sa.Column("checked_at", Moment, nullable=False),
    sa.UniqueConstraint("file"),
)

pdf_files: Final = table(
    "pdf_files",
    text("packet"),
    number("number"),
    text("name"),
    text("file"),
    sa.UniqueConstraint("packet", "number"),
)
