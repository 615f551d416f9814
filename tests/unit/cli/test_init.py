import stat
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from edoc_connector.cli.init import create, example, filled
from edoc_connector.errors import (
    AlreadyThere,
    ExitCode,
    NotWritable,
    OfficesMissing,
    PasswordInSettings,
    SecretUnreadable,
)
from edoc_connector.organizations import load_offices
from edoc_connector.pki.request import KeyKind
from edoc_connector.settings import load
from tests.support.shell import edoc

VALUES = {
    "organization.code": "H20.14",
    "organization.name": 'Sở "Nội vụ"',
    "axis.url": "amqps://h20.14@broker.example/edoc",
    "dms.url": "sqlite:///dms.sqlite",
    "dms.profile": "demo",
}


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_new_site_has_settings_key_request_and_state(tmp_path):
    folder = tmp_path / "site"

    create(folder, VALUES, KeyKind.P_256)

    assert names(folder) == {
        "axis.key.pem",
        "axis.request.pem",
        "edoc.toml",
        "seal.key.pem",
        "seal.request.pem",
        "state",
    }
    settings = load(folder / "edoc.toml")
    assert settings.axis.key == folder / "axis.key.pem"
    assert settings.organization.name == 'Sở "Nội vụ"'
    assert settings.seal.key == str(folder / "seal.key.pem")


def test_the_request_for_the_axis_is_in_the_name_of_the_account(tmp_path):
    create(tmp_path, VALUES, KeyKind.P_256)

    request = x509.load_pem_x509_csr((tmp_path / "axis.request.pem").read_bytes())
    assert request.subject.rfc4514_string() == "CN=h20.14"


def test_a_broker_on_this_computer_is_reached_with_a_password(tmp_path):
    here = {**VALUES, "axis.url": "amqp://h20.14@127.0.0.1/edoc"}

    create(tmp_path, here, KeyKind.P_256)

    axis = load(tmp_path / "edoc.toml").axis
    assert (axis.certificate, axis.key) == (None, None)
    assert str(axis.password) == f"file:{tmp_path}/axis.password"
    assert "axis.key.pem" not in names(tmp_path)


def test_what_is_private_is_readable_by_its_owner_only(tmp_path):
    folder = tmp_path / "site"

    create(folder, VALUES, KeyKind.P_256)

    for name in ("", "seal.key.pem", "axis.key.pem", "state"):
        private = folder / name
        assert stat.S_IMODE(private.stat().st_mode) & 0o077 == 0


@pytest.mark.parametrize(
    ("kind", "family"),
    [
        (KeyKind.RSA_2048, rsa.RSAPrivateKey),
        (KeyKind.P_256, ec.EllipticCurvePrivateKey),
    ],
)
def test_the_request_is_for_the_key_and_names_the_organisation(tmp_path, kind, family):
    create(tmp_path, VALUES, kind)

    key = load_pem_private_key((tmp_path / "seal.key.pem").read_bytes(), None)
    request = x509.load_pem_x509_csr((tmp_path / "seal.request.pem").read_bytes())
    assert isinstance(key, family)
    assert request.public_key() == key.public_key()
    assert "H20.14" in request.subject.rfc4514_string()


def test_the_key_is_encrypted_where_a_password_is_given(tmp_path):
    password = tmp_path / "key.password"
    password.touch(mode=0o600)
    password.write_text("correct horse\n", encoding="utf-8")
    folder = tmp_path / "site"

    create(folder, {**VALUES, "seal.password": f"file:{password}"}, KeyKind.P_256)

    data = (folder / "seal.key.pem").read_bytes()
    assert b"ENCRYPTED" in data
    assert load_pem_private_key(data, b"correct horse")
    assert load(folder / "edoc.toml").seal.password is not None


