"""The commands of `docs/seal.md`, as they stand there, on seals of ours."""

import re
import subprocess
from pathlib import Path

import pytest

from edoc_connector.envelope.read import read
from edoc_connector.signature.reconstitute import reconstitute
from tests.support.attacks import attacked, forge, one
from tests.support.builders import PDF, document
from tests.support.pki import (
    p256_sealer,
    rsa_sealer,
    write_anchors,
)
from tests.support.seals import every_field, sealed_packet
from tests.support.second_opinion import program

PAGE = Path(__file__).parents[2] / "docs" / "seal.md"
BLOCKS = re.findall(
    r"^```sh( ecdsa)?\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL
)
XMLSEC1, *OPENSSL = [commands for label, commands in BLOCKS if not label]
(ECDSA,) = [commands for label, commands in BLOCKS if label]
PARTS, DIGESTS, SIGNATURE, PATH, FILE = OPENSSL


def run(folder: Path, *blocks: str) -> subprocess.CompletedProcess[str]:
    """Run commands of the page where their files are."""
    for name in ("xmlsec1", "openssl"):
        program(name)
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", "\n".join(blocks)],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the authorities' certificates and the file that was delivered."""
    write_anchors(tmp_path)
    (tmp_path / "file.pdf").write_bytes(PDF)
    return tmp_path


def packets(key):
    """The seal as it travels, with values of several lines too, and made again."""
    packet = sealed_packet(every_field(), key=key)
    again = reconstitute(read(packet, max_bytes=1 << 20))
    return {"written": packet, "reconstituted": again}


@pytest.mark.parametrize("form", ["written", "reconstituted"])
def test_a_seal_is_verified_with_xmlsec1_alone(folder: Path, form: str) -> None:
    (folder / "seal.xml").write_bytes(packets(rsa_sealer())[form])

    done = run(folder, XMLSEC1)

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("form", ["written", "reconstituted"])
def test_a_seal_is_verified_with_openssl_alone(folder: Path, form: str) -> None:
    (folder / "seal.xml").write_bytes(packets(rsa_sealer())[form])

    done = run(folder, *OPENSSL)

    assert done.returncode == 0, done.stderr
    assert "Verified OK\nsigner.pem: OK\n" in done.stdout


def test_an_ecdsa_seal_is_verified_with_openssl_alone(folder: Path) -> None:
    (folder / "seal.xml").write_bytes(packets(p256_sealer())["written"])
    public = SIGNATURE.splitlines()[0]

    done = run(folder, PARTS, DIGESTS, public, ECDSA, PATH, FILE)

    assert done.returncode == 0, done.stderr
    assert "Verified OK\nsigner.pem: OK\n" in done.stdout


def forge_statement(root):
    """Change the sealer's copy, which these commands go by."""
    one(one(root, "Statement"), "Subject").text = "khác"


@pytest.mark.parametrize("block", ["xmlsec1", "openssl"])
def test_a_changed_statement_is_refused_by_both(folder: Path, block: str) -> None:
    packet = sealed_packet(document())
    (folder / "seal.xml").write_bytes(attacked(forge_statement, forge, packet=packet))

    done = run(folder, *([XMLSEC1] if block == "xmlsec1" else OPENSSL))

    assert done.returncode != 0


def test_a_changed_file_is_noticed(folder: Path) -> None:
    (folder / "seal.xml").write_bytes(sealed_packet(document()))
    (folder / "file.pdf").write_bytes(PDF + b" ")

    assert run(folder, PARTS).returncode == 0
    assert run(folder, FILE).returncode != 0


def test_the_vietnamese_page_has_the_same_commands() -> None:
    page = PAGE.with_name("seal.vi.md").read_text("utf-8")

    assert (
        re.findall(r"^```sh( ecdsa)?\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
        == BLOCKS
    )
