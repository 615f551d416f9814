"""A received document says what became of it since, in lists and in sentences."""

from __future__ import annotations

import json

import pytest

from edoc_connector.errors import RecallDone, ReplaceDone
from edoc_connector.model.change import ChangeState
from edoc_connector.model.delivery import InboxEvent
from edoc_connector.model.document import BusinessType
from edoc_connector.storage import Storage
from edoc_connector.storage.records import Order
from tests.support.shell import edoc
from tests.support.storage import NOW, PROVINCE, arrival, digest, receive
from tests.unit.cli.test_document import SITE


@pytest.fixture
def storage(tmp_path, monkeypatch):
    """The database of a site that has received one document."""
    path = tmp_path / "edoc.toml"
    path.write_text(SITE, encoding="utf-8")
    monkeypatch.setenv("EDOC_SETTINGS", str(path))
    storage = Storage(f"sqlite:///{tmp_path}/edoc.sqlite", None, tmp_path / "content")
    storage.migrate()
    with storage.work() as work:
        entry = receive(work, "m-1")
        work.inbox.move(entry, InboxEvent.DELIVER)
        work.arrivals.add(arrival(entry))
    yield storage
    storage.close()


def ask(storage, business_type, reason, state=ChangeState.AGREED):
    """Its sender asks for a change by a packet of its own."""
    with storage.work() as work:
        packet = receive(work, "m-2", packet=digest("other"))
        work.inbox.move(packet, InboxEvent.DELIVER)
        work.orders.add(
            Order(
                inbox_id=packet,
                sender=PROVINCE,
                document_id=arrival(1).document_id,
                business_type=business_type,
                arrival=arrival(1).key,
                state=state,
                reason=reason,
                asked_at=NOW,
                sealed_at=NOW,
                wish="Gửi nhầm nơi nhận",
            )
        )
        return packet


@pytest.fixture
def recalled(storage):
    """The document was taken back."""
    ask(storage, BusinessType.RECALL, RecallDone().reason)
    with storage.work() as work:
        work.arrivals.take_back(arrival(1).key, at=NOW)


@pytest.fixture
def replaced(storage):
    """Another document has taken its place."""
    packet = ask(storage, BusinessType.REPLACE, ReplaceDone().reason)
    newer = arrival(packet, key=digest("newer"), label="29/2026/UBND-VX", row_id="94")
    with storage.work() as work:
        work.arrivals.add(newer)


@pytest.fixture
def refused(storage):
    """Its clerk has turned it down."""
    with storage.work() as work:
        seen = work.arrivals.of_row("93")
        work.arrivals.say(seen, status="02", at=NOW, line="a")


def line(capsys, id_):
    found = edoc(capsys, "document", "list", "--incoming").out.splitlines()
    return next(it for it in found if it.startswith(id_))


def why(capsys, id_):
    return edoc(capsys, "why", id_).out


@pytest.mark.usefixtures("recalled")
def test_a_recalled_document_is_not_told_as_plainly_delivered(capsys):
    assert "in the document software; recalled by its sender" in line(capsys, "m-1")
    assert "Its sender has recalled it" in why(capsys, "m-1")
    shown = edoc(capsys, "document", "show", "m-1").out
    assert "recalled by its sender" in shown


@pytest.mark.usefixtures("recalled")
def test_a_recall_is_listed_by_its_kind_and_not_as_a_document(capsys):
    found = line(capsys, "m-2")

    assert "(Recall)" in found
    assert "a request, agreed to" in found
    assert "in the document software" not in found
    assert "It asks for a change and brings no document" in why(capsys, "m-2")


@pytest.mark.usefixtures("replaced")
def test_a_replaced_document_names_what_has_taken_its_place(capsys):
    assert "; replaced by 29/2026/UBND-VX" in line(capsys, "m-1")
    assert "29/2026/UBND-VX has taken its place; the clerk" in why(capsys, "m-1")
    found = json.loads(edoc(capsys, "document", "show", "m-1", "--json").out)
    assert (found["fate"], found["replaced_by"]) == ("replaced", "29/2026/UBND-VX")


@pytest.mark.usefixtures("replaced")
def test_a_replacing_document_names_what_it_has_replaced(capsys):
    told = why(capsys, "m-2")

    assert "(Replacement)" in line(capsys, "m-2")
    assert "asked for a replacement of 28/2026/UBND-VX at" in told
    assert "original 28/2026/UBND-VX was marked in the register as replaced" in told


@pytest.mark.usefixtures("refused")
def test_a_document_that_our_clerk_refused_says_so(capsys):
    assert "; refused here (02)" in line(capsys, "m-1")
    assert "its sender was told (02)" in why(capsys, "m-1")
    assert "clerk goes on there" not in why(capsys, "m-1")


def test_a_recall_that_was_refused_leaves_the_document_as_it_was(storage, capsys):
    refusal = ChangeState.REFUSED
    ask(storage, BusinessType.RECALL, RecallDone().reason, refusal)

    assert "recalled" not in line(capsys, "m-1")
    assert "a request, refused" in line(capsys, "m-2")


@pytest.mark.usefixtures("recalled")
def test_it_is_said_in_vietnamese_too(capsys):
    done = edoc(capsys, "--lang", "vi", "document", "list", "--incoming")

    assert "đã bị nơi gửi thu hồi" in done.out
