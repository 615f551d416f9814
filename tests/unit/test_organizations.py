"""Who is served here, and what of the settings is whose."""

from __future__ import annotations

from pathlib import Path

import pytest

from edoc_connector.cli.invocation import offices_of
from edoc_connector.errors import (
    OfficesCollide,
    OfficesMissing,
    RegisterShared,
    SettingCommon,
    SettingForeign,
    SettingMissing,
    SettingsRefused,
)
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.organizations import load_offices
from edoc_connector.parts import policy_of
from edoc_connector.secret import SecretReference
from tests.support.pki import authority_today, pem

COMMON = """
[organizations]
folder = "organizations"
[state]
folder = "state"
[axis]
url = "amqp://centre@127.0.0.1/edoc"
password = "env:BROKER_PASSWORD"
[trust]
anchors = ["root.pem"]
[trust.accounts]
province = ["H53"]
[retry]
most_seconds = 60.0
"""
OFFICE = """
[organization]
code = "{code}"
name = "UBND xã"
[seal]
key = "{code}.pem"
[dms]
url = "sqlite:///{code}.sqlite"
profile = "demo"
"""


def written(folder: Path, *codes: str, common: str = COMMON, **more: str) -> Path:
    """The common file, and one for each code; `more` is added to one by its name."""
    (folder / "organizations").mkdir(exist_ok=True)
    for number, code in enumerate(codes, start=1):
        name = f"o{number}"
        text = more.get(name, "") + OFFICE.format(code=code)
        (folder / "organizations" / f"{name}.toml").write_text(text, encoding="utf-8")
    path = folder / "edoc.toml"
    path.write_text(common, encoding="utf-8")
    return path


def file_of(folder: Path, name: str) -> str:
    return str(folder / "organizations" / f"{name}.toml")


def test_each_has_its_own_and_what_is_common(tmp_path):
    first, second = load_offices(written(tmp_path, "H53.14", "H53.15")).all

    assert (first.code, second.code) == ("H53.14", "H53.15")
    assert first.settings.state.folder == tmp_path / "state" / "H53.14"
    assert second.settings.state.database.endswith("state/H53.15/edoc.sqlite")
    assert first.settings.retry.most_seconds == 60
    assert first.settings.axis == second.settings.axis


def test_a_path_starts_where_it_is_written(tmp_path):
    (office,) = load_offices(written(tmp_path, "H53.14")).all

    assert office.settings.trust.anchors == (tmp_path / "root.pem",)
    assert office.settings.seal.key == str(tmp_path / "organizations" / "H53.14.pem")


def test_queues_are_called_by_the_account_of_all(tmp_path):
    (office,) = load_offices(written(tmp_path, "H53.14")).all

    assert office.settings.axis.queue == "edoc.inbox.centre"
    assert office.settings.axis.express_queue == "edoc.express.centre"


def test_what_one_says_takes_the_place_of_what_is_common(tmp_path):
    own = "[retry]\nfirst_seconds = 5.0\n[trust]\nanchors = ['own.pem']\n"
    first, second = load_offices(written(tmp_path, "H53.14", "H53.15", o1=own)).all

    assert first.settings.retry.first_seconds == 5
    assert first.settings.retry.most_seconds == 60
    assert first.settings.trust.anchors == (tmp_path / "organizations" / "own.pem",)
    assert second.settings.retry.first_seconds == 1


def test_our_account_speaks_for_all_of_them(tmp_path):
    (tmp_path / "root.pem").write_bytes(pem(authority_today()))
    first, _ = load_offices(written(tmp_path, "H53.14", "H53.15")).all

    policy = policy_of(first.settings)

    assert policy.vouches("centre", OrganizationCode("000.00.15.H53"))
    assert policy.vouches("province", OrganizationCode("H53"))
    assert not policy.vouches("centre", OrganizationCode("H53"))


def test_files_may_be_named_in_the_order_in_which_they_are_shown(tmp_path):
    named = 'files = ["organizations/o2.toml", "organizations/o1.toml"]'
    common = COMMON.replace('folder = "organizations"', named)

    offices = load_offices(written(tmp_path, "H53.14", "H53.15", common=common))

    assert [it.code for it in offices.all] == ["H53.15", "H53.14"]


