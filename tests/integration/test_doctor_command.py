"""`edoc doctor` as a person reads it, and as a program does."""

import json

import pytest

from edoc_connector.doctor.checks import CHECKS, COMMON
from tests.support.offices import offices
from tests.support.patients import Ward
from tests.support.shell import edoc


@pytest.fixture
def ward(tmp_path):
    ward = Ward(tmp_path)
    yield ward
    ward.close()


def doctor(capsys, ward, *options):
    return edoc(capsys, "doctor", "--settings", str(ward.site.settings), *options)


def test_what_is_bad_is_told_with_its_remedy_and_the_code_says_so(capsys, ward):
    done = doctor(capsys, ward)

    assert done.code == 10
    assert "BAD       service-stopped: the service does not run" in done.out
    assert f"> {CHECKS['service-stopped'].fix}" in done.out
    assert "bad: " in done.out.splitlines()[-1]


def test_a_program_gets_every_finding_and_never_a_green_one_that_was_not_seen(
    capsys, ward
):
    found = [json.loads(it) for it in doctor(capsys, ward, "--json").out.splitlines()]

    states = {it["code"]: it["state"] for it in found}
    assert states.keys() == CHECKS.keys()
    assert states["broker-away"] == "red"
    assert states["mail-set-aside"] == "unseen"
    assert all(it["fix"] and it["why"] and it["what"] for it in found)


def test_what_is_well_is_shown_only_to_who_asks(capsys, ward):
    assert "index-missing" not in doctor(capsys, ward).out
    assert "well      index-missing" in doctor(capsys, ward, "--all").out


def test_of_a_group_where_all_is_well_it_says_how_much_was_looked_at(capsys, ward):
    assert "OUR DATABASE\n  well      2 looked at\n" in doctor(capsys, ward).out


def test_in_vietnamese_it_speaks_vietnamese(capsys, ward):
    done = doctor(capsys, ward, "--lang", "vi")

    assert "XẤU" in done.out
    assert "dịch vụ không chạy" in done.out


def test_without_a_database_it_says_what_it_does_not_see(capsys, ward):
    ward.close()
    (ward.settings.state.folder / "edoc.sqlite").unlink()

    done = doctor(capsys, ward)

    assert done.code == 10
    assert "work-waits: our own database cannot be opened" in done.out


@pytest.mark.parametrize("url", ["http://broker.example:15672", "broker", "ftp://x"])
def test_no_password_goes_over_a_network_in_the_clear(capsys, ward, url):
    done = doctor(capsys, ward, "--management", url)

    assert done.code == 2
    assert "--management" in done.err


@pytest.fixture
def two(tmp_path, capsys, monkeypatch):
    """The settings of a connector of two organisations, with an open file of one."""
    monkeypatch.setenv("BROKER", "secret")
    common = offices(tmp_path, capsys, "H53.1", "H53.2")
    (tmp_path / "offices/H53.2.toml").chmod(0o666)
    monkeypatch.setenv("EDOC_SETTINGS", str(common))
    return common


def test_each_organisation_is_looked_at_and_what_they_share_once(capsys, two):
    found = [json.loads(it) for it in edoc(capsys, "doctor", "--json").out.splitlines()]

    codes = {
        who: {it["code"] for it in found if it["organization"] == who}
        for who in ("H53.1", "H53.2")
    }
    assert codes["H53.1"] == CHECKS.keys()
    assert codes["H53.2"] == CHECKS.keys() - COMMON
    opened = [it["what"] for it in found if it["code"] == "settings-open"]
    assert [str(two) in it for it in opened] == [True, False, False]
    assert "H53.2.toml is open to others (0666)" in opened[2]


@pytest.mark.usefixtures("two")
def test_people_read_whose_findings_they_are(capsys):
    done = edoc(capsys, "doctor")

    first, second = done.out.split("=== H53.2  UBND H53.2")
    assert done.code == 10
    assert first.startswith("=== H53.1  UBND H53.1\n")
    assert "THE BROKER" in first
    assert "THE BROKER" not in second
    assert "service-stopped: the service does not run" in second


@pytest.mark.usefixtures("two")
def test_of_one_that_is_named_all_is_looked_at(capsys):
    done = edoc(capsys, "doctor", "--for", "H53.2", "--json")

    found = [json.loads(it) for it in done.out.splitlines()]
    assert {it["code"] for it in found} == CHECKS.keys()
    assert {it["organization"] for it in found} == {"H53.2"}
