"""`edoc document evidence`, and the verdict that comes of it years later."""

from __future__ import annotations

import hashlib
import json

import pytest

from edoc_connector.cli.evidence_folder import AUTHORITIES, VERDICT
from edoc_connector.errors import ExitCode
from tests.support import pki
from tests.support.second_opinion import xmlsec1_says
from tests.support.shell import edoc
from tests.support.world import RECEIVER, World
from tests.unit.cli.test_document import SITE


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The state folder of a department that received one document, and its settings."""
    world = World(tmp_path)
    world.sender.write(7, RECEIVER)
    world.run()
    world.close()
    pki.write_anchors(tmp_path / RECEIVER)
    settings = tmp_path / RECEIVER / "edoc.toml"
    both = SITE.replace('"root.pem"', '"root.pem", "issuing.pem"')
    settings.write_text(both, encoding="utf-8")
    monkeypatch.setenv("EDOC_SETTINGS", str(settings))
    return tmp_path / RECEIVER


def received_id(capsys):
    listed = edoc(capsys, "document", "list", "--incoming", "--json")
    (story,) = map(json.loads, listed.out.splitlines())
    return story["id"]


@pytest.mark.usefixtures("folder")
def test_a_verdict_can_be_come_to_again_with_the_folder_alone(capsys, tmp_path):
    out = tmp_path / "proof"

    done = edoc(capsys, "document", "evidence", received_id(capsys), "-o", str(out))
    again = edoc(
        capsys,
        *("verify", str(out / "packet.edxml"), "--evidence", str(out)),
        *("--anchor", str(out / AUTHORITIES)),
        *("--at", "2046-01-01", "--json"),
    )

    assert done.code == ExitCode.OK, done.err
    assert again.code == ExitCode.OK, again.err
    found, kept = json.loads(again.out), json.loads((out / VERDICT).read_text())
    shared = found.keys() & kept.keys()
    assert {name: found[name] for name in shared} == {
        name: kept[name] for name in shared
    }
    assert kept["indication"] == "PASSED"


def test_the_authorities_are_those_of_the_settings(capsys, folder, tmp_path):
    out = tmp_path / "proof"

    edoc(capsys, "document", "evidence", received_id(capsys), "-o", str(out))

    given = {(folder / f"{name}.pem").read_bytes() for name in ("root", "issuing")}
    assert set(split((out / AUTHORITIES).read_bytes())) == given


def split(data: bytes) -> list[bytes]:
    end = b"-----END CERTIFICATE-----\n"
    return [part + end for part in data.split(end)[:-1]]


@pytest.mark.usefixtures("folder")
def test_the_files_are_named_by_their_digests_and_the_seal_is_a_standard_one(
    capsys, tmp_path
):
    out = tmp_path / "proof"

    edoc(capsys, "document", "evidence", received_id(capsys), "-o", str(out))

    lists = [*out.glob("*.crl")]
    assert len(lists) == 2
    for path in lists:
        assert hashlib.sha256(path.read_bytes()).hexdigest() == path.stem
    assert xmlsec1_says((out / "seal.xml").read_bytes(), tmp_path) == "OK"
    packet = (out / "packet.edxml").read_bytes()
    kept = json.loads((out / VERDICT).read_text())
    assert hashlib.sha256(packet).hexdigest() == kept["packet"]


@pytest.mark.usefixtures("folder")
def test_nothing_is_written_over_what_is_there(capsys, tmp_path):
    out, name = tmp_path / "proof", received_id(capsys)
    edoc(capsys, "document", "evidence", name, "-o", str(out))

    again = edoc(capsys, "document", "evidence", name, "-o", str(out))

    assert "is there already" in again.err


@pytest.mark.usefixtures("folder")
def test_of_a_document_that_is_not_there_there_is_no_evidence(capsys, tmp_path):
    done = edoc(capsys, "document", "evidence", "nothing", "-o", str(tmp_path / "p"))

    assert done.code == ExitCode.NOT_FOUND
    assert not (tmp_path / "p").exists()
