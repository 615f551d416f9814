"""A ping that a link has brought back: its recipient has no mailbox, as a broker says.

Nobody has sealed that.  It is believed where a link of `trust.links` has brought what
we asked, under the very key by which we reach who was asked; and only by who waits.
"""

from __future__ import annotations

from edoc_connector.bus.message import keys_of_document
from edoc_connector.bus.ping import NO_PRIORITY
from edoc_connector.bus.returned import Returned
from edoc_connector.flows.passing_over import pass_over
from edoc_connector.flows.site import Site
from edoc_connector.storage import Storage
from edoc_connector.storage.pings import ReceivedPong, SentPing


def hear_back(site: Site, storage: Storage, returned: Returned) -> None:
    """Keep it for who waits for an answer, if it is ours and that is credible."""
    message = returned.message
    with storage.reading() as work:  # of a flood, nothing is written
        sent = work.pings.find(message.message_id)
    if sent is None or not _is_credible(site, returned, sent):
        pass_over(returned, "no ping of ours")
        return
    with storage.work() as work:
        work.pings.hear(
            ReceivedPong(
                ping=sent.ping,
                account=returned.account,
                way=returned.broker,
                body="",
                received_at=site.clock(),
            )
        )


def _is_credible(site: Site, returned: Returned, sent: SentPing) -> bool:
    message = returned.message
    return (
        returned.account in site.policy.links
        and message.sender == site.organization.code
        and message.recipient == sent.recipient
        and returned.key in keys_of_document(sent.recipient, NO_PRIORITY)
    )
