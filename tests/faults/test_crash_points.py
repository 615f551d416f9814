"""A document, a kill at each effect in turn, a restart, and the books must balance.

A flow joins by a `Scenario` in this list: what people do, and what must be so in the
end.  `tests.support.crashes` does the rest.
"""

from __future__ import annotations

import io
import os
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from edoc_connector.flows.backoff import Backoff
from edoc_connector.flows.incoming.quarantine import reject
from edoc_connector.flows.outgoing.patience import Breaker, Patience
from edoc_connector.model.delivery import DeliveryState, InboxState
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.stages import Kind
from edoc_connector.model.verdict import Indication
from tests.support import effects, pki
from tests.support.crashes import Scenario, explore
from tests.support.revocation import lists_with
from tests.support.stampers import Stamper, stamping
from tests.support.world import NOWHERE, ONE_PDF, RECEIVER, SENDER, World

LATER = timedelta(minutes=20)
"""After it, who waits for an answer asks again."""

pytestmark = pytest.mark.timeout(600)


# --- one document, one broken row ---------------------------------------------


def write_two(world):
    """One document to two recipients of whom one is nowhere, and one broken row."""
    world.sender.write(7, RECEIVER, NOWHERE)
    world.sender.write(8, RECEIVER, so=None)


def check_books(world):
    """What the customer was promised, whatever happened in between."""
    world.check_nothing_is_left()
    assert world.receiver.arrived() == [("7", "V/v kiểm kê văn bản 7", ONE_PDF)]
    assert world.sender.ask(
        "SELECT ma_dinh_danh, trang_thai FROM noi_nhan_van_ban_di"
        " WHERE van_ban_id = 1 ORDER BY 1"
    ) == [(RECEIVER, "Đã đến"), (NOWHERE, "Không có nơi nhận")]
    assert world.sender.ask(
        "SELECT trang_thai_lien_thong FROM van_ban_di ORDER BY id"
    ) == [("Đã chuyển liên thông",), ("Không gửi được",)]
    sent, received = world.sender.facts(), world.receiver.facts()
    assert sent.count("key:used") == received.count("key:used") == 1
    assert sent.count("document:taken") == 1
    assert sent.count("document:sealed") == 1
    assert sent.count("row:refused") == 1
    assert sent.count("receipt:accepted") == 1
    assert received.count("document:delivered") == 1
    assert received.count("envelope:accepted") == 1


# --- several that leave together ----------------------------------------------


def write_several_to_two(world):
    """Two of two recipients each, of whom one is nowhere."""
    for number in (7, 8):
        world.sender.write(number, RECEIVER, NOWHERE)


def work_watched_until_it_is_sealed(world):
    """Taking and sealing is killed at every effect, the rest by others."""
    for step in world.sender.loops()[:RELAY]:
        step()
    world.effects.before = None
    world.run()


RELAY = 4


def check_that_each_has_left_once(world):
    world.check_nothing_is_left()
    assert sorted(world.receiver.arrived()) == [
        (f"{number}", f"V/v kiểm kê văn bản {number}", ONE_PDF) for number in (7, 8)
    ]
    assert (
        world.sender.ask("SELECT trang_thai_lien_thong FROM van_ban_di")
        == [("Đã chuyển liên thông",)] * 2
    )
    facts = Counter(world.sender.facts())
    each = ("document:taken", "document:sealed", "document:sent", "receipt:accepted")
    assert [facts[it] for it in each] == [2, 2, 2, 2]
    assert facts["document:unroutable"] == 2


# --- a time stamp that comes late ---------------------------------------------


def write_without_stamps(world):
    """One document that leaves without its time stamp."""
    world.sender.stamping = stamping(Stamper(is_down=True))
    world.sender.write(7, RECEIVER)


def stamp_later(world):
    world.sender.stamping.stamper.is_down = False
    world.now += timedelta(minutes=2)


def check_stamped(world):
    world.check_nothing_is_left()
    assert world.receiver.arrived() == [("7", "V/v kiểm kê văn bản 7", ONE_PDF)]
    facts = world.sender.facts()
    assert facts.count("document:sealed") == facts.count("document:stamped") == 1


