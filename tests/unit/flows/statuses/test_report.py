"""Statuses out: what the receiving register does, told to a document's sender."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from edoc_connector.clock import VIETNAM
from edoc_connector.dms.port import RegisterStatus
from edoc_connector.errors import DmsRefused, DmsUnavailable, KeyUnusable, TokenAway
from edoc_connector.flows.incoming.accept import accept
from edoc_connector.flows.inspecting.next_step import NEXT, STATUS_FAILED
from edoc_connector.flows.inspecting.standing import Actor, Situation
from edoc_connector.flows.inspecting.telling import tell_story
from edoc_connector.flows.inspecting.why import explain
from edoc_connector.flows.outgoing.post import resend
from edoc_connector.flows.statuses import answer as answer_module
from edoc_connector.flows.statuses import report as report_module
from edoc_connector.flows.statuses.answer import settle
from edoc_connector.flows.statuses.report import report
from edoc_connector.model.document import Staff
from edoc_connector.model.stages import Kind
from edoc_connector.model.status import StatusCode
from edoc_connector.storage.resting import PAUSE
from edoc_connector.storage.tables import answers
from tests.support.world import RECEIVER, World

STATE = "UPDATE van_ban_den SET trang_thai = ?"


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    yield world
    world.close()


def arrived(world):
    """A document is in the receiver's register."""
    world.sender.write(7, RECEIVER)
    world.run()


def decide(world, state, reason=None):
    """The clerk of the receiver does something with all that is there."""
    world.receiver.ask(f"{STATE}, ly_do_tra_lai = ?", state, reason)
    world.run()


def shown(world):
    """What the sender's register shows of its one recipient."""
    ((state, status),) = world.sender.ask(
        "SELECT trang_thai, trang_thai_xu_ly FROM noi_nhan_van_ban_di"
    )
    return state, status


def given(world):
    """Every status the receiver has given, in order."""
    with world.receiver.storage.reading() as work:
        return [it.status for it in work.answers.of(1)]


def receipts(world):
    """Every status the sender has been told, in the order in which it came."""
    with world.sender.storage.reading() as work:
        return work.receipts.of(tell_story(work, "7/UBND-VX").id)


def story(world):
    with world.receiver.storage.reading() as work:
        return tell_story(work, "7/UBND-VX")


class Names:
    """A register that names what the test says, until it is ticked off."""

    def __init__(self, *said):
        self.said, self.ticked = list(said), []

    def statuses(self, limit):
        return self.said[:limit]

    def told(self, said, **_at):
        self.ticked.append(said)
        self.said.remove(said)


def line(code, **changes):
    words = {"02": "Từ chối", "03": "Đã tiếp nhận", "05": "Đang xử lý"}
    given = {"row_id": "1", "word": words.get(code, code), "code": StatusCode(code)}
    return RegisterStatus(**given | changes)


def unknown(word):
    return replace(line("03"), word=word, code=None)


def report_of(world, *said, limit=10):
    register = Names(*said)
    receiver = world.receiver
    done = report(receiver.site, register, receiver.storage, limit=limit)
    return register, done


@pytest.mark.parametrize(
    ("word", "code", "state"),
    [
        ("Từ chối", "02", ("Bị từ chối", "Từ chối")),
        ("Đã tiếp nhận", "03", ("Đã đến", "Đã tiếp nhận")),
        ("Đã phân công", "04", ("Đã đến", "Đã phân công")),
        ("Đang xử lý", "05", ("Đã đến", "Đang xử lý")),
        ("Hoàn thành", "06", ("Đã đến", "Hoàn thành")),
    ],
)
def test_what_the_clerk_does_there_is_shown_in_the_register_here(
    world, word, code, state
):
    arrived(world)

    decide(world, word)

    assert shown(world) == state
    assert given(world) == ["01", code]
    assert world.receiver.ask("SELECT trang_thai_da_bao FROM van_ban_den") == [(word,)]


