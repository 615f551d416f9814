"""Every table of the connector's own database; keys and constraints carry the promises.

`migrations` makes these tables, and a test compares the two.  What only one database
knows of an index stands in its `info`: an argument of a dialect would import the whole
of that dialect into every command that only looks.
"""

from edoc_connector.storage.tables.certificates import (
    key_uses,
    revocation_answers,
    revocation_outages,
    watched,
)
from edoc_connector.storage.tables.chain import ledger, ledger_head
from edoc_connector.storage.tables.directory import (
    bodies,
    body_aliases,
    body_starts,
    directory_flaws,
    directory_imports,
)
from edoc_connector.storage.tables.incoming import arrivals, inbox, orders, segments
from edoc_connector.storage.tables.outgoing import changes, deliveries, documents
from edoc_connector.storage.tables.parts import metadata
from edoc_connector.storage.tables.queue import outbox, tries
from edoc_connector.storage.tables.reconciliation import cases, reconciliations
from edoc_connector.storage.tables.seals import (
    evidence,
    pdf_files,
    pdf_reports,
    rechecks,
    stamps,
    verdicts,
)
from edoc_connector.storage.tables.statuses import (
    answers,
    non_deliveries,
    owed_answers,
    progress,
    receipts,
    told,
)
from edoc_connector.storage.tables.ways import destinations, pings, pongs

__all__ = [
    "answers",
    "arrivals",
    "bodies",
    "body_aliases",
    "body_starts",
    "cases",
    "changes",
    "deliveries",
    "destinations",
    "directory_flaws",
    "directory_imports",
    "documents",
    "evidence",
    "inbox",
    "key_uses",
    "ledger",
    "ledger_head",
    "metadata",
    "non_deliveries",
    "orders",
    "outbox",
    "owed_answers",
    "pdf_files",
    "pdf_reports",
    "pings",
    "pongs",
    "progress",
    "receipts",
    "rechecks",
    "reconciliations",
    "revocation_answers",
    "revocation_outages",
    "segments",
    "stamps",
    "told",
    "tries",
    "verdicts",
    "watched",
]
