"""Statuses that are written down together end as if each had been alone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from edoc_connector.errors import EdocError
from edoc_connector.flows.evidence.verdict import Judged
from edoc_connector.flows.site import Site
from edoc_connector.flows.statuses import recording
from edoc_connector.flows.statuses.receipts import Answered, write_record
from edoc_connector.flows.statuses.recording import write_records
from edoc_connector.flows.together import in_bulk
from edoc_connector.language import Language
from edoc_connector.model.delivery import DeliveryEvent, InboxEvent, InboxState
from edoc_connector.model.document import BusinessType, ResponseFor
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.stages import Kind
from edoc_connector.model.status import StatusCode
from edoc_connector.storage import Storage
from tests.support import builders, pki
from tests.support.rings import ring_of_one
from tests.support.storage import (
    BOTH,
    COMMUNE,
    DEPARTMENT,
    PROVINCE,
    digest,
    outgoing,
    receive,
)
from tests.support.world import migrated, open_storage

NOON: Final = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
SITE: Final = Site(
    organization=builders.organization(PROVINCE),
    ring=ring_of_one(pki.p256_sealer(PROVINCE)),
    policy=pki.policy(),
    language=Language.VIETNAMESE,
    clock=lambda: NOON,
    worker="one",
    max_packet_bytes=1 << 20,
    segment_bytes=1 << 20,
)
OLD_WRITING: Final = OrganizationCode("000.00.14.H20")
STRANGER: Final = OrganizationCode("H21")

FIRST: Final = outgoing("1")
SECOND: Final = outgoing("2", document_id="H20,2026/11/24,2/UBND-VX", label="2/UBND-VX")
RECALL: Final = outgoing("3", business_type=int(BusinessType.RECALL))
"""It is under the id of the first one."""
OTHERS: Final = tuple(
    outgoing(f"{row}", document_id=f"H20,2026/11/24,{row}/UBND-VX", label="")
    for row in range(4, 9)
)
DOCUMENTS: Final = (FIRST, SECOND, RECALL, *OTHERS)
SENT: Final = [DeliveryEvent.SEAL, DeliveryEvent.CONFIRM]

REACHED: Final = {
    (FIRST.key, DEPARTMENT): SENT,
    (FIRST.key, COMMUNE): [DeliveryEvent.SEAL],
    (SECOND.key, DEPARTMENT): SENT,
    (RECALL.key, DEPARTMENT): SENT,
    **{
        (it.key, recipient): SENT
        for it in OTHERS
        for recipient in (DEPARTMENT, COMMUNE)
    },
}
"""How far each recipient is; whoever is not named has not been sent anything."""

DAY: Final = 60 * 60 * 24
"""So far in the future nobody is believed."""


def mostly(usual: Sequence[object], *rare: object) -> st.SearchStrategy[Any]:
    """One of the usual values nine times of ten."""
    return st.sampled_from([*usual] * (9 * len(rare)) + [*rare] * len(usual))


said = st.fixed_dictionaries(
    {
        "code": mostly(["01", "01", "03"], *StatusCode).map(StatusCode),
        "seconds": mostly(range(-3, 4), DAY),
        "sender": mostly([DEPARTMENT, COMMUNE, OLD_WRITING], STRANGER),
        "document_id": mostly([it.document_id for it in DOCUMENTS], "", "of nobody"),
        "to": mostly([PROVINCE], STRANGER),
        "number": st.integers(0, 30),
        "answers": mostly([""], *(it.key for it in DOCUMENTS)),
    }
)


def fill(storage: Storage, batches: list[list[dict[str, Any]]]) -> list[list[Answered]]:
    """Let our documents be on their way, and all packets in the inbox."""
    with storage.work() as work:
        for document in DOCUMENTS:
            work.documents.add(document, BOTH)
        for (key, recipient), events in REACHED.items():
            for it in events:
                work.deliveries.move(key, recipient, it, at=NOON)
        packets = iter(range(1000))
        return [[arrived(work, it, next(packets)) for it in some] for some in batches]


def arrived(work: Any, it: dict[str, Any], packet: int) -> Answered:
    id_ = receive(
        work,
        f"m-{it['number']}",
        kind=Kind.STATUS,
        packet=digest(f"{packet}"),
        answers=it["answers"],
    )
    assert id_ is not None
    status = builders.status(
        sender=builders.organization(it["sender"]),
        response_for=ResponseFor(organization=it["to"], document_id=it["document_id"]),
        code=it["code"],
        at=NOON + timedelta(seconds=it["seconds"]),
        description=f"said {packet}",
    )
    verified: Any = None  # a verdict that is kept is not looked at
    return Answered(Judged(work.inbox.get(id_), verified, (), is_kept=True), status)


def together(storage: Storage, some: list[Answered]) -> None:
    in_bulk(
        storage,
        some,
        lambda work, them: write_records(SITE, work, them),
        alone=lambda it: alone(storage, it),
    )


def each(storage: Storage, some: list[Answered]) -> None:
    for it in some:
        alone(storage, it)


def alone(storage: Storage, it: Answered) -> None:
    """What cannot be written is kept with its reason, as the guard of a packet does."""
    try:
        with storage.work() as work:
            write_record(SITE, work, it.judged, it.status)
    except EdocError as error:
        with storage.work() as work:
            work.inbox.move(it.entry.id, InboxEvent.QUARANTINE, reason=error.reason)


def outcome(batches: list[list[dict[str, Any]]], write: Any) -> dict[str, Any]:
    with TemporaryDirectory() as folder:
        (Path(folder) / "edoc.sqlite").write_bytes(migrated())
        storage = open_storage(Path(folder))
        for some in fill(storage, batches):
            write(storage, some)
        with storage.reading() as work:
            found = {
                "receipts": sorted(
                    (it for key in DOCUMENTS for it in work.receipts.of(key.key)),
                    key=repr,
                ),
                "deliveries": [work.deliveries.of(it.key) for it in DOCUMENTS],
                "inbox": [work.inbox.in_state(state, 99) for state in InboxState],
                "facts": facts(work),
                "told": told(work),
            }
        storage.close()
    return found


def facts(work: Any) -> list[str]:
    """All that is in the ledger, in whatever order."""
    entries = (json.loads(it.text) for it in work.ledger.entries())
    return sorted(f"{it['kind']} {it['subject']} {it['details']}" for it in entries)


def told(work: Any) -> list[tuple[str, ...]]:
    """What the register is to be told, in the order of each row and recipient."""
    rows = work.connection.exec_driver_sql(
        "SELECT row_id, recipient, step, text, at FROM progress"
        " ORDER BY row_id, recipient, id"
    )
    return [tuple(row) for row in rows]


@pytest.mark.timeout(300)
@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(said, min_size=2, max_size=8), min_size=1, max_size=3))
def test_together_they_end_as_each_alone(batches):
    counted = 0
    count = recording._count

    def counting(site, work, plain):
        nonlocal counted
        counted += len(plain)
        count(site, work, plain)

    recording._count = counting
    try:
        bulk = outcome(batches, together)
    finally:
        recording._count = count
    event(f"with few statements: {counted}")

    assert bulk == outcome(batches, each)
