"""A person asks why, and is told in sentences, in their own language."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import sqlalchemy as sa

from edoc_connector.errors import ExitCode, RevocationUnknown, Unroutable
from edoc_connector.flows.next_step import NEXT
from edoc_connector.flows.standing import Situation
from edoc_connector.language import Language, translate
from edoc_connector.model.change import ChangeState
from edoc_connector.model.delivery import (
    DeliveryEvent,
    DocumentEvent,
    DocumentState,
    InboxState,
)
from edoc_connector.storage import Storage
from edoc_connector.storage.tables import changes, documents, outbox
from tests.support.shell import edoc
from tests.support.storage import (
    BOTH,
    COMMUNE,
    DEPARTMENT,
    NOW,
    digest,
    outgoing,
    queue,
    receive,
)
from tests.unit.cli.test_document import SITE

LATER = NOW + timedelta(hours=1)
ROW = outgoing()


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
def sealed(storage):
    """A sealed document: queued for the department, sent to the commune."""
    with storage.work() as work:
        work.documents.add(ROW, BOTH)
        work.documents.move(ROW.key, DocumentEvent.SEAL, packet=digest("packet"))
        for code in (DEPARTMENT, COMMUNE):
            work.deliveries.move(ROW.key, code, DeliveryEvent.SEAL, at=NOW)
        queue(work, ROW.key, recipient=DEPARTMENT)
        work.deliveries.move(ROW.key, COMMUNE, DeliveryEvent.CONFIRM, at=NOW)
    return storage


def why(capsys, text="28", *options):
    done = edoc(capsys, *options, "why", text)
    assert done.code == 0, done.err
    return done.out


def change(storage, statement):
    with storage.work() as work:
        work.around._connection.execute(statement)


@pytest.mark.parametrize("situation", Situation)
def test_every_situation_says_in_both_languages_what_is_next(situation):
    english = NEXT[situation]

    assert translate(english, Language.VIETNAMESE) != translate(english, "en")


@pytest.mark.usefixtures("sealed")
def test_it_tells_what_happened_and_where_each_recipient_stands(capsys):
    told = why(capsys)

    assert told.startswith(
        "28/2026/UBND-VX was taken over from the document software at"
        " 2026-11-23 08:30:00: row 17.\n"
    )
    assert (
        "H20.14  Sở Nội vụ\n"
        "  Since 2026-11-23 08:30:00: sealed, waiting for the axis.\n"
        "  The connector sends it by itself while `edoc run` runs; if it stays so, look"
        " at `edoc status`.\n"
        "  Who must act: this connector.\n"
    ) in told
    assert "  Who must act: the receiver.\n" in told


@pytest.mark.usefixtures("sealed")
def test_it_tells_so_in_vietnamese(capsys):
    told = why(capsys, "28", "--lang", "vi")

    assert "được lấy từ phần mềm quản lý văn bản lúc 2026-11-23 08:30:00" in told
    assert "  Ai phải xử lý: bộ kết nối này.\n" in told
    assert "edoc run" in told


def test_a_packet_that_was_postponed_says_why_and_when_it_is_tried_again(
    sealed, capsys
):
    reason = Unroutable(recipient=DEPARTMENT).reason
    change(
        sealed,
        sa.update(outbox).values(attempts=3, reason=reason, next_attempt_at=LATER),
    )

    told = why(capsys)

    assert "  Next attempt: 2026-11-23 09:30:00.\n" in told
    assert "  Who must act: the axis.\n" in told
    assert "Because: " in told


def test_what_a_person_stopped_says_how_to_let_it_go(sealed, capsys):
    change(sealed, sa.update(outbox).values(parked_at=NOW))

    told = why(capsys)

    assert f"to let it go, type: edoc queue release {ROW.key[:8]}\n" in told


def test_what_was_turned_down_is_never_sent_as_it_was(sealed, capsys):
    with sealed.work() as work:
        work.deliveries.move(ROW.key, COMMUNE, DeliveryEvent.ARRIVE, at=LATER)
        seen = work.deliveries.get(ROW.key, COMMUNE)
        work.deliveries.show(seen, status="02", at=LATER)

    told = why(capsys)

    assert f"edoc document replace {ROW.key[:8]} --by NEW" in told
    assert "a receiver that changes its mind takes it up there" in told
    assert "edoc document resend" not in told


def test_what_a_connector_did_not_let_in_may_be_sent_again(sealed, capsys):
    with sealed.work() as work:
        work.deliveries.move(ROW.key, COMMUNE, DeliveryEvent.REFUSE, at=LATER)

    told = why(capsys)

    assert f"anew: edoc document resend {ROW.key[:8]} --to H20.14.7\n" in told


def test_a_late_receipt_says_whom_to_ask_and_what_to_type(sealed, capsys):
    with sealed.work() as work:
        seen = work.deliveries.get(ROW.key, COMMUNE)
        work.deliveries.declare_late(seen, at=LATER, due_at=LATER + timedelta(days=1))

    told = why(capsys)

    assert "A deadline was missed; that was noticed at 2026-11-23 09:30:00." in told
    assert f"type: edoc document resend {ROW.key[:8]} --to H20.14.7\n" in told
    assert "  The last deadline is 2026-11-24 09:30:00.\n" in told


def test_a_recalled_document_tells_of_the_recall_and_its_answer(sealed, capsys):
    recall = outgoing("18", business_type=1, changes=ROW.key)
    values = {
        "change": recall.key,
        "original": ROW.key,
        "recipient": COMMUNE,
        "business_type": 1,
        "state": ChangeState.ASKED,
        "changed_at": LATER,
    }
    with sealed.work() as work:
        work.documents.add(recall, BOTH[1:])
    change(sealed, sa.insert(changes).values(values))
    frozen = sa.update(documents).where(documents.c.key == ROW.key)
    change(sealed, frozen.values(frozen_at=LATER))

    told = why(capsys, ROW.key)

    assert "It was recalled at 2026-11-23 09:30:00; it is kept as it was" in told
    assert (
        "  A recall was asked of this receiver; since 2026-11-23 09:30:00: asked, no"
        " answer yet.\n"
    ) in told
    assert "It asks for a recall of 28/2026/UBND-VX.\n" in why(capsys, recall.key)


def test_a_refused_row_names_the_clerk(storage, capsys):
    with storage.work() as work:
        work.documents.add(outgoing(state=DocumentState.REFUSED), BOTH)

    told = why(capsys)

    assert "cannot be sent.\n" in told
    assert "  Who must act: the clerk.\n" in told


def test_a_quarantined_packet_says_how_to_look_at_it(storage, capsys):
    with storage.work() as work:
        receive(work, "0123456789", state=InboxState.QUARANTINED)

    told = why(capsys, "0123456789")

    assert "28/2026/UBND-VX came from H20 at 2026-11-23 08:30:00.\n" in told
    assert "edoc quarantine show 01234567; then" in told
    assert "  Who must act: the operator of this connector.\n" in told


def test_a_packet_held_for_an_answer_says_when_it_is_asked_again(storage, capsys):
    with storage.work() as work:
        held = receive(work, "0123456789")
        reason = RevocationUnknown(certificate="x", at="y").reason
        work.inbox.hold(held, reason, until=LATER)

    told = why(capsys, "0123456789")

    assert "  Next attempt: 2026-11-23 09:30:00.\n" in told


@pytest.mark.usefixtures("sealed")
def test_programs_get_the_same_as_data(capsys):
    found = json.loads(edoc(capsys, "why", "28", "--json").out)

    assert found["id"] == ROW.key
    first = found["parts"][0]
    assert (first["organization"], first["situation"], first["must_act"]) == (
        DEPARTMENT,
        "queued",
        "connector",
    )
    assert first["sentences"][-1] == "Who must act: this connector."


@pytest.mark.usefixtures("storage")
def test_a_document_nobody_knows_is_not_found(capsys):
    assert edoc(capsys, "why", "99").code == ExitCode.NOT_FOUND
