"""Commands that only look start at once: they load nothing that the service needs."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = (
    "pika",
    "lxml",
    "cryptography",
    "alembic",
    "sqlalchemy.dialects.postgresql",
    "edoc_connector.app",
    "edoc_connector.ledger.facts",
)


@pytest.mark.parametrize(
    "command", ["document", "document_list", "why", "directory_lookup"]
)
def test_a_look_loads_nothing_heavy(command):
    code = f"import sys, edoc_connector.cli.{command}; print(*sys.modules)"

    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert set(HEAVY) & set(done.stdout.split()) == set()
