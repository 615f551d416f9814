"""`edoc demo` as a person runs it, and what can be looked at afterwards."""

from __future__ import annotations

import json
import shlex
import shutil
import signal
import sqlite3
import subprocess

import pytest

from edoc_connector.errors import ExitCode
from tests.support.second_opinion import program
from tests.support.stages import EDOC, Played, edoc, need_broker, processes_in, wait_for

pytestmark = [pytest.mark.broker, pytest.mark.timeout(300)]


def test_the_demo_ends_exactly_as_expected(played):
    totals = played.totals

    assert played.done.returncode == 0, played.done.stderr
    assert totals["documents"] == 16
    assert totals["taken"] == 18
    assert totals["sent"] == totals["confirmed"] == 17
    assert totals["delivered"] == 15  # a recall is no document
    assert totals["refused"] == 2
    assert totals["turned_down"] == totals["declined"] == 1
    assert totals["agreed"] == 2
    assert totals["lost"] == totals["duplicated"] == totals["altered"] == 0


def test_no_connector_needs_two_hundred_megabytes(played):
    assert 0 < played.totals["peak_megabytes"] < 200


def test_the_demo_leaves_no_process_behind(played):
    assert processes_in(played.folder) == []


def test_the_report_names_the_reason_and_who_must_act(played):
    report = played.done.stderr

    assert "the axis knows no mailbox for H20.99" in report
    assert "(1) Number is missing" in report
    assert "(2) the attached file Báo cáo (bản ký).pdf was not found" in report
    assert "the clerk" in report


def test_the_report_shows_what_was_refused_recalled_and_replaced(played):
    report = played.done.stderr

    assert "02 refused" in report
    assert "recall: agreed" in report
    assert "recall: not agreed" in report
    assert "replacement: agreed" in report
    assert "Đã vào sổ và trình lãnh đạo" in report


def test_each_register_shows_in_the_end_what_its_clerks_know(played):
    states = {
        (code, label): state
        for code in ("G22", "H20.14", "H20.28.05")
        for label, state in _rows(
            played.folder / code / "dms.sqlite",
            "SELECT so || '/' || ky_hieu, trang_thai FROM van_ban_den",
        )
    }

    assert states["H20.28.05", "9817/VPCP-KSTT"] == "Đã thu hồi"
    assert states["H20.14", "9816/VPCP-KSTT"] == "Đã tiếp nhận"
    assert states["H20.28.05", "644/UBND-THVX"] == "Từ chối"
    assert states["G22", "90/UBND-VP"] == "Đã bị thay thế"
    assert states["G22", "91/UBND-VP"] == "Chờ tiếp nhận"


def test_show_tells_a_receiver_who_wanted_what_and_who_decided(played):
    (story,) = played.json_at("H20.14", "document", "show", "9816/VPCP-KSTT")
    told = played.at("H20.14", "--lang", "vi", "document", "show", "9816/VPCP-KSTT")

    (order,) = story["orders"]
    assert (order["kind"], order["state"]) == ("recall", "refused")
    assert "Hoãn hội nghị" in told.stdout
    assert "Đã vào sổ và trình lãnh đạo" in told.stdout


def test_the_demo_takes_less_than_a_minute(played):
    assert played.totals["seconds"] < 60