@pytest.mark.parametrize(
    "name", ["axis.key.pem", "edoc.toml", "seal.key.pem", "seal.request.pem"]
)
def test_nothing_is_overwritten(tmp_path, name):
    (tmp_path / name).write_text("mine", encoding="utf-8")

    with pytest.raises(AlreadyThere, match=name):
        create(tmp_path, VALUES, KeyKind.P_256)

    assert names(tmp_path) == {name}
    assert (tmp_path / name).read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("axis.url", "amqps://h20:hunter2@broker.example/edoc", PasswordInSettings),
        ("seal.password", "file:/nowhere/password", SecretUnreadable),
    ],
)
def test_a_wrong_answer_leaves_no_half_made_site(tmp_path, name, value, error):
    with pytest.raises(error):
        create(tmp_path, {**VALUES, name: value}, KeyKind.P_256)

    assert names(tmp_path) <= {"state"}


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(NotWritable, match="Not a directory"):
        create(tmp_path / "file" / "site", VALUES, KeyKind.P_256)


def test_the_explanations_stay_in_the_settings_of_the_new_site():
    text = filled(example(), VALUES)

    changed = {
        line
        for line in set(text.splitlines()) ^ set(example().splitlines())
        if line.startswith("#")
    }
    assert changed == set()
    assert text.count("\n") == example().count("\n")


def test_a_default_that_is_changed_is_no_longer_a_comment():
    text = filled(example(), {"poll.batch": "x"})

    assert '\nbatch = "x"\n' in text
    assert "# batch" not in text


def test_options_answer_every_question(capsys, tmp_path):
    folder = tmp_path / "site"

    done = edoc(
        capsys,
        "init",
        str(folder),
        "--code=H20.14",
        "--name=Sở Nội vụ",
        "--axis-url=amqps://h20.14@broker.example/edoc",
        "--key-type=ecdsa",
    )

    assert (done.code, done.out) == (0, "")
    assert f"{folder}/seal.request.pem" in done.err
    assert f"edoc settings check {folder}/edoc.toml" in done.err
    assert load(folder / "edoc.toml").organization.name == "Sở Nội vụ"


def test_a_program_is_not_asked_but_told_what_is_missing(capsys, tmp_path):
    done = edoc(capsys, "init", str(tmp_path / "site"), "--code=H20.14")

    assert done.code == ExitCode.USAGE
    assert "'--name'" in done.err
    assert "'--axis-url'" in done.err
    assert not (tmp_path / "site").exists()


def test_a_person_is_asked_what_no_option_says(capsys, tmp_path, monkeypatch):
    answers = iter(["h20", "H20.14", "Sở Nội vụ", "amqps://h20.14@broker.example/edoc"])
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda _: next(answers))

    done = edoc(capsys, "init", str(tmp_path / "site"), "--key-type=ecdsa")

    assert done.code == 0
    assert '--code is "h20", but must be' in done.err
    assert load(tmp_path / "site/edoc.toml").organization.code == "H20.14"


def test_a_wrong_option_is_told_by_its_own_name(capsys, tmp_path):
    done = edoc(
        capsys,
        "init",
        str(tmp_path / "site"),
        "--code=H20",
        "--name=x",
        "--axis-url=http://b",
    )

    assert "--axis-url must be the URL of a broker" in done.err
    assert "draft" not in done.err


def test_a_password_file_protects_the_key(capsys, tmp_path):
    password = tmp_path / "key.password"
    password.touch(mode=0o600)
    password.write_text("correct horse", encoding="utf-8")

    done = edoc(
        capsys,
        "init",
        str(tmp_path / "site"),
        "--code=H20.14",
        "--name=x",
        "--axis-url=amqps://a@b/c",
        "--key-type=ecdsa",
        f"--password-file={password}",
    )

    assert done.code == 0
    assert b"ENCRYPTED" in (tmp_path / "site/seal.key.pem").read_bytes()


@pytest.fixture
def common(tmp_path):
    """The common settings of a connector that serves nobody yet."""
    path = tmp_path / "edoc.toml"
    path.write_text(COMMON, encoding="utf-8")
    (tmp_path / "offices").mkdir()
    return path


