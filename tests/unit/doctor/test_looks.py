"""Each fault that needs no broker, made for real, and what the doctor says of it."""

import os
import sqlite3
import subprocess
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from edoc_connector.bus.ping import pong_message
from edoc_connector.doctor import (
    certificates,
    clocks,
    examine,
    files,
    overseer,
    own_database,
    register,
    room,
    routes,
    service,
)
from edoc_connector.doctor.checks import ALL, CHECKS, GROUPS
from edoc_connector.doctor.finding import State
from edoc_connector.model.identifiers import MessageId
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.ping import Heard
from edoc_connector.signature.pong import sign_pong
from edoc_connector.storage.pings import ReceivedPong, SentPing
from tests.support import pki
from tests.support.patients import Ward, text_of
from tests.support.storage import outgoing, queue, receipt

GREEN, AMBER, RED, UNSEEN = State
MANY_FILES = """
INSERT INTO tep_dinh_kem_van_ban_di (van_ban_id, thu_tu, ten_tep, noi_dung)
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 10001)
SELECT 1, i, 'a.pdf', x'00' FROM n
"""
PARTNER = OrganizationCode("H20.14")


@pytest.fixture
def ward(tmp_path):
    ward = Ward(tmp_path)
    yield ward
    ward.close()


def test_every_check_has_a_code_of_its_own_and_a_group_with_a_title():
    assert len(CHECKS) == len(ALL)
    assert {it.group for it in ALL} == set(GROUPS)


def test_a_service_that_does_not_run_is_bad(ward):
    assert ward.states(service.look, "service-stopped") == {RED}


def test_work_that_waits_for_an_hour_is_bad_and_for_minutes_is_told(ward):
    now = datetime.now(UTC)
    with ward.storage.work() as work:
        queue(work, at=now - timedelta(minutes=20))
    few = ward.states(service.look, "work-waits")
    with ward.storage.work() as work:
        queue(work, "m-2", at=now - timedelta(hours=2))

    assert few == {AMBER}
    assert ward.states(service.look, "work-waits") == {RED}


def test_without_a_database_what_is_in_it_is_not_seen(ward):
    for look, code in (
        (service.look, "work-waits"),
        (own_database.look, "index-missing"),
        (clocks.look, "clock-partner"),
    ):
        assert ward.states(look, code, storage=None) == {UNSEEN}


def test_a_database_that_is_whole_is_well(ward):
    assert {it.state for it in own_database.look(ward.patient())} == {GREEN}


def test_an_index_that_was_dropped_is_bad_and_named(ward):
    with ward.storage.work() as work:
        work.connection.exec_driver_sql("DROP INDEX ix_inbox_state_id")

    found = ward.look(own_database.look, "index-missing")

    assert [it.state for it in found] == [RED]
    assert "ix_inbox_state_id" in text_of(found)


def test_a_file_with_broken_pages_is_bad(ward):
    with ward.storage.work() as work:
        for number in range(200):
            queue(work, f"m-{number}")
    ward.storage.close()
    file = Path(ward.settings.state.folder / "edoc.sqlite")
    with sqlite3.connect(file) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        page = database.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'ix_outbox_message_id'"
        ).fetchone()[0]
        size = database.execute("PRAGMA page_size").fetchone()[0]
    database.close()
    with file.open("r+b") as raw:
        raw.seek((page - 1) * size)
        raw.write(b"\xff" * 64)
    ward.storage = ward.open()

    assert ward.states(own_database.look, "database-damaged") == {RED}


def test_a_key_that_has_ended_is_bad_and_one_that_ends_soon_is_told(tmp_path):
    long_ago = datetime.now(UTC) - timedelta(days=900)
    ended, soon = Ward(tmp_path / "ended", now=long_ago), Ward(tmp_path / "soon")
    [term] = certificates._keys(soon.patient())
    later = datetime.now(UTC) + timedelta(days=350)

    assert term.state is GREEN
    assert ended.states(certificates.look, "key-ends") == {RED}
    assert soon.states(certificates.look, "key-ends", now=later) == {AMBER}
    ended.close()
    soon.close()


