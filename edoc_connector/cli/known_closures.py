"""Which codes are closed, for commands that do without settings and do better with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from edoc_connector.cli.invocation import Invocation
from edoc_connector.directory.closures import closure_of
from edoc_connector.errors import EdocError
from edoc_connector.flows.directory.closures import closures_in
from edoc_connector.model.closure import ClosureOf
from edoc_connector.own_storage import look_at_storage


@contextmanager
def known_closures(invocation: Invocation) -> Iterator[ClosureOf]:
    """Ask the imported directory where there is one, else the table of level 1.

    Without settings, or with a database that cannot be opened, a file is judged all
    the same.
    """
    with ExitStack() as stack:
        yield _opened(invocation, stack) or closure_of


def _opened(invocation: Invocation, stack: ExitStack) -> ClosureOf | None:
    try:
        storage = stack.enter_context(look_at_storage(invocation.settings))
        return closures_in(stack.enter_context(storage.reading()))
    except EdocError:
        return None
