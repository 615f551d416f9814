import json
import sqlite3
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption
from cryptography.hazmat.primitives.serialization.pkcs12 import (
    serialize_key_and_certificates,
)

from edoc_connector.dms.database import CONNECT
from edoc_connector.errors import ExitCode
from edoc_connector.pki.request import subject
from tests.support import pki
from tests.support.axis_pki import AxisAuthority
from tests.support.pki import authority_today, certificate, pem, rsa_key
from tests.support.registers import make_register
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
password = "file:seal.password"
[trust]
anchors = ["root.pem"]
[trust.accounts]
province = ["H20", "H20.1"]
[dms]
url = "sqlite:///dms.db"
profile = "demo"
"""


DAY = timedelta(days=1)


def private(path: Path, data: str | bytes) -> None:
    path.touch(mode=0o600)
    path.write_bytes(data if isinstance(data, bytes) else data.encode())


def seal(
    folder: Path,
    *,
    code: str = "H20",
    ends: float = 300,
    authority: str = "root of today",
) -> None:
    """A key that seals for `code` for so many days from now."""
    now = datetime.now(UTC)
    issued = certificate(
        subject=subject(code, "UBND"),
        issuer=pki.name(authority),
        issuer_key=pki.p256_key(-3),
        not_before=now - 400 * DAY,
        not_after=now + ends * DAY,
    )
    lock = BestAvailableEncryption(b"hunter2")
    data = serialize_key_and_certificates(b"seal", rsa_key(), issued, None, lock)
    private(folder / "seal.p12", data)


@pytest.fixture
def site(tmp_path) -> Path:
    """A site where everything that the settings name is there."""
    for name in ("axis.password", "seal.password"):
        private(tmp_path / name, "hunter2")
    seal(tmp_path)
    (tmp_path / "root.pem").write_bytes(pem(authority_today()))
    make_register(tmp_path / "dms.db")
    path = tmp_path / "edoc.toml"
    path.write_text(SITE, encoding="utf-8")
    return path


def changed(site: Path, old: str, new: str) -> None:
    text = site.read_text(encoding="utf-8")
    assert old in text
    site.write_text(text.replace(old, new), encoding="utf-8")


def test_a_file_that_is_right_is_said_to_be(capsys, site):
    done = edoc(capsys, "settings", "check", str(site))

    assert (done.code, done.out, done.err) == (0, "", f"{site} is right\n")


@pytest.fixture
def far(site) -> AxisAuthority:
    """The same site, with a broker elsewhere."""
    changed(site, "amqp://h20@127.0.0.1/edoc", "amqps://h20@broker.example/edoc")
    pair = 'certificate = "h20.pem"\nkey = "h20.key.pem"'
    authorities = 'authorities = ["authority-50.pem"]'
    changed(site, 'password = "file:axis.password"', f"{pair}\n{authorities}")
    authority = AxisAuthority(site.parent)
    assert authority.anchor.exists()
    return authority


def test_a_certificate_for_the_broker_is_looked_at(capsys, site, far):
    far.issue("h20")

    assert edoc(capsys, "settings", "check", str(site)).code == 0


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"common": "h21"}, "that of the account h21"),
        ({"password": b"secret"}, "axis.key_password"),
        ({"not_after": datetime.now(UTC) - DAY / 2}, "valid from"),
    ],
)
def test_a_certificate_that_the_broker_would_not_take_is_told(
    capsys, site, far, changes, told
):
    far.issue(**{"common": "h20", "called": "h20"} | changes)

    done = edoc(capsys, "settings", "check", str(site))

    assert done.code == ExitCode.SETTINGS
    assert told in done.err


def test_a_key_for_the_broker_that_others_may_read_is_told(capsys, site, far):
    far.issue("h20").key.chmod(0o644)

    done = edoc(capsys, "settings", "check", str(site))

    assert "chmod 600" in done.err


def test_the_file_may_be_named_as_for_every_command(capsys, site):
    assert edoc(capsys, "--settings", str(site), "settings", "check").code == 0


def test_the_file_may_be_named_by_the_environment(capsys, site, monkeypatch):
    monkeypatch.setenv("EDOC_SETTINGS", str(site))

    assert edoc(capsys, "settings", "check").code == 0


def test_what_is_named_and_not_there_is_told_all_at_once(capsys, site):
    for name in ("axis.password", "seal.p12", "root.pem", "dms.db"):
        (site.parent / name).unlink()
    changed(site, 'profile = "demo"', 'profile = "dmeo"\nfiles = "nowhere"')

    done = edoc(capsys, "settings", "check", str(site))

    assert done.code == ExitCode.SETTINGS
    assert done.err.splitlines()[0].endswith("[settings-refused]")
    for name in ("axis.password", "seal.key", "trust.anchors", "dms.url", "dms.files"):
        assert f"- {name}" in done.err
    assert "dms.profile: no mapping dmeo is shipped; there is: demo" in done.err


@pytest.mark.parametrize(
    ("how", "told"),
    [
        ({"code": "H99"}, "belongs to H99, not to H20"),
        ({"ends": -1}, "certificate-out-of-date"),
    ],
)
def test_a_key_that_run_would_refuse_is_refused(capsys, site, how, told):
    seal(site.parent, **how)

    done = edoc(capsys, "settings", "check", str(site))

    assert done.code == ExitCode.SETTINGS
    assert told in done.err


def test_what_run_refuses_check_refuses(capsys, site):
    seal(site.parent, ends=-1)

    done = edoc(capsys, "--settings", str(site), "run", "--once")

    assert done.code == ExitCode.SETTINGS
    assert "[certificate-out-of-date]" in done.err


def test_a_wrong_password_and_an_exposed_key_are_both_told(capsys, site):
    (site.parent / "seal.password").write_text("wrong", encoding="utf-8")
    (site.parent / "seal.p12").chmod(0o644)

    done = edoc(capsys, "settings", "check", str(site))

    assert done.code == ExitCode.SETTINGS
    assert "chmod 600" in done.err
    assert "[key-unusable]" in done.err


def test_a_certificate_that_ends_soon_is_right_and_warned_of(capsys, site):
    seal(site.parent, ends=29)

    done = edoc(capsys, "settings", "check", str(site))

    assert done.code == 0
    assert "ask your authority for a new one now" in done.err


@pytest.mark.parametrize(
    ("table", "column", "statement"),
    [
        ("van_ban_di", "trich_yeu", "documents.select"),
        ("noi_nhan_van_ban_di", "ma_dinh_danh", "recipients.select"),
        ("tep_dinh_kem_van_ban_di", "thu_tu", "attachments.select"),
        ("van_ban_den", "ma_giao_nhan", "incoming.find"),
        ("van_ban_den", "trang_thai_da_bao", "statuses.select"),
        ("van_ban_den", "quyet_dinh", "changes.decisions.select"),
    ],
)
def test_what_the_mapping_selects_is_tried_and_named_where_it_is_refused(
    capsys, site, table, column, statement
):
    with closing(sqlite3.connect(site.parent / "dms.db")) as register:
        register.execute(f"ALTER TABLE {table} RENAME COLUMN {column} TO khac")

    done = edoc(capsys, "settings", "check", str(site))

    assert done.code == ExitCode.SETTINGS
    assert f"- dms.profile: {statement}: no such column: {column}" in done.err


def test_a_check_changes_nothing_in_the_register(capsys, site):
    before = (site.parent / "dms.db").read_bytes()

    edoc(capsys, "settings", "check", str(site))

    assert (site.parent / "dms.db").read_bytes() == before


def test_a_register_that_is_locked_is_warned_of_and_the_file_is_right(
    capsys, site, monkeypatch
):
    monkeypatch.setitem(CONNECT, "sqlite", {"timeout": 0})
    with closing(sqlite3.connect(site.parent / "dms.db")) as register:
        register.execute("BEGIN EXCLUSIVE")

        done = edoc(capsys, "settings", "check", str(site))

    assert done.code == 0
    assert "statements of the mapping were not tried" in done.err
    assert "database is locked" in done.err


def test_a_key_of_an_authority_that_we_do_not_trust_is_right_and_warned_of(
    capsys, site
):
    seal(site.parent, authority="an authority elsewhere")

    done = edoc(capsys, "settings", "check", str(site))

    assert done.code == 0
    assert "so nobody is asked whether it was revoked" in done.err


def test_who_asks_nobody_is_not_warned_of_it(capsys, site):
    seal(site.parent, authority="an authority elsewhere")
    with site.open("a", encoding="utf-8") as file:
        file.write("\n[trust.revocation]\ncheck = false\n")

    done = edoc(capsys, "settings", "check", str(site))

    assert done.err == f"{site} is right\n"


def test_of_a_key_that_has_ended_nobody_is_warned_twice(capsys, site):
    seal(site.parent, ends=-1, authority="an authority elsewhere")

    done = edoc(capsys, "settings", "check", str(site))

    assert "so nobody is asked" not in done.err


@pytest.mark.parametrize("url", ["state.database", "dms.url"])
def test_a_driver_that_is_not_installed_is_named_with_its_package(
    capsys, site, url, monkeypatch
):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    server = "postgresql+psycopg://e@db/edoc"
    if url == "dms.url":
        changed(site, "sqlite:///dms.db", server)
    else:
        changed(site, 'folder = "state"', f'folder = "state"\ndatabase = "{server}"')

    done = edoc(capsys, "settings", "check", str(site))

    assert f"- {url}: the driver" in done.err
    assert "edoc-connector[postgres]" in done.err


def test_pauses_that_shrink_are_refused(capsys, site):
    text = "\n[retry]\nfirst_seconds = 5\nmost_seconds = 1\n"
    changed(site, 'profile = "demo"\n', f'profile = "demo"\n{text}')

    done = edoc(capsys, "settings", "check", str(site))

    assert done.code == ExitCode.SETTINGS
    assert "retry.most_seconds" in done.err


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
    assert f" {site.parent}/root.pem\n" in done.out
    assert " province: H20, H20.1\n" in done.out


def test_without_a_file_the_way_to_one_is_told(capsys, monkeypatch, tmp_path):
    monkeypatch.setattr(
        "edoc_connector.settings.reading.PLACES", (tmp_path / "none.toml",)
    )

    done = edoc(capsys, "settings", "show")

    assert done.code == ExitCode.SETTINGS
    assert "edoc init" in done.err


def test_help_of_a_group_has_its_commands(capsys):
    done = edoc(capsys, "settings", "--help")

    assert "check  Check a settings file" in done.out
    assert "show   Show every setting" in done.out


@pytest.mark.parametrize("setting", ["anchors", "timestamp_anchors"])
def test_an_authority_that_is_not_there_is_told_by_its_own_setting(
    capsys, site, setting
):
    kept = 'anchors = ["root.pem"]\n' if setting == "timestamp_anchors" else ""
    lines = f'{kept}{setting} = ["gone.pem"]'
    changed(site, 'anchors = ["root.pem"]', lines)

    done = edoc(capsys, "settings", "check", str(site))

    assert done.code == ExitCode.SETTINGS
    assert f"- trust.{setting}: {site.parent / 'gone.pem'}" in done.err


def test_a_period_that_ends_before_it_begins_is_named(capsys, site):
    period = "{ since = 2026-02-01, until = 2026-01-01 }"
    with site.open("a", encoding="utf-8") as file:
        file.write(f'[trust.periods]\n"root.pem" = {period}\n')

    done = edoc(capsys, "settings", "check", str(site))

    assert done.code == ExitCode.SETTINGS
    assert "until = 2026-01-01 must be >= " in done.err


@pytest.mark.parametrize(
    ("period", "is_warned"),
    [
        ("{ until = 2020-01-01 }", True),
        ("{ since = 2999-01-01 }", True),
        ("{ since = 2020-01-01 }", False),
    ],
)
def test_it_is_said_that_no_authority_is_trusted_today(capsys, site, period, is_warned):
    with site.open("a", encoding="utf-8") as file:
        file.write(f'[trust.periods]\n"root.pem" = {period}\n')

    done = edoc(capsys, "settings", "check", str(site))

    assert done.code == ExitCode.OK
    assert ("trusts no authority today" in done.err) is is_warned
