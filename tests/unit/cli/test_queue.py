import json
from datetime import timedelta

import pytest

from edoc_connector.errors import ExitCode, MailboxBusy
from edoc_connector.model.stages import Kind
from edoc_connector.storage import Storage
from tests.support.shell import edoc
from tests.support.storage import COMMUNE, DEPARTMENT, NOW, queue

SITE = """
[organization]
code = "H20"
name = "UBND tỉnh"
[state]
folder = "."
[axis]
url = "amqp://h20@127.0.0.1/edoc"
password = "file:axis.password"
[seal]
key = "seal.p12"
[trust]
anchors = ["root.pem"]
[dms]
url = "sqlite:///dms.db"
profile = "demo"
"""

BUSY = MailboxBusy(address="amqp://broker", recipient=DEPARTMENT).reason
FAR = NOW + timedelta(days=36500)


@pytest.fixture
def storage(tmp_path, monkeypatch):
    """Five packets wait: one is urgent, one postponed, one for who rests, one held."""
    path = tmp_path / "edoc.toml"
    path.write_text(SITE, encoding="utf-8")
    monkeypatch.setenv("EDOC_SETTINGS", str(path))
    storage = Storage(f"sqlite:///{tmp_path}/edoc.sqlite", None, tmp_path / "content")
    storage.migrate()
    with storage.work() as work:
        queue(work, "aaaa", recipient=COMMUNE, priority=3)
        queue(work, "bbbb", recipient=COMMUNE)
        queue(work, "cccc")
        queue(work, "dddd", recipient=COMMUNE)
        queue(work, "eeee", recipient=COMMUNE, kind=Kind.STATUS)
        work.outbox.postpone(2, until=FAR, reason=BUSY)
        work.destinations.count(DEPARTMENT, BUSY, NOW)
        work.destinations.rest(DEPARTMENT, until=FAR)
        work.outbox.park(4, NOW)
    yield storage
    storage.close()


def listed(capsys, *options):
    done = edoc(capsys, "queue", "list", "--json", *options)
    assert done.code == ExitCode.OK
    return [json.loads(line) for line in done.out.splitlines()]


@pytest.mark.usefixtures("storage")
def test_the_queue_says_of_each_for_what_it_waits(capsys):
    lines = listed(capsys)

    assert [(it["message_id"], it["waits_for"]) for it in lines] == [
        ("aaaa", "turn"),
        ("bbbb", "pause"),
        ("cccc", "recipient"),
        ("dddd", "person"),
        ("eeee", "turn"),
    ]
    assert lines[1]["attempts"] == 1
    assert lines[1]["reason"]["code"] == "mailbox-busy"
    assert lines[2]["failures"] == 1
    assert lines[2]["coming"][0] == lines[2]["rests_until"]
    assert lines[3]["coming"] == []


@pytest.mark.usefixtures("storage")
def test_the_queue_is_filtered_by_recipient_and_by_who_must_act(capsys):
    assert len(listed(capsys, "--to", COMMUNE)) == 4
    assert [it["id"] for it in listed(capsys, "--parked")] == [4]
    assert len(listed(capsys, "--limit", "2")) == 2


@pytest.mark.usefixtures("storage")
@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["Express", "the end of a pause", "status about 28", "5 packets wait"]),
        ("vi", ["Hỏa tốc", "hết thời gian tạm dừng", "trạng thái về", "5 gói tin"]),
    ],
)
def test_the_queue_speaks_the_language_of_the_reader(capsys, language, words):
    done = edoc(capsys, "queue", "list", "--lang", language)

    assert done.code == ExitCode.OK
    for word in words:
        assert word in done.out + done.err


def test_a_statement_of_reconciliation_is_called_so(capsys, storage):
    with storage.work() as work:
        queue(work, "ffff", kind=Kind.RECONCILIATION, correlation_id="")

    assert "reconciliation" in edoc(capsys, "queue", "show", "ffff").out


@pytest.mark.usefixtures("storage")
def test_the_attempts_that_are_to_come_are_shown(capsys):
    done = edoc(capsys, "queue", "show", "2")

    assert done.out.count("Attempt at the latest") == 10
    assert "cannot take mail for" in done.out
    assert "Recipient rests until" in edoc(capsys, "queue", "show", "cccc").out
    assert "Held back since" in edoc(capsys, "queue", "show", "dddd").out
    (line,) = edoc(capsys, "queue", "show", "3", "--json").out.splitlines()
    assert json.loads(line)["message_id"] == "cccc"


