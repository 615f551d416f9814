"""Names, ids and reasons of strangers do not obey anybody's terminal."""

from __future__ import annotations

import pytest

from edoc_connector.errors import ExitCode, RefusedByReceiver
from edoc_connector.model.delivery import InboxState
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.storage import Storage
from tests.support.shell import edoc
from tests.support.storage import NOW, arrival, receive
from tests.unit.cli.test_document import SITE

EVIL = "\x1b]0;x\x07\x1b[2J\x9b31m\r\n\u202e{0}{recipient}%s"
FINE = (ExitCode.OK, ExitCode.ATTENTION, ExitCode.UNAVAILABLE)
OBEYED = frozenset("\x1b\x07\x9b\r\u202e")


@pytest.fixture
def hostile(tmp_path, monkeypatch):
    """A site that has received packets whose every word is hostile."""
    path = tmp_path / "edoc.toml"
    path.write_text(SITE, encoding="utf-8")
    monkeypatch.setenv("EDOC_SETTINGS", str(path))
    storage = Storage(f"sqlite:///{tmp_path}/edoc.sqlite", None, tmp_path / "content")
    storage.migrate()
    evil = {
        "account": f"a{EVIL}",
        "sender": OrganizationCode(f"H20{EVIL}"),
        "correlation_id": f"H20,2026/11/23,28{EVIL}",
    }
    reason = RefusedByReceiver(organization=EVIL, description=EVIL).reason
    with storage.work() as work:
        refused = {"state": InboxState.QUARANTINED, "reason": reason}
        receive(work, "m-1", **evil, **refused)
        arrived = receive(work, "m-2", **evil, state=InboxState.DELIVERED)
        work.arrivals.add(
            arrival(
                arrived,
                sender=evil["sender"],
                label=EVIL,
                subject=EVIL,
                row_id=f"9{EVIL}",
                arrived_at=NOW,
            )
        )
    storage.close()


@pytest.mark.parametrize(
    "words",
    [
        "why m-1",
        "why m-2",
        "status",
        "document list",
        "document show m-1",
        "document show m-2",
        "quarantine list",
        "quarantine show m-1",
        "queue list",
    ],
)
@pytest.mark.parametrize("form", ["", " --json"])
@pytest.mark.usefixtures("hostile")
def test_nothing_a_stranger_wrote_moves_the_cursor(capsys, words, form):
    done = edoc(capsys, *f"{words}{form}".split())

    assert OBEYED.isdisjoint(done.out + done.err)
    assert done.code in FINE, done.err