# --- revocation ---------------------------------------------------------------


def write_unanswered(world):
    """One document, and nobody says whether its sender's certificate is revoked."""
    world.receiver.asked.are_away = True
    world.sender.write(7, RECEIVER)


def answer(world):
    """The authorities are there again."""
    world.receiver.asked.are_away = False
    world.now += LATER


def answer_that_it_was_stolen(world):
    stolen = pki.p256_sealer(SENDER).certificate
    world.receiver.asked.authorities = lists_with(stolen, world.now - LATER)
    answer(world)


def verdict(world):
    with world.receiver.storage.reading() as work:
        (entry,) = work.inbox.recent(Kind.EDOC, 2)
        return work.verdicts.latest(entry.id), work.evidence.of(entry.packet)


def check_proof_of_grace(world):
    world.check_nothing_is_left()
    found, evidence = verdict(world)
    assert found.indication is Indication.PASSED
    assert len(evidence) == 2
    facts = world.receiver.facts()
    assert facts.count("document:delivered") == 1
    assert facts.count("seal:judged") == 2


def check_refuted(world):
    world.check_nothing_is_left()
    found, evidence = verdict(world)
    assert found.indication is Indication.FAILED
    assert [it.code for it in found.doubts] == ["certificate-revoked"]
    assert len(evidence) == 1
    facts = world.receiver.facts()
    assert facts.count("seal:refuted") == facts.count("document:delivered") == 1


def check_held(world):
    world.check_nothing_is_left()
    assert world.receiver.arrived() == [("7", "V/v kiểm kê văn bản 7", ONE_PDF)]
    assert verdict(world)[0].indication is Indication.PASSED
    facts = world.receiver.facts()
    assert facts.count("document:delivered") == facts.count("seal:judged") == 1


def revoke_ours(world):
    ours = pki.p256_sealer(SENDER).certificate
    world.sender.asked.authorities = lists_with(ours, world.now - LATER)


def check_ours_is_known_revoked(world):
    assert world.sender.facts().count("key:revoked") == 1


# --- deadlines ----------------------------------------------------------------


def write_to_one_who_sleeps(world):
    """One document that nobody answers."""
    world.awake = (world.sender,)
    world.sender.write(7, RECEIVER)


def let_a_day_pass(world):
    world.now += timedelta(days=1)


def let_all_deadlines_pass(world):
    world.now += timedelta(days=8)


def wake(world):
    """The receiver comes back after all, and what was said of it stands."""
    assert world.sender.recipients() == {RECEIVER: "Không có phản hồi"}
    world.awake = (world.sender, world.receiver)


def check_late(world):
    world.check_nothing_is_left()
    facts = world.sender.facts()
    assert facts.count("receipt:late") == facts.count("document:expired") == 1
    with world.sender.storage.reading() as work:
        (document,) = work.documents.recent(5)
        (kept,) = work.non_deliveries.of(document.key)
    assert world.sender.storage.content.has(kept.content)
    assert world.sender.recipients() == {RECEIVER: "Đã đến"}
    assert len(world.receiver.arrived()) == 1


# --- reconciliation -----------------------------------------------------------


def write_to_be_lost(world):
    world.awake = (world.sender,)
    world.sender.write(7, RECEIVER)


def lose_on_the_axis(world):
    """Somebody deletes what lies there, and the day ends."""
    world.axis.queues[f"edoc.inbox.{RECEIVER}"].clear()
    world.awake = (world.sender, world.receiver)
    world.sender.reconciles = world.receiver.reconciles = True
    world.now += timedelta(days=1)
    world.is_watched = True


def state_unwatched(world):
    lose_on_the_axis(world)
    world.is_watched = False


def work_where_it_is_watched(world):
    """What comes before is killed at every effect by other scenarios."""
    before = world.effects.before
    if not getattr(world, "is_watched", False):
        world.effects.before = None
    world.run()
    world.effects.before = before


def wait_for_what_is_under_way(world):
    world.now += timedelta(hours=7)
    world.is_watched = True


def compare_unwatched(world):
    wait_for_what_is_under_way(world)
    world.is_watched = False