def test_what_is_parked_is_held_and_what_is_released_goes_on(capsys, storage):
    assert "held back: 2" in edoc(capsys, "queue", "park", "1", "bbbb", "4").err
    assert [it["id"] for it in listed(capsys, "--parked")] == [1, 2, 4]

    done = edoc(capsys, "queue", "release", "4", "--json")

    assert json.loads(done.out) == {"id": 4, "recipient": COMMUNE}
    assert "let go on: 2" in edoc(capsys, "queue", "release", "1", "2", "3").err
    assert listed(capsys, "--parked") == []
    with storage.reading() as work:
        kinds = [it.kind for it in work.ledger.entries()]
    assert kinds.count("queue:parked") == 2
    assert kinds.count("queue:released") == 3


@pytest.mark.usefixtures("storage")
def test_all_for_one_recipient_are_held_and_let_go_on_together(capsys):
    done = edoc(capsys, "queue", "park", "--to", DEPARTMENT, "--json")
    assert json.loads(done.out) == {"id": 3, "recipient": DEPARTMENT}

    edoc(capsys, "queue", "release", "--to", DEPARTMENT)

    (line,) = listed(capsys, "--to", DEPARTMENT)
    assert (line["waits_for"], line["failures"]) == ("turn", 0)


@pytest.mark.parametrize("command", ["park", "release", "show"])
def test_an_id_of_nothing_that_waits_changes_nothing_and_says_where_to_look(
    capsys, storage, command
):
    ids = ["zzzz"] if command == "show" else ["1", "zzzz"]

    done = edoc(capsys, "queue", command, *ids)

    assert done.code == ExitCode.NOT_FOUND
    assert "edoc queue list" in done.err
    with storage.reading() as work:
        assert len(work.outbox.list_waiting(9, parked=True)) == 1


@pytest.mark.usefixtures("storage")
def test_an_id_for_another_recipient_is_not_meant(capsys):
    done = edoc(capsys, "queue", "park", "1", "--to", DEPARTMENT)

    assert done.code == ExitCode.NOT_FOUND


@pytest.mark.usefixtures("storage")
@pytest.mark.parametrize("command", ["park", "release"])
def test_without_an_id_and_a_recipient_nothing_is_meant(capsys, command):
    done = edoc(capsys, "queue", command)

    assert done.code == ExitCode.USAGE
    assert "--to" in done.err


@pytest.mark.parametrize("command", ["park", "release", "show"])
@pytest.mark.parametrize("text", ["16", "1612345", "16c"])
def test_a_number_that_is_not_listed_means_no_other_packet(
    capsys, storage, command, text
):
    with storage.work() as work:
        queue(work, "16cfaccd")
        queue(work, "161234567")

    done = edoc(capsys, "queue", command, text)

    assert done.code == ExitCode.NOT_FOUND
    assert "edoc queue list" in done.err
    with storage.reading() as work:
        assert [it.id for it in work.outbox.list_waiting(9, parked=True)] == [4]


@pytest.mark.parametrize("command", ["park", "release", "show"])
def test_a_beginning_of_several_packets_names_their_numbers(capsys, storage, command):
    with storage.work() as work:
        queue(work, "16cfaccd")
        queue(work, "16cfffff")

    done = edoc(capsys, "queue", command, "16cf")

    assert done.code == ExitCode.NOT_FOUND
    assert "6, 7" in done.err


@pytest.mark.usefixtures("storage")
@pytest.mark.parametrize("command", ["park", "release"])
@pytest.mark.parametrize(
    ("language", "told"),
    [("en", "nothing waits for ZZ"), ("vi", "không có gì chờ gửi tới ZZ")],
)
def test_a_recipient_for_whom_nothing_waits_does_not_look_like_done(
    capsys, command, language, told
):
    done = edoc(capsys, "--lang", language, "queue", command, "--to", "ZZ")

    assert done.code == ExitCode.NOT_FOUND
    assert told in done.err
    assert "edoc queue list" in done.err


def test_a_recipient_at_rest_is_tried_at_once_though_nothing_waits(capsys, storage):
    with storage.work() as work:
        work.outbox.settle(3, NOW)

    done = edoc(capsys, "queue", "release", "--to", DEPARTMENT)

    assert done.code == 0, done.err
    assert f"whatever waits for {DEPARTMENT}" in done.err
    with storage.reading() as work:
        assert work.destinations.get(DEPARTMENT) is None


@pytest.mark.usefixtures("storage")
def test_what_changes_nothing_says_so(capsys):
    released = edoc(capsys, "queue", "release", "1")
    parked = edoc(capsys, "queue", "park", "4")

    assert "nothing of it was held back" in released.err
    assert "held back before" in parked.err


@pytest.mark.usefixtures("storage")
def test_a_list_of_nothing_has_no_heading(capsys):
    done = edoc(capsys, "queue", "list", "--to", "ZZ")

    assert (done.code, done.out) == (0, "")
    assert "nothing of this kind waits" in done.err
