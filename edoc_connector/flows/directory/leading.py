"""A document on the way that its recipients take today: each body gets it once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from edoc_connector.clock import VIETNAM
from edoc_connector.envelope.names import NODE_ALIAS
from edoc_connector.flows.directory.closures import expect
from edoc_connector.flows.directory.routes import routes_on
from edoc_connector.ledger.facts import DocumentRedirected
from edoc_connector.model.document import Organization
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.route import Route, RouteOf
from edoc_connector.storage import Work
from edoc_connector.storage.records import OutgoingDocument


@dataclass(frozen=True, slots=True, kw_only=True)
class Led:
    """A taken document with one recipient for each body that gets it, and its way.

    Its packet names everybody whom the clerk has named, and successors beside them.
    """

    document: OutgoingDocument
    recipients: tuple[Organization, ...]
    routes: Mapping[OrganizationCode, Route]
    redirected: tuple[DocumentRedirected, ...]


def led_in(work: Work, taken: Sequence[OutgoingDocument]) -> tuple[Led, ...]:
    """Return each with the ways that the directory knows on the day it is taken."""
    days = [it.taken_at.astimezone(VIETNAM).date() for it in taken]
    named = [it.code for each in taken for it in _named(each)]
    routes = {}
    for day in set(days):
        expect(work, named, day)
        routes[day] = routes_on(work, day)
    return tuple(_led(it, routes[day]) for it, day in zip(taken, days, strict=True))


def _led(taken: OutgoingDocument, route_of: RouteOf) -> Led:
    named = _named(taken)
    routes = {it.code: route_of(it.code) for it in named}
    return Led(
        document=_with_heirs(taken, routes),
        # A change asks everybody who has the original, though two are one by now.
        recipients=tuple(_once(named, routes)) if taken.changes is None else named,
        routes=routes,
        redirected=tuple(_redirected(taken, routes)),
    )


def _named(taken: OutgoingDocument) -> tuple[Organization, ...]:
    return taken.document.recipients if taken.document else ()


def _once(
    named: Iterable[Organization], routes: Mapping[OrganizationCode, Route]
) -> Iterator[Organization]:
    """Yield who gets it; of several codes that lead to one body the first."""
    seen: set[OrganizationCode] = set()
    for it in named:
        end = routes[it.code].end_for(it.code)
        if end not in seen:
            seen.add(end)
            yield it


def _with_heirs(
    taken: OutgoingDocument, routes: Mapping[OrganizationCode, Route]
) -> OutgoingDocument:
    """Name successors in the packet as nodes of the axis name other codes of a body.

    No seal covers these: whoever reads it sees in To whom the clerk has chosen.
    """
    heirs = {it.goes_to: it.name for it in routes.values() if it.closed_on}
    if taken.document is None or not heirs:
        return taken
    marked = (
        Organization(code=code, name=name, in_charge=NODE_ALIAS)
        for code, name in heirs.items()
        if not any(code.is_same_body(named) for named in routes)
    )
    recipients = (*taken.document.recipients, *marked)
    return replace(taken, document=replace(taken.document, recipients=recipients))


def _redirected(
    taken: OutgoingDocument, routes: Mapping[OrganizationCode, Route]
) -> Iterator[DocumentRedirected]:
    for code, route in routes.items():
        if route.closed_on is not None:
            yield DocumentRedirected(
                document=taken.key,
                recipient=code,
                successor=route.goes_to,
                closed_on=route.closed_on.isoformat(),
            )
