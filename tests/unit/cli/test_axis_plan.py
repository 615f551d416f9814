"""`edoc axis plan`, as the one person uses it who runs the brokers."""

import json
from pathlib import Path

import pytest

from edoc_connector.axis.passwords import hashed
from edoc_connector.errors import ExitCode
from tests.support.shell import edoc
from tests.unit.axis.test_reading import NATIONAL, RIGHT

LOCAL = """
[[broker]]
name = "a"
level = "central"
address = "amqp://127.0.0.1:7001"
serves = ["G22"]
link_password = "env:LINK"

[[broker]]
name = "b"
level = "province"
parent = "a"
address = "amqp://127.0.0.1:7002"
serves = ["H53"]
link_password = "env:LINK"

[[node]]
account = "G22"
broker = "a"
codes = ["G22"]
login = "password"
password = "env:NODE"
"""


@pytest.fixture
def described(tmp_path: Path) -> Path:
    path = tmp_path / "axis.toml"
    path.write_text(RIGHT, "utf-8")
    return path


def test_a_description_that_is_not_there_is_not_called_settings(capsys, tmp_path):
    missing = tmp_path / "axis.toml"

    done = edoc(capsys, "axis", "plan", str(missing), "-o", str(tmp_path / "plan"))

    assert done.code == ExitCode.NOT_FOUND
    assert done.err == (
        f"Error: {missing} cannot be read: No such file or directory"
        " [file-unreadable]\n"
    )


def content(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def plan(capsys, described, tmp_path, *more):
    return edoc(
        capsys, "axis", "plan", str(described), "-o", str(tmp_path / "plan"), *more
    )


def test_each_broker_gets_a_folder_with_four_files(capsys, tmp_path):
    done = plan(capsys, NATIONAL, tmp_path)

    assert done.code == 0
    assert sorted(content(tmp_path / "plan")) == [
        f"{broker}/{file}"
        for broker in ("ha-noi", "national", "tay-ninh")
        for file in (
            "README.md",
            "definitions.json",
            "enabled_plugins",
            "rabbitmq.conf",
        )
    ]


def test_made_again_it_is_the_same_and_says_so(capsys, described, tmp_path):
    plan(capsys, described, tmp_path)
    before = content(tmp_path / "plan")

    done = plan(capsys, described, tmp_path)

    assert content(tmp_path / "plan") == before
    assert done.out == ""
    assert "Nothing changed" in done.err


def test_after_a_change_it_says_what_is_other_than_before(capsys, described, tmp_path):
    plan(capsys, described, tmp_path)
    changed = RIGHT.replace('codes = ["H53.14"]', 'codes = ["H53.14", "H53.20"]')
    described.write_text(changed.replace('"G01"', '"G02"'), "utf-8")

    done = plan(capsys, described, tmp_path, "--json")

    changes = [json.loads(line) for line in done.out.splitlines()]
    assert {
        (it["broker"], it["what"], it["change"])
        for it in changes
        if "edoc.axis > edoc" in it["what"]
    } == {
        ("tay-ninh", "bindings: edoc.axis > edoc.H53.20 > edoc.inbox.H53.14", "new"),
        ("tay-ninh", "bindings: edoc.axis > edoc.G02.# > edoc.link.national", "new"),
        ("tay-ninh", "bindings: edoc.axis > edoc.G01.# > edoc.link.national", "gone"),
        ("ha-noi", "bindings: edoc.axis > edoc.G02.# > edoc.link.national", "new"),
        ("ha-noi", "bindings: edoc.axis > edoc.G01.# > edoc.link.national", "gone"),
    }


def test_a_folder_with_other_things_is_left_as_it_is(capsys, described, tmp_path):
    other = tmp_path / "plan" / "tay-ninh" / "definitions.json"
    other.parent.mkdir(parents=True)
    other.write_text("mine")

    refused = plan(capsys, described, tmp_path)

    assert refused.code == 2
    assert "holds no plan of tay-ninh" in refused.err
    assert content(tmp_path / "plan") == {"tay-ninh/definitions.json": b"mine"}
    assert plan(capsys, described, tmp_path, "--force").code == 0
    assert other.read_text() != "mine"


def test_the_plan_of_a_broker_that_is_no_more_is_named(capsys, described, tmp_path):
    plan(capsys, described, tmp_path)
    alone, _, _ = RIGHT.partition('[[broker]]\nname = "tay-ninh"')
    described.write_text(alone, "utf-8")

    done = plan(capsys, described, tmp_path)

    assert f"{tmp_path}/plan/ha-noi is the plan of a broker that is no more" in done.err
    assert (tmp_path / "plan" / "ha-noi" / "README.md").exists()


def test_no_password_of_a_link_stands_in_a_plan_unless_it_is_asked_for(
    capsys, tmp_path, monkeypatch
):
    monkeypatch.setenv("LINK", "one secret")
    monkeypatch.setenv("NODE", "another secret")
    described = tmp_path / "axis.toml"
    described.write_text(LOCAL, "utf-8")

    refused = plan(capsys, described, tmp_path)
    assert refused.code == 2
    assert "--with-passwords" in refused.err
    assert not (tmp_path / "plan").exists()

    assert plan(capsys, described, tmp_path, "--with-passwords").code == 0
    path = tmp_path / "plan" / "b" / "definitions.json"
    assert path.stat().st_mode & 0o777 == 0o600
    assert "amqp://link.b:one%20secret@127.0.0.1:7001/edoc" in path.read_text()
    users = json.loads((tmp_path / "plan/a/definitions.json").read_text())["users"]
    assert {it["name"]: it["password_hash"] for it in users} == {
        "G22": hashed("G22", "another secret"),
        "link.b": hashed("link.b", "one secret"),
    }


def test_a_real_axis_has_no_password_anywhere(capsys, tmp_path):
    plan(capsys, NATIONAL, tmp_path)

    for path in (tmp_path / "plan").rglob("definitions.json"):
        users = json.loads(path.read_text())["users"]
        assert {it["password_hash"] for it in users} == {""}


def test_what_is_wrong_with_the_description_is_said_and_nothing_written(
    capsys, described, tmp_path
):
    described.write_text(RIGHT.replace('parent = "national"', 'parent = "nationl"'))

    done = plan(capsys, described, tmp_path)

    assert done.code == 2
    assert "did you mean national?" in done.err
    assert not (tmp_path / "plan").exists()


def test_in_vietnamese_it_speaks_vietnamese(capsys, described, tmp_path):
    done = plan(capsys, described, tmp_path, "--lang", "vi")

    assert "mới" in done.out
