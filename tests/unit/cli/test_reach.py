"""What organisations of one connector share is asked once."""

import json

import pytest

from edoc_connector.cli import status_look
from edoc_connector.errors import BusUnavailable, ExitCode
from tests.support.offices import offices
from tests.support.shell import edoc


@pytest.fixture
def asked(tmp_path, capsys, monkeypatch):
    """Three organisations whose broker is away, and how often it was asked."""
    calls = []

    def reach_broker(settings, *, seconds):
        calls.append(seconds)
        raise BusUnavailable(address=settings.axis.url, problem="refused")

    common = offices(tmp_path, capsys, "H53.1", "H53.2", "H53.3")
    monkeypatch.setenv("EDOC_SETTINGS", str(common))
    monkeypatch.setattr(status_look, "reach_broker", reach_broker)
    return calls


def test_the_broker_is_asked_once_for_the_status_of_all(capsys, asked):
    done = edoc(capsys, "status", "--json")

    found = [json.loads(line) for line in done.out.splitlines()]
    brokers = [it["status"]["partners"][1] for it in found]
    assert done.code == ExitCode.UNAVAILABLE
    assert [it["organization"] for it in found] == ["H53.1", "H53.2", "H53.3"]
    assert [it["problem"]["code"] for it in brokers] == ["bus-unavailable"] * 3
    assert len(asked) == 1
