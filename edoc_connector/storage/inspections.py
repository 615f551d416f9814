"""What was found in attached PDFs: one report per file, one line per attachment."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from edoc_connector.model.identifiers import Digest
from edoc_connector.model.pdf_signatures import PdfReport
from edoc_connector.storage.records import InspectedFile, Uninspected
from edoc_connector.storage.rows import Rows
from edoc_connector.storage.tables import (
    arrivals,
    documents,
    inbox,
    pdf_files,
    pdf_reports,
)


class Inspections:
    """Reports by the digest of the file; which packet has which file, by its packet."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._reports = Rows(connection, pdf_reports, InspectedFile)
        self._files = Rows(connection, pdf_files, InspectedFile)

    def waiting(self, limit: int) -> tuple[Uninspected, ...]:
        """Return packets nobody has inspected, the newest first, received ones first.

        The newest: where a site has a long history, today's post does not wait for it.
        """
        received = (
            sa.select(arrivals.c.id, inbox.c.packet, inbox.c.accepted_at)
            .join(inbox, inbox.c.id == arrivals.c.inbox_id)
            .where(arrivals.c.inspected_at.is_(None))
            .order_by(arrivals.c.id.desc())
        )
        sent = (
            sa.select(documents.c.id, documents.c.packet, documents.c.taken_at)
            .where(documents.c.inspected_at.is_(None), documents.c.packet.is_not(None))
            .order_by(documents.c.id.desc())
        )
        found = [
            Uninspected(id=id_, is_received=is_received, packet=packet, seen_at=seen_at)
            for is_received, query in ((True, received), (False, sent))
            for id_, packet, seen_at in self._connection.execute(query.limit(limit))
        ]
        return tuple(found[:limit])

    def finish(self, inspected: Uninspected, at: datetime) -> None:
        """Remember that all files of this packet were looked at."""
        table = arrivals if inspected.is_received else documents
        self._connection.execute(
            sa.update(table)
            .where(table.c.id == inspected.id, table.c.inspected_at.is_(None))
            .values(inspected_at=at)
        )

    def report(self, file: Digest) -> PdfReport | None:
        """Return the last report on this file, if there is one."""
        query = sa.select(pdf_reports.c.report).where(pdf_reports.c.file == file)
        return self._connection.scalar(query)

    def record(self, file: Digest, report: PdfReport, at: datetime) -> None:
        """Keep a report; a later one on the same file takes its place."""
        values = {"file": file, "report": report, "checked_at": at}
        if self._reports.add(values) is None:
            self._connection.execute(
                sa.update(pdf_reports).where(pdf_reports.c.file == file).values(values)
            )

    def attach(self, packet: Digest, number: int, name: str, file: Digest) -> None:
        """Remember that this file is an attachment of this packet; twice is once."""
        values = {"packet": packet, "number": number, "name": name, "file": file}
        self._files.add(values)

    def of(self, packet: Digest) -> tuple[InspectedFile, ...]:
        """Return the PDFs of a packet with their reports, in the packet's order."""
        query = (
            sa.select(
                pdf_files.c.number,
                pdf_files.c.name,
                pdf_files.c.file.label("sha256"),
                pdf_reports.c.report,
                pdf_reports.c.checked_at,
            )
            .join(pdf_reports, pdf_reports.c.file == pdf_files.c.file)
            .where(pdf_files.c.packet == packet)
            .order_by(pdf_files.c.number)
        )
        return self._reports.all(query)
