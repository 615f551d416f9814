"""Each import contract holds, and each has been seen to fail when it is broken."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

BREACHES = {
    "Imports point down this list, never up": (
        "model/document.py",
        "from edoc_connector.flows.outgoing import take",
    ),
    "The stories among the flows lean one way": (
        "flows/changes/plan.py",
        "from edoc_connector.flows.outgoing import take",
    ),
    "The core does no I/O": ("envelope/read.py", "import socket"),
    "Flows speak to ports, not to products": (
        "flows/outgoing/take.py",
        "import sqlalchemy",
    ),
    "Only app chooses an adapter": (
        "flows/outgoing/relay.py",
        "from edoc_connector.bus import rabbit",
    ),
    "Five modules know pika": ("bus/turns.py", "import pika"),
    "One module speaks PKCS#11": ("pki/keys.py", "import pkcs11"),
    "Only the worker reads strangers' PDFs": (
        "pdf/inspector.py",
        "import pyhanko.sign",
    ),
}

ADAPTERS = [
    "bus.inward",
    "bus.memory",
    "bus.outward",
    "bus.rabbit",
    "pdf.inspector",
    "pki.revocation",
    "pki.timestamp",
    "pki.token_key",
]
"""What only the composition root may choose."""


def contracts() -> set[str]:
    """The names of all contracts in setup.cfg."""
    lines = (ROOT / "setup.cfg").read_text().partition("[importlinter]")[2].splitlines()
    return {line.partition("=")[2].strip() for line in lines if line.startswith("name")}


def lint(folder: Path) -> str:
    """What import-linter says of the package in this folder."""
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=folder,
        env={"PYTHONPATH": str(folder), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The package and its contracts, to be broken."""
    shutil.copytree(ROOT / "edoc_connector", tmp_path / "edoc_connector")
    shutil.copy(ROOT / "setup.cfg", tmp_path)
    return tmp_path


def test_every_contract_has_a_breach_that_shows_it():
    assert contracts() == set(BREACHES)


def test_all_contracts_hold(copy):
    assert "0 broken" in lint(copy)


@pytest.mark.parametrize("name", BREACHES)
def test_a_broken_contract_is_noticed(copy, name):
    module, breach = BREACHES[name]
    path = copy / "edoc_connector" / module
    path.write_text(f"{path.read_text()}\n{breach}\n")

    assert f"{name} BROKEN" in lint(copy)


def test_each_adapter_is_noticed_where_another_module_chooses_it(copy):
    names = [f"edoc_connector.{adapter}" for adapter in ADAPTERS]
    with (copy / "edoc_connector" / "cli" / "words.py").open("a") as file:
        file.writelines(f"import {name}\n" for name in names)

    told = lint(copy)

    for name in names:
        assert f"edoc_connector.cli.words -> {name}" in told
