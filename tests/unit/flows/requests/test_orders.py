"""What becomes of a recall, an update and a replacement at the receiver."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest

from edoc_connector.dms.port import RowDecision
from edoc_connector.errors import DmsRefused, KeyUnusable
from edoc_connector.flows.inspecting.telling import tell_story
from edoc_connector.flows.inspecting.why import explain
from edoc_connector.flows.requests import decide as decide_module
from edoc_connector.flows.requests.decide import BY_COMMAND, note_decision
from edoc_connector.flows.requests.decide import decide as decide_all
from edoc_connector.flows.requests.rulings import WAIT_FOR_ORIGINAL
from edoc_connector.flows.statuses import answer as answer_module
from edoc_connector.model.change import (
    ChangeDecision,
    ChangeKind,
    ChangeMode,
    ChangeState,
)
from edoc_connector.model.delivery import InboxState
from edoc_connector.model.document import (
    Business,
    BusinessType,
    Replacement,
    ResponseFor,
)
from edoc_connector.model.identifiers import DocumentId
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.stages import Kind
from edoc_connector.storage.resting import PAUSE
from tests.support.asking import (
    ID,
    NEW_ID,
    NEW_PDF,
    Asker,
    answers,
    clerk,
    files,
    orders,
    rows,
    said,
)
from tests.support.world import ONE_PDF, RECEIVER, SENDER, World

HERE = ("7", "V/v kiểm kê", "Chờ tiếp nhận")
CANCELLED = ("7", "V/v kiểm kê", "Đã thu hồi")


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    yield world
    world.close()


@pytest.fixture
def asker(world):
    return Asker(world)


@pytest.fixture
def asking(tmp_path):
    """A world in which clerks are asked first."""
    modes = dict.fromkeys(ChangeKind, ChangeMode.ASK)
    world = World(tmp_path, changes=modes)
    yield world
    world.close()


def decide(world, word, reason=None):
    clerk(
        world,
        "UPDATE van_ban_den SET quyet_dinh = ?, ly_do_quyet_dinh = ?",
        word,
        reason,
    )


# --- recall -------------------------------------------------------------------


def test_a_recalled_document_is_cancelled_and_its_sender_hears_that(world, asker):
    asker.bring(asker.original(), asker.recall())

    assert rows(world) == [CANCELLED]
    assert said(world) == ["01", "01", "15"]
    answer = answers(world)[-1]
    assert answer.response_for.document_id == ID
    assert answer.response_for.organization == SENDER
    assert answer.response_for.code == "7/UBND-VX"
    assert answer.description.startswith("đã thu hồi")


def test_a_recalled_document_keeps_its_metadata_files_and_reason(world, asker):
    asker.bring(asker.original(), asker.recall())

    assert files(world) == [("công văn.pdf", ONE_PDF)]
    assert world.receiver.ask("SELECT ly_do_thay_doi FROM van_ban_den") == [
        ("Gửi nhầm nơi nhận",)
    ]


def test_a_recall_is_remembered_in_the_books(world, asker):
    asker.bring(asker.original(), asker.recall())

    (order,) = orders(world)
    assert order.state is ChangeState.AGREED
    with world.receiver.storage.reading() as work:
        arrival = work.arrivals.get(order.arrival)
    assert arrival.status == "13"
    assert world.receiver.facts().count("order:applied") == 1


def test_a_recall_of_what_was_recalled_is_agreed_to(world, asker):
    asker.bring(asker.original(), asker.recall(), asker.recall())

    assert said(world) == ["01", "01", "15", "01", "15"]
    assert [it.reason.code for it in orders(world)] == [
        "recall-done",
        "already-recalled",
    ]


def test_a_repeated_recall_gets_its_answers_again_and_changes_nothing(world, asker):
    original, recall = asker.original(), asker.recall()
    asker.bring(original, recall)
    relay_all(world)

    asker.bring(recall)

    assert said(world)[-2:] == ["01", "15"]
    assert len(orders(world)) == 1


def relay_all(world):
    """Everything queued at the receiver leaves."""
    from edoc_connector.flows.backoff import Backoff
    from edoc_connector.flows.outgoing.relay import relay

    receiver = world.receiver
    relay(
        receiver.site,
        receiver.publisher,
        receiver.storage,
        limit=100,
        backoff=Backoff(1.0, 1.0),
    )


@pytest.mark.parametrize("where", ["business", "response", "header"])
def test_the_document_is_found_wherever_the_recall_names_it(world, asker, where):
    original = asker.original()
    named = ID if where == "business" else DocumentId("")
    response = ResponseFor(organization=OrganizationCode(SENDER), document_id=ID)
    other = DocumentId("H20.14,2026/11/21,9/TH")
    recall = asker.recall(
        business=Business(type=BusinessType.RECALL, document_id=named, reason="Nhầm"),
        document_id=ID if where == "header" else other,
        responses=(response,) if where == "response" else (),
    )

    asker.bring(original, recall)

    assert rows(world) == [CANCELLED]
    told = answers(world)[-1].response_for.document_id
    assert told == (ID if where == "header" else other)


def test_what_the_document_answers_is_not_what_its_recall_means(world, asker):
    other = OrganizationCode("H20.30")
    answered = ResponseFor(organization=other, document_id=NEW_ID)
    original = asker.original(responses=(answered,))
    named = Business(type=BusinessType.RECALL, reason="Nhầm")

    asker.bring(original, asker.recall(business=named, responses=(answered,)))

    assert rows(world) == [CANCELLED]


def test_a_recall_before_its_document_keeps_it_out(world, asker):
    original, recall = asker.original(), asker.recall()

    asker.bring(recall, original)

    assert rows(world) == []
    assert said(world) == ["01", "15", "02"]
    assert "thu hồi" in answers(world)[-1].description
    (order,) = orders(world)
    assert (order.state, order.reason.code) == ("agreed", "recall-remembered")


def test_what_is_sealed_after_a_recall_is_a_new_document(world, asker):
    original, recall = asker.original(), asker.recall()
    again = asker.original(subject="V/v kiểm kê, gửi lại")

    asker.bring(original, recall, again)

    assert rows(world) == [CANCELLED, ("7", "V/v kiểm kê, gửi lại", "Chờ tiếp nhận")]


def test_the_same_content_sealed_again_after_its_recall_is_refused_loudly(world, asker):
    asker.bring(asker.original(), asker.recall(), asker.original())

    assert rows(world) == [CANCELLED]
    assert said(world)[-1] == "02"


def test_a_recall_takes_back_every_version_under_its_id(world, asker):
    first, second = asker.original(), asker.original(subject="V/v kiểm kê lần hai")

    asker.bring(first, second, asker.recall())

    assert [row[2] for row in rows(world)] == ["Đã thu hồi", "Đã thu hồi"]


def test_a_recall_ends_what_is_in_quarantine_here(world, asker):
    asker.bring(asker.original(recipients=()), asker.recall())

    with world.receiver.storage.reading() as work:
        states = [it.state for it in work.inbox.recent(Kind.EDOC, 9)]
    assert InboxState.REJECTED in states


def test_a_recall_older_than_the_document_here_is_refused_with_that_reason(
    world, asker
):
    recall, original = asker.recall(), asker.original()

    asker.bring(original, recall)

    assert rows(world) == [HERE]
    assert said(world)[-1] == "16"
    assert orders(world)[0].reason.code == "change-outdated"


def test_a_request_that_names_no_document_is_refused(world, asker):
    nothing = DocumentId("")
    original = asker.original(document_id=nothing)
    named = Business(type=BusinessType.RECALL, reason="Nhầm")

    asker.bring(
        original, asker.recall(business=named, document_id=nothing, responses=())
    )

    assert said(world)[-1] == "16"
    assert rows(world) == [HERE]


# --- code 13 ------------------------------------------------------------------


def test_a_status_13_of_the_sender_is_a_recall(world, asker):
    asker.bring(asker.original(), asker.take_back())

    assert rows(world) == [CANCELLED]
    assert said(world) == ["01", "15"]
    assert answers(world)[-1].response_for.document_id == ID


def test_a_status_13_that_comes_again_is_answered_as_it_was(world, asker):
    original, status = asker.original(), asker.take_back()
    asker.bring(original, status)
    relay_all(world)

    asker.bring(status)

    assert said(world)[-1] == "15"
    assert len(orders(world)) == 1


def test_a_status_13_before_its_document_keeps_it_out(world, asker):
    original, taken_back = asker.original(), asker.take_back()

    asker.bring(taken_back, original)

    assert rows(world) == []
    assert said(world) == ["15", "02"]


def test_a_status_13_about_our_own_document_is_no_request(world, asker):
    world.receiver.write(7, SENDER)
    world.run()
    with world.receiver.storage.reading() as work:
        (ours,) = work.documents.recent(1)

    asker.bring(asker.take_back(ours.document_id))

    assert orders(world) == []
    with world.receiver.storage.reading() as work:
        statuses = [it.status for it in work.receipts.of(ours.key)]
    assert "13" in statuses


# --- update -------------------------------------------------------------------


def test_an_update_puts_fields_and_files_in_place_of_the_old_ones(world, asker):
    asker.bring(asker.original(), asker.update())

    assert rows(world) == [("7", "V/v kiểm kê (đã sửa)", "Chờ tiếp nhận")]
    assert files(world) == [("ban-moi.pdf", NEW_PDF)]
    assert said(world) == ["01", "01", "15"]


def test_the_register_of_the_demo_keeps_the_earlier_files(world, asker):
    asker.bring(asker.original(), asker.update())

    kept = world.receiver.ask(
        "SELECT ten_tep, noi_dung FROM tep_dinh_kem_van_ban_den"
        " WHERE thay_the_luc IS NOT NULL"
    )
    assert kept == [("công văn.pdf", ONE_PDF)]


def test_an_update_before_its_original_waits_for_it(world, asker):
    original, update = asker.original(), asker.update()
    asker.bring(update)
    assert said(world) == ["01"]
    assert orders(world) == []

    asker.bring(original)
    world.receiver.steps()

    assert rows(world) == [("7", "V/v kiểm kê (đã sửa)", "Chờ tiếp nhận")]
    assert said(world) == ["01", "01", "15"]


def test_an_update_whose_original_never_comes_is_refused_in_the_end(world, asker):
    asker.bring(asker.update())

    for _ in range(12):
        world.now += WAIT_FOR_ORIGINAL / 6
        world.receiver.steps()

    assert said(world) == ["01", "16"]
    assert orders(world)[0].reason.code == "nothing-to-update"


def test_an_update_that_comes_after_a_later_one_changes_nothing(world, asker):
    original = asker.original()
    first, second = asker.update("Lần một"), asker.update("Lần hai")

    asker.bring(original, second, first)

    assert rows(world) == [("7", "Lần hai", "Chờ tiếp nhận")]
    assert said(world)[-1] == "15"
    assert orders(world)[-1].reason.code == "update-overtaken"


def test_an_update_of_a_recalled_document_is_refused(world, asker):
    original, update, recall = asker.original(), asker.update(), asker.recall()

    asker.bring(original, recall, update)

    assert rows(world) == [CANCELLED]
    assert said(world)[-1] == "16"


def test_an_update_keeps_the_id_of_the_document_whatever_it_calls_itself(world, asker):
    asker.bring(asker.original(), asker.update(document_id=NEW_ID))

    assert world.receiver.ask("SELECT ma_van_ban FROM van_ban_den") == [(ID,)]


# --- replacement --------------------------------------------------------------


def replaced_by(world):
    return world.receiver.ask(
        "SELECT so, thay_the_boi, trang_thai FROM van_ban_den ORDER BY id"
    )


def test_a_replacement_is_put_and_the_old_document_is_marked(world, asker):
    asker.bring(asker.original(), asker.replace())

    assert replaced_by(world) == [
        ("7", 2, "Đã bị thay thế"),
        ("8", None, "Chờ tiếp nhận"),
    ]
    assert said(world) == ["01", "01", "15"]
    assert answers(world)[-1].response_for.document_id == NEW_ID


def test_a_replacement_of_what_never_came_is_put_all_the_same(world, asker):
    asker.bring(asker.replace())

    assert replaced_by(world) == [("8", None, "Chờ tiếp nhận")]
    assert said(world) == ["01", "15"]
    assert orders(world)[0].reason.code == "nothing-to-replace"


def test_a_document_that_comes_after_what_replaces_it_is_marked_at_once(world, asker):
    original, replacement = asker.original(), asker.replace()

    asker.bring(replacement, original)

    assert replaced_by(world) == [
        ("8", None, "Chờ tiếp nhận"),
        ("7", 1, "Đã bị thay thế"),
    ]
    (order,) = orders(world)
    assert order.arrival is not None


def test_a_new_document_that_is_here_already_is_only_linked(world, asker):
    plain = asker.original(document_id=NEW_ID, subject="V/v kiểm kê, bản thay thế")

    asker.bring(asker.original(), plain, asker.replace())

    assert [row[1] for row in replaced_by(world)] == [2, None]


def test_a_replacement_for_others_is_an_ordinary_document_here(world, asker):
    elsewhere = asker.replace(organizations=(OrganizationCode("H20.99"),))

    asker.bring(asker.original(), elsewhere)

    assert [row[1] for row in replaced_by(world)] == [None, None]
    assert said(world)[-1] == "15"


def test_a_replacement_may_replace_several(world, asker):
    first = asker.original()
    other = DocumentId("H20.14,2026/11/20,6/UBND-VX")
    second = asker.original(document_id=other, subject="V/v khác")
    both = Business(
        type=BusinessType.REPLACE,
        reason="Gộp",
        replacements=(Replacement(ID, (RECEIVER,)), Replacement(other, ())),
    )

    asker.bring(first, second, asker.replace(business=both))

    assert [row[1] for row in replaced_by(world)] == [3, 3, None]


def test_a_replacement_under_the_old_id_does_not_replace_itself(world, asker):
    asker.bring(asker.original(), asker.replace(document_id=ID))

    assert [row[1] for row in replaced_by(world)] == [2, None]


# --- a clerk is asked ---------------------------------------------------------


def test_a_recall_is_put_before_the_clerk_where_the_settings_say_so(asking):
    asker = Asker(asking)

    asker.bring(asker.original(), asker.recall())

    assert asking.receiver.ask(
        "SELECT yeu_cau, ly_do_yeu_cau, trang_thai FROM van_ban_den"
    ) == [("Thu hồi", "Gửi nhầm nơi nhận", "Chờ tiếp nhận")]
    assert said(asking) == ["01", "01"]
    (order,) = orders(asking)
    assert (order.state, order.reason.code) == ("asked", "clerk-asked")


def test_a_clerk_who_agrees_has_the_document_cancelled(asking):
    asker = Asker(asking)
    asker.bring(asker.original(), asker.recall())

    decide(asking, "Đồng ý")
    asking.receiver.steps()

    assert rows(asking) == [CANCELLED]
    assert said(asking) == ["01", "01", "15"]
    told = asking.receiver.ask("SELECT quyet_dinh_da_bao IS NULL FROM van_ban_den")
    assert told == [(0,)]
    facts = asking.receiver.facts()
    assert facts.count("order:decided") == facts.count("order:applied") == 1


def test_a_clerk_who_refuses_keeps_the_document_and_says_why(asking):
    asker = Asker(asking)
    asker.bring(asker.original(), asker.recall())

    decide(asking, "Từ chối", "Đã trình lãnh đạo")
    asking.receiver.steps()

    assert rows(asking) == [HERE]
    assert said(asking)[-1] == "16"
    # In their own words alone: "here" would be somewhere else where it is read.
    assert answers(asking)[-1].description == "Đã trình lãnh đạo"
    assert orders(asking)[0].state is ChangeState.REFUSED


def test_a_clerk_may_refuse_without_a_reason(asking):
    asker = Asker(asking)
    asker.bring(asker.original(), asker.update())

    decide(asking, "Từ chối")
    asking.receiver.steps()

    assert said(asking)[-1] == "16"
    assert answers(asking)[-1].description == "không nêu lý do"
    assert rows(asking) == [HERE]


def test_a_word_nobody_explained_decides_nothing(asking):
    asker = Asker(asking)
    asker.bring(asker.original(), asker.recall())

    decide(asking, "Để xem")
    asking.receiver.steps()

    assert orders(asking)[0].state is ChangeState.ASKED


def test_an_update_that_is_agreed_to_is_written_then(asking):
    asker = Asker(asking)
    asker.bring(asker.original(), asker.update())
    assert rows(asking) == [HERE]

    decide(asking, "Đồng ý")
    asking.receiver.steps()

    assert rows(asking) == [("7", "V/v kiểm kê (đã sửa)", "Chờ tiếp nhận")]
    assert files(asking) == [("ban-moi.pdf", NEW_PDF)]


def test_a_replacement_is_put_at_once_and_only_the_mark_waits(asking):
    asker = Asker(asking)
    asker.bring(asker.original(), asker.replace())
    assert replaced_by(asking) == [
        ("7", None, "Chờ tiếp nhận"),
        ("8", None, "Chờ tiếp nhận"),
    ]

    decide(asking, "Đồng ý")
    asking.receiver.steps()

    assert replaced_by(asking)[0] == ("7", 2, "Đã bị thay thế")
    assert said(asking)[-1] == "15"


def test_a_recall_that_is_agreed_to_ends_what_else_was_asked(asking):
    asker = Asker(asking)
    original, update, recall = asker.original(), asker.update(), asker.recall()
    asker.bring(original, update, recall)

    decide(asking, "Đồng ý")  # the row shows the newest question: the recall
    asking.receiver.steps()
    asking.receiver.steps()

    assert rows(asking) == [CANCELLED]
    states = {it.business_type: it.state for it in orders(asking)}
    assert states == {1: ChangeState.AGREED, 2: ChangeState.REFUSED}
    assert said(asking)[-2:] == ["15", "16"]


def test_the_next_question_is_put_when_one_is_answered(asking):
    asker = Asker(asking)
    original, update, recall = asker.original(), asker.update(), asker.recall()
    asker.bring(original, update, recall)

    decide(asking, "Từ chối", "Cần giữ")
    asking.receiver.steps()

    shown = asking.receiver.ask("SELECT yeu_cau, quyet_dinh FROM van_ban_den")
    assert shown == [("Cập nhật", None)]


def test_a_decision_about_a_request_of_another_database_is_nobodys(asking):
    asker = Asker(asking)
    asker.bring(asker.original(), asker.recall())
    for name in ("2-deadbeef", "2", "x", "99999999999999999999-aa", "7-"):
        clerk(
            asking,
            "UPDATE van_ban_den SET quyet_dinh = 'Đồng ý', quyet_dinh_da_bao = NULL,"
            " ma_yeu_cau = ?",
            name,
        )
        asking.receiver.steps()

    assert orders(asking)[0].state is ChangeState.ASKED


class Crowded:
    """A register that names others' requests and unknown words before its own."""

    def __init__(self, dms, count):
        self.dms = dms
        agreed = ("Đồng ý", ChangeDecision.AGREE)
        words = itertools.cycle([("Để xem", None), agreed, ("", None)])
        self.strange = [
            RowDecision(request=f"{it}-deadbeef", word=word, decision=known, reason="")
            for it, (word, known) in zip(range(count), words, strict=False)
        ]

    def __getattr__(self, name):
        return getattr(self.dms, name)

    def decisions(self, limit):
        return [*self.strange, *self.dms.decisions(limit)][:limit]


