"""`edoc run` as systemd and an operator know it: start, stop, once, twice, in parts."""

from __future__ import annotations

import json
import sqlite3

import pika
import pytest

from edoc_connector.demo import dms
from edoc_connector.demo.outcome import judge, settled
from edoc_connector.demo.scene import Scene, scene
from tests.support.postgres import shared_server
from tests.support.stages import edoc, wait_for

pytestmark = [pytest.mark.broker, pytest.mark.timeout(240)]


def fill(stage) -> Scene:
    """Give every register its documents and return what is expected of them."""
    whole = scene()
    for site in stage.sites:
        dms.fill(site.dms, whole, site.organization)
    return whole


def ask(site, statement, *values):
    database = sqlite3.connect(site.dms, timeout=10)
    with database:
        rows = database.execute(statement, values).fetchall()
    database.close()
    return rows


def log_of(site):
    return site.log.read_text() if site.log.exists() else ""


def connect(stage, site):
    """AMQP with the account of a site, as somebody who has its password could."""
    credentials = pika.PlainCredentials(site.account, site.axis_password)
    return pika.BlockingConnection(
        pika.ConnectionParameters(
            host="127.0.0.1",
            port=stage.broker.port,
            virtual_host="edoc",
            credentials=credentials,
        )
    )


def change_waiting(stage, sender, receiver, old, new):
    """Take what waits for the receiver and put something else in its place."""
    reading, writing = connect(stage, receiver), connect(stage, sender)
    method, properties, body = reading.channel().basic_get(
        f"edoc.inbox.{receiver.account}", auto_ack=True
    )
    assert old.encode() in body
    writing.channel().basic_publish(
        method.exchange,
        method.routing_key,
        body.replace(old.encode(), new.encode(), 1),
        properties,
    )
    reading.close()
    writing.close()


@pytest.fixture
def sites(stage):
    return {site.account: site for site in stage.sites}


def test_sigterm_ends_the_service_with_zero_within_ten_seconds(stage, sites):
    site = sites["H20"]
    fill(stage)
    site.start()
    wait_for(lambda: "document_sealed" in log_of(site))

    site.process.terminate()
    code = site.process.wait(10)

    assert code == 0
    assert "service_stopped" in log_of(site)


def test_a_second_connector_on_the_same_state_is_refused(sites):
    site = sites["H20"]
    site.start()
    wait_for(lambda: "service_started" in log_of(site))

    second = edoc("--settings", site.settings, "run")

    assert second.returncode == 8
    assert "already-running" in second.stderr
    assert site.is_running()


def test_once_does_all_there_is_to_do_and_leaves(stage, sites):
    fill(stage)

    first = edoc("--settings", sites["H20.14"].settings, "run", "--once")
    second = edoc("--settings", sites["H20"].settings, "run", "--once")

    assert first.returncode == second.returncode == 0
    arrived = [row.label for row in dms.incoming(sites["H20"].dms)]
    assert arrived == ["1207/SKHCN-CĐS"]


def test_the_pdfs_of_what_was_sent_and_what_arrived_were_looked_at(stage, sites):
    fill(stage)
    number = "1207/SKHCN-CĐS"

    for name in ("H20.14", "H20"):
        site = sites[name]
        done = edoc("--settings", site.settings, "run", "--once")
        shown = edoc("--settings", site.settings, "document", "show", number, "--json")

        assert done.returncode == shown.returncode == 0, shown.stderr
        pdfs = json.loads(shown.stdout)["pdfs"]
        assert {pdf["report"]["state"] for pdf in pdfs} == {"checked"}
        assert all(pdf["name"].endswith(".pdf") for pdf in pdfs)


def test_the_parts_of_a_connector_may_run_one_by_one(stage, sites):
    fill(stage)
    site = sites["H20.28.05"]

    for part in ("take", "seal", "relay"):
        done = edoc("--settings", site.settings, "run", "--once", "--only", part)
        assert done.returncode == 0, done.stderr
    edoc("--settings", site.settings, "run", "--once", "--only", "progress")

    states = {row.recipient_state for row in dms.outgoing(site.dms)}
    assert states == {"Đã gửi"}


def test_what_the_clerk_there_does_is_shown_in_the_register_here(stage, sites):
    fill(stage)
    sender, receiver = sites["H20.14"], sites["H20"]
    for site in (sender, receiver):
        edoc("--settings", site.settings, "run", "--once")
    ask(receiver, "UPDATE van_ban_den SET trang_thai = 'Đang xử lý'")

    for site in (receiver, sender):
        done = edoc("--settings", site.settings, "run", "--once")
        assert done.returncode == 0, done.stderr

    shown = ask(
        sender,
        "SELECT n.trang_thai, n.trang_thai_xu_ly FROM noi_nhan_van_ban_di n"
        " JOIN van_ban_di d ON d.id = n.van_ban_id"
        " WHERE d.so = '1207' AND n.ma_dinh_danh = 'H20'",
    )
    told = edoc(
        "--settings", sender.settings, "document", "show", "1207/SKHCN-CĐS", "--json"
    )
    legs = {leg["recipient"]: leg for leg in json.loads(told.stdout)["legs"]}
    assert shown == [("Đã đến", "Đang xử lý")]
    assert (legs["H20"]["state"], legs["H20"]["status"]) == ("delivered", "05")


