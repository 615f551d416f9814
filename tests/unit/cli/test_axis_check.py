"""What `edoc axis check` says before it has come to a broker, in its own options."""

import ast
from importlib.resources import files
from pathlib import Path

import pytest

from edoc_connector import bus
from edoc_connector.bus import tls
from edoc_connector.cli import axis_terms
from edoc_connector.cli.axis_terms import AS_OPTIONS, in_options
from edoc_connector.errors import BusCertificate, BusRefused, ExitCode
from tests.support.axis_pki import AxisAuthority
from tests.support.shell import edoc

NATIONAL = str(files("edoc_connector.examples") / "axis" / "national.toml")
ASKED = ("axis", "check", NATIONAL, "ha-noi", "--account", "H26")


@pytest.fixture
def authority(tmp_path):
    return AxisAuthority(tmp_path)


def messages_of(path) -> set[str]:
    calls = ast.walk(ast.parse(path.read_text("utf-8")))
    return {
        ast.literal_eval(it.args[0])
        for it in calls
        if isinstance(it, ast.Call) and getattr(it.func, "id", "") == "N_"
    }


def test_whatever_the_bus_says_of_settings_is_said_of_options():
    modules = Path(bus.__file__).parent.glob("*.py")
    said = set.union(*map(messages_of, modules))
    # Lists of revoked certificates are nothing that this command reads.
    of_settings = {it for it in said if "axis." in it and "axis.crls" not in it}

    assert of_settings == AS_OPTIONS.keys()
    assert [it for it in messages_of(Path(axis_terms.__file__)) if "axis." in it] == []


def test_what_is_wrong_within_what_is_wrong_is_said_so_too():
    def refused():
        raise BusCertificate(address="x", because=tls.REFUSED, cause=tls.WANTED)

    with pytest.raises(BusCertificate, match="name it with --certificate"):
        in_options(refused)


def test_a_refusal_keeps_what_else_is_known_of_it():
    def refused():
        raise BusRefused(reply=404, problem="NOT_FOUND")

    with pytest.raises(BusRefused) as error:
        in_options(refused)

    assert error.value.details == {"reply": "404", "problem": "NOT_FOUND"}


def test_what_must_be_put_right_is_no_broker_that_is_away(tmp_path, capsys):
    path = tmp_path / "node.pem"
    path.write_text("nothing", "utf-8")

    done = edoc(capsys, *ASKED, "--certificate", str(path), "--key", str(path))

    assert (done.code, done.out) == (ExitCode.SETTINGS, "")
    assert f"{path} (--certificate) holds no certificate" in done.err


def test_a_locked_key_is_opened_by_its_password(authority, monkeypatch, capsys):
    pair = authority.issue("H26", password=b"secret")
    shown = ("--certificate", str(pair.certificate), "--key", str(pair.key))
    monkeypatch.setenv("KEY", "secret")

    locked = edoc(capsys, *ASKED, *shown)
    other = edoc(capsys, *ASKED, *shown, "--key-password", "env:OTHER")

    assert (locked.code, other.code) == (ExitCode.SETTINGS, ExitCode.SETTINGS)
    assert "--key-password must name its password" in locked.err
    assert "--key-password says where it is" in other.err


@pytest.mark.parametrize("option", ["--password", "--key-password"])
def test_a_password_that_is_typed_is_not_taken(capsys, option):
    done = edoc(capsys, *ASKED, option, "hunter2")

    assert done.code == ExitCode.SETTINGS
    assert f"say {option} file:edoc.password" in done.err
    assert "hunter2" not in done.err