def test_a_refusal_carries_its_reason_to_the_sender(world):
    arrived(world)

    decide(world, "Từ chối", "Gửi nhầm nơi nhận")

    ((reason,),) = world.sender.ask("SELECT ly_do FROM noi_nhan_van_ban_di")
    assert "Gửi nhầm nơi nhận" in reason
    with world.sender.storage.reading() as work:
        (leg,) = tell_story(work, "7/UBND-VX").legs
    assert (leg.state, leg.status, leg.must_act) == ("delivered", "02", Actor.CLERK)


def test_the_whole_life_of_a_document_is_told_step_by_step(world):
    arrived(world)

    for word in ("Đã tiếp nhận", "Đã phân công", "Đang xử lý", "Hoàn thành"):
        decide(world, word)

    assert given(world) == ["01", "03", "04", "05", "06"]
    assert [it.status for it in receipts(world)] == ["01", "03", "04", "05", "06"]
    assert world.receiver.facts().count("status:given") == 4
    assert [it.kind for it in story(world).timeline][-4:] == [
        "status:03",
        "status:04",
        "status:05",
        "status:06",
    ]
    assert (story(world).status, story(world).state) == ("06", "delivered")


def test_a_status_that_was_said_is_not_said_again(world):
    arrived(world)
    decide(world, "Đã tiếp nhận")

    world.now += timedelta(hours=1)
    world.run()

    assert given(world) == ["01", "03"]


def test_a_register_that_still_names_what_was_said_is_only_ticked_off(world):
    arrived(world)
    report_of(world, line("03"))

    register, _ = report_of(world, line("03"))

    assert given(world) == ["01", "03"]
    assert len(register.ticked) == 1


def test_a_status_said_again_with_another_text_is_a_message_of_its_own(world):
    arrived(world)

    report_of(world, line("05", text="Chuyển phòng Văn xã"))
    report_of(world, line("05", text="Chuyển phòng Nội chính"))
    report_of(world, line("05", text="Chuyển phòng Nội chính"))
    world.run()

    assert given(world) == ["01", "05", "05"]
    said = [it.description for it in receipts(world)]
    assert said[1:] == ["Chuyển phòng Văn xã", "Chuyển phòng Nội chính"]


def test_03_and_05_said_in_one_moment_keep_their_order(world):
    arrived(world)
    moment = world.now + timedelta(minutes=1)
    world.now += timedelta(minutes=2)

    report_of(world, line("03", at=moment), line("05", at=moment))
    world.run()

    times = [it.stated_at for it in receipts(world)]
    assert times == sorted(set(times))
    assert shown(world) == ("Đã đến", "Đang xử lý")


def test_a_status_says_when_it_happened_and_who_handles_it(world):
    arrived(world)
    moment = (world.now + timedelta(minutes=1)).astimezone(VIETNAM)
    world.now += timedelta(hours=1)

    staff = Staff(department="Phòng Văn xã", staff="Chuyên viên A")
    report_of(world, line("03", at=moment, staff=staff))
    world.run()

    assert receipts(world)[-1].stated_at == moment.replace(microsecond=0)
    with world.sender.storage.reading() as work:
        newest = work.inbox.recent(Kind.STATUS, 1)[0]
    packet = b"".join(world.sender.storage.content.chunks(newest.packet)).decode()
    assert "Phòng Văn xã" in packet
    assert "Chuyên viên A" in packet


@pytest.mark.parametrize("year", [2000, 2100])
def test_a_date_that_cannot_be_true_does_not_upset_the_order(world, year):
    arrived(world)

    report_of(world, line("03", at=datetime(year, 1, 1, tzinfo=VIETNAM)))
    world.run()

    assert shown(world) == ("Đã đến", "Đã tiếp nhận")
    assert abs(receipts(world)[-1].stated_at - world.now) < timedelta(minutes=1)


