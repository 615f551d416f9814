from pathlib import Path

import pytest

from edoc_connector.cli import command
from edoc_connector.errors import ExitCode

UNIT = Path(__file__).parents[2] / "config/edoc.service"


def values(key: str) -> list[str]:
    lines = UNIT.read_text(encoding="utf-8").splitlines()
    return [line.partition("=")[2] for line in lines if line.startswith(f"{key}=")]


def test_the_service_calls_a_command_that_there_is():
    (start,) = values("ExecStart")
    program, *arguments = start.split()

    context = command.make_context("edoc", [*arguments], resilient_parsing=True)

    assert program.endswith("/edoc")
    assert arguments[-1] in command.list_commands(context)


def test_what_a_restart_cannot_mend_is_not_restarted():
    (given,) = values("RestartPreventExitStatus")

    assert {int(code) for code in given.split()} == {
        ExitCode.SETTINGS,
        ExitCode.NOT_WHOLE,
    }


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("Restart", "on-failure"),
        ("NoNewPrivileges", "yes"),
        ("ProtectSystem", "strict"),
        ("ProtectHome", "yes"),
        ("PrivateTmp", "yes"),
        ("CapabilityBoundingSet", ""),
        ("StateDirectory", "edoc"),
        ("UMask", "0077"),
    ],
)
def test_the_service_may_do_no_more_than_it_must(key, value):
    assert values(key) == [value]