COMMON = """
organizations = { folder = "offices" }
state = { folder = "state" }
axis.url = "amqps://h53@broker.example/edoc"
axis.certificate = "axis.certificate.pem"
axis.key = "axis.key.pem"
trust.anchors = ["authority.pem"]
"""


def add(capsys, common, code):
    folder = str(common.parent / "offices")
    named = ("--code", code, "--name", "UBND xã", "--key-type", "ecdsa")
    return edoc(capsys, "init", folder, "--into", str(common), *named)


def test_each_organisation_that_is_added_has_a_document_database_of_its_own(
    capsys, common
):
    done = [add(capsys, common, code).code for code in ("H53.1", "H53.2")]

    offices = load_offices(common)
    assert done == [ExitCode.OK, ExitCode.OK]
    assert [str(it.code) for it in offices.all] == ["H53.1", "H53.2"]
    assert not offices.share_registers


def test_who_serves_nobody_yet_is_told_how_to_add_one(common):
    with pytest.raises(OfficesMissing, match=f"edoc init FOLDER --into {common} "):
        load_offices(common)


def test_an_organisation_is_not_added_again_under_another_writing(capsys, common):
    add(capsys, common, "H53.14")

    again = add(capsys, common, "000.00.14.H53")

    assert again.code == ExitCode.USAGE
    assert "offices-collide" in again.err
    assert names(common.parent / "offices") == {
        "H53.14.toml",
        "H53.14.key.pem",
        "H53.14.request.pem",
    }


def test_the_folder_of_the_organisations_is_made_with_the_first_one(capsys, common):
    (common.parent / "offices").rmdir()

    done = add(capsys, common, "H53.14")

    assert done.code == ExitCode.OK
    assert codes(common) == ["H53.14"]


def test_the_first_organisation_stays_the_first(capsys, common):
    add(capsys, common, "H53.14")

    before_it = add(capsys, common, "H53.1")
    after_it = add(capsys, common, "H53.2")

    assert (before_it.code, after_it.code) == (ExitCode.USAGE, ExitCode.OK)
    assert 'files = ["offices/H53.14.toml"]' in before_it.err
    assert codes(common) == ["H53.14", "H53.2"]
    assert "H53.1.key.pem" not in names(common.parent / "offices")


def test_who_is_said_to_be_the_first_stays_it_whoever_is_added(capsys, common):
    add(capsys, common, "H53.14")
    first = 'folder = "offices", files = ["offices/H53.14.toml"]'
    text = common.read_text("utf-8").replace('folder = "offices"', first)
    common.write_text(text, "utf-8")

    done = add(capsys, common, "H53.1")

    assert done.code == ExitCode.OK
    assert codes(common) == ["H53.14", "H53.1"]


def test_a_file_that_nobody_would_read_is_told(capsys, common):
    elsewhere = str(common.parent / "elsewhere")
    named = ("--code=H53.1", "--name=UBND xã", "--key-type=ecdsa")

    done = edoc(capsys, "init", elsewhere, "--into", str(common), *named)

    assert done.code == ExitCode.OK
    assert f'files under [organizations] in {common}: "elsewhere/H53.1.toml"' in (
        " ".join(done.err.split())
    )


def codes(common):
    return [str(it.code) for it in load_offices(common).all]


def test_what_is_wrong_is_in_a_file_that_is_there(capsys, common):
    text = common.read_text("utf-8").replace("trust.anchors", "trust.anchor")
    common.write_text(text, "utf-8")

    done = add(capsys, common, "H53.1")

    assert done.code == ExitCode.SETTINGS
    assert f"{common} has problems: 2" in done.err
    assert ".draft" not in done.err
    assert names(common.parent / "offices") == set()


def test_a_mapping_that_does_not_serve_is_told_without_a_draft(capsys, tmp_path):
    done = edoc(
        capsys,
        "init",
        str(tmp_path / "site"),
        *("--code=H20.14", "--name=x", "--axis-url=amqps://a@b/c", "--dms-profile="),
    )

    assert done.code == ExitCode.SETTINGS
    assert str(tmp_path / "site/edoc.toml") in done.err
    assert ".draft" not in done.err