def test_what_may_not_follow_is_not_sent_and_a_person_can_see_why(world, caplog):
    arrived(world)
    decide(world, "Hoàn thành")

    decide(world, "Từ chối", "Nhầm")
    world.run()

    assert given(world) == ["01", "06"]
    assert shown(world) == ("Đã đến", "Hoàn thành")
    seen = story(world)
    assert (seen.reason.code, seen.must_act) == ("status-out-of-turn", Actor.CLERK)
    assert [it.kind for it in seen.timeline][-1] == "status:withheld"
    assert world.receiver.facts().count("status:withheld") == 1
    logged = [it for it in caplog.records if it.message == "status_withheld"]
    assert len(logged) == 1
    assert not hasattr(logged[0], "text")


def test_what_follows_again_clears_the_reason(world):
    arrived(world)
    decide(world, "Hoàn thành")
    decide(world, "Từ chối")

    decide(world, "Đang xử lý")

    assert given(world) == ["01", "06", "05"]
    assert story(world).reason is None


def test_the_same_status_again_is_no_news(world):
    arrived(world)
    decide(world, "Đã tiếp nhận")

    register, _ = report_of(world, line("03", text="thêm chữ"))

    assert given(world) == ["01", "03"]
    assert len(register.ticked) == 1
    assert world.receiver.facts().count("status:withheld") == 0


def test_a_word_nobody_explained_is_said_once_and_waits_for_the_mapping(world, caplog):
    arrived(world)
    odd = unknown("Đã vào sổ")

    first, done = report_of(world, odd)
    report_of(world, odd)

    assert (first.ticked, done) == ([], 0)
    seen = story(world)
    assert (seen.reason.code, seen.must_act) == ("status-word-unknown", Actor.OPERATOR)
    assert len([it for it in caplog.records if it.message == "status_withheld"]) == 1

    report_of(world, replace(odd, code=StatusCode.ACCEPTED))
    assert given(world) == ["01", "03"]
    assert story(world).reason is None


def test_a_word_that_turns_out_to_say_nothing_new_is_forgotten(world):
    arrived(world)
    odd = unknown("Mới về")
    report_of(world, odd)

    register, _ = report_of(world, replace(odd, code=StatusCode.ARRIVED))

    assert len(register.ticked) == 1
    assert story(world).reason is None


def test_whatever_a_register_calls_what_was_taken_back_its_sender_knows(world):
    arrived(world)
    with world.receiver.storage.work() as work:
        taken_back = work.arrivals.of_row("1")
        work.arrivals.say(taken_back, status="13", at=world.clock(), line="13")

    register, _ = report_of(world, unknown("Đã thu hồi"))

    assert len(register.ticked) == 1
    assert given(world) == ["01"]
    assert story(world).reason is None


def test_a_word_nobody_explained_does_not_hide_the_others(world):
    world.sender.write(7, RECEIVER)
    world.sender.write(8, RECEIVER)
    world.run()
    odd, good = unknown("?"), line("03", row_id="2")

    report_of(world, odd, good, limit=1)
    register, _ = report_of(world, odd, good, limit=1)

    assert register.ticked == [good]


def let_fail(monkeypatch, bad):
    """Whoever seals a status of this inbox entry meets a defect of ours."""
    statement = report_module.statement

    def fail(site, storage, entry, *rest, **said):
        if entry.id == bad:
            raise ZeroDivisionError
        return statement(site, storage, entry, *rest, **said)

    monkeypatch.setattr(report_module, "statement", fail)


def two_arrived(world):
    world.sender.write(7, RECEIVER)
    world.sender.write(8, RECEIVER)
    world.run()
    return line("03", row_id="1"), line("03", row_id="2")


def test_a_defect_at_one_status_does_not_keep_the_others(world, monkeypatch, caplog):
    bad, good = two_arrived(world)
    after = replace(bad, code=StatusCode("05"))
    with monkeypatch.context() as broken:
        let_fail(broken, 1)

        register, done = report_of(world, bad, after, good)
        report_of(world, bad, after)

    assert (register.ticked, done) == ([good], 1)
    logged = [it for it in caplog.records if it.message == "status_not_told"]
    assert [it.row for it in logged] == ["1"]
    with world.receiver.storage.reading() as work:
        assert work.arrivals.of_row("1").withheld.code == "failed"

    register, _ = report_of(world, bad)
    assert (register.ticked, given(world)) == ([bad], ["01", "03"])
    with world.receiver.storage.reading() as work:
        assert work.arrivals.of_row("1").withheld is None


