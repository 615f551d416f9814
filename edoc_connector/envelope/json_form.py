"""A packet as JSON and back, nothing lost: what programs read, write and compare.

The names are those of the model.  The bytes of files stand in it as base64, or in files
beside it.  `schemas/envelope.schema.json` describes it.
"""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import msgspec
import pybase64

from edoc_connector.clock import VIETNAM
from edoc_connector.envelope.quoting import brief
from edoc_connector.envelope.salvage import Salvaged
from edoc_connector.envelope.verbatim import is_signature
from edoc_connector.errors import (
    N_,
    ContentMissing,
    EnvelopeJsonInvalid,
    EnvelopeRefused,
    FileNotAsStated,
)
from edoc_connector.json_text import (
    from_plain,
    plain_from_json,
    schema_of,
    to_plain,
)
from edoc_connector.model.deviations import Deviation
from edoc_connector.model.document import Attachment, Document
from edoc_connector.model.identifiers import Digest
from edoc_connector.model.marks import is_overloaded
from edoc_connector.model.stages import (
    Content,
    Contents,
    Envelope,
    FoundSeal,
    PacketError,
    SealedEnvelope,
    TraceStamp,
)
from edoc_connector.model.status import Status

NEITHER: Final = N_("it needs either `document` or `status`")


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonFile:
    """The bytes of one attachment: as base64 here, or in a file of this path."""

    content_id: str
    base64: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonProblem:
    """Why a packet is refused: the error's code, and its words in English."""

    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonEnvelope:
    """A packet: a document or a status, and everything around it.

    `seal_xml` is the signature as it stood in the packet, and is written again; `seal`
    is the same taken apart, and like `deviations` and `problems` only told.
    """

    document: Document | None = None
    status: Status | None = None
    trace: tuple[TraceStamp, ...] = ()
    errors: tuple[PacketError, ...] = ()
    seal_xml: str = ""
    seal: FoundSeal | None = None
    files: tuple[JsonFile, ...] = ()
    deviations: tuple[Deviation, ...] = ()
    problems: tuple[JsonProblem, ...] = ()


@dataclass(frozen=True, slots=True)
class JsonContents:
    """The `Contents` of a packet made of JSON."""

    files: Mapping[Digest, bytes] = field(repr=False)

    def chunks(self, attachment: Attachment) -> Iterator[bytes]:
        """Yield the whole file."""
        try:
            yield self.files[attachment.sha256]
        except KeyError:
            raise ContentMissing(digest=attachment.sha256) from None


def json_envelope(found: Salvaged, files: Iterable[JsonFile]) -> JsonEnvelope:
    """Return all that can be said of a packet, its files as they are given."""
    envelope = found.envelope
    content = envelope.content if envelope else None
    return JsonEnvelope(
        document=content if isinstance(content, Document) else None,
        status=content if isinstance(content, Status) else None,
        trace=envelope.trace if envelope else (),
        errors=envelope.errors if envelope else (),
        seal_xml=found.seal_xml,
        seal=found.seal,
        files=tuple(files),
        deviations=found.deviations,
        problems=tuple(map(_problem, found.problems)),
    )


def _problem(error: EnvelopeRefused) -> JsonProblem:
    return JsonProblem(code=error.code, message=str(error))


def json_schema() -> Mapping[str, object]:
    """Return the JSON Schema (draft 2020-12) of that text."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "edXML packet, as edoc envelope show --json prints it",
        **schema_of(JsonEnvelope),
    }


def envelope_from_json(text: str | bytes) -> JsonEnvelope:
    """Return what a JSON text says.

    Raises `EnvelopeJsonInvalid`, naming the place (`$.document.code.number`).
    """
    try:
        given = plain_from_json(text)
        found = from_plain(given, JsonEnvelope)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise EnvelopeJsonInvalid(problem=str(error)) from error
    _refuse_unknown(given, to_plain(found), "$")
    _refuse_moments(found)
    if (found.document is None) == (found.status is None):
        raise EnvelopeJsonInvalid(problem=NEITHER)
    return found


def _refuse_unknown(given: object, known: object, path: str) -> None:
    """Refuse names that nobody reads, and text that nobody can sort."""
    if isinstance(given, str) and is_overloaded(given):
        because = N_("{path} piles up marks on a letter")
        raise EnvelopeJsonInvalid(because=because, path=path)
    if isinstance(given, dict) and isinstance(known, dict):
        for name, value in given.items():
            if name not in known:
                raise _unknown(f"{path}.{name}", name, known)
            _refuse_unknown(value, known[name], f"{path}.{name}")
    if isinstance(given, list) and isinstance(known, tuple):
        for number, (value, read) in enumerate(zip(given, known, strict=False)):
            _refuse_unknown(value, read, f"{path}[{number}]")


def _unknown(path: str, name: str, known: Iterable[str]) -> EnvelopeJsonInvalid:
    near = difflib.get_close_matches(name, known, n=1)
    if not near:
        return EnvelopeJsonInvalid(because=N_("{path} is no field"), path=brief(path))
    because = N_("{path} is no field; did you mean {near}?")
    return EnvelopeJsonInvalid(because=because, path=brief(path), near=near[0])


def _refuse_moments(found: JsonEnvelope) -> None:
    moments = [stamp.at for stamp in found.trace]
    moments += [found.status.at] if found.status else []
    for at in moments:
        if isinstance(at, datetime):
            _refuse_moment(at)


def _refuse_moment(at: datetime) -> None:
    if at.tzinfo is None:
        because = N_("{time} is a time without a zone; write +07:00")
        raise EnvelopeJsonInvalid(because=because, time=at.isoformat())
    try:
        at.astimezone(VIETNAM)
    except OverflowError as error:
        because = N_("{time} is beyond the calendar in Vietnam")
        raise EnvelopeJsonInvalid(because=because, time=at.isoformat()) from error


def embedded(document: Document, contents: Contents) -> Iterator[JsonFile]:
    """Yield the files of a document as base64."""
    for attachment in document.attachments:
        data = b"".join(contents.chunks(attachment))
        text = pybase64.b64encode(data).decode("ascii")
        yield JsonFile(content_id=attachment.content_id, base64=text)


def sealed_of(found: JsonEnvelope) -> SealedEnvelope:
    """Return the envelope to be written again, with the seal it had.

    Raises `EnvelopeJsonInvalid` where that is not one signature: it goes into the
    packet as it is, and could say what the document does not.
    """
    content: Content | None = found.document or found.status
    if content is None:
        raise EnvelopeJsonInvalid(problem=NEITHER)
    seal = found.seal_xml.encode()
    if seal and not is_signature(seal):
        raise EnvelopeJsonInvalid(problem="`seal_xml` is not one signature")
    return SealedEnvelope(Envelope(content, found.trace, found.errors), seal)


def contents_of(found: JsonEnvelope, files: Mapping[str, bytes]) -> JsonContents:
    """Return the contents of a packet, its files given by content id.

    Raises `FileNotAsStated` where a file has another size or digest than the document
    states: whoever changes a file changes these too.
    """
    return JsonContents(
        {
            attachment.sha256: _checked(attachment, files[attachment.content_id])
            for attachment in (found.document.attachments if found.document else ())
            if attachment.content_id in files
        }
    )


def _checked(attachment: Attachment, data: bytes) -> bytes:
    digest = hashlib.sha256(data).hexdigest()
    if (digest, len(data)) != (attachment.sha256, attachment.size):
        raise FileNotAsStated(name=attachment.name, size=len(data), digest=digest)
    return data