def test_an_authority_that_has_ended_is_bad(ward):
    far = datetime.now(UTC) + timedelta(days=36500)

    assert ward.states(certificates.look, "anchor-ends", now=far) == {RED}


def test_where_nobody_answers_about_revocation_it_is_bad(ward):
    answered = ward.states(certificates.look, "revocation-silent")
    text = ward.site.settings.read_text("utf-8")
    lists = next(it for it in text.splitlines() if it.startswith("crls"))
    ward.change(lists, "crls = []")

    assert answered == {GREEN}
    assert ward.states(certificates.look, "revocation-silent") == {RED}


def test_who_asks_nobody_about_revocation_sees_nothing_of_it(ward):
    ward.change("[trust.revocation]", "[trust.revocation]\ncheck = false")

    for code in ("revocation-silent", "key-revoked"):
        assert ward.states(certificates.look, code) == {UNSEEN}


@pytest.mark.parametrize("written", [None, b"", b"no certificate"])
def test_a_certificate_of_the_account_that_cannot_be_read_hides_nothing_else(
    ward, tmp_path, written
):
    path = tmp_path / "axis.certificate.pem"
    if written is not None:
        path.write_bytes(written)
    settings = ward.settings
    named = replace(settings, axis=replace(settings.axis, certificate=path))

    found = [*certificates.look(ward.patient(settings=named))]

    states = {it.code: it.state for it in found}
    assert states["line-certificate-ends"] is RED
    assert states["broker-certificate-ends"] is GREEN
    assert "axis.certificate.pem" in str(found)


def test_where_nobody_was_written_to_no_way_is_called_well(ward):
    assert ward.states(routes.look, "code-unroutable") == {UNSEEN}


def test_settings_and_folders_that_are_open_to_others_are_bad(ward):
    closed = ward.states(files.look, "settings-open")
    closed |= ward.states(files.look, "state-open")
    ward.site.settings.chmod(0o666)
    ward.settings.state.folder.chmod(0o755)

    assert closed == {GREEN}
    assert ward.states(files.look, "settings-open") == {RED}
    assert ward.states(files.look, "state-open") == {RED}


def test_a_key_that_others_may_read_is_bad(ward):
    (ward.site.folder / "seal.key.pem").chmod(0o644)

    assert "key-exposed" in text_of(ward.look(files.look, "settings-wrong"))


@pytest.mark.parametrize(
    ("zone", "state"), [("Asia/Ho_Chi_Minh", GREEN), ("UTC", AMBER)]
)
def test_the_time_zone_of_the_computer_is_looked_at(ward, monkeypatch, zone, state):
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        assert ward.states(files.look, "time-zone") == {state}
    finally:
        monkeypatch.undo()
        time.tzset()


def test_a_register_that_is_away_is_bad_and_the_rest_of_it_not_seen(ward):
    ward.site.dms.unlink()

    assert ward.states(register.look, "register-away") == {RED}
    assert ward.states(register.look, "register-index") == {UNSEEN}


def test_a_large_table_of_the_register_without_an_index_is_bad(ward):
    run = partial(run_on, ward.site.dms)
    run("INSERT INTO van_ban_di (id, trich_yeu) VALUES (1, 'x')")
    run(MANY_FILES)
    with_index = ward.states(register.look, "register-index")
    run("DROP INDEX tep_cua_van_ban_di")

    [found] = ward.look(register.look, "register-index")

    assert with_index == {GREEN}
    assert (found.state, found.details) == (
        RED,
        {"statement": "attachments.select", "table": "tep_dinh_kem_van_ban_di"},
    )


def run_on(place, statement):
    database = sqlite3.connect(place)
    with database:
        database.execute(statement)
    database.close()


def test_the_room_of_a_disk_is_judged_by_what_comes_in_a_day(tmp_path):
    free = os.statvfs(tmp_path).f_bavail * os.statvfs(tmp_path).f_frsize

    def days(number):
        return room.judged(room.Place(folder=tmp_path, bytes_a_day=free / number))

    assert days(5).state is RED
    assert days(20).state in {AMBER, RED}
    assert days(5).details["days"] == "5"


