"""What is read once of a transaction in which many recipients are settled."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from edoc_connector.model.identifiers import MessageId
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.storage import Work
from edoc_connector.storage.records import OutboxItem, OutgoingDelivery

Deliveries = Mapping[OrganizationCode, OutgoingDelivery]


class Books:
    """Belongs to one transaction, in which each delivery is moved once.

    Where one is moved twice, the second move finds that it comes too late.
    """

    def __init__(self) -> None:
        self._failing: Collection[OrganizationCode] | None = None
        self._asked: set[MessageId] = set()
        """Of these one recipient was asked for; of a second one all are read."""
        self._deliveries: dict[MessageId, Deliveries] = {}
        self._rows: dict[MessageId, str] = {}

    def failing(self, work: Work) -> Collection[OrganizationCode]:
        """Return to whom nothing has got through of late."""
        if self._failing is None:
            self._failing = {one.recipient for one in work.destinations.all()}
        return self._failing

    def delivery(self, work: Work, item: OutboxItem) -> OutgoingDelivery:
        """Return what is written of this recipient."""
        document = item.message_id
        if document not in self._asked:
            self._asked.add(document)
            return work.deliveries.get(document, item.recipient)
        if document not in self._deliveries:
            found = work.deliveries.of(document)
            self._deliveries[document] = {it.recipient: it for it in found}
        return self._deliveries[document][item.recipient]

    def row_id(self, work: Work, document: MessageId) -> str:
        """Return in which row of the register it stands.  Raises `NotFound`."""
        if document not in self._rows:
            self._rows[document] = work.documents.get(document).row_id
        return self._rows[document]