def test_what_nobody_can_decide_hides_no_decision_behind_it(asking, caplog):
    asker = Asker(asking)
    asker.bring(asker.original(), asker.recall())
    receiver = asking.receiver
    receiver.dms = Crowded(receiver.dms, 27)
    decide(asking, "Đồng ý")

    assert decide_all(receiver.site, receiver.dms, receiver.storage, limit=20) == 1
    assert rows(asking) == [CANCELLED]
    # Each once, and no row about which nobody has said anything.
    logged = [it.row for it in caplog.records if it.message == "decision_unknown"]
    assert logged == [f"{it}-deadbeef" for it in range(0, 27, 3)]


class Illegible:
    """A register whose mapping reads decisions from a column that is not there."""

    def __init__(self, dms):
        self.dms = dms

    def __getattr__(self, name):
        return getattr(self.dms, name)

    def decisions(self, _limit):
        raise DmsRefused(statement="changes.decisions.select", problem="no column")


def test_decisions_nobody_can_read_keep_no_command_from_its_effect(asking):
    asker = Asker(asking)
    asker.bring(asker.original(), asker.update(), asker.recall())
    receiver = asking.receiver
    receiver.dms = Illegible(receiver.dms)
    recall = orders(asking)[-1]
    with receiver.storage.work() as work:
        note_decision(
            work,
            recall,
            ChangeDecision.AGREE,
            because="",
            place=BY_COMMAND,
            at=asking.clock(),
        )

    with pytest.raises(DmsRefused):  # the loop says it, and tries again
        decide_all(receiver.site, receiver.dms, receiver.storage, limit=10)

    assert rows(asking) == [CANCELLED]


