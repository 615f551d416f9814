"""A packet of the inbox, opened again and judged by the evidence of that time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from edoc_connector.envelope.read import read
from edoc_connector.flows.evidence.verdict import Judged, judge_entry, judged_before
from edoc_connector.flows.requests.request import Request, request_in_status, request_of
from edoc_connector.flows.site import Site
from edoc_connector.model.document import Document
from edoc_connector.storage import Storage


@contextmanager
def reopened(site: Site, storage: Storage, inbox_id: int) -> Iterator[Judged]:
    """Open it; its files can be read inside.  Raises as `judge_entry`."""
    with storage.reading() as work:
        entry = work.inbox.get(inbox_id)
        before = judged_before(storage, work, [entry])
    with storage.content.mapped(entry.packet) as body:
        received = read(body, max_bytes=site.max_packet_bytes)
        yield judge_entry(site, received, entry, before)


def request_again(site: Site, judged: Judged) -> Request:
    """Return the request in a packet of which an order is known."""
    content = judged.verified.envelope.content
    if not isinstance(content, Document):
        return request_in_status(judged.verified, content)
    request = request_of(judged.verified, content, site.organization.code)
    assert request is not None, "an order is made of nothing else"  # noqa: S101
    return request
