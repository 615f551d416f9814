"""Packets that end the process which judges them, again and again."""

from __future__ import annotations

import base64
import multiprocessing
import os
import signal
import sys
from contextlib import suppress

import pytest

from edoc_connector.errors import DmsUnavailable
from edoc_connector.flows import poison, trial
from edoc_connector.flows.incoming import company, opening
from edoc_connector.flows.incoming.accept import accept
from edoc_connector.flows.incoming.deliver import deliver
from edoc_connector.flows.outgoing.post import resend
from edoc_connector.flows.poison import MOST_DEATHS
from edoc_connector.model.delivery import InboxEvent, InboxState
from edoc_connector.storage.inbox import Inbox
from tests.support.world import ONE_PDF, RECEIVER, Crash, World

DEADLY = b"%PDF-1.7 deadly"


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    yield world
    world.close()


def send(world, *files):
    """Documents of the sender, in the receiver's inbox and not judged yet."""
    for data in files:
        number = len(world.sender.ask("SELECT id FROM van_ban_di")) + 1
        world.sender.write(number, RECEIVER, data=data)
    bring(world)


def bring(world):
    """Let all that waits at the sender come into the receiver's inbox."""
    receiver = world.receiver
    while world.sender.steps():
        pass
    while accept(receiver.site, receiver.consumer, receiver.storage, wait_seconds=0):
        pass


DEADLY_TRIAL = f"""
import os, signal
from edoc_connector.flows import trial
real = trial.read
def read(body, *, max_bytes):
    if {base64.b64encode(DEADLY)[:16]!r} in bytes(body):
        os.kill(os.getpid(), signal.SIGKILL)
    return real(body, max_bytes=max_bytes)
trial.read = read
trial.main()
"""
"""The trial, in which reading that packet has the same end as in `deadly_read`."""


def deadly_read(monkeypatch, die):
    """Reading one packet ends the process, as running out of memory does."""
    monkeypatch.setattr(trial, "COMMAND", (sys.executable, "-Ic", DEADLY_TRIAL))
    real = opening.read
    judged = []

    def read(body, *, max_bytes):
        judged.append(bytes(body))
        if is_deadly(bytes(body)):
            die()
        return real(body, max_bytes=max_bytes)

    monkeypatch.setattr(opening, "read", read)
    return judged


def is_deadly(body):
    return base64.b64encode(DEADLY)[:16] in body


def crash():
    raise Crash


def lives(world, most=20):
    """Start and die until nothing is left to judge; how often it died."""
    receiver = world.receiver
    for deaths in range(most):
        try:
            while deliver(receiver.site, receiver.dms, receiver.storage, limit=20):
                pass
        except Crash:
            receiver.stop()
            receiver.start()
        else:
            return deaths
    raise AssertionError("it dies for ever")


def lives_once(world):
    """Start, and die or not."""
    receiver = world.receiver
    try:
        deliver(receiver.site, receiver.dms, receiver.storage, limit=20)
    finally:
        receiver.stop()
        receiver.start()


def entries(world, state):
    with world.receiver.storage.reading() as work:
        return work.inbox.in_state(state, 100)


def test_what_ends_the_process_three_times_is_set_aside_and_the_rest_arrive(
    world, monkeypatch
):
    send(world, ONE_PDF, DEADLY, b"%PDF-1.7 another")
    deadly_read(monkeypatch, crash)

    assert lives(world) == 3

    assert [row[2] for row in world.receiver.arrived()] == [
        ONE_PDF,
        b"%PDF-1.7 another",
    ]
    (poison,) = entries(world, InboxState.QUARANTINED)
    assert (poison.reason.code, poison.reason.details["attempts"]) == ("poison", "3")
    assert "document:refused" in world.receiver.facts()


def test_its_sender_is_not_told_that_it_was_refused(world, monkeypatch):
    send(world, DEADLY)
    deadly_read(monkeypatch, crash)

    lives(world)

    (poison,) = entries(world, InboxState.QUARANTINED)
    with world.receiver.storage.reading() as work:
        assert work.answers.of(poison.id) == ()
        assert work.outbox.waiting() == 0


