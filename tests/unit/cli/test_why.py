"""A person asks why, and is told in sentences, in their own language."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import sqlalchemy as sa

from edoc_connector.errors import (
    ChangeRefusedByReceiver,
    ExitCode,
    MailboxBusy,
    NeverReceived,
    RevocationUnknown,
    Unroutable,
)
from edoc_connector.flows.inspecting.next_step import NEXT
from edoc_connector.flows.inspecting.standing import Situation
from edoc_connector.language import Language, translate
from edoc_connector.ledger.facts import DocumentTaken
from edoc_connector.model.change import ChangeState
from edoc_connector.model.delivery import (
    DeliveryEvent,
    DocumentEvent,
    DocumentState,
    InboxState,
)
from edoc_connector.model.document import Business
from edoc_connector.storage import Storage
from edoc_connector.storage.records import Change, KeptStatement
from edoc_connector.storage.tables import destinations, documents, outbox
from tests.support.builders import document
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

    assert "được lấy từ phần mềm quản lý văn bản lúc 08:30:00 23/11/2026" in told
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


def test_a_packet_for_a_receiver_at_rest_says_until_when(sealed, capsys):
    reason = MailboxBusy(address="x", recipient=DEPARTMENT).reason
    values = {
        "recipient": DEPARTMENT,
        "failures": 5,
        "reason": reason,
        "failing_since": NOW,
        "open_until": LATER,
    }
    change(sealed, sa.insert(destinations).values(values))

    told = why(capsys)

    rests = "  All for this receiver rests until 2026-11-23 09:30:00; then one is tried"
    assert rests in told


def test_what_is_late_is_marked_in_the_list_of_all(sealed, capsys):
    with sealed.work() as work:
        seen = work.deliveries.get(ROW.key, COMMUNE)
        work.deliveries.declare_late(seen, at=LATER, due_at=LATER + timedelta(days=1))

    found = edoc(capsys, "document", "list").out.splitlines()

    late = [it for it in found if "LATE since 2026-11-23 09:30:00" in it]
    assert [COMMUNE in it for it in late] == [True]


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


def ask(  # noqa: PLR0913  (whatever a test asks for)
    sealed, state, *, type_=1, reason=None, revision="r1", row="18"
):
    """A change of what the commune has got, and how it stands there."""
    content = document(business=Business(type=type_, reason="Gửi nhầm nơi nhận"))
    changing = outgoing(
        row,
        business_type=type_,
        changes=ROW.key,
        taken_at=LATER,
        document=content,
        revision=revision,
    )
    asked = Change(
        change=changing.key,
        original=ROW.key,
        recipient=COMMUNE,
        business_type=type_,
        state=state,
        reason=reason,
        changed_at=LATER,
    )
    with sealed.work() as work:
        work.documents.add(changing, BOTH[1:])
        work.changes.add([asked])
        if work.deliveries.get(ROW.key, COMMUNE).state == "sent":
            work.deliveries.move(ROW.key, COMMUNE, DeliveryEvent.ARRIVE, at=NOW)
    freeze = sa.update(documents).where(documents.c.key == ROW.key)
    change(sealed, freeze.values(frozen_at=LATER))
    return changing.key


def test_a_recall_tells_when_it_was_asked_why_and_that_no_answer_came_yet(
    sealed, capsys
):
    recall = ask(sealed, ChangeState.ASKED)

    told = why(capsys, ROW.key)

    assert (
        f"A recall was asked for at 2026-11-23 09:30:00: edoc why {recall[:8]}\n"
        in told
    )
    assert "The reason given: Gửi nhầm nơi nhận.\n" in told
    assert f"  A recall ({recall[:8]}): this receiver has not answered yet.\n" in told
    assert "It was recalled" not in told
    assert "not sent again" not in told
    assert "It asks for a recall of 28/2026/UBND-VX.\n" in why(capsys, recall)


REFUSED = ChangeRefusedByReceiver(
    organization="UBND xã", description="Đã vào sổ"
).reason


def test_a_recall_that_was_refused_says_why_and_what_can_be_done(sealed, capsys):
    recall = ask(sealed, ChangeState.REFUSED, reason=REFUSED)

    told = why(capsys, ROW.key)

    refused = f"  A recall ({recall[:8]}): this receiver refused it at 2026-11-23"
    assert refused in told
    assert told.count("Because: UBND xã refused the change: Đã vào sổ.\n") == 1
    assert "the clerk settles it with the receiver" in told
    assert "  Who must act: the clerk.\n" in told
    assert "It was recalled" not in told
    assert "Because: UBND xã refused the change" in why(capsys, recall)


def test_an_update_that_was_refused_leaves_more_to_ask_for(sealed, capsys):
    ask(sealed, ChangeState.REFUSED, type_=2, reason=REFUSED)

    assert f"edoc document replace {ROW.key[:8]}" in why(capsys, ROW.key)


def test_what_every_recipient_gave_back_was_recalled(storage, capsys):
    with storage.work() as work:
        work.documents.add(ROW, BOTH[1:])
        for event in (DeliveryEvent.SEAL, DeliveryEvent.CONFIRM):
            work.deliveries.move(ROW.key, COMMUNE, event, at=NOW)
    recall = ask(storage, ChangeState.AGREED)

    told = why(capsys, ROW.key)

    assert "It was recalled; since 2026-11-23 09:30:00 it is kept as it was.\n" in told
    agreed = f"  A recall ({recall[:8]}): this receiver agreed to it at 2026-11-23"
    assert agreed in told


@pytest.mark.usefixtures("sealed")
def test_what_only_one_of_two_gave_back_was_not_recalled(sealed, capsys):
    ask(sealed, ChangeState.AGREED)

    told = why(capsys, ROW.key)

    assert "It was recalled" not in told
    assert "it is kept as it was, for a recall was asked for.\n" in told


def expire(sealed, key):
    reason = NeverReceived(due="2026-11-24T02:30:00+00:00").reason
    events = (DeliveryEvent.SEAL, DeliveryEvent.CONFIRM)
    with sealed.work() as work:
        for event in events:
            work.deliveries.move(key, COMMUNE, event, at=LATER)
        work.deliveries.move(
            key, COMMUNE, DeliveryEvent.EXPIRE, at=LATER, reason=reason
        )


def test_a_document_says_that_its_change_did_not_arrive_and_whose_turn_it_is(
    sealed, capsys
):
    update = ask(sealed, ChangeState.ASKED, type_=2)
    expire(sealed, update)

    told = why(capsys, ROW.key)
    one = json.loads(edoc(capsys, "why", ROW.key, "--json").out)["parts"][1]

    failed = f"  An update ({update[:8]}) did not come to this receiver: no receipt by"
    assert failed in told
    assert f"can do about it: edoc why {update[:8]}\n" in told
    assert told.count("Because: no receipt had come by the last deadline") == 1
    assert (one["situation"], one["must_act"]) == ("change-failed", "clerk")


def test_the_statement_of_a_change_is_found_from_its_original(sealed, capsys):
    update = ask(sealed, ChangeState.ASKED, type_=2)
    with sealed.work() as work:
        kept = KeptStatement(
            document=update, recipient=COMMUNE, content=digest("s"), made_at=LATER
        )
        work.non_deliveries.put(kept)

    done = edoc(capsys, "document", "statement", ROW.key, "-o", "-")

    assert done.code == ExitCode.NOT_FOUND
    assert f"edoc document statement {update[:8]}" in done.err


def test_an_expired_one_names_itself_and_no_placeholder(sealed, capsys):
    update = ask(sealed, ChangeState.ASKED, type_=2)
    expire(sealed, update)

    told = why(capsys, update)

    assert told.count(f"edoc document resend {update[:8]} --to H20.14.7") == 1
    assert "resend ID" not in told


def test_a_change_that_was_typed_came_from_no_row(sealed, capsys):
    typed = ask(sealed, ChangeState.ASKED, revision="recall:1", row=ROW.row_id)

    told = why(capsys, typed)

    assert told.startswith(
        "A recall was asked for at the command line at 2026-11-23 09:30:00.\n"
    )
    assert "row 17" not in told
    with sealed.work() as work:
        fact = DocumentTaken(
            document=typed, sender="H20", row="17", revision="recall:1", recipients=()
        )
        work.ledger.append(fact, LATER)
    shown = edoc(capsys, "document", "show", typed).out
    assert "none, it was asked for at the command line" in shown
    assert "taken over from the document software" not in shown


@pytest.mark.parametrize("wanted", ["original", "change"])
def test_the_reason_the_clerk_gave_is_shown_to_people(sealed, capsys, wanted):
    recall = ask(sealed, ChangeState.ASKED)
    key = recall if wanted == "change" else ROW.key

    assert "Gửi nhầm nơi nhận" in edoc(capsys, "document", "show", key).out


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
