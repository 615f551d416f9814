"""Rows and documents at which the process dies or something breaks."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest

from edoc_connector.dms import source as source_module
from edoc_connector.errors import (
    DmsRefused,
    DmsUnavailable,
    LostRace,
    RowBroken,
    StorageUnavailable,
)
from edoc_connector.flows.backoff import Backoff
from edoc_connector.flows.inspecting.standing import Actor
from edoc_connector.flows.inspecting.telling import tell_story
from edoc_connector.flows.outgoing import looking as looking_module
from edoc_connector.flows.outgoing import seal as seal_module
from edoc_connector.flows.outgoing.seal import seal
from edoc_connector.flows.outgoing.take import take
from edoc_connector.flows.statuses.progress import progress
from edoc_connector.model.delivery import DocumentState
from edoc_connector.storage.tries import TriedStep
from tests.support.world import ONE_PDF, RECEIVER, Crash, World

DEADLY = "chết người"


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    yield world
    world.close()


def take_at(world, limit=50):
    sender = world.sender
    return take(sender.site, sender.dms, sender.storage, limit=limit)


def seal_at(world, limit=50):
    return seal(world.sender.site, world.sender.storage, limit=limit)


def lives(world, step, most=20):
    """Start and die until the step has nothing left to do; how often it died."""
    for deaths in range(most):
        try:
            while step(world):
                pass
        except Crash:
            world.sender.stop()
            world.sender.start()
        else:
            return deaths
    raise AssertionError("it dies for ever")


def taken(world):
    with world.sender.storage.reading() as work:
        return [it.label for it in work.documents.in_state(DocumentState.TAKEN, 100)]


def story(world, text):
    with world.sender.storage.reading() as work:
        return tell_story(work, text)


def tries(world):
    with world.sender.storage._engine.connect() as connection:
        return connection.exec_driver_sql("SELECT count(*) FROM tries").scalar()


def deadly(monkeypatch, module, name, error, *, is_it):
    """Let a step break at one thing, and count how often it is begun."""
    real, begun = getattr(module, name), []

    def breaking(*arguments, **options):
        if is_it(arguments):
            begun.append(1)
            raise error
        return real(*arguments, **options)

    monkeypatch.setattr(module, name, breaking)
    return begun


def write_three(world):
    for number in (1, 2, 3):
        subject = DEADLY if number == 2 else "V/v kiểm kê"
        world.sender.write(number, RECEIVER, trich_yeu=subject)


def deadly_row(monkeypatch, error):
    return deadly(
        monkeypatch,
        looking_module,
        "_taken",
        error,
        is_it=lambda given: given[1].document.subject == DEADLY,
    )


def deadly_document(monkeypatch, error):
    return deadly(
        monkeypatch,
        seal_module,
        "sign_with",
        error,
        is_it=lambda given: given[2].subject == DEADLY,
    )


def test_a_row_that_ends_the_process_three_times_is_refused_and_the_rest_go(
    world, monkeypatch
):
    write_three(world)
    begun = deadly_row(monkeypatch, Crash())

    assert lives(world, take_at) == len(begun) == 3

    assert taken(world) == ["1/UBND-VX", "3/UBND-VX"]
    refused = story(world, "2")
    assert (refused.state, refused.must_act) == ("refused", Actor.CLERK)
    assert (refused.reason.code, refused.reason.details["attempts"]) == ("poison", "3")
    assert tries(world) == 0


def test_a_row_at_which_something_breaks_is_refused_after_three_tries(
    world, monkeypatch
):
    write_three(world)
    begun = deadly_row(monkeypatch, ZeroDivisionError("a defect"))

    done = [take_at(world) for _ in range(5)]

    assert (done, len(begun)) == ([2, 0, 1, 0, 0], 3)
    assert story(world, "2").reason.details["problem"] == "ZeroDivisionError"


def test_a_register_that_is_away_makes_no_row_a_suspect(world, monkeypatch):
    write_three(world)
    deadly_row(monkeypatch, DmsUnavailable(problem="away"))

    for _ in range(5):
        with pytest.raises(DmsUnavailable):
            take_at(world)
    monkeypatch.undo()

    assert take_at(world) == 2  # the first of them came before the one that failed
    assert len(taken(world)) == 3
    assert tries(world) == 0


def test_what_the_register_refuses_of_one_row_refuses_no_document_and_stops_no_other(
    world, monkeypatch
):
    write_three(world)
    refused = DmsRefused(statement="attachments.content", problem="no such column")
    deadly_row(monkeypatch, refused)

    assert take_at(world) == 2
    for _ in range(5):
        with pytest.raises(DmsRefused):
            take_at(world)
    monkeypatch.undo()

    assert take_at(world) == 1
    assert tries(world) == 0


def test_a_row_that_this_release_cannot_read_breaks_no_other(world, monkeypatch):
    write_three(world)
    deadly(
        monkeypatch,
        source_module,
        "draft_of",
        ZeroDivisionError("a defect"),
        is_it=lambda given: given[0].document["subject"] == DEADLY,
    )

    take_at(world)

    assert len(taken(world)) == 2
    assert story(world, "2").reason.code == "row-defect"


def test_the_most_urgent_of_the_rows_is_taken_first(world):
    world.sender.write(1, RECEIVER)
    world.sender.write(2, RECEIVER, do_khan="Hỏa tốc")
    rows = sorted(world.sender.dms.pending(10), key=lambda it: it.document.priority)
    source = SimpleNamespace(
        pending=lambda *_, **__: iter(rows), reading=world.sender.dms.reading
    )

    take(world.sender.site, source, world.sender.storage, limit=10)

    with world.sender.storage.reading() as work:
        newest, oldest = work.documents.recent(2)
    assert (oldest.priority, newest.priority) == (3, 0)


def test_a_document_that_ends_the_process_three_times_is_parked_and_the_rest_go(
    world, monkeypatch
):
    write_three(world)
    take_at(world)
    begun = deadly_document(monkeypatch, Crash())

    assert lives(world, seal_at) == len(begun) == 3

    parked = story(world, "2/UBND-VX")
    assert (parked.state, parked.reason.code) == ("parked", "poison")
    assert parked.must_act is Actor.OPERATOR
    assert story(world, "1/UBND-VX").state == story(world, "3/UBND-VX").state
    assert tries(world) == 0


def test_a_document_at_which_something_breaks_is_parked_after_three_tries(
    world, monkeypatch
):
    write_three(world)
    take_at(world)
    begun = deadly_document(monkeypatch, ZeroDivisionError("a defect"))

    while seal_at(world):
        pass

    assert len(begun) == 3
    assert story(world, "2/UBND-VX").reason.details["problem"] == "ZeroDivisionError"
    assert taken(world) == []
    assert tries(world) == 0


def test_what_all_wait_for_makes_no_document_a_suspect(world, monkeypatch):
    write_three(world)
    take_at(world)
    deadly_document(monkeypatch, StorageUnavailable(problem="away"))

    for _ in range(5):
        with pytest.raises(StorageUnavailable):
            seal_at(world)
    monkeypatch.undo()
    while seal_at(world):
        pass

    assert taken(world) == []
    assert tries(world) == 0


@pytest.mark.parametrize("writing", ["write_sealed", "write_parked"])
def test_who_loses_races_with_recalls_makes_no_document_a_suspect(
    world, monkeypatch, caplog, writing
):
    write_three(world)
    take_at(world)
    if writing == "write_parked":
        deadly_document(monkeypatch, RowBroken(row="2", field="subject", problem=""))
    lost = LostRace(key="the document that is being recalled")
    with monkeypatch.context() as racing:
        deadly(racing, seal_module, writing, lost, is_it=is_of_the_second)
        for _ in range(4):
            seal_at(world, 3)

    assert tries(world) == 0
    assert taken(world) == ["2/UBND-VX"]
    assert not [it for it in caplog.records if it.message == "document_parked"]


def is_of_the_second(given):
    written = given[2]
    documents = [it.document for it in written] if type(written) is list else [written]
    return "2/UBND-VX" in {it.label for it in documents}


def is_slow(world):
    world.now += timedelta(milliseconds=400)


@pytest.mark.parametrize(
    ("limits", "signing", "before"),
    [
        ({"AT_ONCE": 5}, lambda _: None, 5),
        ({"AT_ONCE": 5, "MOST_BYTES": 2 * len(ONE_PDF)}, lambda _: None, 2),
        ({}, is_slow, 3),
        ({}, lambda _: None, 12),
    ],
)
def test_an_urgent_document_waits_for_the_few_that_are_being_sealed(
    world, monkeypatch, limits, signing, before
):
    for name, limit in limits.items():
        monkeypatch.setattr(seal_module, name, limit)
    for number in range(12):
        world.sender.write(number + 1, RECEIVER)
    take_at(world)
    real, sealed = seal_module.sign_with, []

    def sign(site, storage, document):
        sealed.append(document.priority)
        signing(world)
        if len(sealed) == 1:
            world.sender.write(99, RECEIVER, do_khan="Hỏa tốc")
            take_at(world)
        return real(site, storage, document)

    monkeypatch.setattr(seal_module, "sign_with", sign)
    while seal_at(world):
        pass

    assert sealed.index(3) == before
    assert len(sealed) == 13
    assert tries(world) == 0


REFUSED = DmsRefused(statement="sent", problem="no such column")


@pytest.mark.parametrize(
    ("error", "event", "reason"),
    [
        (REFUSED, "progress_refused", "dms-refused"),
        (ZeroDivisionError(), "progress_defect", "ZeroDivisionError"),
    ],
)
def test_a_step_that_fails_waits_and_keeps_no_other_and_it_is_said_whose_fault_it_is(
    world, caplog, error, event, reason
):
    write_three(world)
    take_at(world)
    world.sender.dms.mark = lambda step: (
        (_ for _ in ()).throw(error) if step.row_id == "2" else told.append(step.row_id)
    )
    told = []

    progress(
        world.sender.site,
        world.sender.dms,
        world.sender.storage,
        limit=10,
        backoff=Backoff(10.0, 10.0),
    )

    assert told == ["1", "3"]
    (logged,) = (it for it in caplog.records if "progress" in it.message)
    assert (logged.message, logged.row, logged.reason) == (event, "2", reason)
    with world.sender.storage.reading() as work:
        assert work.progress.waiting() == 1


def test_counts_that_are_left_by_others_are_of_their_step_alone(world):
    with world.sender.storage.work() as work:
        work.tries.begin(TriedStep.SEAL, ["a"])
        work.tries.let_go(TriedStep.SEAL, ["a", "b"])

        assert work.tries.of(TriedStep.SEAL, ["a"]) == {}
