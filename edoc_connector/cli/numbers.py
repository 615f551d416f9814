"""A whole number within limits, as the command line takes it and speaks of it."""

from __future__ import annotations

from typing import Any, Final

import click

from edoc_connector.cli.group import language_of_context
from edoc_connector.errors import N_
from edoc_connector.language import translate

MOST_ROWS: Final = 1_000_000
"""A limit beyond it is a slip, and at last one that no database can count to."""


class Number(click.IntRange):
    """The same as click's own, in words that the catalogue has."""

    name = N_("number")

    def __init__(self, least: int, most: int | None = None) -> None:
        super().__init__(least, most)
        self.least = least
        self.most = most

    def convert(
        self,
        value: Any,  # noqa: ANN401  (whatever click hands over)
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> int:
        """Return the number, or say what is wrong with it."""
        try:
            number = int(value)
        except ValueError:
            template = N_("{value} is no whole number")
            self.fail(_said(template, value=value), param, ctx)
        if number < self.least or (self.most is not None and number > self.most):
            template = N_("{value} does not serve; it must be {range}")
            limits = self._describe_range()
            self.fail(_said(template, value=value, range=limits), param, ctx)
        return number

    def _describe_range(self) -> str:
        """Say the limits in words; click shows them behind the help."""
        if self.most is None:
            return _said(N_("at least {least}"), least=self.least)
        return _said(N_("{least} to {most}"), least=self.least, most=self.most)


def _said(template: str, **details: object) -> str:
    context = click.get_current_context(silent=True)
    return translate(template, language_of_context(context), **details)
