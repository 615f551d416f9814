"""Whatever lists, shows or decides about documents can be read by programs too."""

import click
import pytest

from edoc_connector.cli import command as edoc_command
from edoc_connector.cli.invocation import Invocation
from edoc_connector.language import Language

SPOKEN = (
    "status",
    "why",
    "document list",
    "document show",
    "document recall",
    "document update",
    "document replace",
    "document resend",
    "document agree",
    "document refuse",
    "document statement",
    "queue list",
    "queue show",
    "queue park",
    "queue release",
    "quarantine list",
    "quarantine show",
    "quarantine release",
    "quarantine reject",
    "reconciliation list",
    "reconciliation show",
    "reconciliation close",
    "directory import",
    "directory lookup",
    "directory tree",
    "directory problems",
    "directory merge",
)


@pytest.mark.parametrize("path", SPOKEN)
def test_a_command_speaks_to_programs(path):
    found: click.Command = edoc_command
    context = click.Context(found, obj=Invocation(Language.ENGLISH))
    for name in path.split():
        assert isinstance(found, click.Group)
        found = found.get_command(context, name)

    options = [option for param in found.params for option in param.opts]
    assert "--json" in options
