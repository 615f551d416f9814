"""What pyHanko says of the signatures in one PDF, in our words.

Runs in the worker only: the file is a stranger's, and pyHanko follows every structure a
stranger can think of.  Guarantee: a signature called intact covers exactly the bytes it
names and leaves out its own value only.  What remains: within the revision that was
signed, a reader may still show it differently than another one does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import datetime
from typing import BinaryIO, Final

from pyhanko.pdf_utils.crypt import AuthStatus
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation.errors import (
    NoDSSFoundError,
    SignatureValidationError,
)
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

from edoc_connector.errors import N_
from edoc_connector.model.pdf_signatures import (
    PdfOutcome,
    PdfSignature,
    PdfState,
)
from edoc_connector.pdf.examined import Examined, Found
from edoc_connector.pdf.judgement import (
    DOCUMENT_STAMP,
    HOSTILE,
    NOT_AS_CLAIMED,
    Examination,
    Field,
    Judgement,
    mark_of,
)
from edoc_connector.pdf.signer import clipped
from edoc_connector.pdf.trust import (
    Evidence,
    Trust,
    carried_evidence,
    stored_evidence,
)

MOST_SIGNATURES: Final = 100
"""More on one letter is an attack on the time of who checks it."""

DETACHED: Final = ("/adbe.pkcs7.detached", "/ETSI.CAdES.detached", "/PBAD.PAdES")

ENCRYPTED: Final = N_("it is encrypted with a password")
DAMAGED: Final = N_("its structure is damaged")
TOO_MANY: Final = N_("it has more than 100 signatures")
FORM_UNKNOWN: Final = N_("this form of signature is not supported")
NO_SIGNATURE: Final = N_("its value is no signature")


def examine(file: BinaryIO, trust: Trust, seen_at: datetime) -> Examined:
    """Return all signatures of a file in the order in which they were made.

    `seen_at` is when the file was there at the latest.
    """
    try:
        reader = _reader(file)
        if reader.encrypted and not _opens_without_password(reader):
            return Examined(state=PdfState.UNREADABLE, problem=ENCRYPTED)
        fields = list(_fields(reader))
    except HOSTILE:
        return Examined(state=PdfState.UNREADABLE, problem=DAMAGED)
    if len(fields) > MOST_SIGNATURES:
        return Examined(state=PdfState.UNREADABLE, problem=TOO_MANY)
    return asyncio.run(_report(Examination(file, reader, trust, seen_at), fields))


def _reader(file: BinaryIO) -> PdfFileReader:
    """Read strictly; leniently only what Word and old scanners write.

    Word writes hybrid references, for which strict pyHanko refuses to check anything.
    """
    try:
        reader = PdfFileReader(file, strict=True)
        if not reader.xrefs.hybrid_xrefs_present:
            return reader
    except HOSTILE:
        pass
    return PdfFileReader(file, strict=False)


def _opens_without_password(reader: PdfFileReader) -> bool:
    return reader.decrypt(b"").status is not AuthStatus.FAILED


def _fields(reader: PdfFileReader) -> Iterator[Field]:
    for name, value, field in enumerate_sig_fields(reader, filled_status=True):
        yield Field(clipped(name), value.get_object(), field)


async def _report(table: Examination, fields: list[Field]) -> Examined:
    evidence = _stored(table.reader)
    found = [await _signature(table, field, evidence) for field in fields]
    found.sort(key=lambda it: it.signature.revision)
    return Examined(state=PdfState.CHECKED, found=tuple(found))


def _stored(reader: PdfFileReader) -> Evidence:
    """Return the evidence in the file: none is also what nobody can read."""
    try:
        return stored_evidence(reader)
    except (NoDSSFoundError, *HOSTILE):
        return Evidence()


async def _signature(table: Examination, field: Field, evidence: Evidence) -> Found:
    if field.sub_filter not in (*DETACHED, DOCUMENT_STAMP):
        return _failed(field, FORM_UNKNOWN)
    try:
        embedded = EmbeddedPdfSignature(table.reader, field.field, field.name)
        evidence += carried_evidence(embedded)
        return await Judgement(table, field, embedded, evidence).found()
    except SignatureValidationError:
        return _failed(field, NOT_AS_CLAIMED, outcome=PdfOutcome.BROKEN)
    except HOSTILE:
        return _failed(field, NO_SIGNATURE)


def _failed(
    field: Field, problem: str, *, outcome: PdfOutcome = PdfOutcome.UNREADABLE
) -> Found:
    signature = PdfSignature(
        field=field.name,
        mark=mark_of(field),
        sub_filter=clipped(field.sub_filter.lstrip("/")),
        outcome=outcome,
        problem=problem,
    )
    return Found(signature=signature)