def test_a_resend_does_not_double_and_gets_the_original_receipt(stage, sites):
    whole = fill(stage)
    stage.start_connectors()
    wait_for(lambda: settled(stage.sites, whole) == len(whole.expected))
    site = sites["H20"]

    again = edoc(
        "--settings", site.settings, "document", "resend", "642/UBND-THVX", "--yes"
    )
    wait_for(lambda: "envelope_repeated" in log_of(sites["G22"]))
    wait_for(lambda: log_of(site).count("envelope_repeated") >= 1)

    assert again.returncode == 0, again.stderr
    result = judge(stage.sites, whole, seconds=0, peak_megabytes=0)
    assert result.is_as_expected
    assert result.totals.duplicated == 0


@pytest.mark.parametrize("options", [(), ("--once",)], ids=["service", "once"])
def test_a_mailbox_that_would_lose_documents_stops_the_connector(stage, sites, options):
    site = sites["H20"]
    queue = f"edoc.inbox.{site.account}"
    connection = connect(stage, site)
    channel = connection.channel()
    channel.queue_delete(queue)
    channel.queue_declare(queue, durable=True)
    try:
        done = edoc("--settings", site.settings, "run", *options)
    finally:
        channel.queue_delete(queue)
        connection.close()
        stage.broker.import_definitions()

    assert done.returncode == 2
    assert f"the queue {queue} would lose documents: its x-" in done.stderr
    assert "Traceback" not in done.stderr


def test_connectors_that_were_there_first_find_the_broker_when_it_comes(stage):
    whole = fill(stage)
    stage.broker.stop()
    stage.start_connectors()
    wait_for(lambda: all("step_failed" in log_of(site) for site in stage.sites))

    stage.broker.start()

    wait_for(lambda: settled(stage.sites, whole) == len(whole.expected))
    assert judge(stage.sites, whole, seconds=0, peak_megabytes=0).is_as_expected


def test_a_register_that_is_locked_for_a_while_delays_and_loses_nothing(stage, sites):
    whole = fill(stage)
    lock = sqlite3.connect(sites["H20"].dms, isolation_level=None)
    lock.execute("BEGIN EXCLUSIVE")
    stage.start_connectors()
    wait_for(lambda: "step_failed" in log_of(sites["H20"]))

    lock.execute("ROLLBACK")
    lock.close()

    wait_for(lambda: settled(stage.sites, whole) == len(whole.expected))
    assert judge(stage.sites, whole, seconds=0, peak_megabytes=0).is_as_expected


@pytest.mark.database
def test_a_connector_may_keep_its_state_in_postgresql(stage, sites):
    server = shared_server()
    name = server.create_database()
    site = sites["H20"]
    password = site.folder / "database.password"
    password.write_text(server.password)
    password.chmod(0o600)
    text = site.settings.read_text(encoding="utf-8").replace(
        'folder = "state"',
        f'folder = "state"\ndatabase = "{server.url(name)}"\n'
        'database_password = "file:database.password"',
    )
    site.settings.write_text(text, encoding="utf-8")
    whole = fill(stage)

    stage.start_connectors()

    wait_for(lambda: settled(stage.sites, whole) == len(whole.expected))
    assert judge(stage.sites, whole, seconds=0, peak_megabytes=0).is_as_expected
    verified = edoc("--settings", site.settings, "ledger", "verify")
    assert verified.returncode == 0, verified.stderr
    stage.stop()
    server.drop_database(name)


def test_a_packet_changed_on_the_wire_is_refused_and_the_sender_sees_why(stage, sites):
    """The same as in tests/hostile, with a real broker and real processes."""
    sender, receiver = sites["H20.28.05"], sites["H20.14"]
    fill(stage)
    edoc("--settings", sender.settings, "run", "--once")
    change_waiting(stage, sender, receiver, "Kết quả tiếp nhận", "Kết quả từ chối")

    for site in (receiver, sender):
        done = edoc("--settings", site.settings, "run", "--once")
        assert done.returncode == 0, done.stderr

    shown = edoc("--settings", sender.settings, "document", "show", "88/UBND-VP")
    assert dms.incoming(receiver.dms) == []
    assert "status 02" in shown.stdout
    assert "Trích yếu" in shown.stdout