def advice(world):
    """What a person is told to do next, among all that is said."""
    known = {STATUS_FAILED, NEXT[Situation.STATUS_WITHHELD]}
    (part,) = explain(story(world)).parts
    return [it.template for it in part.sentences if it.template in known]


def test_a_status_that_fails_is_for_the_maintainer_and_a_word_for_the_mapping(
    world, monkeypatch
):
    arrived(world)
    with monkeypatch.context() as broken:
        let_fail(broken, 1)
        report_of(world, line("03"))
    assert advice(world) == [STATUS_FAILED]

    report_of(world, line("03"))
    assert advice(world) == []
    report_of(world, unknown("?"))
    assert advice(world) == [NEXT[Situation.STATUS_WITHHELD]]


def test_a_key_that_does_not_serve_is_said_once_and_no_status_is_blamed_for_it(
    world, monkeypatch, caplog
):
    rows, tried = two_arrived(world), []

    def no_key(*_):
        tried.append(1)
        raise KeyUnusable(path="key.pem", problem="a wrong password")

    with monkeypatch.context() as broken:
        broken.setattr(answer_module, "key_for_seal", no_key)
        with pytest.raises(KeyUnusable):  # the loop says it, and tries again
            report_of(world, *rows)

    assert len(tried) == 1
    assert not [it for it in caplog.records if it.message == "status_not_told"]
    with world.receiver.storage.reading() as work:
        assert work.arrivals.withheld() == 0
    register, _ = report_of(world, *rows)
    assert register.ticked == [*rows]


def test_a_status_that_fails_does_not_hide_the_others(world, monkeypatch):
    bad, good = two_arrived(world)
    let_fail(monkeypatch, 1)

    report_of(world, bad, good, limit=1)
    register, _ = report_of(world, bad, good, limit=1)

    assert register.ticked == [good]


def test_a_first_answer_that_is_lost_keeps_its_own_statuses_only(world):
    bad, good = two_arrived(world)
    with world.receiver.storage.work() as work:
        work.answers._rows.connection.execute(
            sa.update(answers).where(answers.c.inbox_id == 1).values(packet="0" * 64)
        )

    register, _ = report_of(world, bad, good)

    assert register.ticked == [good]
    with world.receiver.storage.reading() as work:
        assert work.arrivals.of_row("1").withheld.code == "content-missing"


def test_a_defect_at_ticking_off_is_forgotten_when_it_is_over(world):
    bad, good = two_arrived(world)

    class Broken(Names):
        def told(self, said, **at):
            if said is bad:
                raise ZeroDivisionError
            super().told(said, **at)

    register, receiver = Broken(bad, good), world.receiver
    report(receiver.site, register, receiver.storage, limit=10)
    with receiver.storage.reading() as work:
        reason = work.arrivals.of_row("1").withheld
    report_of(world, bad)

    assert register.ticked == [good]
    assert reason.details["problem"] == "ZeroDivisionError"
    assert given(world) == ["01", "03"]
    with receiver.storage.reading() as work:
        assert work.arrivals.of_row("1").withheld is None


def test_a_row_that_never_came_through_us_is_said_once(world, caplog):
    arrived(world)

    register, _ = report_of(world, line("03", row_id="999"))

    assert len(register.ticked) == 1
    logged = [it for it in caplog.records if it.message == "status_of_unknown_row"]
    assert [it.row for it in logged] == ["999"]
    assert given(world) == ["01"]


def test_a_row_that_is_just_arriving_is_not_taken_for_one_that_never_came(world):
    world.sender.write(7, RECEIVER)
    for _ in range(3):
        world.sender.steps()
    receiver = world.receiver
    accept(receiver.site, receiver.consumer, receiver.storage, wait_seconds=0)
    register, done = report_of(world, line("03"))

    assert (register.ticked, done) == ([], 0)
    world.run()
    report_of(world, line("03"))
    assert given(world) == ["01", "03"]


