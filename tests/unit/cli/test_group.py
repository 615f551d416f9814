import sys

import click
import pytest

from edoc_connector.cli.group import LazyGroup
from edoc_connector.cli.invocation import Invocation
from edoc_connector.language import Language


def lazy(**modules: str) -> tuple[LazyGroup, click.Context]:
    group = LazyGroup(modules=modules, name="edoc")
    return group, click.Context(group, obj=Invocation(Language.VIETNAMESE))


def test_a_command_is_imported_when_it_is_called(monkeypatch):
    monkeypatch.delitem(sys.modules, "edoc_connector.cli.init", raising=False)
    group, context = lazy(init="x")

    assert group.list_commands(context) == ["init"]
    assert "edoc_connector.cli.init" not in sys.modules
    assert group.get_command(context, "init")


def test_a_name_that_is_not_listed_is_no_command():
    group, context = lazy(init="x")

    assert group.get_command(context, "output") is None


def test_a_command_that_is_not_part_of_this_release_does_not_break_help():
    group, context = lazy(notthere="x")

    assert group.get_command(context, "notthere") is None
    assert "notthere" in group.get_help(context)


def test_what_a_command_itself_misses_is_not_hidden(monkeypatch):
    monkeypatch.setitem(sys.modules, "edoc_connector.pki.request", None)
    monkeypatch.delitem(sys.modules, "edoc_connector.cli.init", raising=False)
    group, context = lazy(init="x")

    with pytest.raises(ModuleNotFoundError, match=r"pki\.request"):
        group.get_command(context, "init")


def test_lines_of_help_are_translated():
    group, context = lazy(init="Sender")

    assert "init  Nơi gửi" in group.get_help(context)