class Refusing:
    """A register that does not let itself be changed, until it does."""

    is_closed = True

    def __init__(self, dms):
        self.dms = dms

    def __getattr__(self, name):
        return getattr(self.dms, name)

    def recall(self, change):
        if self.is_closed:
            raise DmsRefused(statement="changes.recall", problem="a trigger says no")
        self.dms.recall(change)


def test_a_decision_the_register_refuses_says_why_and_is_tried_again(asking):
    asker = Asker(asking)
    asker.bring(asker.original(), asker.recall())
    receiver = asking.receiver
    receiver.dms = moody = Refusing(receiver.dms)
    decide(asking, "Đồng ý")
    receiver.steps()
    (order,) = orders(asking)
    with receiver.storage.reading() as work:
        story = tell_story(work, "7/UBND-VX")

    moody.is_closed = False
    receiver.steps()
    assert rows(asking) != [CANCELLED]
    asking.now += PAUSE
    receiver.steps()

    assert (order.state, order.reason.code) == ("asked", "dms-refused")
    assert story.orders[0].must_act == "operator"
    assert rows(asking) == [CANCELLED]
    assert said(asking)[-1] == "15"


def test_a_key_that_does_not_serve_lets_no_decision_rest(asking, monkeypatch):
    asker = Asker(asking)
    asker.bring(asker.original(), asker.recall())
    agree_to_all(asking)
    receiver = asking.receiver

    def no_key(*_):
        raise KeyUnusable(path="key.pem", problem="a wrong password")

    with monkeypatch.context() as broken:
        broken.setattr(answer_module, "key_for_seal", no_key)
        with pytest.raises(KeyUnusable):  # the loop says it, and tries again
            decide_all(receiver.site, receiver.dms, receiver.storage, limit=10)
    (order,) = orders(asking)

    assert order.reason.code == "clerk-asked"
    assert decide_all(receiver.site, receiver.dms, receiver.storage, limit=10) == 1
    assert said(asking)[-1] == "15"