def test_rows_that_may_be_just_arriving_hide_no_status_behind_them(world):
    arrived(world)
    world.sender.write(8, RECEIVER)
    for _ in range(3):
        world.sender.steps()
    receiver = world.receiver
    accept(receiver.site, receiver.consumer, receiver.storage, wait_seconds=0)
    arriving = [line("03", row_id=f"{it}") for it in range(900, 925)]

    register, done = report_of(world, *arriving, line("03"))

    assert (register.ticked, done) == ([line("03")], 1)


def test_what_follows_in_a_row_waits_for_it_however_far_is_read(world):
    arrived(world)
    odd = [unknown("?"), *(unknown(f"?{it}") for it in range(20))]

    register, done = report_of(world, *odd, line("05"))

    assert (register.ticked, done) == ([], 0)
    assert given(world) == ["01"]


class Refuses(Names):
    """A register that cannot be ticked off."""

    def told(self, *_said, **_at):
        raise DmsRefused(statement="statuses.told", problem="a trigger says no")


def test_a_register_that_cannot_be_ticked_off_has_nobody_told_twice(world, caplog):
    arrived(world)
    register = Refuses(line("03"), line("05"))
    receiver = world.receiver

    for _ in range(3):
        assert report(receiver.site, register, receiver.storage, limit=10) == 0

    assert given(world) == ["01", "03"]
    assert story(world).reason.code == "dms-refused"
    assert len([it for it in caplog.records if it.message == "status_withheld"]) == 1
    report_of(world, *register.said)
    assert given(world) == ["01", "03", "05"]
    assert story(world).reason is None


def test_a_stranger_in_a_register_that_cannot_be_ticked_off_disturbs_nobody(world):
    arrived(world)
    register = Refuses(line("03", row_id="999"))

    receiver = world.receiver
    assert report(receiver.site, register, receiver.storage, limit=10) == 0


def test_while_the_register_is_away_the_status_is_said_and_ticked_off_later(world):
    arrived(world)

    class Away(Names):
        def told(self, *_said, **_at):
            raise DmsUnavailable(problem="gone")

    receiver = world.receiver
    with pytest.raises(DmsUnavailable):
        report(receiver.site, Away(line("03")), receiver.storage, limit=10)
    register, _ = report_of(world, line("03"))

    assert given(world) == ["01", "03"]
    assert len(register.ticked) == 1


def test_a_state_that_changes_between_reading_and_ticking_off_is_told_next(world):
    arrived(world)
    receiver, dms = world.receiver, world.receiver.dms
    world.receiver.ask(STATE, "Đã tiếp nhận")

    def told(said, *, at):
        world.receiver.ask(STATE, "Đang xử lý")  # a clerk is faster
        dms.told(said, at=at)

    hurried = SimpleNamespace(statuses=dms.statuses, told=told)
    report(receiver.site, hurried, receiver.storage, limit=10)
    world.run()

    assert given(world) == ["01", "03", "05"]


def test_a_repeated_packet_gets_its_receipt_and_every_status_again_in_order(world):
    arrived(world)
    decide(world, "Đã tiếp nhận")
    decide(world, "Đang xử lý")
    before = receipts(world)

    resend(world.sender.storage, story(world).id, at=world.clock())
    for _ in range(3):
        world.sender.steps()
    for _ in range(2):
        world.receiver.steps()

    waiting = world.axis.queues[f"edoc.inbox.{world.sender.code}"]
    assert len(waiting) == 3
    world.run()
    assert receipts(world) == before
    assert shown(world) == ("Đã đến", "Đang xử lý")