def check_both_know(world):
    world.sender.check_nothing_is_left()
    world.receiver.check_nothing_is_left()
    for department in (world.sender, world.receiver):
        with department.storage.reading() as work:
            (case,) = work.cases.still_open()
        assert case.document_id.endswith("7/UBND-VX")
        assert department.facts().count("reconciliation:case") == 1
    assert world.receiver.arrived() == []


# --- what the receiver does with it ---------------------------------------------


def write_one(world):
    world.sender.write(7, RECEIVER)


def decide(state, reason=None):
    """Return what the clerk of the receiver does with all that is there."""

    def act(world):
        world.now += timedelta(minutes=1)
        world.receiver.ask(
            "UPDATE van_ban_den SET trang_thai = ?, ly_do_tra_lai = ?", state, reason
        )

    return act


def check_told(*codes, shown):
    """Return the check that each was told once, in order, and the last is shown."""

    def check(world):
        world.check_nothing_is_left()
        with world.receiver.storage.reading() as work:
            assert [it.status for it in work.answers.of(1)] == ["01", *codes]
        with world.sender.storage.reading() as work:
            (document,) = work.documents.recent(5)
            receipts = work.receipts.of(document.key)
        assert [it.status for it in receipts] == ["01", *codes]
        sent, received = world.sender.facts(), world.receiver.facts()
        assert sent.count("receipt:accepted") == 1 + len(codes)
        assert received.count("status:given") == len(codes)
        assert world.sender.ask("SELECT trang_thai_xu_ly FROM noi_nhan_van_ban_di") == [
            (shown,)
        ]
        assert world.receiver.ask(
            "SELECT count(*) FROM van_ban_den WHERE trang_thai <> trang_thai_da_bao"
        ) == [(0,)]

    return check


# --- a mailbox that takes nothing ---------------------------------------------


def write_to_a_full_mailbox(world):
    """One document, and a recipient that is left alone after the first failure."""
    steady = Backoff(60.0, 60.0, chance=lambda: 0.0)
    world.sender.patience = Patience(breaker=Breaker(1, steady))
    world.axis.full.add(f"edoc.inbox.{RECEIVER}")
    world.awake = (world.sender,)
    world.sender.write(7, RECEIVER)


def empty_the_mailbox(world):
    with world.sender.storage.reading() as work:
        (item,) = work.outbox.list_waiting(5)
        assert item.reason.code == "mailbox-busy"
        (resting,) = work.destinations.resting()
        assert resting.recipient == RECEIVER
    world.axis.full.clear()
    world.now += LATER


def wait_for_the_probe(world):
    """Who was killed while it probed leaves the recipient at rest a little longer."""
    world.now += LATER


def wake_the_receiver(world):
    world.awake = (world.sender, world.receiver)


def work_watched_while_it_sleeps(world):
    """How it is taken, sealed and received is killed at every effect by others."""
    before = world.effects.before
    world.effects.before = None
    for take_or_seal in world.sender.loops()[:2]:
        take_or_seal()
    if len(world.awake) == 1:
        world.effects.before = before
    world.run()
    world.effects.before = before


def check_opened_again(world):
    world.check_nothing_is_left()
    assert len(world.receiver.arrived()) == 1
    assert world.sender.recipients() == {RECEIVER: "Đã đến"}
    with world.sender.storage.reading() as work:
        assert work.destinations.all() == ()


# --- one upload for several recipients ----------------------------------------

ELSEWHERE = OrganizationCode("H20.30")
LARGE = ONE_PDF + bytes(40_000)


def write_to_several(world):
    """One document to three, of whom one is nowhere and one reads no mail here."""
    world.axis.attach(ELSEWHERE, f"edoc.inbox.{ELSEWHERE}", f"edoc.{ELSEWHERE}")
    world.sender.write(7, RECEIVER, NOWHERE, ELSEWHERE, data=LARGE)


def work_watched_while_it_leaves(world):
    """Taking, sealing and receiving is killed at every effect by others."""
    before = world.effects.before
    world.effects.before = None
    for take_or_seal in world.sender.loops()[:2]:
        take_or_seal()
    world.effects.before = before
    world.sender.loops()[RELAY]()
    world.effects.before = None
    world.run()
    world.effects.before = before


