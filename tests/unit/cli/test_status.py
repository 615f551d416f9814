"""One screen says whether all is well, also where a partner is away."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import threading
from contextlib import contextmanager
from datetime import timedelta

import pytest
import sqlalchemy as sa

from edoc_connector.app.connector import LOOPS
from edoc_connector.cli import status_look
from edoc_connector.cli.status import AGES, QUEUES, TROUBLES
from edoc_connector.cli.status_look import FOR_PEOPLE
from edoc_connector.clock import system_clock
from edoc_connector.daemon.lock import only_one
from edoc_connector.errors import (
    BusUnavailable,
    ExitCode,
    MailboxBusy,
    StatusWordUnknown,
)
from edoc_connector.model.change import ChangeState
from edoc_connector.model.delivery import DeliveryEvent, DocumentEvent, InboxState
from edoc_connector.own_storage import open_storage
from edoc_connector.settings import load
from edoc_connector.storage.records import Change
from edoc_connector.storage.tables import destinations
from tests.support.shell import edoc
from tests.support.storage import (
    BOTH,
    COMMUNE,
    DEPARTMENT,
    arrival,
    outgoing,
    queue,
    receive,
)
from tests.support.world import SCHEMA
from tests.unit.cli.test_key import keep, site  # noqa: F401  (a fixture)

HOUR = timedelta(hours=1)


@pytest.fixture
def broker(monkeypatch):
    """A broker that answers, unless a test takes it away."""
    said = {"error": None}

    def reach(settings, *, seconds):
        del settings, seconds
        if said["error"] is not None:
            raise said["error"]

    monkeypatch.setattr(status_look, "reach_broker", reach)
    return said


@pytest.fixture
def place(site, broker, monkeypatch, tmp_path):  # noqa: F811
    """A site that has run, with a register and a key for long."""
    assert broker["error"] is None
    keep(tmp_path / "default.pem", 1, ends=300.5)
    (tmp_path / "dms.db").unlink()
    with sqlite3.connect(tmp_path / "dms.db") as register:
        register.executescript(SCHEMA.read_text(encoding="utf-8"))
    register.close()
    monkeypatch.setenv("EDOC_SETTINGS", str(site))
    with open_storage(load(site)):
        pass
    return site


@contextmanager
def running(place, *loops):
    with only_one(load(place).state.folder, loops or LOOPS):
        yield


def write(place, work_on):
    with open_storage(load(place)) as storage, storage.work() as work:
        work_on(work)


def test_while_everything_runs_and_answers_all_is_well(place, capsys):
    with running(place):
        done = edoc(capsys, "status")

    assert done.code == ExitCode.OK
    assert done.out.endswith("All is well.\n")
    assert "Service:           runs\n" in done.out
    assert "Broker:            answers\n" in done.out
    assert "Document software: answers\n" in done.out
    assert "FOR PEOPLE" not in done.out
    assert "days left: 300" in done.out
    assert " GB free (" in done.out


def test_it_speaks_vietnamese(place, capsys):
    with running(place):
        done = edoc(capsys, "status", "--lang", "vi")

    assert "Dịch vụ:" in done.out
    assert done.out.endswith("Mọi việc đều ổn.\n")


@pytest.mark.usefixtures("place")
def test_a_service_that_does_not_run_is_said_with_what_to_type(capsys):
    done = edoc(capsys, "status")

    assert done.code == ExitCode.UNAVAILABLE
    assert "does not run; start it: systemctl start edoc" in done.out


def test_parts_that_do_not_run_are_named(place, capsys):
    with running(place, *(loop for loop in LOOPS if loop != "relay")):
        done = edoc(capsys, "status")

    assert done.code == ExitCode.UNAVAILABLE
    assert "runs without these parts: relay" in done.out


def test_a_broker_that_is_away_leaves_the_rest_to_see(place, broker, capsys):
    broker["error"] = BusUnavailable(address="127.0.0.1:5672/edoc", problem="refused")
    with running(place):
        done = edoc(capsys, "status")

    assert done.code == ExitCode.UNAVAILABLE
    assert "127.0.0.1:5672/edoc" in done.out
    assert "Own database:      answers\n" in done.out


def test_a_partner_that_says_nothing_is_not_waited_for(place, monkeypatch, capsys):
    never = threading.Event()
    monkeypatch.setattr(status_look, "SECONDS", 0.05)
    monkeypatch.setattr(status_look, "register_of", lambda _: never.wait(60))
    with running(place):
        done = edoc(capsys, "status")
    never.set()

    assert "Document software: no answer within 0.05 s\n" in done.out


def test_a_register_that_is_gone_is_said(place, tmp_path, capsys):
    (tmp_path / "dms.db").unlink()
    with running(place):
        done = edoc(capsys, "status")

    assert done.code == ExitCode.UNAVAILABLE
    assert "To take over" not in done.out


@pytest.mark.usefixtures("place")
def test_a_database_that_was_never_made_is_said(tmp_path, capsys):
    shutil.rmtree(tmp_path / "state")
    settings = tmp_path / "edoc.toml"
    written = settings.read_text("utf-8").replace('"state"', '"of/many/state"')
    settings.write_text(written, "utf-8")

    done = edoc(capsys, "status")

    assert done.code == ExitCode.UNAVAILABLE
    assert "To seal" not in done.out


def document_with(work, event):
    row = outgoing(taken_at=system_clock() - 3 * HOUR)
    work.documents.add(row, BOTH)
    work.documents.move(row.key, DocumentEvent.SEAL, packet="a" * 64)
    for code in (DEPARTMENT, COMMUNE):
        work.deliveries.move(row.key, code, DeliveryEvent.SEAL, at=row.taken_at)
    work.deliveries.move(row.key, DEPARTMENT, event, at=system_clock())


def test_what_waits_is_counted_with_the_age_of_the_oldest(place, capsys):
    def fill(work):
        document_with(work, DeliveryEvent.CONFIRM)
        queue(work, at=system_clock() - 3 * HOUR)
        receive(work, at=system_clock() - 2 * 24 * HOUR)

    write(place, fill)
    with running(place):
        done = edoc(capsys, "status")

    assert done.code == ExitCode.OK
    assert "1, the oldest for 3 h\n" in done.out
    assert "1, the oldest for 2 days\n" in done.out


def test_what_failed_is_for_people(place, capsys):
    def fill(work):
        document_with(work, DeliveryEvent.RETURN)
        receive(work, state=InboxState.QUARANTINED)

    write(place, fill)
    with running(place):
        done = edoc(capsys, "status")

    assert done.code == ExitCode.ATTENTION
    assert "FOR PEOPLE\n" in done.out
    assert "Unknown receiver, of 7 days: 1, the oldest for 0 s\n" in done.out
    assert "Quarantined:" in done.out
    assert done.out.endswith("Something waits for a person, see above.\n")


def turn_down(work):
    document_with(work, DeliveryEvent.ARRIVE)
    seen = work.deliveries.get(outgoing().key, DEPARTMENT)
    work.deliveries.show(seen, status="02", at=system_clock())


def test_what_a_receiver_turned_down_after_it_came_is_for_the_clerk(place, capsys):
    write(place, turn_down)
    with running(place):
        done = edoc(capsys, "status")
        program = edoc(capsys, "status", "--json")

    assert done.code == ExitCode.ATTENTION
    assert "Turned down by the receiver (02), of 7 days: 1, the oldest" in done.out
    assert json.loads(program.out)["status"]["census"]["refused"]["count"] == 1


def test_what_was_turned_down_and_replaced_waits_for_nobody(place, capsys):
    def fill(work):
        turn_down(work)
        newer = outgoing("18", business_type=3, changes=outgoing().key)
        work.documents.add(newer, ())
        replaced = Change(
            change=newer.key,
            original=outgoing().key,
            recipient=DEPARTMENT,
            business_type=3,
            state=ChangeState.MOOT,
            reason=None,
            changed_at=system_clock(),
        )
        work.changes.add([replaced])

    write(place, fill)
    with running(place):
        assert edoc(capsys, "status").code == ExitCode.OK


def test_a_status_its_sender_was_not_told_waits_for_a_person_until_it_is(place, capsys):
    def withhold(work):
        entry = receive(work, state=InboxState.DELIVERED)
        seen = arrival(entry, arrived_at=system_clock() - 3 * HOUR)
        work.arrivals.add(seen)
        work.arrivals.withhold(seen, StatusWordUnknown(word="Lưu tủ").reason)

    def mend(work):
        work.arrivals.withhold(work.arrivals.of_row("93"), None)

    write(place, withhold)
    with running(place):
        done = edoc(capsys, "status")
        program = edoc(capsys, "status", "--json")
    write(place, mend)
    with running(place):
        mended = edoc(capsys, "status")

    assert done.code == ExitCode.ATTENTION
    assert "Statuses their senders were not told: 1, the oldest for 3 h\n" in done.out
    census = json.loads(program.out)["status"]["census"]
    assert census["statuses_withheld"]["count"] == 1
    assert mended.code == ExitCode.OK


def test_a_failure_of_long_ago_is_not_told_for_ever(place, capsys):
    def fill(work):
        document_with(work, DeliveryEvent.CONFIRM)
        work.deliveries.move(
            outgoing().key,
            DEPARTMENT,
            DeliveryEvent.REFUSE,
            at=system_clock() - 8 * 24 * HOUR,
        )

    write(place, fill)
    with running(place):
        assert edoc(capsys, "status").code == ExitCode.OK


def test_a_receiver_to_whom_nothing_gets_through_is_named(place, capsys):
    now = system_clock()
    values = {
        "recipient": DEPARTMENT,
        "failures": 5,
        "reason": MailboxBusy(address="x", recipient=DEPARTMENT).reason,
        "failing_since": now - HOUR,
        "open_until": now + HOUR,
    }

    def fill(work):
        work.around._connection.execute(sa.insert(destinations).values(values))

    write(place, fill)
    with running(place):
        done = edoc(capsys, "status")

    assert "Not reachable:     H20.14 since " in done.out
    assert re.search(r"Receivers at rest: +1\n", done.out)


def test_a_key_that_ends_soon_waits_for_a_person(place, tmp_path, capsys):
    keep(tmp_path / "default.pem", 1, ends=20.5)
    keep(tmp_path / "next.pem", 2, ends=10.5)
    with running(place):
        done = edoc(capsys, "status")

    assert done.code == ExitCode.ATTENTION
    assert "days left: 20" in done.out


def test_programs_get_one_object(place, capsys):
    with running(place):
        done = edoc(capsys, "status", "--json")

    found = json.loads(done.out)
    assert found["exit_code"] == done.code == ExitCode.OK
    status = found["status"]
    assert status["stopped"] == []
    assert status["census"]["to_send"] == {"count": 0, "oldest_at": None}
    assert [it["is_reached"] for it in status["partners"]] == [True] * 3


def test_everything_that_is_counted_has_a_name():
    assert set(TROUBLES) == set(FOR_PEOPLE)
    assert not set(QUEUES) & set(FOR_PEOPLE)
    assert [unit for _, unit in AGES] == sorted((u for _, u in AGES), reverse=True)