def test_while_our_key_is_away_statuses_are_owed_and_leave_in_their_order(
    world, monkeypatch
):
    arrived(world)
    from edoc_connector.flows.statuses import answer

    def no_key(*_):
        raise TokenAway(path="pkcs11:", problem="it is not there")

    good = answer.key_for_seal
    monkeypatch.setattr(answer, "key_for_seal", no_key)
    report_of(world, line("03"), line("05", text="a"))
    monkeypatch.setattr(answer, "key_for_seal", good)
    report_of(world, line("05", text="b"))

    with world.receiver.storage.reading() as work:
        owed = work.owed_answers.of(1)
    assert [it.status.code for it in owed] == ["03", "05", "05"]
    assert len({it.message_id for it in owed}) == 3
    settle(world.receiver.site, world.receiver.storage, limit=10)
    world.run()
    assert given(world) == ["01", "03", "05", "05"]
    assert shown(world) == ("Đã đến", "Đang xử lý")


def owe(world, monkeypatch, *said):
    """These are to be told while our key is away."""

    def no_key(*_):
        raise TokenAway(path="pkcs11:", problem="it is not there")

    with monkeypatch.context() as patch:
        patch.setattr(answer_module, "key_for_seal", no_key)
        report_of(world, *said, limit=100)


def settle_all(world, limit):
    return settle(world.receiver.site, world.receiver.storage, limit=limit)


def owed_to(world, inbox_id):
    with world.receiver.storage.reading() as work:
        return [it.status.code for it in work.owed_answers.of(inbox_id)]


def let_sealing_fail(monkeypatch, *rows):
    seal = answer_module._seal

    def fail(site, storage, unsealed):
        if unsealed.entry.id in rows:
            raise ZeroDivisionError
        return seal(site, storage, unsealed)

    monkeypatch.setattr(answer_module, "_seal", fail)


def test_an_answer_that_cannot_be_sealed_does_not_keep_the_others(
    world, monkeypatch, caplog
):
    bad, good = two_arrived(world)
    owe(world, monkeypatch, bad, line("05", row_id="1"), good)
    with monkeypatch.context() as broken:
        let_sealing_fail(broken, 1)

        assert settle_all(world, 10) == 1
        assert settle_all(world, 10) == 0

    # What is owed after it waits with it, so that they leave in their order.
    assert (owed_to(world, 1), owed_to(world, 2)) == (["03", "05"], [])
    logged = [it for it in caplog.records if it.message == "answer_not_sealed"]
    assert [it.row for it in logged] == [1]
    assert settle_all(world, 10) == 0
    world.now += PAUSE
    assert settle_all(world, 10) == 2


def test_many_answers_that_cannot_be_sealed_do_not_keep_the_one_behind_them(
    world, monkeypatch
):
    bad, good = two_arrived(world)
    texts = [line("05", row_id="1", text=f"{it}") for it in range(25)]
    owe(world, monkeypatch, bad, *texts, good)
    let_sealing_fail(monkeypatch, 1)

    settle_all(world, 20)
    settle_all(world, 20)

    assert owed_to(world, 2) == []


def test_what_is_registered_before_01_could_be_sealed_follows_it(world, monkeypatch):
    from edoc_connector.flows.statuses import answer

    def no_key(*_):
        raise TokenAway(path="pkcs11:", problem="it is not there")

    with monkeypatch.context() as patch:
        patch.setattr(answer, "key_for_seal", no_key)
        world.sender.write(7, RECEIVER)
        for _ in range(3):
            world.sender.steps()
        world.receiver.accept_and_deliver()
        report_of(world, line("03"))
    world.run()

    assert given(world) == ["01", "03"]
    assert shown(world) == ("Đã đến", "Đã tiếp nhận")


def test_what_arrived_without_an_answer_of_ours_is_named_by_what_is_known(world):
    arrived(world)
    with world.receiver.storage.work() as work:
        work.answers._rows.connection.execute(sa.delete(answers))

    report_of(world, line("03"))
    world.run()

    assert given(world) == ["03"]
    assert shown(world) == ("Đã đến", "Đã tiếp nhận")


def test_a_clerk_who_refused_by_mistake_may_take_it_in_after_all(world):
    arrived(world)
    decide(world, "Từ chối", "Nhầm")

    decide(world, "Đã tiếp nhận")

    assert shown(world) == ("Đã đến", "Đã tiếp nhận")
    assert world.sender.ask("SELECT ly_do FROM noi_nhan_van_ban_di") == [(None,)]
