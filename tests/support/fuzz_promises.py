"""What must hold for any bytes whatever that come as a packet, or as its JSON.

Anything that is raised here is a finding.  What is returned only says, in a few words,
what became of the input, so that inputs of a new kind are kept to be changed further.
"""

from __future__ import annotations

import hashlib
import io
import re
from contextlib import suppress
from typing import Final

from edoc_connector.cli.envelope_files import collected
from edoc_connector.cli.schemas import Profile
from edoc_connector.envelope import json_form, known
from edoc_connector.envelope.check import Circumstances, problems_of
from edoc_connector.envelope.deviations.gather import MOST as MOST_DEVIATIONS
from edoc_connector.envelope.names import ENCODED
from edoc_connector.envelope.read import read
from edoc_connector.envelope.salvage import Salvaged, salvage
from edoc_connector.envelope.schema import MOST as MOST_PROBLEMS
from edoc_connector.envelope.schema import schema_problems
from edoc_connector.envelope.skeleton import read_skeleton
from edoc_connector.envelope.write import write
from edoc_connector.errors import (
    EdocError,
    EnvelopeJsonInvalid,
    EnvelopeMalformed,
    EnvelopeRefused,
)
from edoc_connector.json_text import to_json
from edoc_connector.language import Language, say
from edoc_connector.model.document import Document
from edoc_connector.model.stages import Contents, Envelope, ReceivedEnvelope
from edoc_connector.model.status import Status
from edoc_connector.signature.verify import verify
from tests.support.builders import SENT_AT
from tests.support.pki import policy, revocation
from tests.support.profiles import schema

MAX_BYTES: Final = 2_000_000
CIRCUMSTANCES: Final = Circumstances(
    today=SENT_AT.date(), most_file_bytes=MAX_BYTES, most_bytes=MAX_BYTES
)
QUOTED: Final = re.compile(r"'[^']*'|\"[^\"]*\"|[0-9]+|[\w.+-]+/[\w.+-]+")
WORD: Final = re.compile(r"[A-Za-z]+")
MOST_WORDS: Final = 8


class Broken(AssertionError):
    """A promise that does not hold."""


def packet_promises(body: bytes) -> str:
    """Hold a packet against every promise; return what became of it."""
    found = salvage(body, max_bytes=MAX_BYTES)
    refused = _same_as_read(body, found)
    _same_by_outline(body)
    _bounded(found)
    _in_schema_words(body)
    if found.envelope is not None:
        _there_and_back_as_json(found)
    if refused is None:
        _written_again(body)
    return _outcome(found)


def _same_as_read(body: bytes, found: Salvaged) -> EnvelopeRefused | None:
    try:
        received = read(body, max_bytes=MAX_BYTES)
    except EnvelopeRefused as error:
        _hold(bool(found.problems), "salvage accepts what read refuses")
        _hold(str(found.problems[0]) == str(error), "salvage names another problem")
        _hold(str(error).isprintable() or "'" in str(error), "unprintable message")
        _hold(len(str(error)) < 1000, "the message is as long as its sender likes")
        return error
    _hold(not found.problems, "salvage refuses what read accepts")
    _hold(found.envelope == received.envelope, "salvage reads something else")
    _whole(received)
    _judged(received)
    return None


def _same_by_outline(body: bytes) -> None:
    """What is read by an outline that is known is what a parser reads."""
    for _ in range(2):  # of the second one it is learnt
        _said_by(body)
    found = _said_by(body)
    learnt, known._OUTLINES = known._OUTLINES, {}  # nothing is known now
    try:
        expected = _said_by(body)
    finally:
        known._OUTLINES = learnt
    _hold(found == expected, "an outline reads something else than a parser")


def _said_by(body: bytes) -> tuple[object, ...]:
    try:
        received = read(body, max_bytes=MAX_BYTES)
    except EnvelopeRefused as error:
        return type(error), str(error)
    return received.envelope, received.seal, received.deviations


def _whole(received: ReceivedEnvelope) -> None:
    """Whatever was accepted can be read to its end and is what was said of it."""
    content = received.envelope.content
    for attachment in content.attachments if isinstance(content, Document) else ():
        data = b"".join(received.contents.chunks(attachment))
        _hold(len(data) == attachment.size, "a file of another size")
        digest = hashlib.sha256(data).hexdigest()
        _hold(digest == attachment.sha256, "a file of another digest")


