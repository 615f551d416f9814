"""`edoc key`: what people read and what programs get."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from edoc_connector.app.sites import ring_of
from edoc_connector.errors import ExitCode
from edoc_connector.flows.sealing.keys import use_key
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.own_storage import open_storage
from edoc_connector.pki.request import subject
from edoc_connector.settings import load
from tests.support import pki
from tests.support.builders import document
from tests.support.pki import authority_today, certificate, p256_key, pem
from tests.support.registers import make_register
from tests.support.shell import edoc
from tests.support.storage import BOTH, outgoing

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
key = "default.pem"
[seal.keys]
next = { key = "next.pem", algorithm = "ecdsa-p256-sha256" }
old = { key = "old.pem" }
[trust]
anchors = ["root.pem"]
[dms]
url = "sqlite:///dms.db"
profile = "demo"
"""
DAY = timedelta(days=1)


def keep(path: Path, number: int, *, ends: float, code: str = "H20") -> None:
    """A key with its certificate in one file."""
    private, now = p256_key(number), datetime.now(UTC)
    issued = certificate(
        subject=subject(OrganizationCode(code), "UBND"),
        key=private,
        not_before=now - 400 * DAY,
        not_after=now + ends * DAY,
    )
    path.touch(mode=0o600)
    path.write_bytes(
        private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        + pem(issued)
    )


@pytest.fixture
def site(tmp_path) -> Path:
    """A site with a key, one to follow it, and one that has ended."""
    keep(tmp_path / "default.pem", 1, ends=20.5)
    keep(tmp_path / "next.pem", 2, ends=300.5)
    keep(tmp_path / "old.pem", 3, ends=-1.5)
    (tmp_path / "root.pem").write_bytes(pem(authority_today()))
    make_register(tmp_path / "dms.db")
    (tmp_path / "axis.password").touch(mode=0o600)
    (tmp_path / "axis.password").write_text("hunter2", encoding="utf-8")
    path = tmp_path / "edoc.toml"
    path.write_text(SITE, encoding="utf-8")
    return path


@pytest.fixture
def started(site) -> Path:
    """The same, after a connector has run."""
    with open_storage(load(site)):
        return site


def run(capsys, site, *arguments):
    return edoc(capsys, "--settings", str(site), "--lang", "en", "key", *arguments)


def test_every_key_is_listed_also_before_the_first_start(capsys, site):
    done = run(capsys, site, "list")

    head, *lines = done.out.splitlines()
    assert done.code == 0
    assert head.split()[:2] == ["Key", "State"]
    assert [line.split()[0] for line in lines] == ["default", "next", "old"]
    assert " ready " in lines[0]
    assert " expired " in lines[2]


def test_the_key_in_use_is_named_and_its_days_are_counted(capsys, started):
    done = run(capsys, started, "list", "--json")

    first, second, third = (json.loads(line) for line in done.out.splitlines())
    assert (first["is_in_use"], second["is_in_use"]) == (True, False)
    assert [it["certificate"]["days_left"] for it in (first, second, third)] == [
        20,
        300,
        -2,
    ]
    assert third["state"] == "expired"
    assert first["certificate"]["organizations"] == ["H20"]
    assert first["certificate"]["kind"] == "P-256"
    assert " in use " in run(capsys, started, "list").out


def test_a_key_that_cannot_be_opened_is_listed_with_the_reason(capsys, site):
    (site.parent / "next.pem").unlink()

    done = run(capsys, site, "list")

    line = done.out.splitlines()[2]
    assert done.code == 0
    assert "unusable" in line
    assert "No such file" in line


def test_a_key_is_put_into_use_and_written_down(capsys, started):
    done = run(capsys, started, "use", "next")

    assert (done.code, done.err) == (0, "the key next seals from now on\n")
    line = json.loads(run(capsys, started, "list", "--json").out.splitlines()[1])
    assert line["is_in_use"]
    told = json.loads(run(capsys, started, "use", "next", "--json").out)
    assert told == {"key": "next", "certificate": line["certificate"]["sha256"]}


@pytest.mark.parametrize(
    ("name", "code"), [("old", "certificate-out-of-date"), ("other", "key-unknown")]
)
def test_a_key_that_cannot_seal_is_refused(capsys, started, name, code):
    done = run(capsys, started, "use", name)

    assert done.code == ExitCode.SETTINGS
    assert f"[{code}]" in done.err


