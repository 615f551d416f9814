"""How requests about a received document are shown to people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import click

from edoc_connector.cli.invocation import Invocation
from edoc_connector.cli.output import print_fields
from edoc_connector.errors import N_
from edoc_connector.flows.inspecting.order_story import AskedChange
from edoc_connector.flows.inspecting.wording import ACTORS, CHANGES, ORDER_STATES


def print_orders(invocation: Invocation, orders: Iterable[AskedChange]) -> None:
    """Print each request: what, why, what became of it, who must act."""
    for order in orders:
        click.echo()
        print_fields(invocation, _fields(invocation, order))


def _fields(invocation: Invocation, order: AskedChange) -> Iterator[tuple[str, object]]:
    yield N_("Asked for"), invocation.text(CHANGES[order.kind])
    yield N_("By"), f"{order.sender}  {invocation.time(order.asked_at)}  {order.id}"
    if order.wish:
        yield N_("Their reason"), order.wish
    yield N_("State"), invocation.text(ORDER_STATES[order.state])
    if order.decided_at is not None:
        yield N_("Since"), invocation.time(order.decided_at)
    yield N_("Who must act"), invocation.text(ACTORS[order.must_act])
    if order.reason is not None:
        yield N_("Reason"), invocation.reason(order.reason)
