"""`edoc verify` on files, with the evidence of a folder and without."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from edoc_connector.cli.evidence_folder import AUTHORITIES, VERDICT, read_folder
from edoc_connector.errors import ExitCode
from edoc_connector.signature.sign import seal
from tests.support import pdfs, pki
from tests.support.builders import (
    SENT_AT,
    attachment,
    contents,
    document,
    envelope,
    packet,
)
from tests.support.pki import write_anchors
from tests.support.seals import sealed_packet
from tests.support.shell import edoc

SAME_DAY = f"{SENT_AT + timedelta(hours=1):%Y-%m-%dT%H:%M}"


@pytest.fixture
def scene(tmp_path: Path) -> Path:
    """A packet, the authorities, and a folder with their lists."""
    (tmp_path / "a.edxml").write_bytes(sealed_packet())
    write_anchors(tmp_path)
    folder = tmp_path / "evidence"
    folder.mkdir()
    for one in pki.revocation().evidence:
        (folder / f"{one.digest}.{one.kind}").write_bytes(one.data)
    return tmp_path


def verify(capsys, scene, *options):
    anchors = [f"--anchor={scene / name}.pem" for name in ("root", "issuing")]
    return edoc(capsys, "verify", str(scene / "a.edxml"), *anchors, *options)


def test_with_the_evidence_a_seal_passes(capsys, scene):
    done = verify(
        capsys, scene, "--evidence", str(scene / "evidence"), "--at", SAME_DAY
    )

    assert done.code == ExitCode.OK, done.err
    assert "PASSED  XAdES-B-B" in done.out
    assert "the seal is valid" in done.err


def test_without_any_answer_the_verdict_is_open_and_says_why(capsys, scene):
    (scene / "empty").mkdir()

    done = verify(capsys, scene, "--evidence", str(scene / "empty"), "--at", SAME_DAY)

    assert done.code == ExitCode.INDETERMINATE
    assert "INDETERMINATE" in done.out
    assert "no answer about revocation is kept here" in done.out
    assert "nobody publishes" not in done.out
    assert "the seal is valid" not in done.err


def test_a_verdict_that_was_kept_is_the_same_years_later(capsys, scene):
    kept = str(scene / "kept")
    first = verify(
        capsys,
        scene,
        *("--evidence", str(scene / "evidence")),
        *("--at", SAME_DAY, "--keep", kept, "--json"),
    )

    later = verify(capsys, scene, "--evidence", kept, "--at", "2046-01-01", "--json")

    assert first.code == later.code == ExitCode.OK, later.err
    assert json.loads(later.out) == json.loads(first.out)


def test_years_later_without_what_was_kept_the_certificate_is_out_of_date(
    capsys, scene
):
    done = verify(
        capsys, scene, "--evidence", str(scene / "evidence"), "--at", "2046-01-01"
    )

    assert done.code == ExitCode.NOT_VERIFIED
    assert "valid from" in done.err


def test_a_verdict_is_not_written_over_another(capsys, scene):
    options = ("--evidence", str(scene / "evidence"), "--at", SAME_DAY)
    assert verify(capsys, scene, *options, "--keep", str(scene / "k")).code == 0

    again = verify(capsys, scene, *options, "--keep", str(scene / "k"))

    assert again.code != ExitCode.OK
    assert "is there already" in again.err


@pytest.mark.parametrize(
    "damage",
    [b"", b"{", b"[]", b'{"packet": 1}', b"\xff\xfe", b'{"received_at": "yesterday"}'],
)
def test_a_damaged_verdict_is_named(capsys, scene, damage):
    (scene / "evidence" / VERDICT).write_bytes(damage)

    done = verify(capsys, scene, "--evidence", str(scene / "evidence"))

    assert done.code == ExitCode.NOT_FOUND
    assert f"{VERDICT} is no evidence for a verdict" in done.err


def test_a_folder_that_is_not_there_is_named(capsys, scene):
    done = verify(capsys, scene, "--evidence", str(scene / "nowhere"))

    assert done.code == ExitCode.NOT_FOUND
    assert "nowhere cannot be read" in done.err


def test_a_folder_of_a_thousand_files_and_one_is_no_evidence(capsys, scene):
    for number in range(1001):
        (scene / "evidence" / f"{number}.crl").write_bytes(b"x")

    done = verify(capsys, scene, "--evidence", str(scene / "evidence"))

    assert "more than 1000 files" in done.err


def test_other_files_in_the_folder_are_left_alone(scene):
    (scene / "evidence" / "packet.edxml").write_bytes(b"x")

    assert len(read_folder(scene / "evidence").evidence) == 2


@pytest.mark.parametrize("day", ["tomorrow", "2031-13-01", "", "01/13/2031"])
def test_a_day_that_is_none_is_refused(capsys, scene, day):
    done = verify(capsys, scene, "--at", day)

    assert done.code == ExitCode.USAGE
    assert "write it as 25/11/2026 or 2026-11-25" in done.err


SIGNED = pdfs.signed(pdfs.letter())


@pytest.fixture
def with_pdf(scene):
    """The same scene with a packet that carries a PDF somebody signed."""
    content = document(attachments=(attachment(SIGNED),))
    made = seal(envelope(content), pki.rsa_sealer())
    data = packet(content, files=contents(SIGNED), seal=made.seal)
    (scene / "a.edxml").write_bytes(data)
    return scene


def test_who_signed_the_pdfs_in_a_packet_is_shown(capsys, with_pdf):
    done = verify(capsys, with_pdf, "--evidence", str(with_pdf / "evidence"))

    assert "signatures: 1" in done.out
    assert "signature: intact, by a signer known here" in done.out
    assert f"Signer: {pdfs.PERSON}" in done.out
    assert "as the signer says: not proven" in done.out


def test_programs_get_the_same(capsys, with_pdf):
    done = verify(capsys, with_pdf, "--evidence", str(with_pdf / "evidence"), "--json")

    (pdf,) = json.loads(done.out)["pdfs"]
    (signature,) = pdf["report"]["signatures"]
    assert pdf["report"]["state"] == "checked"
    assert (signature["outcome"], signature["coverage"]) == ("trusted", "whole")


def test_a_seal_proves_the_same_where_no_pdf_can_be_checked(
    capsys, with_pdf, monkeypatch
):
    def full(**_options):
        raise OSError(28, "no space left on device")

    monkeypatch.setattr("edoc_connector.pdf.inspector.TemporaryFile", full)
    options = ("--evidence", str(with_pdf / "evidence"), "--at", SAME_DAY)

    done = verify(capsys, with_pdf, *options)

    assert done.code == ExitCode.OK, done.err
    assert "not checked: no space left on device" in done.out


def test_the_folder_of_another_packet_is_no_evidence(capsys, scene):
    kept = str(scene / "kept")
    options = ("--evidence", str(scene / "evidence"), "--at", SAME_DAY)
    assert verify(capsys, scene, *options, "--keep", kept).code == ExitCode.OK
    (scene / "a.edxml").write_bytes(sealed_packet(key=pki.p256_sealer()))

    done = verify(capsys, scene, "--evidence", kept, "--at", "2046-01-01")

    assert done.code == ExitCode.NOT_FOUND
    assert "it belongs to another packet" in done.err


def test_why_a_seal_did_not_hold_is_kept_too(capsys, scene):
    kept = scene / "kept"
    changed = (scene / "a.edxml").read_bytes().replace(b"UBND", b"VPCP")
    (scene / "a.edxml").write_bytes(changed)

    done = verify(capsys, scene, "--at", SAME_DAY, "--keep", str(kept))

    found = json.loads((kept / VERDICT).read_text(encoding="utf-8"))
    assert done.code == ExitCode.NOT_VERIFIED
    assert found["indication"] == "FAILED"
    assert [it["code"] for it in found["doubts"]] == ["content-changed"]


def test_a_list_in_pem_form_put_there_by_hand_counts(capsys, scene):
    by_hand = scene / "by hand"
    by_hand.mkdir()
    for number, one in enumerate(pki.revocation().evidence):
        pem = x509.load_der_x509_crl(one.data).public_bytes(Encoding.PEM)
        (by_hand / f"{number}.crl").write_bytes(pem)

    done = verify(capsys, scene, "--evidence", str(by_hand), "--at", SAME_DAY)

    assert done.code == ExitCode.OK, done.err


def test_programs_are_told_also_why_a_seal_did_not_hold(capsys, scene):
    changed = (scene / "a.edxml").read_bytes().replace(b"UBND", b"VPCP")
    (scene / "a.edxml").write_bytes(changed)

    done = verify(capsys, scene, "--at", SAME_DAY, "--json")

    found = json.loads(done.out)
    assert done.code == ExitCode.NOT_VERIFIED
    assert found["indication"] == "FAILED"
    assert [it["code"] for it in found["doubts"]] == ["content-changed"]


def test_the_authorities_of_a_seal_are_kept_for_who_decides_to_trust_them(
    capsys, scene
):
    kept = scene / "kept"
    options = ("--evidence", str(scene / "evidence"), "--at", SAME_DAY)
    assert verify(capsys, scene, *options, "--keep", str(kept)).code == ExitCode.OK

    again = edoc(
        capsys,
        *("verify", str(scene / "a.edxml"), "--evidence", str(kept)),
        *("--anchor", str(kept / AUTHORITIES), "--at", "2046-01-01"),
    )

    assert again.code == ExitCode.OK, again.err
    pem = (kept / AUTHORITIES).read_bytes()
    found = x509.load_pem_x509_certificates(pem)
    assert found == [pki.issuing(), pki.root()]


@pytest.mark.usefixtures("nowhere")
def test_without_settings_a_reader_is_told_how_to_name_authorities(capsys, scene):
    done = edoc(capsys, "verify", str(scene / "a.edxml"), "--at", SAME_DAY)

    assert done.code == ExitCode.SETTINGS
    assert "nobody is trusted yet" in done.err
    assert "--anchor" in done.err


@pytest.fixture
def nowhere(monkeypatch):
    monkeypatch.setattr("edoc_connector.settings.reading.PLACES", ())
    monkeypatch.delenv("EDOC_SETTINGS", raising=False)


def test_that_the_issuing_authority_is_needed_too_is_said(capsys, scene):
    done = edoc(
        capsys,
        *("verify", str(scene / "a.edxml"), "--at", SAME_DAY),
        *("--anchor", str(scene / "root.pem")),
    )

    assert done.code == ExitCode.NOT_VERIFIED
    assert "root and issuing authorities" in done.err