def test_a_flood_of_copies_of_it_costs_no_more_deaths(world, monkeypatch):
    send(world, DEADLY, DEADLY, ONE_PDF)
    (first, second, _) = entries(world, InboxState.ACCEPTED)
    copies = [
        {
            "account": it.account,
            "kind": it.kind,
            "sender": it.sender,
            "correlation_id": it.correlation_id,
            "answers": it.answers,
            "packet": it.packet,
            "packet_bytes": it.packet_bytes,
            "state": it.state,
            "reason": None,
            "at": it.accepted_at,
        }
        for it in (first, second)
    ]
    judged = deadly_read(monkeypatch, crash)
    with world.receiver.storage.work() as work:
        for number in range(40):
            work.inbox.add(message_id=f"copy-{number}", **copies[number % 2])

    deaths = lives(world)

    assert deaths <= 3 * len({first.packet, second.packet})
    assert sum(map(is_deadly, judged)) == deaths
    assert len(entries(world, InboxState.QUARANTINED)) == 42
    assert len(world.receiver.arrived()) == 1


def test_sending_it_again_does_not_bring_it_back_before_a_person_has_looked(
    world, monkeypatch
):
    send(world, DEADLY)
    deadly_read(monkeypatch, crash)
    lives(world)
    with world.sender.storage.work() as work:
        (document,) = work.documents.recent(1)
    resend(world.sender.storage, document.key, at=world.now)
    bring(world)

    assert lives(world) == 0
    assert len(entries(world, InboxState.QUARANTINED)) == 1


def test_a_person_may_have_it_judged_again_and_then_it_counts_anew(world, monkeypatch):
    send(world, DEADLY)
    deadly_read(monkeypatch, crash)
    lives(world)
    (poison,) = entries(world, InboxState.QUARANTINED)

    with world.receiver.storage.work() as work:
        work.inbox.move(poison.id, InboxEvent.RELEASE)
    monkeypatch.undo()

    assert lives(world) == 0
    assert [row[2] for row in world.receiver.arrived()] == [DEADLY]


def test_a_partner_that_is_away_makes_no_packet_a_suspect(world):
    send(world, ONE_PDF, b"%PDF-1.7 another")

    def away(*_arguments, **_options):
        raise DmsUnavailable(problem="away")

    real, world.receiver.dms.put_all = world.receiver.dms.put_all, away
    for _ in range(5):
        with suppress(DmsUnavailable):
            deliver(
                world.receiver.site,
                world.receiver.dms,
                world.receiver.storage,
                limit=20,
            )
    assert [it.attempts for it in entries(world, InboxState.ACCEPTED)] == [0, 0]
    world.receiver.dms.put_all = real

    assert lives(world) == 0
    assert len(world.receiver.arrived()) == 2


def test_an_end_from_outside_makes_suspects_of_the_few_in_hand_alone(
    world, monkeypatch
):
    monkeypatch.setattr(poison, "AT_ONCE", 4)
    send(world, *(b"%%PDF-1.7 %d" % number for number in range(10)), DEADLY)
    deadly_read(monkeypatch, crash)

    with pytest.raises(Crash):
        deliver(
            world.receiver.site, world.receiver.dms, world.receiver.storage, limit=20
        )

    suspects = [it for it in entries(world, InboxState.ACCEPTED) if it.attempts]
    assert len(suspects) == 3  # the last of them: 4 and 4 before have arrived
    assert len(world.receiver.arrived()) == 8


def test_after_a_death_all_that_were_in_hand_are_tried_alone(world, monkeypatch):
    send(world, ONE_PDF, DEADLY, b"%PDF-1.7 another")
    deadly_read(monkeypatch, crash)
    in_hand = []
    real = Inbox.begin

    def begin(inbox, ids):
        in_hand.append(len(ids))
        real(inbox, ids)

    monkeypatch.setattr(Inbox, "begin", begin)

    assert lives(world) == 3
    assert in_hand == [3, *[1] * (len(in_hand) - 1)]


def test_one_that_was_in_hand_at_every_kill_of_others_is_let_through_by_its_trial(
    world, monkeypatch
):
    """Somebody kills the process, wherever it is, each time with this one in hand."""
    send(world, ONE_PDF)
    monkeypatch.setattr(opening, "read", lambda *_, **__: crash())
    kills = MOST_DEATHS - 1
    for _ in range(kills):
        with pytest.raises(Crash):
            lives_once(world)
    assert [it.attempts for it in entries(world, InboxState.ACCEPTED)] == [kills]
    monkeypatch.undo()

    assert lives(world) == 0
    assert [row[2] for row in world.receiver.arrived()] == [ONE_PDF]