def test_one_organisation_is_as_ever(tmp_path):
    path = tmp_path / "edoc.toml"
    common = COMMON.replace('[organizations]\nfolder = "organizations"\n', "")
    path.write_text(common + OFFICE.format(code="H53.14"), encoding="utf-8")

    offices = load_offices(path)

    assert not offices.are_many
    assert offices.all[0].settings.state.folder == tmp_path / "state"
    assert offices.all[0].settings.axis.queue == "edoc.inbox.H53.14"


@pytest.mark.parametrize(
    ("codes", "own", "name"),
    [
        (("H53.14", "000.00.14.H53"), {}, "organization.code"),
        (("H53.14", "H53.15"), {"o2": "state.folder = '../state/H53.14'\n"}, "state"),
        (
            ("H53.14", "H53.15"),
            {
                "o1": "state.database = 'sqlite:////one.sqlite'\n",
                "o2": "state.database = 'sqlite:////one.sqlite'\n",
            },
            "state.database",
        ),
    ],
)
def test_what_two_would_share_is_refused_with_both_files(tmp_path, codes, own, name):
    path = written(tmp_path, *codes, **own)

    with pytest.raises((OfficesCollide, SettingsRefused)) as refused:
        load_offices(path)

    problems = getattr(refused.value, "problems", (refused.value,))
    assert problems[0].details["name"].startswith(name)
    assert file_of(tmp_path, "o1") in str(problems[0])
    assert file_of(tmp_path, "o2") in str(problems[0])


def test_one_register_needs_a_mapping_that_tells_whose_a_row_is(tmp_path):
    path = written(tmp_path, "H53.14", "H53.15")
    second = tmp_path / "organizations" / "o2.toml"
    text = second.read_text(encoding="utf-8")
    second.write_text(text.replace("H53.15.sqlite", "H53.14.sqlite"), encoding="utf-8")

    with pytest.raises(RegisterShared, match=r"documents\.select") as refused:
        offices_of(path)

    assert str(second) in str(refused.value)


@pytest.mark.parametrize("table", ["axis", "log"])
def test_what_all_share_stands_in_the_common_file_only(tmp_path, table):
    own = {"axis": "axis.prefetch = 4\n", "log": "log.level = 'debug'\n"}[table]
    path = written(tmp_path, "H53.14", o1=own)

    with pytest.raises(SettingCommon, match=table):
        load_offices(path)


def test_every_problem_of_every_file_is_told_with_its_file(tmp_path):
    path = written(tmp_path, "H53.14", "H53.15", "H53.16", o1="colour = 1\n")
    (tmp_path / "organizations" / "o3.toml").write_text("[dms]\n", encoding="utf-8")

    with pytest.raises(SettingsRefused) as refused:
        load_offices(path)

    problems = refused.value.problems
    assert {type(it) for it in problems} == {SettingForeign, SettingMissing}
    assert {it.details["where"] for it in problems} == {
        file_of(tmp_path, "o1"),
        file_of(tmp_path, "o3"),
    }


def test_a_slip_in_the_common_file_is_told_of_that_file(tmp_path):
    path = written(tmp_path, "H53.14", "H53.15", common=COMMON + "colour = 1\n")

    with pytest.raises(SettingForeign) as refused:
        load_offices(path)

    assert refused.value.details["where"] == str(path)


def test_a_folder_without_a_file_is_no_connector(tmp_path):
    with pytest.raises(OfficesMissing):
        load_offices(written(tmp_path))


def test_a_secret_of_the_common_file_is_beside_it(tmp_path):
    common = COMMON.replace("env:BROKER_PASSWORD", "file:axis.password")

    (office,) = load_offices(written(tmp_path, "H53.14", common=common)).all

    assert isinstance(office.settings.axis.password, SecretReference)
    assert str(tmp_path / "axis.password") in str(office.settings.axis.password)
