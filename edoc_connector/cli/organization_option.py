"""A code of a body, as people type it: something, and without what nobody sees."""

from __future__ import annotations

from typing import Any, Final

import click

from edoc_connector.cli.invocation import Invocation
from edoc_connector.errors import N_
from edoc_connector.model.organization_code import OrganizationCode, cleaned


class _Organization(click.ParamType):  # type: ignore[type-arg]  # as in moments.py
    """Any form of a code; what is empty would mean everybody."""

    name = "code"

    def convert(
        self,
        value: Any,  # noqa: ANN401  (whatever click hands over)
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> OrganizationCode:
        """Return the code, cleaned of what came along when it was pasted."""
        code, _ = cleaned(str(value))
        if not code or not code.isprintable():
            invocation = ctx.find_object(Invocation) if ctx else None
            text = N_("it is empty or no plain text")
            self.fail(invocation.text(text) if invocation else text, param, ctx)
        return code


ORGANIZATION: Final = _Organization()