def test_what_can_be_read_and_kills_afterwards_is_set_aside_all_the_same(
    world, monkeypatch
):
    send(world, ONE_PDF)
    monkeypatch.setattr(company, "place", lambda *_, **__: crash())

    assert lives(world) == MOST_DEATHS

    (poison,) = entries(world, InboxState.QUARANTINED)
    assert poison.reason.code == "poison"


def test_a_trial_that_cannot_be_started_condemns_nobody(world, monkeypatch, caplog):
    send(world, ONE_PDF)
    (entry,) = entries(world, InboxState.ACCEPTED)
    monkeypatch.setattr(trial, "COMMAND", ("/nowhere/python",))
    caplog.clear()

    with world.receiver.storage.content.open(entry.packet) as packet:
        assert not trial.is_deadly(packet, 2**20)
    assert [it.message for it in caplog.records] == ["trial_not_started"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_trial_that_somebody_asked_to_end_condemns_nobody(tmp_path, number):
    path = tmp_path / "packet"
    path.write_bytes(b"<innocent/>")

    with path.open("rb") as packet, pytest.MonkeyPatch.context() as patch:
        patch.setattr(trial, "COMMAND", ends_itself(number))
        assert not trial.is_deadly(packet, 2**20)
        patch.setattr(trial, "COMMAND", ends_itself(signal.SIGSEGV))
        assert trial.is_deadly(packet, 2**20)


def test_a_trial_that_was_killed_once_is_made_once_more(tmp_path, monkeypatch):
    path, mark = tmp_path / "packet", tmp_path / "mark"
    path.write_bytes(b"<innocent/>")
    program = (
        f"import os, pathlib; mark = pathlib.Path({str(mark)!r})\n"
        "if not mark.exists():\n"
        "    mark.touch(); os.kill(os.getpid(), 9)"
    )
    monkeypatch.setattr(trial, "COMMAND", (sys.executable, "-Ic", program))

    with path.open("rb") as packet:
        assert not trial.is_deadly(packet, 2**20)
    assert mark.exists()


def ends_itself(number):
    program = (
        "import os, signal;"
        f"signal.signal({int(number)}, signal.SIG_DFL);"
        f"os.kill(os.getpid(), {int(number)})"
    )
    return (sys.executable, "-Ic", program)


def test_a_trial_that_does_not_end_is_ended_and_condemns(world, monkeypatch):
    send(world, ONE_PDF)
    (entry,) = entries(world, InboxState.ACCEPTED)
    monkeypatch.setattr(trial, "LONGEST_SECONDS", 0.5)
    endless = "import signal; signal.pause()"
    monkeypatch.setattr(trial, "COMMAND", (sys.executable, "-Ic", endless))

    with world.receiver.storage.content.open(entry.packet) as packet:
        assert trial.is_deadly(packet, 2**20)


def test_the_trial_of_a_packet_that_is_merely_wrong_is_survived(tmp_path):
    path = tmp_path / "packet"
    path.write_bytes(b"<not edXML")

    with path.open("rb") as packet:
        assert not trial.is_deadly(packet, 2**20)


def test_a_real_process_killed_at_the_same_packet_three_times_lets_go_of_it(
    world, monkeypatch
):
    send(world, ONE_PDF, DEADLY, b"%PDF-1.7 another")
    deadly_read(monkeypatch, lambda: os.kill(os.getpid(), signal.SIGKILL))
    world.receiver.stop()

    codes = [_run_in_a_process(_deliver_all, world.receiver) for _ in range(5)]

    world.receiver.start()
    assert codes == [-signal.SIGKILL] * 3 + [0, 0]
    assert len(world.receiver.arrived()) == 2
    (poison,) = entries(world, InboxState.QUARANTINED)
    assert poison.reason.code == "poison"


def _deliver_all(receiver):
    receiver.start()
    while deliver(receiver.site, receiver.dms, receiver.storage, limit=20):
        pass


def _run_in_a_process(job, receiver):
    # A fork, so that it has the deadly packet of this test; all storage is closed.
    process = multiprocessing.get_context("fork").Process(target=job, args=(receiver,))
    process.start()
    process.join(60)
    return process.exitcode