def agree_to_all(world):
    """A person agrees to whatever is asked, by the command."""
    with world.receiver.storage.work() as work:
        for order in work.orders.undecided(100):
            note_decision(
                work,
                order,
                ChangeDecision.AGREE,
                because="",
                place=BY_COMMAND,
                at=world.clock(),
            )


def let_fail(monkeypatch, is_bad):
    """Requests of these packets have a defect of ours in them."""
    request_again, tried = decide_module.request_again, []

    def fail(site, judged):
        tried.append(judged.entry.id)
        if is_bad(judged.entry.id):
            raise ZeroDivisionError
        return request_again(site, judged)

    monkeypatch.setattr(decide_module, "request_again", fail)
    return tried


def decide_once(world):
    receiver = world.receiver
    return decide_all(receiver.site, receiver.dms, receiver.storage, limit=20)


def test_a_defect_at_one_decision_does_not_keep_the_others(asking, monkeypatch, caplog):
    asker = Asker(asking)
    asker.bring(asker.original(), *(asker.update(f"lần {it}") for it in range(3)))
    agree_to_all(asking)
    bad = orders(asking)[0].inbox_id
    tried = let_fail(monkeypatch, lambda it: it == bad)

    assert decide_once(asking) == 2
    assert decide_once(asking) == 0

    assert [it.state for it in orders(asking)] == ["asked", "agreed", "agreed"]
    reason = orders(asking)[0].reason
    assert (reason.code, reason.details["problem"]) == ("failed", "ZeroDivisionError")
    assert tried.count(bad) == 1
    (said_once,) = [it for it in caplog.records if it.exc_info]
    assert (said_once.message, said_once.row) == ("decision_not_carried_out", bad)


