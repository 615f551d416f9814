import json
from pathlib import Path

import pytest

from edoc_connector.errors import ExitCode
from tests.support.shell import edoc

SITE = """
[organization]
code = "H20"
name = "UBND tỉnh"
[state]
folder = "state"
[axis]
url = "amqp://h20@127.0.0.1/edoc"
password = "file:axis.password"
[seal]
key = "seal.p12"
[trust]
anchors = ["root.pem"]
[trust.accounts]
province = ["H20", "H20.1"]
[dms]
url = "sqlite:///dms.db"
profile = "demo"
"""


@pytest.fixture
def site(tmp_path) -> Path:
    """A site where everything that the settings name is there."""
    for name in ("axis.password", "seal.p12", "root.pem"):
        (tmp_path / name).touch(mode=0o600)
        (tmp_path / name).write_text("hunter2", encoding="utf-8")
    path = tmp_path / "edoc.toml"
    path.write_text(SITE, encoding="utf-8")
    return path


def test_a_file_that_is_right_is_said_to_be(capsys, site):
    done = edoc(capsys, "settings", "check", str(site))

    assert (done.code, done.out, done.err) == (0, "", f"{site} is right\n")


def test_the_file_may_be_named_as_for_every_command(capsys, site):
    assert edoc(capsys, "--settings", str(site), "settings", "check").code == 0


def test_the_file_may_be_named_by_the_environment(capsys, site, monkeypatch):
    monkeypatch.setenv("EDOC_SETTINGS", str(site))

    assert edoc(capsys, "settings", "check").code == 0


def test_what_is_named_and_not_there_is_told_all_at_once(capsys, site):
    for name in ("axis.password", "seal.p12", "root.pem"):
        (site.parent / name).unlink()

    done = edoc(capsys, "settings", "check", str(site))

    assert done.code == ExitCode.SETTINGS
    assert done.err.splitlines()[0].endswith("has 3 problems [settings-refused]")
    for name in ("axis.password", "seal.key", "trust.anchors"):
        assert name in done.err


def test_every_value_is_shown_and_no_password(capsys, site):
    done = edoc(capsys, "--settings", str(site), "settings", "show", "--json")

    shown = json.loads(done.out)
    assert shown["organization.name"] == "UBND tỉnh"
    assert shown["axis.queue"] == "edoc.inbox.H20"
    assert shown["axis.password"] == f"file:{site.parent}/axis.password"
    assert shown["trust.accounts"] == {"province": ["H20", "H20.1"]}
    assert shown["trust.anchors"] == [str(site.parent / "root.pem")]
    assert "hunter2" not in done.out


def test_people_get_a_line_for_each(capsys, site):
    done = edoc(capsys, "--settings", str(site), "settings", "show")

    lines = [line.split(":", 1) for line in done.out.splitlines()]
    assert ["poll.batch", "50"] in [[name, value.strip()] for name, value in lines]


def test_without_a_file_the_way_to_one_is_told(capsys, monkeypatch, tmp_path):
    monkeypatch.setattr("edoc_connector.settings.PLACES", (tmp_path / "none.toml",))

    done = edoc(capsys, "settings", "show")

    assert done.code == ExitCode.SETTINGS
    assert "edoc init" in done.err


def test_help_of_a_group_has_its_commands(capsys):
    done = edoc(capsys, "settings", "--help")

    assert "check  Check a settings file" in done.out
    assert "show   Show every setting" in done.out
