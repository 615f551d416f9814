"""What `make` does where it may not install anything: one sentence, no more."""

import os
import subprocess
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[2] / "scripts"
NEEDED = ("sh", "dirname", "cat", "cksum", "uname")


def run(script: str, *arguments: str, **environment: str) -> tuple[int, str]:
    done = subprocess.run(
        ["/bin/sh", SCRIPTS / script, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=30,
        check=False,
    )
    return done.returncode, done.stderr + done.stdout


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A PATH on which hardly anything is, and a user who is not root."""
    for name in NEEDED:
        for folder in ("/bin", "/usr/bin"):
            if Path(folder, name).exists() and not (tmp_path / name).exists():
                (tmp_path / name).symlink_to(Path(folder, name))
    fake(tmp_path / "id", "echo 1000")
    return tmp_path


def fake(path: Path, body: str) -> None:
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)


def test_a_system_without_apt_is_left_alone(bare: Path) -> None:
    assert run("install-packages", "xmlsec1", PATH=str(bare)) == (3, "")


def test_without_root_and_sudo_nothing_is_installed(bare: Path) -> None:
    fake(bare / "apt-get", f"touch {bare}/called")

    assert run("install-packages", "xmlsec1", PATH=str(bare)) == (3, "")
    assert not (bare / "called").exists()


def test_a_sudo_that_wants_a_password_nobody_can_type_is_not_waited_for(
    bare: Path,
) -> None:
    fake(bare / "apt-get", f"touch {bare}/called")
    fake(bare / "sudo", '[ "$1" != -n ] || exit 1; sleep 60')

    code, said = run("install-packages", "xmlsec1", PATH=str(bare))

    assert (code, said) == (3, "edoc: installing with sudo apt-get: xmlsec1\n")
    assert not (bare / "called").exists()


def test_a_missing_program_costs_one_sentence_and_in_ci_the_run(bare: Path) -> None:
    laptop, said = run("setup-programs", PATH=str(bare))
    integration, _ = run("setup-programs", PATH=str(bare), CI="true")

    assert "apt-get install xmlsec1 libxml2-utils poppler-utils" in said
    assert (laptop, integration) == (0, 1)


@pytest.mark.parametrize(
    ("script", "variable"),
    [
        ("setup-broker", "EDOC_RABBITMQ_HOME"),
        ("setup-database", "EDOC_POSTGRES_BIN"),
    ],
)
def test_a_server_that_is_named_and_not_there_is_not_replaced(
    bare: Path, script: str, variable: str
) -> None:
    code, said = run(script, PATH=str(bare), **{variable: "/nowhere"})

    assert code == 1
    assert f"{variable} is /nowhere" in said


def test_without_a_python_a_person_is_told_which(bare: Path) -> None:
    project = bare / "project"
    (project / "scripts").mkdir(parents=True)
    for name in ("setup.cfg", "pyproject.toml", "scripts/setup-python"):
        (project / name).write_bytes((SCRIPTS.parent / name).read_bytes())

    code, said = run(str(project / "scripts/setup-python"), "demo", PATH=str(bare))

    assert code == 1
    assert "Python 3.11 or newer" in said


def test_every_script_may_be_run() -> None:
    for script in SCRIPTS.iterdir():
        assert os.access(script, os.X_OK), script
