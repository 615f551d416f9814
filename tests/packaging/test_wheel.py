"""The wheel that a site installs: everything in it, nothing of ours too much."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from edoc_connector import __version__

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.timeout(300)


def run(*command: object, cwd: Path) -> str:
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from what git knows, as a release is."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    source.mkdir()
    listed = run("git", "ls-files", "-z", cwd=ROOT)
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file() and not name.startswith("tests/"):
            target = source / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes((ROOT / name).read_bytes())
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "-q")
    run(*pip, "wheel", "--no-deps", "-w", folder, source, cwd=folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.mark.parametrize(
    "name",
    [
        "edoc_connector/py.typed",
        "edoc_connector/directory/level_one.csv",
        "edoc_connector/schemas/edxml-reading.xsd",
        "edoc_connector/schemas/edxml-writing.xsd",
        "edoc_connector/schemas/seal-statement.xsd",
        "edoc_connector/examples/axis/national.toml",
        "edoc_connector/examples/edoc.example.toml",
        "edoc_connector/examples/dms/demo.toml",
        "edoc_connector/examples/dms/demo.sql",
        "edoc_connector/locale/vi/LC_MESSAGES/edoc.mo",
        "edoc_connector/storage/migrations/env.py",
    ],
)
def test_what_the_program_reads_is_in_the_wheel(wheel, name):
    assert name in zipfile.ZipFile(wheel).namelist()


def test_every_module_is_in_the_wheel(wheel):
    modules = {
        str(path.relative_to(ROOT)) for path in (ROOT / "edoc_connector").rglob("*.py")
    }

    assert modules <= set(zipfile.ZipFile(wheel).namelist())


def test_no_test_and_no_tool_is_shipped(wheel):
    names = zipfile.ZipFile(wheel).namelist()

    assert not [name for name in names if name.startswith(("tests", "scripts"))]


def test_the_installed_wheel_answers_and_makes_a_site(wheel, tmp_path):
    venv = tmp_path / "venv"
    run(sys.executable, "-m", "venv", "--system-site-packages", venv, cwd=tmp_path)
    pip = (venv / "bin" / "python", "-m", "pip", "-q", "--disable-pip-version-check")
    run(*pip, "install", "--no-deps", "--force-reinstall", wheel, cwd=tmp_path)
    # What the wheel depends on is here already: that of the environment of the tests.
    here = next(path for path in sys.path if path.endswith("site-packages"))
    (site,) = (venv / "lib").glob("python*/site-packages")
    (site / "depends.pth").write_text(here)

    edoc = venv / "bin" / "edoc"
    version = run(edoc, "--version", cwd=tmp_path)
    run(
        edoc,
        "init",
        tmp_path / "site",
        "--code",
        "H20.14",
        "--name",
        "Sở Khoa học và Công nghệ",
        "--axis-url",
        "amqp://H20.14@127.0.0.1/edoc",
        cwd=tmp_path,
    )

    assert version == f"edoc {__version__}\n"
    assert (tmp_path / "site" / "edoc.toml").exists()
    assert (tmp_path / "site" / "seal.key.pem").stat().st_mode & 0o077 == 0
