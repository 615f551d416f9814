"""What became of packets, in the log: a line for a packet, however many it went to."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence

from edoc_connector.errors import Reason
from edoc_connector.logs import MOST_CHARACTERS
from edoc_connector.model.delivery import DeliveryEvent
from edoc_connector.model.identifiers import MessageId
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.storage.records import OutboxItem

log = logging.getLogger(__name__)


def say_settled(
    items: Sequence[OutboxItem], event: DeliveryEvent, reason: Reason | None
) -> None:
    """Say of each packet to whom it went, or to whom it did not and why.

    One is the `recipient`, several are `recipients`.  Every code stands there whole, so
    that a search for it finds the line.
    """
    recipients: dict[MessageId, list[OrganizationCode]] = {}
    for item in items:
        recipients.setdefault(item.message_id, []).append(item.recipient)
    for message_id, codes in recipients.items():
        for listed in listed_within(codes, MOST_CHARACTERS):
            whom = "recipients" if len(codes) > 1 else "recipient"
            _say({"message_id": message_id, whom: listed}, event, reason)


def _say(which: dict[str, str], event: DeliveryEvent, reason: Reason | None) -> None:
    log.log(
        logging.INFO if reason is None else logging.WARNING,
        "packet_relayed" if reason is None else "packet_not_relayed",
        extra=which | {"step": event, "reason": reason.code if reason else ""},
    )


def listed_within(words: Sequence[str], most: int) -> Iterator[str]:
    """Yield the words with commas between them, as many in each text as have room."""
    line = words[0]
    for word in words[1:]:
        if len(line) + 1 + len(word) > most:
            yield line
            line = word
        else:
            line = f"{line},{word}"
    yield line
