import os
import socket
from pathlib import Path
from types import SimpleNamespace

import pytest
from pytest_socket import SocketBlockedError

from tests.conftest import folder_of, pytest_runtest_makereport


def outcome(*, skipped: bool = True, expected_to_fail: bool = False) -> str:
    """What becomes of a report on a test."""
    report = SimpleNamespace(
        skipped=skipped,
        outcome="skipped" if skipped else "passed",
        longrepr="no broker",
    )
    if expected_to_fail:
        report.wasxfail = "known"
    hook = pytest_runtest_makereport()
    next(hook)
    with pytest.raises(StopIteration) as finished:
        hook.send(report)
    return finished.value.value.outcome


def test_a_skip_in_ci_has_failed(monkeypatch):
    monkeypatch.setenv("CI", "true")

    assert outcome() == "failed"
    assert outcome(skipped=False) == "passed"


def test_a_failure_that_is_expected_is_no_skip(monkeypatch):
    monkeypatch.setenv("CI", "true")

    assert outcome(expected_to_fail=True) == "skipped"


def test_a_skip_on_a_laptop_is_a_skip(monkeypatch):
    monkeypatch.delenv("CI", raising=False)

    assert outcome() == "skipped"


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