def test_before_the_first_start_nothing_can_be_chosen(capsys, site):
    assert "[storage-new]" in run(capsys, site, "use", "next").err


def test_a_rehearsal_says_who_takes_over_and_that_nothing_would_fail(capsys, started):
    done = run(capsys, started, "rehearse")

    assert done.code == 0
    assert "the key next, by itself when this one has ended" in done.out
    assert done.err == "nothing would fail\n"


def test_a_rehearsal_of_the_only_key_says_that_nothing_more_could_be_sealed(
    capsys, started
):
    (started.parent / "next.pem").unlink()

    done = run(capsys, started, "rehearse")

    assert "nothing more could be sealed, neither documents nor receipts" in done.err
    assert json.loads(run(capsys, started, "rehearse", "--json").out)["is_missed"]


def test_a_rehearsal_without_a_usable_key_says_what_is_wrong_with_it(capsys, started):
    (started.parent / "default.pem").unlink()

    done = run(capsys, started, "rehearse")

    assert done.code == ExitCode.SETTINGS
    assert "default.pem cannot be used" in done.err


def test_what_is_out_of_date_is_told_with_its_own_key(capsys, started):
    done = run(capsys, started, "use", "old")

    assert f"the certificate of the key {started.parent}/old.pem is" in done.err


def test_the_list_says_valid_from_in_vietnamese_and_not_who_sent_it(capsys, site):
    done = edoc(capsys, "--settings", str(site), "--lang", "vi", "key", "list")

    head = done.out.splitlines()[0]
    assert "Hiệu lực từ" in head
    assert "Nơi gửi" not in head
    assert re.search(r"\d{4}-\d\d-\d\d", done.out) is None
    assert len(re.findall(r"\d\d/\d\d/\d{4}", done.out)) == 6


def test_a_rehearsal_names_what_would_fail_and_for_whom(capsys, started):
    (started.parent / "next.pem").unlink()
    settings = load(started)
    with open_storage(settings) as storage, storage.work() as work:
        work.documents.add(outgoing("17", document=document()), BOTH)

    done = run(capsys, started, "rehearse")

    assert "nobody: add a second key as [seal.keys.NAME]" in done.out
    for body in BOTH:
        assert f"it could not be sealed, and would wait  {body.code}" in done.out


def test_a_rehearsal_of_a_key_in_reserve_is_quiet(capsys, started):
    done = run(capsys, started, "rehearse", "next")

    assert "it is not in use: nothing changes" in done.out


def test_of_several_others_the_command_to_choose_is_told(capsys, started):
    keep(started.parent / "old.pem", 3, ends=100)

    done = run(capsys, started, "rehearse")

    assert "nobody by itself; choose with: edoc key use next | old" in done.out


def test_a_rehearsal_for_programs_has_everything(capsys, started):
    found = json.loads(run(capsys, started, "rehearse", "--json").out)

    assert found["key"] == "default"
    assert found["takes_over"] == "next"
    assert found["failures"] == []


# --- the other commands that know of keys -------------------------------------


def check(capsys, site):
    return edoc(capsys, "--lang", "en", "settings", "check", str(site))


def test_the_check_says_which_certificates_end_soon(capsys, site):
    done = check(capsys, site)

    assert done.code == 0
    assert "the certificate of the key default is valid until" in done.err
    assert "key next is valid until" not in done.err


def test_the_check_says_which_authorities_end_soon(capsys, site):
    (site.parent / "root.pem").write_bytes(pem(authority_today(ends=59.5)))

    done = check(capsys, site)

    assert done.code == 0
    assert "the certificate of the authority CN=root of today is valid" in done.err


def test_a_key_that_has_ended_is_no_problem_while_another_serves(capsys, site):
    assert check(capsys, site).code == 0

    keep(site.parent / "default.pem", 1, ends=-1)
    keep(site.parent / "next.pem", 2, ends=-1)
    done = check(capsys, site)

    assert done.code == ExitCode.SETTINGS
    assert done.err.count("[certificate-out-of-date]") == 3


def test_what_is_wrong_with_a_key_in_reserve_is_told_with_its_name(capsys, site):
    (site.parent / "next.pem").unlink()
    keep(site.parent / "old.pem", 3, ends=100, code="H99")

    done = check(capsys, site)

    assert done.code == ExitCode.SETTINGS
    assert "seal.keys.next.key names" in done.err
    assert "belongs to H99, not to H20" in done.err


