"""One transaction: everything in it becomes true together, or nothing does."""

from __future__ import annotations

import sqlalchemy as sa

from edoc_connector.storage.answers import Answers
from edoc_connector.storage.around import Around
from edoc_connector.storage.arrivals import Arrivals
from edoc_connector.storage.census import Counting
from edoc_connector.storage.changes import Changes
from edoc_connector.storage.deliveries import Deliveries
from edoc_connector.storage.destinations import Destinations
from edoc_connector.storage.documents import Documents
from edoc_connector.storage.evidence import KeptEvidences
from edoc_connector.storage.inbox import Inbox
from edoc_connector.storage.inspections import Inspections
from edoc_connector.storage.keys import KeyUses, Watched
from edoc_connector.storage.ledger import Ledger
from edoc_connector.storage.listing import Listing
from edoc_connector.storage.non_deliveries import NonDeliveries
from edoc_connector.storage.orders import Orders
from edoc_connector.storage.outbox import Outbox
from edoc_connector.storage.owed_answers import OwedAnswers
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


class Work:
    """All stores on one connection; of use only inside `with storage.work()`."""

    def __init__(self, connection: sa.Connection) -> None:
        self.documents = Documents(connection)
        self.around = Around(connection)
        self.counting = Counting(connection)
        self.listing = Listing(connection)
        self.deliveries = Deliveries(connection)
        self.changes = Changes(connection)
        self.outbox = Outbox(connection)
        self.destinations = Destinations(connection)
        self.tries = Tries(connection)
        self.non_deliveries = NonDeliveries(connection)
        self.inbox = Inbox(connection)
        self.verdicts = Verdicts(connection)
        self.evidence = KeptEvidences(connection)
        self.segments = Segments(connection)
        self.arrivals = Arrivals(connection)
        self.answers = Answers(connection)
        self.owed_answers = OwedAnswers(connection)
        self.orders = Orders(connection)
        self.receipts = Receipts(connection)
        self.progress = ProgressQueue(connection)
        self.stamps = Stamps(connection)
        self.key_uses = KeyUses(connection)
        self.watched = Watched(connection)
        self.sealed_with = SealedWith(connection)
        self.inspections = Inspections(connection)
        self.ledger = Ledger(connection)
        self.revocations = Revocations(connection)
        self.rechecks = Rechecks(connection)
        self.reconciliations = Reconciliations(connection)
        self.cases = Cases(connection)
