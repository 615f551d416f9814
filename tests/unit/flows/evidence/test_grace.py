"""How long documents are delivered while nobody says what was revoked."""

import logging
from datetime import timedelta

import pytest

from edoc_connector.errors import Reason, RevocationNotPublished
from edoc_connector.flows.evidence.grace import within_grace
from edoc_connector.signature.answers import StoredRevocation
from edoc_connector.signature.revocation import check_revocation
from tests.support.builders import SENT_AT
from tests.support.revocation import authority, sealer
from tests.support.world import migrated, open_storage

HOUR = timedelta(hours=1)
GRACE = 72 * HOUR


@pytest.fixture
def storage(tmp_path):
    (tmp_path / "edoc.sqlite").write_bytes(migrated())
    storage = open_storage(tmp_path)
    yield storage
    storage.close()


@pytest.fixture
def alerts(caplog):
    caplog.set_level(logging.WARNING, logger="edoc_connector")
    return lambda: [(it.message, it.hours_left) for it in caplog.records]


def unknown() -> tuple[Reason, ...]:
    path = (sealer(), authority())
    return check_revocation(path, StoredRevocation(()), at=SENT_AT, now=SENT_AT).doubts


def allowed(storage, *, after, doubts=None, grace=GRACE) -> bool:
    doubts = unknown() if doubts is None else doubts
    return within_grace(storage, doubts, now=SENT_AT + after, grace=grace)


def test_documents_are_delivered_for_the_grace_and_not_longer(storage) -> None:
    assert allowed(storage, after=0 * HOUR)
    assert allowed(storage, after=GRACE)
    assert not allowed(storage, after=GRACE + timedelta(seconds=1))


def test_a_restart_gives_no_new_time(storage, tmp_path) -> None:
    allowed(storage, after=0 * HOUR)
    storage.close()
    again = open_storage(tmp_path)

    assert not allowed(again, after=GRACE + HOUR)
    again.close()


def test_without_a_grace_documents_wait_at_once(storage) -> None:
    none = timedelta()
    assert allowed(storage, after=0 * HOUR, grace=none)
    assert not allowed(storage, after=timedelta(seconds=1), grace=none)


def test_what_waiting_would_not_change_does_not_wait(storage, alerts) -> None:
    doubts = (RevocationNotPublished(certificate="CN=a").reason,)

    for after in (0 * HOUR, 2 * GRACE):
        assert allowed(storage, after=after, doubts=doubts)

    assert alerts() == []


def test_a_person_is_told_once_an_hour_how_long_it_may_go_on(storage, alerts) -> None:
    for minutes in (0, 10, 59, 60, 61):
        allowed(storage, after=timedelta(minutes=minutes))

    assert alerts() == [("revocation_grace", 72.0), ("revocation_grace", 71.0)]


def test_a_person_is_needed_when_the_grace_is_over(storage, alerts, caplog) -> None:
    allowed(storage, after=0 * HOUR)
    allowed(storage, after=GRACE + HOUR)

    assert alerts()[-1] == ("revocation_grace_over", 0.0)
    record = caplog.records[-1]
    assert record.levelno == logging.ERROR
    assert record.authority == "CN=authority"
    assert record.address == "http://ocsp.example http://crl.example/a.crl"


def test_a_person_is_told_at_once_when_the_grace_ends(storage, alerts) -> None:
    allowed(storage, after=0 * HOUR)
    for minutes in (-10, 0, 10, 20):
        allowed(storage, after=GRACE + timedelta(minutes=minutes))

    assert alerts()[1:] == [("revocation_grace", 0.2), ("revocation_grace_over", 0.0)]