def test_many_decisions_that_fail_do_not_keep_the_one_behind_them(asking, monkeypatch):
    asker = Asker(asking)
    asker.bring(asker.original(), *(asker.update(f"lần {it}") for it in range(26)))
    agree_to_all(asking)
    last = orders(asking)[-1].inbox_id
    let_fail(monkeypatch, lambda it: it != last)

    done = decide_once(asking) + decide_once(asking)

    assert done == 1
    states = [it.state for it in orders(asking)]
    assert states == ["asked"] * 25 + ["agreed"]


def test_a_decision_that_failed_is_tried_again_after_a_pause(asking, monkeypatch):
    asker = Asker(asking)
    asker.bring(asker.original(), asker.update())
    agree_to_all(asking)
    with monkeypatch.context() as broken:
        let_fail(broken, lambda _: True)
        decide_once(asking)

    assert decide_once(asking) == 0
    asking.now += PAUSE
    assert decide_once(asking) == 1


# --- what the register cannot do ----------------------------------------------


class Unable:
    """A register whose mapping has no statements for changes."""

    def __init__(self, dms):
        self.dms = dms

    def __getattr__(self, name):
        return getattr(self.dms, name)

    def can(self, _kind):
        return False


def test_what_the_mapping_cannot_do_is_put_before_a_person(world, asker):
    world.receiver.dms = Unable(world.receiver.dms)

    asker.bring(asker.original(), asker.recall())

    (order,) = orders(world)
    assert (order.state, order.reason.code) == ("asked", "change-by-hand")
    assert rows(world) == [HERE]


