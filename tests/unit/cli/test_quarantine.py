"""`edoc quarantine`: what a person reads and decides."""

import json

import pytest

from edoc_connector.errors import EdocError, ExitCode, Poison
from edoc_connector.model.delivery import InboxEvent, InboxState
from edoc_connector.model.stages import Kind
from edoc_connector.own_storage import open_storage
from edoc_connector.settings import load
from tests.support.pki import authority_today, pem
from tests.support.shell import Terminal, edoc
from tests.support.storage import NOW, receive

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


WHY = ("--reason", "nhầm nơi", "--yes")


@pytest.fixture
def site(tmp_path, monkeypatch):
    """Four packets set aside: a defect, a poison, a status, and one that is no XML."""
    path = tmp_path / "edoc.toml"
    path.write_text(SITE, encoding="utf-8")
    (tmp_path / "root.pem").write_bytes(pem(authority_today()))
    monkeypatch.setenv("EDOC_SETTINGS", str(path))
    poison = Poison(attempts=3, problem="x").reason
    defect = EdocError(problem="ZeroDivisionError").reason
    with open_storage(load(path)) as storage:
        stored = storage.content.add((b"<no/>",))
        with storage.work() as work:
            for name, reason, kind in (
                ("aaaac", defect, Kind.EDOC),
                ("bbbb", poison, Kind.EDOC),
                ("cccc", defect, Kind.STATUS),
                ("aaaab", defect, Kind.EDOC),
            ):
                receive(
                    work,
                    name,
                    kind=kind,
                    packet=stored.digest,
                    state=InboxState.QUARANTINED,
                    reason=reason,
                    at=NOW,
                )
    return path


def states(site):
    with open_storage(load(site)) as storage, storage.reading() as work:
        return [work.inbox.get(it).state.value for it in (1, 2, 3, 4)]


@pytest.mark.usefixtures("site")
def test_what_was_set_aside_is_listed_newest_first(capsys):
    done = edoc(capsys, "quarantine", "list", "--json")

    found = [json.loads(line) for line in done.out.splitlines()]
    assert [it["id"] for it in found] == [4, 3, 2, 1]
    assert [it["is_poison"] for it in found] == [False, False, True, False]
    assert not any(it["is_told"] for it in found)
    assert len(edoc(capsys, "quarantine", "list", "--limit", "2").out.splitlines()) == 3


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["each time it failed", "quarantined", "whoever maintains"]),
        ("vi", ["lần nào cũng hỏng", "đơn vị bảo trì"]),
    ],
)
def test_one_is_shown_with_its_reason_and_what_to_do(capsys, language, words):
    done = edoc(capsys, "quarantine", "show", "2", "--lang", language)

    assert done.code == ExitCode.OK
    for word in words:
        assert word in done.out + done.err


@pytest.mark.usefixtures("site")
def test_it_is_also_shown_to_programs(capsys):
    done = edoc(capsys, "quarantine", "show", "aaaac", "--json")

    assert json.loads(done.out)["reason"]["code"] == "failed"


def test_a_released_one_is_judged_again(capsys, site):
    done = edoc(capsys, "quarantine", "release", "1")

    assert "packet 1 is judged again" in done.err
    assert states(site)[0] == "accepted"
    done = edoc(capsys, "quarantine", "release", "3", "--json")
    assert json.loads(done.out) == {"id": 3, "message_id": "cccc"}


def test_a_rejected_one_is_done_with(capsys, site):
    done = edoc(capsys, "quarantine", "reject", "3", *WHY)

    assert (done.code, states(site)[2]) == (ExitCode.OK, "rejected")
    assert "nothing is sent" in done.err
    shown = edoc(capsys, "quarantine", "show", "3")
    assert "nhầm nơi" in shown.out
    assert "judged again after all" in shown.err


def test_without_a_reason_nothing_is_rejected(capsys, site):
    assert edoc(capsys, "quarantine", "reject", "3").code == ExitCode.USAGE
    done = edoc(capsys, "quarantine", "reject", "3", "--reason", " ")

    assert done.code == ExitCode.USAGE
    assert states(site)[2] == "quarantined"


