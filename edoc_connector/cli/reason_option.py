"""The option by which people say why: nothing final is left unexplained."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from edoc_connector.cli.invocation import Invocation
from edoc_connector.errors import N_
from edoc_connector.model.invisible import without_invisible

CommandT = TypeVar("CommandT", bound=Callable[..., Any])


def reason_option(text: str) -> Callable[[CommandT], CommandT]:
    """Return the option `--reason` with this help: required, and it says something."""
    return click.option(
        "--reason", required=True, metavar=N_("TEXT"), callback=_said, help=text
    )


def _said(ctx: click.Context, _param: click.Parameter, value: str) -> str:
    if not without_invisible(value).strip():
        invocation = ctx.find_object(Invocation)
        assert invocation is not None  # noqa: S101  (every call has one)
        text = N_("say why in a few words with --reason")
        raise click.UsageError(invocation.text(text), ctx)
    return value.strip()
