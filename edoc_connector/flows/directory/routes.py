"""Where the mail for a code goes: to the body itself, however it is written to.

A code that is another one of an open body goes under the code that this bears today,
and what is for a closed one to whom has followed.  Mail is led away from the code that
a clerk has chosen only where one single body can be meant.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from functools import cache

from edoc_connector.clock import VIETNAM
from edoc_connector.flows.directory.closures import closures_in
from edoc_connector.flows.site import Site
from edoc_connector.model.closure import ClosureOf
from edoc_connector.model.organization_code import Form, OrganizationCode
from edoc_connector.model.route import STRAIGHT, Route, RouteOf
from edoc_connector.storage import Storage, Work
from edoc_connector.storage.directory import Asked


def routes_in(work: Work, at: datetime) -> RouteOf:
    """Return the question where mail goes, to be asked within this work."""
    return routes_on(work, at.astimezone(VIETNAM).date())


def routes_on(work: Work, on: date) -> RouteOf:
    """Return the question where mail goes on a day, to be asked within this work.

    Of each code it is found out once.
    """
    closure_of = closures_in(work)

    @cache
    def route_of(code: OrganizationCode) -> Route:
        if not code or code.form in {Form.UNKNOWN, Form.NODE}:
            return STRAIGHT
        return _called(work, code, on) or _followed(closure_of, code, on) or STRAIGHT

    return route_of


def is_ours(site: Site, work: Work, code: OrganizationCode) -> bool:
    """Whether mail for this code is for us, by the settings or by the directory."""
    if site.serves(code):
        return True
    end = routes_in(work, site.clock())(code).end_for(code)
    return site.organization.code.is_same_body(end)


def addressed_as(
    site: Site, storage: Storage, codes: Sequence[OrganizationCode]
) -> OrganizationCode | None:
    """Return which of the codes means us, our own before others; None for none."""
    own = site.organization.code
    found = next((it for it in codes if own.is_same_body(it)), None)
    found = found or next((it for it in codes if site.serves(it)), None)
    if found is not None:
        return found
    with storage.reading() as work:
        return next((it for it in codes if is_ours(site, work, it)), None)


def _called(work: Work, code: OrganizationCode, on: date) -> Route | None:
    """Return the way to an open body, under the code that it bears on that day."""
    if work.directory.is_empty():
        return None
    asked = Asked(on)
    own = work.directory.of(code.canonical, asked)
    if own is not None and own.stretch.holds(on):
        return STRAIGHT
    called = work.directory.called(code.canonical, asked)
    if len(called) != 1:  # of several nobody knows which one is meant
        return None
    return Route(goes_to=called[0].stretch.body.code)


def _followed(closure_of: ClosureOf, code: OrganizationCode, on: date) -> Route | None:
    closure = closure_of(code, on)
    if closure is None or not closure.is_followed(code):
        return None
    heir = closure.successor
    if heir is None or closure_of(heir, on) is not None:
        return None
    return Route(goes_to=heir, closed_on=closure.since, name=closure.name)
