"""`edoc document show`: what the receiver has done with a document, both ways."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from edoc_connector.errors import StatusOutOfTurn, StatusWordUnknown
from edoc_connector.model.delivery import DeliveryEvent, InboxEvent
from edoc_connector.storage import Storage
from tests.support.shell import edoc
from tests.support.storage import (
    BOTH,
    COMMUNE,
    DEPARTMENT,
    NOW,
    arrival,
    outgoing,
    receive,
)
from tests.unit.cli.test_document import SITE


@pytest.fixture
def storage(tmp_path, monkeypatch):
    """The database of a site."""
    path = tmp_path / "edoc.toml"
    path.write_text(SITE, encoding="utf-8")
    monkeypatch.setenv("EDOC_SETTINGS", str(path))
    storage = Storage(f"sqlite:///{tmp_path}/edoc.sqlite", None, tmp_path / "content")
    storage.migrate()
    yield storage
    storage.close()


@pytest.fixture
def sent(storage):
    """A document that is with both recipients; one of them is processing it."""
    document = outgoing()
    events = (DeliveryEvent.SEAL, DeliveryEvent.CONFIRM, DeliveryEvent.ARRIVE)
    with storage.work() as work:
        work.documents.add(document, BOTH)
        for event in events:
            work.deliveries.move(document.key, DEPARTMENT, event, at=NOW)
        seen = work.deliveries.get(document.key, DEPARTMENT)
        work.deliveries.show(seen, status="05", at=NOW + timedelta(hours=1))
    return document


@pytest.fixture
def received(storage):
    """A document that our register is processing."""
    with storage.work() as work:
        entry = receive(work, "m-1")
        work.inbox.move(entry, InboxEvent.DELIVER)
        work.arrivals.add(arrival(entry))
        seen = work.arrivals.of_row("93")
        work.arrivals.say(seen, status="05", at=NOW + timedelta(hours=1), line="a")
        return work.arrivals.of_row("93")


@pytest.mark.usefixtures("sent")
@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en", "Business status: 05 in process (2026-11-23 09:30:00"),
        ("vi", "Trạng thái xử lý: 05 đang xử lý (09:30:00 23/11/2026"),
    ],
)
def test_what_a_recipient_has_done_is_shown_with_its_time(capsys, language, line):
    done = edoc(capsys, "--lang", language, "document", "show", "28/2026")

    told = [" ".join(it.split()) for it in done.out.splitlines()]
    assert any(it.startswith(line) for it in told), done.out
    assert sum("05 " in it for it in told) == 1  # the other one has said nothing


@pytest.mark.usefixtures("sent")
def test_a_program_gets_the_status_of_each_recipient(capsys):
    done = edoc(capsys, "document", "show", "28/2026", "--json")

    legs = {it["recipient"]: it for it in json.loads(done.out)["legs"]}
    assert legs[DEPARTMENT]["status"] == "05"
    assert legs[DEPARTMENT]["status_at"].startswith("2026-11-23T02:30:00")
    assert legs[COMMUNE]["status"] is None


@pytest.mark.usefixtures("received")
def test_what_our_register_has_done_is_shown_too(capsys):
    done = edoc(capsys, "document", "show", "m-1")
    told = json.loads(edoc(capsys, "document", "show", "m-1", "--json").out)

    assert "05 in process" in done.out
    assert told["status"] == "05"


@pytest.mark.parametrize(
    ("error", "actor"),
    [
        (StatusOutOfTurn(status="02", before="05"), "the clerk"),
        (StatusWordUnknown(word="Lưu tủ"), "the operator of this connector"),
    ],
)
def test_why_its_sender_was_not_told_is_shown_with_who_must_act(
    capsys, storage, received, error, actor
):
    with storage.work() as work:
        work.arrivals.withhold(received, error.reason)

    done = edoc(capsys, "document", "show", "m-1")

    assert f"[{error.code}]" in done.out or str(error)[:40] in done.out
    assert actor in done.out
