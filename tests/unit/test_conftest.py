import os
import socket
from pathlib import Path
from types import SimpleNamespace

import pytest
from pytest_socket import SocketBlockedError

from tests.conftest import HERE, folder_of, pytest_runtest_makereport


def outcome(folder: str, *, skipped: bool = True) -> str:
    """What becomes of a report on a test in this folder."""
    report = SimpleNamespace(
        skipped=skipped,
        outcome="skipped" if skipped else "passed",
        longrepr="no broker",
    )
    item = SimpleNamespace(path=HERE / folder / "test_x.py")
    hook = pytest_runtest_makereport(item)
    next(hook)
    with pytest.raises(StopIteration) as finished:
        hook.send(report)
    return finished.value.value.outcome


@pytest.mark.parametrize("folder", ["integration", "faults", "acceptance", "contract"])
def test_a_skip_fails_where_servers_are_needed(folder, monkeypatch):
    monkeypatch.setenv("CI", "true")

    assert outcome(folder) == "failed"
    assert outcome(folder, skipped=False) == "passed"


def test_a_skip_elsewhere_is_a_skip(monkeypatch):
    monkeypatch.setenv("CI", "true")

    assert outcome("unit") == "skipped"


def test_a_skip_on_a_laptop_is_a_skip(monkeypatch):
    monkeypatch.delenv("CI", raising=False)

    assert outcome("integration") == "skipped"


def test_a_unit_test_reaches_no_network():
    with pytest.warns(UserWarning, match="socket"), pytest.raises(SocketBlockedError):
        socket.socket(socket.AF_INET, socket.SOCK_STREAM)


def test_a_unit_test_may_use_a_socket_of_this_computer():
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as one:
        assert one.fileno() >= 0


def test_settings_of_the_person_who_tests_are_not_seen():
    assert [name for name in os.environ if name.startswith("EDOC_")] == []


def test_a_file_from_elsewhere_stands_in_no_folder():
    assert folder_of(Path("/elsewhere/test_x.py")) == ""