def revoke(site: Path, *names: str) -> None:
    """Have their authority, which is trusted now, say in a list that these are gone."""
    now, key = datetime.now(UTC), p256_key(-1)
    ours = certificate(
        subject=pki.name("issuing"),
        key=key,
        authority=True,
        usage=pki.AUTHORITY_USAGE,
        not_before=now - DAY,
        not_after=now + 300 * DAY,
    )
    (site.parent / "root.pem").write_bytes(pem(ours))
    gone = x509.CertificateRevocationListBuilder(
        issuer_name=pki.name("issuing"), last_update=now - DAY, next_update=now + DAY
    )
    for name in names:
        data = (site.parent / f"{name}.pem").read_bytes()
        number = x509.load_pem_x509_certificate(data).serial_number
        entry = x509.RevokedCertificateBuilder(number, now - DAY)
        gone = gone.add_revoked_certificate(entry.build())
    signed = gone.sign(key, SHA256()).public_bytes(Encoding.DER)
    (site.parent / "gone.crl").write_bytes(signed)
    with site.open("a", encoding="utf-8") as file:
        file.write('[trust.revocation]\ncrls = ["gone.crl"]\n')


def test_a_revoked_key_is_told_by_the_check_and_another_one_suggested(capsys, site):
    revoke(site, "default")

    done = check(capsys, site)

    assert done.code == 0
    assert "the certificate of the key default was revoked" in done.err


def test_a_site_whose_keys_are_all_revoked_is_not_right(capsys, site):
    keep(site.parent / "old.pem", 3, ends=100)
    revoke(site, "default", "next", "old")

    done = check(capsys, site)

    assert done.code == ExitCode.SETTINGS
    assert done.err.count("[key-revoked]") == 3


def test_who_asks_nobody_hears_nothing_of_it(capsys, site):
    revoke(site, "default")
    with site.open("a", encoding="utf-8") as file:
        file.write("check = false\n")

    assert "revoked" not in check(capsys, site).err


def test_nothing_is_sealed_with_a_revoked_key_not_even_the_first_document(
    capsys, started
):
    revoke(started, "default")

    done = edoc(capsys, "--settings", str(started), "--lang", "en", "run", "--once")

    assert done.code == ExitCode.SETTINGS
    assert "[key-revoked]" in done.err
    line = run(capsys, started, "list", "--json").out.splitlines()[0]
    assert json.loads(line)["state"] == "revoked"


@pytest.mark.parametrize(
    ("old", "new", "name"),
    [
        ('"default.pem"', '"default.pem"\nmodule = "a.so"', "seal.module"),
        ('"next.pem"', '"next.pem", module = "a.so"', "seal.keys.next.module"),
    ],
)
def test_a_library_for_tokens_beside_a_key_in_a_file_is_refused(
    capsys, site, old, new, name
):
    text = site.read_text(encoding="utf-8")
    site.write_text(text.replace(old, new), encoding="utf-8")

    done = check(capsys, site)

    assert done.code == ExitCode.SETTINGS
    assert f"{name} must be empty: the key is in a file" in done.err


def test_keys_are_shown_with_the_settings(capsys, site):
    done = edoc(capsys, "--settings", str(site), "settings", "show", "--json")

    shown = json.loads(done.out)
    assert shown["seal.key"] == str(site.parent / "default.pem")
    assert shown["seal.keys"]["next"] == {
        "key": str(site.parent / "next.pem"),
        "algorithm": "ecdsa-p256-sha256",
    }


@pytest.mark.parametrize("name", ["default", "a b", "x" * 41])
def test_a_key_has_a_name_that_can_be_typed(capsys, site, name):
    text = site.read_text(encoding="utf-8")
    site.write_text(text.replace("next =", f'"{name}" ='), encoding="utf-8")

    done = check(capsys, site)

    assert done.code == ExitCode.SETTINGS
    assert "must be called by letters, digits, - and _" in done.err


def test_the_same_rule_chooses_for_the_command_and_for_the_service(started):
    settings = load(started)
    with open_storage(settings) as storage:
        key = use_key(ring_of(settings), storage, "next", at=datetime.now(UTC))

    assert key.place == str(started.parent / "next.pem")
