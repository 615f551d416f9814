"""Gathers the deviations of a packet: each once, and not without end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain
from typing import Final

from lxml import etree

from edoc_connector.envelope import names
from edoc_connector.envelope.attachments import Measured
from edoc_connector.envelope.deviations import files, form, seal, values
from edoc_connector.envelope.deviations.places import places
from edoc_connector.envelope.known import KnownPacket
from edoc_connector.envelope.skeleton import Buffer
from edoc_connector.model.deviations import Departure, Deviation
from edoc_connector.model.document import Document
from edoc_connector.model.stages import Content

MOST: Final = 100
"""A hostile packet could have one for each of its elements."""

LONGEST: Final = 120
"""Characters of a place, and of what stands there: names have no end in XML."""


def deviations(
    body: Buffer,
    root: etree._Element,
    content: Content | None,
    measured: Iterable[Measured] = (),
) -> tuple[Deviation, ...]:
    """Return how a packet departs from the form we write, in document order."""
    of_files = chain.from_iterable(map(files.of_file, measured))
    found = chain(
        form.of_opening(body),
        form.of_root(root),
        of_all(root, content),
        seal.of_seal(root),
        of_files,
    )
    return tuple(_first(found))


def soap_deviations() -> tuple[Deviation, ...]:
    """Return those of a status in SOAP: the form as a whole."""
    return (Deviation(Departure.STATUS_SOAP, "Envelope/Header/Status"),)


def known_deviations(
    packet: KnownPacket, content: Content, measured: Iterable[Measured] = ()
) -> tuple[Deviation, ...]:
    """Return the same of a packet whose outline is known."""
    plan = packet.outline.plan
    of_files = chain.from_iterable(map(files.of_file, measured))
    found = chain(
        plan.before,
        _of_document(packet, content),
        plan.of_values(packet.written.texts),
        plan.after,
        of_files,
    )
    return tuple(_first(found))


def _of_document(packet: KnownPacket, content: Content) -> Iterator[Deviation]:
    if isinstance(content, Document):
        recipients = (
            (to.text("OrganId"), to.text("OrganizationInCharge"))
            for to in packet.message.all("To")
        )
        where = packet.outline.plan.message
        yield from values.of_document(where, recipients, content)


def of_all(root: etree._Element, content: Content | None) -> Iterator[Deviation]:
    """Yield what departs in elements and their values."""
    for place in places(root):
        yield from form.of_element(place)
        yield from values.of_value(place)
        yield from form.of_kind(place, content)
        if place.name == names.MESSAGE[0] and isinstance(content, Document):
            yield from values.missing(place)
            recipients = values.recipients_in(place.element)
            yield from values.of_document(place.where, recipients, content)


def _first(found: Iterable[Deviation]) -> Iterator[Deviation]:
    """Yield each kind once for each place, and say where more are left out."""
    seen: set[tuple[Departure, str]] = set()
    for deviation in found:
        key = (deviation.kind, deviation.where)
        if key in seen:
            continue
        if len(seen) == MOST:
            yield Deviation(Departure.MORE, names.ROOT)
            return
        seen.add(key)
        yield _bounded(deviation)


def _bounded(deviation: Deviation) -> Deviation:
    where, found = _cut(deviation.where), _cut(deviation.found)
    return replace(deviation, where=where, found=found)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
