"""`edoc demo --resume`, where not everything goes on running."""

from __future__ import annotations

from contextlib import contextmanager
from types import SimpleNamespace

import pytest

from edoc_connector.cli import demo_again
from edoc_connector.errors import ExitCode
from tests.support.shell import edoc


@pytest.fixture
def stopped(monkeypatch) -> list[str]:
    """A stage on which nothing runs; whether it was taken down."""
    told: list[str] = []

    @contextmanager
    def resumed(_folder):
        try:
            yield SimpleNamespace()
        finally:
            told.append("stopped")

    monkeypatch.setattr(demo_again, "LOOK_SECONDS", 0)
    monkeypatch.setattr(demo_again, "resumed", resumed)
    return told


def test_a_connector_that_ends_by_itself_is_named_and_no_success(
    stopped, tmp_path, monkeypatch, capsys
):
    gone = SimpleNamespace(
        organization=SimpleNamespace(code="H20.14"), log=tmp_path / "edoc.log"
    )
    monkeypatch.setattr(demo_again, "ended", lambda _stage: gone)

    done = edoc(capsys, "demo", "--resume", str(tmp_path))

    assert done.code == ExitCode.FAILED
    assert "the connector of H20.14 has ended" in done.err
    assert stopped == ["stopped"]


def test_ctrl_c_ends_it_as_it_was_meant_to_end(stopped, tmp_path, monkeypatch, capsys):
    def interrupt(_stage):
        raise KeyboardInterrupt

    monkeypatch.setattr(demo_again, "ended", interrupt)

    done = edoc(capsys, "demo", "--resume", str(tmp_path))

    assert done.code == 0
    assert "everything was stopped" in done.err
    assert stopped == ["stopped"]