def test_who_agrees_to_what_was_done_by_hand_answers_the_sender(world, asker):
    world.receiver.dms = Unable(world.receiver.dms)
    asker.bring(asker.original(), asker.recall())

    decide(world, "Đồng ý")
    world.receiver.steps()

    assert said(world)[-1] == "15"
    assert rows(world) == [HERE]  # the clerk has done it, or will


# --- the story ----------------------------------------------------------------


def test_the_story_of_a_document_shows_what_was_asked_of_it(asking):
    asker = Asker(asking)
    asker.bring(asker.original(), asker.recall())

    with asking.receiver.storage.reading() as work:
        story = tell_story(work, "7/UBND-VX")

    (order,) = story.orders
    assert (order.kind, order.state, order.must_act) == ("recall", "asked", "clerk")
    assert order.reason.code == "clerk-asked"
    assert order.wish == "Gửi nhầm nơi nhận"
    assert story.must_act == "clerk"


def test_the_story_of_what_waits_for_its_original_names_the_sender(world, asker):
    update = asker.update()
    asker.bring(update)

    with world.receiver.storage.reading() as work:
        story = tell_story(work, update.message_id)

    assert story.must_act == "sender"
    assert story.reason.code == "original-awaited"


def test_a_recall_alone_has_a_story_of_its_own(world, asker):
    recall = asker.recall()
    asker.bring(recall)

    with world.receiver.storage.reading() as work:
        story = tell_story(work, recall.message_id)

    assert [order.state for order in story.orders] == ["agreed"]
    assert timedelta(0) <= story.orders[0].asked_at - story.received_at


def test_why_tells_who_asked_for_what_and_what_became_of_it(asking):
    asker = Asker(asking)
    asker.bring(asker.original(), asker.recall())

    with asking.receiver.storage.reading() as work:
        told = explain(tell_story(work, "7/UBND-VX"))

    wanted = [it for it in told.sentences if "what" in it.details]
    assert [it.details["what"] for it in wanted] == ["a recall"]
    assert {"wish": "Gửi nhầm nơi nhận"} in [it.details for it in told.sentences]
    assert told.parts[0].must_act == "clerk"


def test_why_tells_what_an_update_waits_for(world, asker):
    update = asker.update()
    asker.bring(update)

    with world.receiver.storage.reading() as work:
        told = explain(tell_story(work, update.message_id))

    assert told.parts[0].situation == "original-awaited"
    assert told.parts[0].must_act == "sender"
