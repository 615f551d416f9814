"""A packet as people read it: fields by their names, stamps, seal, deviations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import chain

import click

from edoc_connector.cli.invocation import Invocation
from edoc_connector.cli.output import print_fields, print_table
from edoc_connector.envelope.salvage import Salvaged
from edoc_connector.envelope.values import value_text
from edoc_connector.errors import N_
from edoc_connector.language import word_of
from edoc_connector.model.deviations import MEANINGS, Deviation
from edoc_connector.model.document import Document
from edoc_connector.model.fields import field_at
from edoc_connector.model.stages import Content, Envelope, FoundSeal, TraceStamp
from edoc_connector.model.tables import CLASSES
from edoc_connector.signature.fields import leaves

Field = tuple[str, object]

ATTACHMENT = "Attachment"
CLASS_WORDS = {str(int(kind)): term for kind, term in CLASSES.items()}


def print_envelope(invocation: Invocation, found: Salvaged) -> None:
    """Write every field that says something."""
    if found.envelope is None:
        return
    content = found.envelope.content
    fields = _fields(invocation, content)
    around = _around(invocation, found.envelope, found.seal)
    print_fields(invocation, chain(fields, around))


def _fields(invocation: Invocation, content: Content) -> Iterator[Field]:
    is_document = isinstance(content, Document)
    yield (
        N_("Packet of"),
        invocation.text(N_("a document") if is_document else N_("a status")),
    )
    for path, value in leaves(content):
        if not path.startswith(ATTACHMENT):
            # As a detail: the name is translated, the number of a sibling is kept.
            yield (
                invocation.text("{field}", field=path),
                _explained(invocation, path, value),
            )
    if isinstance(content, Document):
        for attachment in content.attachments:
            size = invocation.text(N_("{size} bytes"), size=attachment.size)
            yield N_("Attachment"), f"{attachment.name}  {size}  {attachment.sha256}"


def _explained(invocation: Invocation, path: str, value: str) -> str:
    """Return a value, with its meaning where it is a code."""
    field = field_at(path)
    term = field.codes.get(value) if field else None
    if path == "DocumentType/Type":  # not a code for reading: registers have their own
        term = CLASS_WORDS.get(value)
    return f"{value} ({word_of(term, invocation.language)})" if term else value


def _around(
    invocation: Invocation, envelope: Envelope, seal: FoundSeal | None
) -> Iterator[Field]:
    for stamp in envelope.trace:
        yield (
            N_("Stamped by"),
            f"{stamp.organization or '?'}  {_time(invocation, stamp)}",
        )
    for error in envelope.errors:
        yield N_("Reported by a node"), f"{error.code}  {error.description}"
    yield N_("Seal"), seal.signature_method if seal else invocation.text(N_("none"))


def _time(invocation: Invocation, stamp: TraceStamp) -> str:
    at = stamp.at
    return invocation.time(at) if isinstance(at, datetime) else value_text(at)


def print_deviations(invocation: Invocation, deviations: Iterable[Deviation]) -> None:
    """Write how the packet departs from the form we write."""
    rows = [
        (each.kind, each.where, each.found, invocation.text(MEANINGS[each.kind]))
        for each in deviations
    ]
    if rows:
        click.echo()
        print_table(invocation, COLUMNS, rows)


COLUMNS = (N_("Deviation"), N_("Where"), N_("Found"), N_("Meaning"))
