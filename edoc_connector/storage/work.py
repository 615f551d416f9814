"""One transaction: everything in it becomes true together, or nothing does."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

if TYPE_CHECKING:
    from edoc_connector.storage.answers import Answers
    from edoc_connector.storage.around import Around
    from edoc_connector.storage.arrivals import Arrivals
    from edoc_connector.storage.bound_for import BoundFor
    from edoc_connector.storage.census import Counting
    from edoc_connector.storage.changes import Changes
    from edoc_connector.storage.deliveries import Deliveries
    from edoc_connector.storage.destinations import Destinations
    from edoc_connector.storage.directory import Directory
    from edoc_connector.storage.directory_names import BodyNames
    from edoc_connector.storage.directory_rows import DirectoryRows
    from edoc_connector.storage.documents import Documents
    from edoc_connector.storage.evidence import KeptEvidences
    from edoc_connector.storage.health import Health
    from edoc_connector.storage.inbox import Inbox
    from edoc_connector.storage.inspections import Inspections
    from edoc_connector.storage.keys import KeyUses, Watched
    from edoc_connector.storage.leases import Leases
    from edoc_connector.storage.ledger import Ledger
    from edoc_connector.storage.listing import Listing
    from edoc_connector.storage.non_deliveries import NonDeliveries
    from edoc_connector.storage.orders import Orders
    from edoc_connector.storage.outbox import Outbox
    from edoc_connector.storage.owed_answers import OwedAnswers
    from edoc_connector.storage.pings import Pings
    from edoc_connector.storage.progress import ProgressQueue
    from edoc_connector.storage.receipts import Receipts
    from edoc_connector.storage.rechecks import Rechecks
    from edoc_connector.storage.reconciliations import Cases, Reconciliations
    from edoc_connector.storage.revocation import Revocations
    from edoc_connector.storage.sealed_with import SealedWith
    from edoc_connector.storage.segments import Segments
    from edoc_connector.storage.stamps import Stamps
    from edoc_connector.storage.tries import Tries
    from edoc_connector.storage.verdicts import Verdicts


class _Store:
    """A store on the connection of its work, imported by who first asks for it.

    A command that only looks needs a few of them, and is to answer at once.
    """

    def __init__(self, module: str, name: str) -> None:
        self._module = f"{__package__}.{module}"
        self._name = name

    def __set_name__(self, owner: type, attribute: str) -> None:
        self._attribute = attribute

    def __get__(self, work: Work, owner: type) -> object:
        store = getattr(import_module(self._module), self._name)(work.connection)
        # From here on it is found there, and nobody asks again.
        work.__dict__[self._attribute] = store
        return store


def _store(module: str, name: str) -> Any:  # noqa: ANN401  (the annotation says which)
    return _Store(module, name)


class Work:
    """All stores on one connection; of use only inside `with storage.work()`."""

    def __init__(self, connection: sa.Connection) -> None:
        self.connection = connection

    def finish(self) -> None:
        """Write what stores have kept for the end; the transaction commits then."""
        if "ledger" in self.__dict__:
            self.ledger.write()

    documents: Documents = _store("documents", "Documents")
    around: Around = _store("around", "Around")
    counting: Counting = _store("census", "Counting")
    listing: Listing = _store("listing", "Listing")
    deliveries: Deliveries = _store("deliveries", "Deliveries")
    changes: Changes = _store("changes", "Changes")
    outbox: Outbox = _store("outbox", "Outbox")
    leases: Leases = _store("leases", "Leases")
    destinations: Destinations = _store("destinations", "Destinations")
    bound_for: BoundFor = _store("bound_for", "BoundFor")
    directory: Directory = _store("directory", "Directory")
    body_names: BodyNames = _store("directory_names", "BodyNames")
    directory_rows: DirectoryRows = _store("directory_rows", "DirectoryRows")
    tries: Tries = _store("tries", "Tries")
    non_deliveries: NonDeliveries = _store("non_deliveries", "NonDeliveries")
    health: Health = _store("health", "Health")
    inbox: Inbox = _store("inbox", "Inbox")
    verdicts: Verdicts = _store("verdicts", "Verdicts")
    evidence: KeptEvidences = _store("evidence", "KeptEvidences")
    segments: Segments = _store("segments", "Segments")
    arrivals: Arrivals = _store("arrivals", "Arrivals")
    answers: Answers = _store("answers", "Answers")
    owed_answers: OwedAnswers = _store("owed_answers", "OwedAnswers")
    orders: Orders = _store("orders", "Orders")
    pings: Pings = _store("pings", "Pings")
    receipts: Receipts = _store("receipts", "Receipts")
    progress: ProgressQueue = _store("progress", "ProgressQueue")
    stamps: Stamps = _store("stamps", "Stamps")
    key_uses: KeyUses = _store("keys", "KeyUses")
    watched: Watched = _store("keys", "Watched")
    sealed_with: SealedWith = _store("sealed_with", "SealedWith")
    inspections: Inspections = _store("inspections", "Inspections")
    ledger: Ledger = _store("ledger", "Ledger")
    revocations: Revocations = _store("revocation", "Revocations")
    rechecks: Rechecks = _store("rechecks", "Rechecks")
    reconciliations: Reconciliations = _store("reconciliations", "Reconciliations")
    cases: Cases = _store("reconciliations", "Cases")