def _judged(received: ReceivedEnvelope) -> None:
    """Neither who judges the seal nor who judges the document stumbles over it."""
    with suppress(EdocError):
        verify(
            received,
            policy(),
            account=None,
            received_at=SENT_AT,
            now=SENT_AT,
            revocation=revocation(),
        )
    content = received.envelope.content
    if isinstance(content, Document):
        for problem in problems_of(content, CIRCUMSTANCES):
            said = say(problem.reason, Language.VIETNAMESE)
            _hold(said.isprintable() and len(said) < 1000, "a problem said badly")


def _bounded(found: Salvaged) -> None:
    _hold(len(found.deviations) <= MOST_DEVIATIONS + 1, "deviations without end")
    for deviation in found.deviations:
        _hold(len(deviation.found) < 200, "a deviation that quotes without end")
        _hold(len(deviation.where) < 1000, "a deviation whose place has no end")


def _in_schema_words(body: bytes) -> None:
    with suppress(EnvelopeMalformed):
        root = read_skeleton(body, element=ENCODED).root
        for profile in Profile:
            problems = schema_problems(root, schema(profile))
            _hold(len(problems) <= MOST_PROBLEMS, "problems without end")
            _hold(all(str(each.sentence) for each in problems), "a mute problem")


def _written_again(body: bytes) -> None:
    """What was accepted and written reads the same, its seal too."""
    received = read(body, max_bytes=MAX_BYTES)
    seal = salvage(body, max_bytes=MAX_BYTES).seal_xml
    packet = _written(received.envelope, received.contents, seal)
    if packet is None:
        return
    again = read(packet, max_bytes=2 * MAX_BYTES)
    _hold(again.envelope == received.envelope, "written again it says something else")
    if seal or not received.seal:  # some have no form that can be written again
        _hold(again.seal == received.seal, "written again it has another seal")
    third = _written(again.envelope, again.contents, seal)
    _hold(third == packet, "what is canonical is written in another way")


def _written(envelope: Envelope, contents: Contents, seal: str) -> bytes | None:
    sealed = json_form.sealed_of(_json_of(envelope, seal))
    out = io.BytesIO()
    try:
        write(sealed, contents, out)
    except EdocError:
        return None
    return out.getvalue()


def _json_of(envelope: Envelope, seal: str) -> json_form.JsonEnvelope:
    content = envelope.content
    return json_form.JsonEnvelope(
        document=content if isinstance(content, Document) else None,
        status=content if isinstance(content, Status) else None,
        trace=envelope.trace,
        errors=envelope.errors,
        seal_xml=seal,
    )


def _there_and_back_as_json(found: Salvaged) -> None:
    assert found.envelope is not None
    said = _json_of(found.envelope, found.seal_xml)
    text = to_json(said)
    _hold(json_form.envelope_from_json(text) == said, "JSON lost something")


def _outcome(found: Salvaged) -> str:
    """Return in a few words what became of it: the same words for the same kind."""
    problems = [_in_few_words(str(problem)) for problem in found.problems[:2]]
    kinds = sorted({deviation.kind.value for deviation in found.deviations})
    return "; ".join([*problems, "read" if found.envelope else "", *kinds])


def _in_few_words(message: str) -> str:
    """Return how a message begins, without what it quotes."""
    return " ".join(WORD.findall(QUOTED.sub("", message))[:MOST_WORDS])


def json_promises(text: bytes) -> str:
    """Hold the JSON of a packet against every promise; return what became of it."""
    try:
        found = json_form.envelope_from_json(text)
    except EnvelopeJsonInvalid as error:
        return _in_few_words(str(error))
    out = io.BytesIO()
    try:
        data = collected([file for file in found.files if not file.path], None)
        contents = json_form.contents_of(found, data)
        write(json_form.sealed_of(found), contents, out)
    except EdocError as error:
        return _in_few_words(str(error))
    return packet_promises(out.getvalue())


def _hold(holds: bool, otherwise: str) -> None:  # noqa: FBT001  (a claim, not a flag)
    if not holds:
        raise Broken(otherwise)
