"""The argument by which people name a document."""

from __future__ import annotations

import click

from edoc_connector.cli.invocation import Invocation
from edoc_connector.errors import N_


def _filled(ctx: click.Context, _param: click.Parameter, value: str) -> str:
    if not value.strip() or not value.isprintable():
        invocation = ctx.find_object(Invocation)
        assert invocation is not None  # noqa: S101  (every call has one)
        raise click.BadParameter(invocation.text(N_("it is empty or no plain text")))
    return value.strip()


ID = click.argument("id", metavar="ID", callback=_filled)


def _all_filled(
    ctx: click.Context, param: click.Parameter, values: tuple[str, ...]
) -> tuple[str, ...]:
    return tuple(_filled(ctx, param, value) for value in values)


IDS = click.argument("ids", metavar="[ID]...", nargs=-1, callback=_all_filled)
"""Several of them, or none."""
