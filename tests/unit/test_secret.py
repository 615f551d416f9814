from pathlib import Path

import pytest

from edoc_connector.errors import PasswordInSettings, SecretExposed, SecretUnreadable
from edoc_connector.secret import Keeper, Secret, SecretReference, value_of
from edoc_connector.toml import Place

PLACE = Place(Path("/etc/edoc/edoc.toml"), "axis.password")


def secret_file(folder: Path, text: str | bytes, mode: int = 0o600) -> SecretReference:
    path = folder / "password"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    path.chmod(mode)
    return SecretReference(Keeper.FILE, str(path))


def test_a_secret_does_not_show_itself():
    secret = Secret("hunter2")

    shown = [repr(secret), str(secret), f"{secret}", f"{secret!r}", "%s" % secret]  # noqa: UP031

    assert shown == ["***"] * 5
    assert secret.value == "hunter2"


def test_a_file_is_named_from_where_the_settings_are():
    reference = SecretReference.from_toml("file:broker.password", PLACE)

    assert str(reference) == "file:/etc/edoc/broker.password"


def test_an_absolute_file_stays_where_it_is():
    reference = SecretReference.from_toml("file:/run/secrets/broker", PLACE)

    assert reference == SecretReference(Keeper.FILE, "/run/secrets/broker")


@pytest.mark.parametrize("written", ["hunter2", "file:", "env:", "", "vault:x", 123456])
def test_a_password_in_the_settings_is_refused_and_not_repeated(written):
    with pytest.raises(PasswordInSettings) as caught:
        SecretReference.from_toml(written, PLACE)

    assert "axis.password" in str(caught.value)
    if written:
        assert str(written) not in str(caught.value).replace(
            "file:edoc.password", ""
        ).replace("env:NAME", "")


def test_a_secret_is_read_from_a_file_without_its_line_end(tmp_path):
    assert secret_file(tmp_path, " pass word \r\n").read() == Secret(" pass word ")


def test_a_secret_is_read_each_time_it_is_needed(tmp_path):
    reference = secret_file(tmp_path, "old")
    assert reference.read() == Secret("old")

    secret_file(tmp_path, "new")

    assert reference.read() == Secret("new")


def test_a_secret_is_read_from_the_environment(monkeypatch):
    monkeypatch.setenv("BROKER_PASSWORD", "x")

    assert SecretReference(Keeper.ENVIRONMENT, "BROKER_PASSWORD").read() == Secret("x")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o611])
def test_a_file_that_others_may_use_is_refused_with_what_to_do(tmp_path, mode):
    reference = secret_file(tmp_path, "x", mode)

    with pytest.raises(SecretExposed, match=f"chmod 600 {reference.name}"):
        reference.read()


@pytest.mark.parametrize(
    ("reference", "problem"),
    [
        (SecretReference(Keeper.FILE, "/nowhere/password"), "No such file"),
        (
            SecretReference(Keeper.ENVIRONMENT, "NOT_SET_ANYWHERE"),
            "no such environment",
        ),
    ],
)
def test_a_secret_that_is_not_there_is_told_by_its_reference(reference, problem):
    with pytest.raises(SecretUnreadable, match=problem) as caught:
        reference.read()

    assert str(reference) in str(caught.value)


def test_the_setting_that_names_it_is_told():
    reference = SecretReference.from_toml("file:nowhere", PLACE)

    with pytest.raises(SecretUnreadable, match=r"^axis\.password names the secret"):
        reference.read()


def test_an_empty_file_is_no_secret(tmp_path):
    with pytest.raises(SecretUnreadable, match="the file is empty"):
        secret_file(tmp_path, "\n").read()


def test_a_file_that_is_not_text_is_refused_without_quoting_it(tmp_path):
    with pytest.raises(SecretUnreadable, match="UTF-8") as caught:
        secret_file(tmp_path, b"hunter\xff").read()

    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
    assert "hunter" not in str(caught.value)


def test_where_no_secret_is_named_there_is_none(tmp_path):
    assert value_of(None) is None
    assert value_of(secret_file(tmp_path, "s3cret")) == "s3cret"