RELAY = 4


def check_each_has_it(world):
    """It is in each mailbox, perhaps in several copies, and whole in each."""
    held = [
        it.properties.headers
        for it in world.axis.queues.pop(f"edoc.inbox.{ELSEWHERE}")
        if it.properties.type == Kind.EDOC
    ]
    total = held[0]["edoc-segments"]
    assert {it["edoc-segment"] for it in held} == set(range(1, total + 1))
    world.check_nothing_is_left()
    assert world.receiver.arrived() == [("7", "V/v kiểm kê văn bản 7", LARGE)]
    with world.sender.storage.reading() as work:
        (document,) = work.documents.recent(5)
        states = {it.recipient: it.state for it in work.deliveries.of(document.key)}
    assert states == {
        RECEIVER: DeliveryState.DELIVERED,
        NOWHERE: DeliveryState.UNROUTABLE,
        ELSEWHERE: DeliveryState.SENT,
    }
    facts = world.sender.facts()
    assert facts.count("document:sent") == 2
    assert facts.count("document:unroutable") == 1
    assert world.receiver.facts().count("document:delivered") == 1


# --- what a person decides ----------------------------------------------------


def write_to_a_broken_register(world):
    """One document that the receiver's register refuses."""
    world.receiver.ask("DROP TABLE tep_dinh_kem_van_ban_den")
    world.sender.write(7, RECEIVER)


def work_and_reject(world):
    """Reject what was set aside, as a person does who is interrupted.

    How it comes there is killed at every effect by other scenarios.
    """
    receiver, before = world.receiver, world.effects.before
    world.effects.before = None
    world.run()
    with receiver.storage.reading() as work:
        found = work.inbox.in_state(InboxState.QUARANTINED, 5)
    world.effects.before = before
    for entry in found:
        reject(receiver.site, receiver.storage, f"{entry.id}", because="gửi nhầm nơi")
    world.effects.before = None
    world.run()
    world.effects.before = before


def check_rejected(world):
    world.check_nothing_is_left()
    assert world.sender.recipients() == {RECEIVER: "Bị từ chối"}
    assert world.sender.facts().count("receipt:accepted") == 1
    facts = world.receiver.facts()
    # A message that came twice was judged twice, until somebody had decided.
    assert facts.count("quarantine:rejected") == 1
    assert "document:delivered" not in facts


# --- the tests ----------------------------------------------------------------

# --- several that arrive together ---------------------------------------------


def write_several(world):
    """Two that arrive as one batch, and so do their receipts."""
    for department in (world.sender, world.receiver):
        department.accepted_at_once = 10
    world.sender.write(7, RECEIVER)
    world.sender.write(8, RECEIVER)


def write_one_that_is_refused(world):
    """Two of which the register refuses the first."""
    world.receiver.ask(
        "CREATE TRIGGER a_trigger BEFORE INSERT ON van_ban_den WHEN NEW.so = '9'"
        " BEGIN SELECT RAISE(ABORT, 'not this one'); END"
    )
    world.sender.write(9, RECEIVER)
    world.sender.write(10, RECEIVER)


def work_watched_while_it_comes_in(world):
    """What is killed at every effect is the taking in and judging of a batch."""
    before = world.effects.before
    for department in (world.sender, world.receiver, world.sender):
        world.effects.before = None
        for _ in range(3):
            for step in department.loops()[:ACCEPT]:
                step()
        world.effects.before = before
        for step in department.loops()[ACCEPT : DELIVER + 1]:
            step()
    world.effects.before = None
    world.run()
    world.effects.before = before


ACCEPT, DELIVER = 5, 6


def check_each_arrived_once(world):
    """What the register refuses keeps none of those that came with it."""
    world.check_nothing_is_left()
    assert [number for number, _, _ in world.receiver.arrived()] == ["7", "8", "10"]
    received, sent = world.receiver.facts(), world.sender.facts()
    assert received.count("seal:judged") == 4
    assert received.count("document:delivered") == 3
    assert received.count("document:refused") == 1
    assert sent.count("receipt:accepted") == 3
    assert sorted(world.sender.states()) == ["Đã gửi", *["Đã đến"] * 3]


