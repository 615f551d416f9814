"""Every test starts from nothing: no settings of the person who runs it, no network."""

import os
import signal
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import hypothesis
import pytest
from pytest_socket import disable_socket, enable_socket

pytest_plugins = (
    "tests.support.broker",
    "tests.support.linked",
    "tests.support.softhsm",
    "tests.support.stages",
)

HERE = Path(__file__).parent
WITHOUT_NETWORK = ("unit", "property", "hostile")

hypothesis.settings.register_profile("laptop", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True)
hypothesis.settings.register_profile("nightly", deadline=None, max_examples=5000)
hypothesis.settings.load_profile(
    os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if "CI" in os.environ else "laptop")
)

# A shell that runs the tests in the background has Ctrl-C ignored, by whatever they
# start as well; with a handler of ours those begin with none.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def folder_of(path: Path) -> str:
    """The folder under tests/ in which a test stands."""
    return path.relative_to(HERE).parts[0] if path.is_relative_to(HERE) else ""


@pytest.fixture(autouse=True)
def hermetic(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away what the shell of the person who runs the tests would change."""
    for name in list(os.environ):
        if name.startswith("EDOC_") or name in {"LC_ALL", "LC_MESSAGES", "LANGUAGE"}:
            monkeypatch.delenv(name)
    monkeypatch.setenv("LANG", "C.UTF-8")


@pytest.fixture(autouse=True)
def network(request: pytest.FixtureRequest) -> Iterator[None]:
    """Refuse sockets, other than those of this computer's files, where none belong."""
    if folder_of(request.path) not in WITHOUT_NETWORK:
        yield
        return
    disable_socket(allow_unix_socket=True)
    yield
    enable_socket()


class FixedClock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **duration: float) -> None:
        self.now += timedelta(**duration)


@pytest.fixture
def clock() -> FixedClock:
    """A Monday morning in Vietnam."""
    return FixedClock(datetime(2026, 11, 23, 1, 30, tzinfo=UTC))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Iterator[None]:
    """In CI a test that does not get what it needs has failed, not passed."""
    report = yield
    if (
        report.skipped
        and os.environ.get("CI") == "true"
        and not hasattr(report, "wasxfail")
    ):
        report.outcome = "failed"
        report.longrepr = f"skipped in CI, which counts as failed: {report.longrepr}"
    return report
