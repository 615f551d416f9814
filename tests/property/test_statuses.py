"""Statuses late, twice and in any order: all are kept, and one state is shown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Final

from hypothesis import given, settings
from hypothesis import strategies as st

from edoc_connector.flows.statuses.receipts import count
from edoc_connector.language import Language
from edoc_connector.model.business import RANKS
from edoc_connector.model.delivery import DeliveryEvent, DeliveryState
from edoc_connector.model.document import ResponseFor
from edoc_connector.model.status import StatusCode
from tests.support import builders, pki
from tests.support.storage import DEPARTMENT, PROVINCE, outgoing
from tests.support.world import migrated, open_storage

NOON: Final = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
SITE: Final = SimpleNamespace(
    clock=lambda: NOON, language=Language.VIETNAMESE, policy=pki.policy()
)
DOCUMENT: Final = outgoing()

said = st.tuples(
    st.sampled_from(StatusCode),
    st.integers(0, 3),  # so few that moments meet
    st.sampled_from(["", "Đã vào sổ", "Gửi nhầm"]),
)


def status(code, seconds, text):
    return builders.status(
        sender=builders.organization(DEPARTMENT),
        response_for=ResponseFor(
            organization=PROVINCE, document_id=DOCUMENT.document_id
        ),
        code=code,
        at=NOON + timedelta(seconds=seconds),
        description=text,
    )


def shown_after(statuses, order):
    """What is shown, and what the register was told last, when they came like this."""
    with TemporaryDirectory() as folder:
        (Path(folder) / "edoc.sqlite").write_bytes(migrated())
        storage = open_storage(Path(folder))
        with storage.work() as work:
            work.documents.add(DOCUMENT, DOCUMENT.document.recipients)
            for event in (DeliveryEvent.SEAL, DeliveryEvent.CONFIRM):
                work.deliveries.move(DOCUMENT.key, DEPARTMENT, event, at=NOON)
            for number in order:
                delivery = work.deliveries.get(DOCUMENT.key, DEPARTMENT)
                said = status(*statuses[number])
                count(SITE, work, said, delivery, receipt=f"receipt-{number}")
            delivery = work.deliveries.get(DOCUMENT.key, DEPARTMENT)
            kept = {it.message_id for it in work.receipts.of(DOCUMENT.key)}
            told = [it.step for it in work.progress.due(99, NOON)]
            while rest := work.progress.due(99, NOON):
                told = [it.step for it in rest]
                for it in rest:
                    work.progress.settle(it.id)
        storage.close()
    assert kept == {f"receipt-{number}" for number in order}
    return delivery.state, delivery.status, delivery.status_at, delivery.reason, told


@st.composite
def plays(draw):
    """Some statuses, and two orders in which each of them comes, once or more often."""
    statuses = draw(st.lists(said, min_size=1, max_size=5))
    numbers = list(range(len(statuses)))
    again = draw(st.lists(st.sampled_from(numbers), max_size=3))
    return statuses, *(draw(st.permutations(numbers + again)) for _ in range(2))


@settings(max_examples=60, deadline=None)
@given(plays())
def test_statuses_end_in_one_state_in_whatever_order_and_however_often_they_come(play):
    statuses, first, second = play

    assert shown_after(statuses, first) == shown_after(statuses, second)


@settings(max_examples=40, deadline=None)
@given(plays())
def test_what_is_shown_is_the_newest_and_whoever_works_on_it_has_it(play):
    statuses, order, _ = play
    business = [it for it in statuses if it[0] in RANKS]

    state, shown, at, reason, told = shown_after(statuses, order)

    if not business:
        assert (state, shown, told) == (DeliveryState.SENT, None, [])
        return
    code, seconds, _ = max(business, key=lambda it: (it[1], RANKS[it[0]]))
    assert (shown, at) == (code, NOON + timedelta(seconds=seconds))
    assert (reason is None) == (code is not StatusCode.REFUSED)
    only_refusals = all(it[0] is StatusCode.REFUSED for it in business)
    arrived = DeliveryState.REFUSED if only_refusals else DeliveryState.DELIVERED
    assert state is arrived