SCENARIOS = (
    Scenario(name="a document", acts=[write_two], check=check_books),
    Scenario(
        name="several that leave together",
        acts=[write_several_to_two],
        check=check_that_each_has_left_once,
        steps=work_watched_until_it_is_sealed,
    ),
    Scenario(
        name="several that arrive together",
        acts=[write_several, write_one_that_is_refused],
        check=check_each_arrived_once,
        steps=work_watched_while_it_comes_in,
    ),
    Scenario(
        name="a packet in segments",
        acts=[write_two],
        check=check_books,
        world={"segment_bytes": 2048},
    ),
    Scenario(
        name="a late time stamp",
        acts=[write_without_stamps, stamp_later],
        check=check_stamped,
    ),
    Scenario(
        name="delivered in grace, proven later",
        acts=[write_unanswered, answer],
        check=check_proof_of_grace,
    ),
    Scenario(
        name="delivered in grace, refuted later",
        acts=[write_unanswered, answer_that_it_was_stolen],
        check=check_refuted,
    ),
    Scenario(
        name="held until an answer comes",
        acts=[write_unanswered, answer],
        check=check_held,
        world={"grace": timedelta(seconds=-1)},
    ),
    Scenario(
        name="our key is revoked",
        acts=[revoke_ours],
        check=check_ours_is_known_revoked,
    ),
    Scenario(
        name="a mailbox that is full for a while",
        acts=[
            write_to_a_full_mailbox,
            empty_the_mailbox,
            wait_for_the_probe,
            wake_the_receiver,
        ],
        check=check_opened_again,
        steps=work_watched_while_it_sleeps,
    ),
    Scenario(
        name="one upload for several",
        acts=[write_to_several],
        check=check_each_has_it,
        steps=work_watched_while_it_leaves,
    ),
    Scenario(
        name="one upload for several, in segments",
        acts=[write_to_several],
        check=check_each_has_it,
        steps=work_watched_while_it_leaves,
        world={"segment_bytes": 16_384},
    ),
    Scenario(
        name="set aside, and rejected by a person",
        acts=[write_to_a_broken_register],
        check=check_rejected,
        steps=work_and_reject,
    ),
    Scenario(
        name="past every deadline",
        acts=[write_to_one_who_sleeps, let_a_day_pass, let_all_deadlines_pass, wake],
        check=check_late,
    ),
    Scenario(
        name="lost on the axis, and the day is told",
        acts=[
            write_to_be_lost,
            lose_on_the_axis,
            compare_unwatched,
            let_a_day_pass,
        ],
        check=check_both_know,
        steps=work_where_it_is_watched,
    ),
    Scenario(
        name="lost on the axis, and found by comparing",
        acts=[
            write_to_be_lost,
            state_unwatched,
            wait_for_what_is_under_way,
            let_a_day_pass,
        ],
        check=check_both_know,
        steps=work_where_it_is_watched,
    ),
    Scenario(
        name="registered, processed and done",
        acts=[
            write_one,
            decide("Đã tiếp nhận"),
            decide("Đang xử lý"),
            decide("Hoàn thành"),
        ],
        killed_from=2,
        check=check_told("03", "05", "06", shown="Hoàn thành"),
    ),
    Scenario(
        name="refused by the clerk, and taken in after all",
        acts=[write_one, decide("Từ chối", "Gửi nhầm"), decide("Đã tiếp nhận")],
        killed_from=1,
        check=check_told("02", "03", shown="Đã tiếp nhận"),
    ),
)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda it: it.name)
def test_no_kill_loses_or_doubles_anything(ground, scenario):
    explored = explore(scenario, ground)

    assert not explored.wrong, explored


# --- the fuse itself ----------------------------------------------------------