def test_an_interrupted_demo_takes_everything_down(tmp_path):
    need_broker()
    folder = tmp_path / "stopped"
    demo = subprocess.Popen(
        [*EDOC, "demo", "--dir", folder], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    wait_for(lambda: any("beam" in line for line in processes_in(folder)))

    demo.send_signal(signal.SIGINT)
    demo.communicate(timeout=60)

    assert demo.returncode == 130
    assert processes_in(folder) == []
    assert not folder.exists()


def test_a_demo_that_is_killed_takes_its_processes_with_it(tmp_path):
    need_broker()
    folder = tmp_path / "killed"
    demo = subprocess.Popen(
        [*EDOC, "demo", "--dir", folder], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    wait_for(lambda: any("edoc.toml" in line for line in processes_in(folder)))

    demo.kill()
    demo.communicate(timeout=60)

    wait_for(lambda: processes_in(folder) == [])


def test_a_kept_demo_runs_again_for_people_to_try_things(tmp_path):
    need_broker()
    folder = tmp_path / "kept"
    kept = Played(folder, edoc("demo", "--dir", folder, "--keep", timeout=240))
    resume = shlex.join([*EDOC, "demo", "--resume", str(folder)])
    assert f"  {resume}\n" in kept.done.stderr

    again = subprocess.Popen(shlex.split(resume), stderr=subprocess.PIPE, text=True)
    told = [next(again.stderr) for _ in range(8)]
    reason = ("--reason", "ghi sai ngày", "--yes")
    recalled = kept.at("H20.28.05", "document", "recall", "88/UBND-VP", *reason)
    wait_for(lambda: kept.at("H20.14", *AGREE).returncode == 0)
    wait_for(
        lambda: kept.json_at("H20.28.05", *RECALL)[0]["changes"][0]["state"] == "agreed"
    )
    again.send_signal(signal.SIGINT)
    again.communicate(timeout=60)

    assert any(" document agree 88/UBND-VP" in line for line in told)
    assert recalled.returncode == 0, recalled.stderr
    assert again.returncode == 0
    assert processes_in(folder) == []


AGREE = ("document", "agree", "88/UBND-VP")
RECALL = ("document", "show", "88/UBND-VP")


def test_where_no_demo_was_kept_none_runs_again(tmp_path):
    done = edoc("demo", "--resume", tmp_path)

    assert done.returncode == ExitCode.NOT_FOUND
    assert "no demo was kept in" in done.stderr


def test_a_folder_that_is_there_is_not_touched(tmp_path):
    done = edoc("demo", "--dir", tmp_path)

    assert done.returncode == 2
    assert "already-there" in done.stderr


def test_a_clerk_sees_each_recipient_in_vietnamese(played):
    done = played.at("H20", "--lang", "vi", "document", "list")

    assert "đã đến nơi nhận" in done.stdout
    assert "không có nơi nhận này trên trục" in done.stdout
    assert "văn thư" in done.stdout


def test_show_tells_the_story_of_each_recipient(played):
    (story,) = played.json_at("H20", "document", "show", "644/UBND-THVX")

    legs = {leg["recipient"]: leg for leg in story["legs"]}
    assert legs["H20.28.05"]["state"] == "delivered"
    assert [it["kind"] for it in legs["H20.28.05"]["timeline"]] == [
        "document:sent",
        "status:01",
        "status:02",
    ]
    assert legs["H20.99"]["state"] == "unroutable"
    assert legs["H20.99"]["must_act"] == "clerk"


def test_every_seal_of_the_demo_is_wholly_proven(played):
    found = [
        row
        for site in played.folder.glob("*/state/edoc.sqlite")
        for row in _rows(site, "SELECT doubts, form FROM verdicts")
    ]

    assert len(found) > 10
    assert {doubts for doubts, _ in found} == {"[]"}


def _rows(database, query):
    connection = sqlite3.connect(database)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def test_the_packet_is_the_same_at_both_ends(played, tmp_path):
    sent, received = tmp_path / "sent.edxml", tmp_path / "received.edxml"

    for code, path in (("H20.14", sent), ("H20.28.05", received)):
        done = played.at(code, "document", "packet", "1208/SKHCN-CĐS", "-o", path)
        assert done.returncode == 0, done.stderr

    assert sent.read_bytes() == received.read_bytes()
    assert sent.stat().st_size > 12_000_000


@pytest.mark.parametrize("code", ["G22", "H20", "H20.14", "H20.28.05"])
def test_xmlsec1_accepts_every_received_packet_with_nothing_of_ours(
    played, code, tmp_path
):
    stories = played.json_at(code, "document", "list", "--incoming")
    assert stories

    for story in stories:
        packet = tmp_path / f"{story['id']}.edxml"
        played.at(code, "document", "packet", story["id"], "-o", packet)
        done = subprocess.run(
            [
                program("xmlsec1"),
                "--verify",
                "--trusted-pem",
                played.folder / "authority" / "root.pem",
                "--untrusted-pem",
                played.folder / "authority" / "issuing.pem",
                packet,
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert "References (ok/all): 2/2" in done.stderr + done.stdout


def test_verify_needs_only_the_packet_and_an_anchor(played, tmp_path):
    packet = tmp_path / "packet.edxml"
    played.at("H20", "document", "packet", "642/UBND-THVX", "-o", packet)
    anchors = played.folder / "authority" / "anchors.pem"

    proven = played.at("H20", "verify", packet, "--json")
    good = edoc("verify", packet, "--anchor", anchors, "--json")
    packet.write_bytes(packet.read_bytes().replace(b"VPCP", b"VPCQ"))
    packet.write_bytes(packet.read_bytes().replace("Tình hình".encode(), b"Tinh hinh"))
    bad = edoc("verify", packet, "--anchor", anchors)

    assert proven.returncode == 0
    assert json.loads(proven.stdout)["indication"] == "PASSED"
    assert good.returncode == ExitCode.INDETERMINATE  # an anchor says nothing of CRLs
    assert json.loads(good.stdout)["organization"] == "H20"
    assert bad.returncode == 5
    assert "content-changed" in bad.stderr


def test_a_reconstituted_signature_stands_alone(played, tmp_path):
    packet, seal = tmp_path / "packet.edxml", tmp_path / "seal.xml"
    played.at("H20", "document", "packet", "642/UBND-THVX", "-o", packet)

    played.at("H20", "verify", packet, "--reconstitute", seal)

    done = subprocess.run(
        [
            program("xmlsec1"),
            "--verify",
            "--trusted-pem",
            played.folder / "authority" / "root.pem",
            "--untrusted-pem",
            played.folder / "authority" / "issuing.pem",
            seal,
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_the_ledger_is_whole_and_a_changed_entry_is_named(played, tmp_path):
    whole = played.json_at("G22", "ledger", "verify")
    copy = tmp_path / "kept"
    shutil.copytree(played.folder, copy)
    database = sqlite3.connect(copy / "G22" / "state" / "edoc.sqlite")
    with database:
        database.execute(
            "UPDATE ledger SET text = replace(text, 'H20', 'H21') WHERE position = 3"
        )
    database.close()

    broken = edoc("--settings", copy / "G22" / "edoc.toml", "ledger", "verify")

    assert whole[0]["position"] > 3
    assert broken.returncode == 4
    assert "entry 3" in broken.stderr


def test_the_logs_hold_no_subject_and_no_password(played):
    secrets = [path.read_text() for path in played.folder.glob("*/*.password")]
    logs = [path.read_text() for path in played.folder.glob("*/connector.log")]

    assert len(secrets) == 8
    assert len(logs) == 4
    for log in logs:
        assert "document_sealed" in log
        assert "Về việc" not in log
        assert "Người ký mẫu" not in log
        assert not any(secret in log for secret in secrets)


def test_no_connector_complained_of_anything_unexpected(played):
    for path in played.folder.glob("*/connector.log"):
        assert " ERROR " not in path.read_text()
