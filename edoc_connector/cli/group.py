"""Commands that are imported when they are called, and speak the reader's language."""

from __future__ import annotations

import gc
from collections.abc import Mapping
from copy import copy
from importlib import import_module
from types import ModuleType
from typing import Any, Final

import click

from edoc_connector.cli.failures import PipeBroken
from edoc_connector.cli.invocation import Invocation
from edoc_connector.cli.reach import spoken
from edoc_connector.language import Language, translate

MOST_LETTERS: Final = 1000
"""Longer than any sentence of ours: the formatter breaks lines, nobody cuts them."""

PACKAGE = __name__.rpartition(".")[0]


class Command(click.Command):
    """A command whose help is a message of the catalogue, said when it is shown."""

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the help in the language of the invocation."""
        twin = self._translated(ctx)
        super(Command, twin).format_help(ctx, formatter)

    def get_short_help_str(self, limit: int = 45) -> str:
        """Return the first sentence of the help, translated and never cut."""
        del limit
        ctx = click.get_current_context(silent=True)
        twin = self._translated(ctx)
        return super(Command, twin).get_short_help_str(MOST_LETTERS)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read what was typed; what is wrong with it names it as the help does."""
        try:
            return super().parse_args(ctx, args)
        except click.BadParameter as error:
            if error.param is not None:
                language = language_of_context(ctx)
                error.param = _translated_parameter(error.param, language, ctx)
            raise

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401  (click's own)
        """Do what was asked, for whom it is meant."""
        return spoken(ctx, lambda: super(Command, self).invoke(ctx))

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """Return what follows the name in the line of usage, translated."""
        language = language_of_context(ctx)
        pieces = super().collect_usage_pieces(ctx)
        return [translate("{piece}", language, piece=piece) for piece in pieces]

    def _translated(self, ctx: click.Context | None) -> Command:
        """Return a copy for showing; the command itself is shared."""
        language = language_of_context(ctx)
        twin = copy(self)
        for name in ("help", "short_help", "epilog"):
            text = getattr(self, name)
            setattr(twin, name, translate_plain(text, language))
        twin.params = [_translated_parameter(it, language, ctx) for it in self.params]
        return twin


class Group(Command, click.Group):
    """A group of such commands."""

    command_class = Command
    group_class = type


class LazyGroup(Group):
    """A group that knows of each command its name and one line, and no more.

    A command is the object `command` of a module of this package: its name after the
    prefix of the group.
    """

    def __init__(
        self,
        modules: Mapping[str, str],
        prefix: str = "",
        **options: Any,  # noqa: ANN401  (click's own)
    ) -> None:
        super().__init__(**options)
        self.modules = modules
        self.prefix = prefix

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the names, in the order of a first day at a new site."""
        return [*self.modules]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import the command, or return None where there is none of this name."""
        if cmd_name not in self.modules:
            return None
        name = f"{PACKAGE}.{self.prefix}{cmd_name}"
        try:
            found = imported(name).command
        except ModuleNotFoundError as error:
            if error.name != name:
                raise
            return None
        assert isinstance(found, click.Command)  # noqa: S101  (for the type checker)
        return found

    def invoke(self, ctx: click.Context) -> object:
        """Do what was asked."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise PipeBroken from error

    def format_commands(
        self, ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        """Write the lines without importing anything."""
        language = language_of_context(ctx)
        rows = [
            (name, translate(text, language)) for name, text in self.modules.items()
        ]
        with formatter.section(translate("Commands", language)):
            formatter.write_dl(rows)


def imported(name: str) -> ModuleType:
    """Import a module, and look for garbage neither meanwhile nor in it ever after.

    That is a seventh of the time a look takes, and there is none to be found.
    """
    gc.disable()
    try:
        return import_module(name)
    finally:
        gc.freeze()
        gc.enable()


def language_of_context(ctx: click.Context | None) -> Language:
    """Return the language the invocation was made with."""
    invocation = ctx.find_object(Invocation) if ctx else None
    return invocation.language if invocation else Language.ENGLISH


def translate_plain(text: str | None, language: Language) -> str | None:
    """Translate a text that has no details and may have braces of its own."""
    return text and translate("{text}", language, text=text)


def _translated_parameter(
    parameter: click.Parameter, language: Language, ctx: click.Context | None
) -> click.Parameter:
    twin = copy(parameter)
    if isinstance(twin, click.Option) and not twin.is_flag and ctx is not None:
        twin.metavar = twin.make_metavar(ctx)  # else click says TEXT to everybody
    for name in ("help", "metavar"):
        if isinstance(text := getattr(twin, name, None), str):
            setattr(twin, name, translate_plain(text, language))
    return twin