class Witness:
    """Sees what is done to files and databases by other means than the fuse."""

    def __init__(self, folder):
        self.folder, self.seen, self.is_listening = folder, Counter(), True
        sys.addaudithook(self.hear)  # for the rest of the process, hence the switch

    def hear(self, event, arguments):
        if not self.is_listening or event not in AUDITED:
            return
        path = arguments[1] if event == "os.rename" else arguments[0]
        if isinstance(path, int) or not Path(os.fsdecode(path)).is_relative_to(
            self.folder
        ):
            return
        # A file without a name is opened in its folder, and seen twice.
        is_second = event == "open" and arguments[1] and Path(path).is_dir()
        if event != "open" or (arguments[2] & WRITES and not is_second):
            self.seen[AUDITED[event]] += 1

    def watch(self, connection, _record):
        connection.set_trace_callback(self.trace)

    def trace(self, statement):
        verb = statement.split()[0].upper()
        if self.is_listening and verb not in {"PRAGMA", "ROLLBACK", "--"}:
            self.seen["COMMIT" if verb == "COMMIT" else "statement"] += 1


AUDITED = {
    "open": "open",
    "os.mkdir": "mkdir",
    "os.rename": "rename",
    "os.remove": "unlink",
}
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT


def counted(effect):
    """What a witness would call it, as often as it sees it."""
    if effect.kind is not effects.Kind.SQL:
        return [effect.name]
    if effect.name.startswith("PRAGMA"):
        return []
    *_, rows, unit = f"1 row {effect.name}".split()
    return ["statement"] * (int(rows) if unit == "rows" else 1)


@pytest.mark.parametrize("segment_bytes", [1 << 22, 2048])
def test_the_fuse_misses_nothing_that_another_witness_sees(ground, segment_bytes):
    folder = ground / "world"
    folder.mkdir()
    world = World(folder, is_whole=True, segment_bytes=segment_bytes)
    write_two(world)
    seen = Counter()
    world.effects.before = lambda effect: seen.update(counted(effect))
    witness = Witness(folder)
    event.listen(Engine, "connect", witness.watch)
    world.sender.storage.close()
    world.receiver.storage.close()

    with world.effects.watched_files():
        world.run()

    world.effects.before, witness.is_listening = None, False
    event.remove(Engine, "connect", witness.watch)
    check_books(world)
    world.close()
    assert witness.seen == {name: seen[name] for name in witness.seen}
    assert {"open", "mkdir", "rename", "statement", "COMMIT"} <= set(seen)
    # Segments go when their packet is whole; else nothing is removed.
    assert ("unlink" in seen) is (segment_bytes == 2048)
    assert {"write", "fsync", "send", "confirm", "acknowledge"} <= set(seen)
    assert seen["write"] >= seen["rename"]
    # The bytes of each, and the names: these together where they share a folder.
    assert seen["fsync"] > seen["rename"]


def careless(world):
    """Tell somebody once: but note that it was told only after it was."""
    told, done = world.folder / "told", world.folder / "done"
    if not done.exists():
        with io.FileIO(
            os.open(told, os.O_WRONLY | os.O_CREAT | os.O_APPEND), "a"
        ) as it:
            it.write(b"told ")
            os.fsync(it.fileno())
        os.close(os.open(done, os.O_WRONLY | os.O_CREAT))


def forgetful(world):
    """Keep something, under its name and without bringing it to the disk."""
    kept = world.folder / "kept"
    if not kept.exists():
        with io.FileIO(os.open(kept, os.O_WRONLY | os.O_CREAT), "w") as it:
            it.write(b"kept")
        os.close(os.open(world.folder / "sure", os.O_WRONLY | os.O_CREAT))
        folder = os.open(world.folder, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)


@pytest.mark.parametrize(
    ("steps", "name", "expected", "place"),
    [
        (careless, "told", b"told ", "killed before effect 3 (told: fsync)"),
        (forgetful, "kept", b"kept", "power cut before effect 5 (the end)"),
    ],
)
def test_a_broken_promise_is_found_and_its_place_is_named(
    ground, steps, name, expected, place
):
    def check(world):
        assert (world.folder / name).read_bytes() == expected

    scenario = Scenario(name="bad", acts=[lambda _: None], check=check, steps=steps)

    explored = explore(scenario, ground)

    assert any(wrong.startswith(place) for wrong in explored.wrong), explored
    assert explored.effects == 5
