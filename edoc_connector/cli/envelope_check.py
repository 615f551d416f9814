"""Holds a packet against the reader, the schemas and the form we write.

The schemas say where each value stands and what it may be; what no schema can say is
checked as before sending: bodies, days, files, words of state secrets.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from lxml import etree

from edoc_connector.cli.files import MOST_BYTES
from edoc_connector.cli.invocation import Invocation
from edoc_connector.cli.known_closures import known_closures
from edoc_connector.cli.schemas import Profile, read_schema
from edoc_connector.clock import VIETNAM, system_clock
from edoc_connector.envelope.check import Circumstances, problems_of
from edoc_connector.envelope.names import ENCODED
from edoc_connector.envelope.salvage import Salvaged
from edoc_connector.envelope.schema import compile_schema, schema_problems
from edoc_connector.envelope.skeleton import Buffer, read_skeleton
from edoc_connector.envelope.soap_status import is_soap_status, modern
from edoc_connector.errors import N_, EnvelopeRefused
from edoc_connector.language import translate
from edoc_connector.model.closure import ClosureOf
from edoc_connector.model.deviations import MEANINGS
from edoc_connector.model.document import Document
from edoc_connector.model.stages import ReceivedEnvelope
from edoc_connector.signature.verify import check_fit


class Measure(StrEnum):
    """What a packet did not come up to."""

    READING = "reading"
    """It is refused: `code` says why."""
    SCHEMA = "schema"
    """It does not fit the XSD of the profile."""
    SEAL = "seal"
    """Its seal does not fit it; whom it may be trusted to be of, `edoc verify` says."""
    SENDING = "sending"
    """We would not send it."""
    FORM = "form"
    """It departs from the form we write: `code` is the name of the deviation."""


MEASURES: Final[Mapping[Measure, str]] = {
    Measure.READING: N_("reading"),
    Measure.SCHEMA: N_("schema"),
    Measure.SEAL: N_("seal"),
    Measure.SENDING: N_("sending"),
    Measure.FORM: N_("form"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was found; `line` is 0 where it is no line's.

    `value` is what stands there, `limit` what may, `remedy` what to do, each where it
    can be said apart from the message.
    """

    measure: Measure
    code: str
    line: int = 0
    where: str = ""
    value: str = ""
    limit: str = ""
    message: str
    remedy: str = ""


def findings(
    invocation: Invocation, body: Buffer, found: Salvaged, profile: Profile
) -> Iterator[Finding]:
    """Yield what a packet does not come up to, in the reader's language.

    By the reading profile it must be readable and of a dialect that was met; by the
    writing profile it must also be what we would send, in the form we write.
    """
    yield from _refusals(invocation, found)
    yield from _misfits(invocation, body, profile)
    if profile is Profile.WRITING:
        yield from _unfit_seal(invocation, found)
        yield from _objections(invocation, found)
        yield from _departures(invocation, found)


def _refusals(invocation: Invocation, found: Salvaged) -> Iterator[Finding]:
    for problem in found.problems:
        yield Finding(
            measure=Measure.READING,
            code=problem.code,
            message=invocation.reason(problem),
        )


def _misfits(
    invocation: Invocation, body: Buffer, profile: Profile
) -> Iterator[Finding]:
    try:
        root = _of_today(read_skeleton(body, element=ENCODED).root)
    except EnvelopeRefused:  # told already, with its reason
        return
    for problem in schema_problems(root, compile_schema(read_schema(profile))):
        said = problem.sentence
        yield Finding(
            measure=Measure.SCHEMA,
            code=profile.name.lower(),
            line=problem.line,
            where=problem.path,
            message=translate(said.template, invocation.language, **said.details),
        )


def _unfit_seal(invocation: Invocation, found: Salvaged) -> Iterator[Finding]:
    if found.envelope is None or found.seal is None:
        return
    try:
        check_fit(ReceivedEnvelope(found.envelope, found.seal, found.contents))
    except EnvelopeRefused as error:
        yield Finding(
            measure=Measure.SEAL,
            code=error.code,
            where=error.details.get("field", ""),
            message=invocation.reason(error),
        )


def _of_today(root: etree._Element) -> etree._Element:
    """Return the packet as it is read: a status of the SOAP days is one of today."""
    return modern(root) if is_soap_status(root) else root


def _objections(invocation: Invocation, found: Salvaged) -> Iterator[Finding]:
    content = found.envelope.content if found.envelope else None
    if not isinstance(content, Document):
        return
    with known_closures(invocation) as closures:
        problems = problems_of(content, _circumstances(closures))
    for problem in problems:
        yield Finding(
            measure=Measure.SENDING,
            code=problem.reason.code,
            where=problem.field,
            value=problem.value,
            limit=problem.limit,
            message=invocation.reason(problem.reason),
            remedy=invocation.text(problem.remedy),
        )


def _circumstances(closure_of: ClosureOf) -> Circumstances:
    today = system_clock().astimezone(VIETNAM).date()
    most = MOST_BYTES
    return Circumstances(
        today=today, most_file_bytes=most, most_bytes=most, closure_of=closure_of
    )


def _departures(invocation: Invocation, found: Salvaged) -> Iterator[Finding]:
    for deviation in found.deviations:
        yield Finding(
            measure=Measure.FORM,
            code=deviation.kind.value,
            where=deviation.where,
            value=deviation.found,
            message=": ".join(
                filter(
                    None, (invocation.text(MEANINGS[deviation.kind]), deviation.found)
                )
            ),
        )