@pytest.mark.parametrize(
    ("answer", "state"), [("y\n", "rejected"), ("n\n", "quarantined")]
)
def test_a_rejection_is_shown_first_and_asked_once(
    capsys, site, monkeypatch, answer, state
):
    monkeypatch.setattr("sys.stdin", Terminal(answer))

    done = edoc(capsys, "quarantine", "reject", "3", "--reason", "nhầm nơi")

    is_done = state == "rejected"
    assert done.code == (ExitCode.OK if is_done else ExitCode.FAILED)
    assert "status about 28/2026/UBND-VX" in done.out
    assert done.err.count("Reject packet 3 for good? Nothing is sent for it.") == 1
    assert states(site)[2] == state


def test_who_is_asked_hears_that_the_sender_is_told(capsys, site, monkeypatch):
    monkeypatch.setattr("sys.stdin", Terminal("n\n"))

    done = edoc(capsys, "quarantine", "reject", "1", "--reason", "x")

    assert "Its sender gets a status 02 with your reason." in done.err
    assert states(site)[0] == "quarantined"


def test_where_nobody_can_be_asked_nothing_is_rejected_without_yes(capsys, site):
    done = edoc(capsys, "quarantine", "reject", "3", "--reason", "x")

    assert done.code == ExitCode.USAGE
    assert "say --yes" in done.err
    assert states(site)[2] == "quarantined"


def test_a_program_is_told_the_number_of_what_it_rejected(capsys, site):
    done = edoc(capsys, "quarantine", "reject", "cccc", *WHY, "--json")

    assert json.loads(done.out) == {"id": 3, "is_told": False}
    assert states(site)[2] == "rejected"


@pytest.mark.usefixtures("site")
def test_what_was_rejected_is_not_rejected_again(capsys):
    edoc(capsys, "quarantine", "reject", "3", *WHY)

    done = edoc(capsys, "quarantine", "reject", "3", *WHY)

    assert "[not-quarantined]" in done.err


@pytest.mark.parametrize("command", ["show", "release", "reject"])
@pytest.mark.parametrize("text", ["9", "9199", "aaa"])
def test_a_number_that_is_not_listed_means_no_other_packet(capsys, site, command, text):
    with open_storage(load(site)) as storage, storage.work() as work:
        receive(work, "91993ad0", state=InboxState.QUARANTINED)
    more = WHY if command == "reject" else ()

    done = edoc(capsys, "quarantine", command, text, *more)

    assert done.code == ExitCode.NOT_FOUND
    assert "edoc quarantine list" in done.err
    assert states(site) == ["quarantined"] * 4


@pytest.mark.parametrize("command", ["show", "release", "reject"])
def test_an_unknown_or_ambiguous_id_changes_nothing_and_says_what_to_do(
    capsys, site, command
):
    more = ["--reason", "x"] if command == "reject" else []

    done = edoc(capsys, "quarantine", command, "zzzz", *more)
    assert done.code == ExitCode.NOT_FOUND
    assert "edoc quarantine list" in done.err
    done = edoc(capsys, "quarantine", command, "aaaa", *more)
    assert done.code == ExitCode.NOT_FOUND
    assert "4, 1" in done.err
    assert states(site) == ["quarantined"] * 4


@pytest.mark.parametrize(
    ("language", "told"),
    [("en", "no packet is set aside\n"), ("vi", "không có gói tin nào bị cách ly\n")],
)
def test_an_empty_quarantine_says_that_it_is_empty(capsys, site, language, told):
    with open_storage(load(site)) as storage, storage.work() as work:
        for number in (1, 2, 3, 4):
            work.inbox.move(number, InboxEvent.RELEASE)

    done = edoc(capsys, "--lang", language, "quarantine", "list")

    assert (done.code, done.out, done.err) == (0, "", told)
    assert edoc(capsys, "quarantine", "list", "--json").err == ""
