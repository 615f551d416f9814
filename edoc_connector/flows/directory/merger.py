"""What a merger on a day would touch: shown, and nothing of it done.

Bodies that would end with all below them, the codes under which they are still found,
documents on their way to them and from them, and settings that name them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from edoc_connector.errors import BodyUnknown, MergerIntoItself
from edoc_connector.flows.directory.lookup import name_of
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.storage import Work
from edoc_connector.storage.directory import Asked

Named = Mapping[str, Sequence[OrganizationCode]]
"""A setting -> the identifiers it names."""


class Touch(StrEnum):
    """What kind of thing is touched."""

    BODY_CLOSES = "body-closes"
    BODY_ORPHANED = "body-orphaned"
    """It is below one that ends, and nobody has said under which code it goes on."""
    SUCCESSOR = "successor"
    SUCCESSOR_UNKNOWN = "successor-unknown"
    ADDRESS = "address"
    """Another code under which it is written to, which has to be accepted on."""
    GOING = "document-going"
    ANSWER = "answer-going"
    COMING = "document-coming"
    SETTING = "setting"


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """One thing a merger touches.

    `code` is whose it is; `what` a name, another code, a document or a setting.
    """

    kind: Touch
    code: OrganizationCode
    what: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Merger:
    """Bodies that end on a day, and the one that goes on in their place."""

    ending: tuple[OrganizationCode, ...]
    into: OrganizationCode
    on: date


def touched(work: Work, merger: Merger, named: Named) -> tuple[Touched, ...]:
    """Return everything the merger touches, bodies first.

    Raises `BodyUnknown` for one that ends and that nobody knows, `MergerIntoItself`
    for one that would go on in its own place.
    """
    if merger.into in merger.ending:
        raise MergerIntoItself(code=merger.into)
    asked = Asked(merger.on)
    codes: dict[OrganizationCode, None] = {}
    bodies = tuple(_bodies(work, merger, asked, codes))
    return (
        *bodies,
        _successor(work, merger, asked),
        *_addresses(work, codes, asked),
        *_on_the_way(work, codes),
        *_settings(codes, named),
    )


def _bodies(
    work: Work,
    merger: Merger,
    asked: Asked,
    codes: dict[OrganizationCode, None],
) -> Iterator[Touched]:
    """Yield who ends and who is below, and remember their codes."""
    for ending in merger.ending:
        name = name_of(work, ending, asked)
        if not name:
            raise BodyUnknown(what=ending)
        codes[ending] = None
        yield Touched(kind=Touch.BODY_CLOSES, code=ending, what=name)
        for body in work.directory.open_codes(merger.on, ending):
            if body.code != ending and body.code not in codes:
                codes[body.code] = None
                kind = Touch.BODY_ORPHANED
                yield Touched(kind=kind, code=body.code, what=body.name)


def _successor(work: Work, merger: Merger, asked: Asked) -> Touched:
    name = name_of(work, merger.into, asked)
    kind = Touch.SUCCESSOR if name else Touch.SUCCESSOR_UNKNOWN
    return Touched(kind=kind, code=merger.into, what=name)


def _addresses(
    work: Work, codes: Mapping[OrganizationCode, None], asked: Asked
) -> Iterator[Touched]:
    known = work.directory.current(codes)
    for code in codes:
        for version in known.get(code, ()):
            if version.stretch.holds(asked.on):
                body = version.stretch.body
                for other in dict.fromkeys((body.written, *body.aliases)):
                    if other != code:
                        yield Touched(kind=Touch.ADDRESS, code=code, what=other)


def _on_the_way(
    work: Work, codes: Mapping[OrganizationCode, None]
) -> Iterator[Touched]:
    ways = (
        (Touch.GOING, work.bound_for.going_to(codes)),
        (Touch.ANSWER, work.bound_for.answers_to(codes)),
        (Touch.COMING, work.bound_for.coming_from(codes)),
    )
    for kind, found in ways:
        for it in found:
            what = it.label or it.document
            yield Touched(kind=kind, code=it.peer, what=what, state=it.state)


def _settings(
    codes: Mapping[OrganizationCode, None], named: Named
) -> Iterator[Touched]:
    for setting, identifiers in named.items():
        for code in identifiers:
            if code.canonical in codes:
                yield Touched(kind=Touch.SETTING, code=code, what=setting)