def test_a_disk_that_is_full_is_bad(ward):
    folder = ward.site.folder / "files"
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", folder],
        check=False,
        capture_output=True,
    )
    if mounted.returncode:
        pytest.skip("this computer lets nobody mount")
    try:
        (folder / "large").write_bytes(b"x" * 4_190_000)

        [found] = [
            it
            for it in ward.look(room.look, "disk-full")
            if it.details["folder"] == str(folder)
        ]
        assert found.state is RED
    finally:
        subprocess.run(["umount", folder], check=True)


def test_what_came_in_a_week_is_the_pace(ward):
    now = datetime.now(UTC)
    with ward.storage.work() as work:
        work.documents.add(outgoing(taken_at=now, packet_bytes=7_000_000), ())
        work.documents.add(
            outgoing("old", taken_at=now - timedelta(days=8), packet_bytes=1 << 40), ()
        )

    ours, theirs = room._pace(ward.patient())

    assert (ours, theirs) == (1_000_000, 0)


def hear(ward, ahead, took=0.2):
    """Keep the pong of a partner whose clock is so many seconds ahead."""
    asked = datetime.now(UTC)
    ping = MessageId("p-1")
    heard = Heard(
        ping=ping,
        sender=OrganizationCode("H20"),
        recipient=PARTNER,
        asked_at=asked,
        heard_at=asked + timedelta(seconds=ahead + took / 2),
        account=PARTNER,
        way=(),
    )
    pong = sign_pong(heard, pki.p256_sealer(PARTNER))
    body = pong_message(pong, MessageId("x")).body.decode()
    with ward.storage.work() as work:
        work.pings.add(SentPing(ping=ping, recipient=PARTNER, asked_at=asked))
        work.pings.hear(
            ReceivedPong(
                ping=ping,
                account=PARTNER,
                way="",
                body=body,
                received_at=asked + timedelta(seconds=took),
            )
        )


@pytest.mark.parametrize(
    ("ahead", "state"), [(0, GREEN), (10, GREEN), (60, AMBER), (-600, RED)]
)
def test_the_clock_of_a_partner_is_known_by_its_pong(ward, ahead, state):
    hear(ward, ahead)

    assert ward.states(clocks.look, "clock-partner") == {state}


def test_a_clock_is_off_only_as_far_as_the_way_does_not_explain_it(ward):
    hear(ward, 200, took=500)

    assert ward.states(clocks.look, "clock-partner") == {GREEN}


def test_a_partner_that_says_something_in_our_future_is_told(ward):
    now = datetime.now(UTC)
    with ward.storage.work() as work:
        document = outgoing()
        work.documents.add(document, document.document.recipients)
        work.receipts.add(
            receipt(
                document.key,
                PARTNER,
                status="03",
                stated_at=now + timedelta(minutes=20),
                received_at=now,
            )
        )

    assert ward.states(clocks.look, "clock-partner") == {RED}


def test_who_pinged_nobody_knows_no_clock_of_partners(ward):
    assert ward.states(clocks.look, "clock-partner") == {UNSEEN}


def test_without_management_most_of_the_broker_is_not_seen(ward):
    found = [*overseer.look(ward.patient())]

    assert {it.code for it in found} == set(overseer.CODES)
    assert {it.state for it in found} == {UNSEEN}


def test_a_look_that_fails_is_not_seen_and_keeps_no_other_from_being_made(
    ward, monkeypatch
):
    def broken(_):
        raise ZeroDivisionError
        yield

    looks = tuple(
        (group, broken if look is files.look else look)
        for group, look in examine.LOOKS
        if look in {files.look, service.look}
    )
    monkeypatch.setattr(examine, "LOOKS", looks)

    found = examine.examine(ward.patient())

    assert ("settings-wrong", UNSEEN) in {(it.code, it.state) for it in found}
    assert "service-stopped" in {it.code for it in found}


def test_a_patient_is_not_changed(ward):
    patient = ward.patient()
    for look in (service.look, own_database.look, files.look, register.look):
        list(look(replace(patient)))

    with ward.storage.reading() as work:
        assert [*work.ledger.entries()] == []
