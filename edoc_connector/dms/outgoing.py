"""A row of the register becomes a document, or a clerk is told all that it lacks.

Pure: values come in, a draft comes out: the document as far as it can be read, and a
`RowBroken` error for each thing that cannot.  Nothing is ever raised about a row.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from edoc_connector.dms.columns import (
    Columns,
    NotedColumns,
    Notes,
    folded,
    raw_text,
    text_of,
)
from edoc_connector.dms.fields import DOCUMENT, RECIPIENT
from edoc_connector.dms.mapping import DmsMapping, OutgoingDocuments
from edoc_connector.dms.port import PendingChange
from edoc_connector.errors import (
    FieldMissing,
    RecipientMissing,
    RowBroken,
    StateSecret,
)
from edoc_connector.model.document import (
    NO_DOCUMENT,
    Business,
    BusinessType,
    Code,
    Document,
    DocumentType,
    Organization,
    OtherInfo,
    ResponseFor,
    Signer,
    SteeringType,
    official_document_id,
)
from edoc_connector.model.identifiers import DocumentId
from edoc_connector.model.organization_code import (
    OrganizationCode,
    Problem,
    cleaned,
)
from edoc_connector.model.tables import (
    BUSINESS,
    PRIORITIES,
    REASONS,
    Paper,
    document_type,
)

WORDS: Final[Mapping[str, int]] = {
    spelling: priority
    for priority, term in PRIORITIES.items()
    for spelling in (
        str(int(priority)),
        term.vietnamese,
        term.vietnamese.replace("ỏa", "oả"),
    )
}
"""How registers write urgency where a mapping does not say it."""

OPEN: Final[Mapping[str, int]] = {"": 0, "0": 0, "Thường": 0}
"""Only these are not secret where a mapping does not say what is."""

STEERING: Final[Mapping[str, int]] = {str(int(kind)): kind for kind in SteeringType}

KINDS: Final[Mapping[str, int]] = {
    spelling: type_
    for type_, term in BUSINESS.items()
    for spelling in (str(int(type_)), term.vietnamese)
}
"""How registers write what a row does where a mapping does not say it."""

NEW: Final = Business(
    type=BusinessType.NEW, reason=REASONS[BusinessType.NEW], paper=int(Paper.NONE)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What the register says about one document, as it was read."""

    document: Mapping[str, object]
    recipients: Sequence[Mapping[str, object]]
    attachments: Sequence[Mapping[str, object]]

    @property
    def row_id(self) -> str:
        """The key of the row in the register."""
        return text_of(self.document.get("row_id"))

    @property
    def label(self) -> str:
        """What people call it: number and notation, or the key of the row."""
        parts = (text_of(self.document.get(name)) for name in ("number", "notation"))
        return "/".join(part for part in parts if part) or self.row_id


def revision_of(row: Row, look: Callable[[str, str], str]) -> str:
    """Return the register's own revision, or a digest of everything it says.

    `look` says how a file looks now: a clerk who attaches a missing file again has made
    a new revision, though no column has changed.
    """
    stated = text_of(row.document.get("revision"))
    if stated:
        return stated
    rows = (row.document, *row.recipients, *row.attachments)
    said = [{name: text_of(values[name]) for name in sorted(values)} for values in rows]
    looks = [_look(look, values) for values in row.attachments]
    return hashlib.sha256(json.dumps([said, looks]).encode()).hexdigest()


def _look(look: Callable[[str, str], str], values: Mapping[str, object]) -> str:
    path = raw_text(values.get("path"))
    try:
        return look("", path) if path else ""
    except RowBroken as error:
        return error.code


@dataclass(frozen=True, slots=True)
class Draft:
    """A row as a document without its files, and what is wrong with it.

    A secret is not read: it has no document, and no other problem.
    """

    document: Document | None
    problems: tuple[RowBroken, ...]
    change: PendingChange | None = None


def draft_of(row: Row, mapping: DmsMapping, sender: Organization) -> Draft:
    """Return the document of a row, as far as it can be read."""
    notes = Notes()
    columns = Columns(row.document, DOCUMENT)
    notes.read(_refuse_secrets, columns, mapping.documents, otherwise=None)
    if notes.problems:
        return Draft(None, tuple(notes.problems))
    change = _change(NotedColumns(columns, notes), mapping.documents)
    if change and change.type is BusinessType.RECALL:
        document = _recall(row, mapping, sender, notes)
    else:
        document = _document(row, mapping, sender, notes, is_new=change is None)
    return Draft(document, tuple(notes.problems), change)


def _recall(
    row: Row, mapping: DmsMapping, sender: Organization, notes: Notes
) -> Document:
    """Return whom it asks, and nothing else: what is recalled says it for it."""
    return Document(
        sender=sender,
        recipients=_recipients(row, mapping, notes, required=False),
        document_id=NO_DOCUMENT,
        code=Code(row.label),
    )


def _change(
    columns: NotedColumns, documents: OutgoingDocuments
) -> PendingChange | None:
    """Return what the row does to another one; a new document does nothing to any."""
    type_ = columns.coded("business", documents.business or KINDS)
    if type_ in (None, BusinessType.NEW):
        return None
    if type_ not in tuple(BusinessType):
        columns.notes.problems.append(columns.columns.invalid("business", f"{type_}"))
        return None
    return PendingChange(
        type=BusinessType(type_),
        reason=columns.text("business_reason"),
        row_id=columns.text("changes_row_id"),
        document_id=DocumentId(columns.text("changes_document_id")),
    )


def _refuse_secrets(columns: Columns, documents: OutgoingDocuments) -> None:
    """Let nothing pass that is not known to be open (QD 28/2018, article 1)."""
    level = columns.text("secrecy")
    known = folded({**OPEN, **documents.secrecy})
    if known.get(level.casefold(), 1) != 0:
        raise StateSecret(level=level)


def _document(
    row: Row,
    mapping: DmsMapping,
    sender: Organization,
    notes: Notes,
    *,
    is_new: bool,
) -> Document:
    """Return all the row says; a change without recipients has its original's."""
    columns = NotedColumns(Columns(row.document, DOCUMENT), notes)
    code = _code(row, notes, combined=mapping.documents.combined_code)
    subject = columns.required("subject")
    promulgated = columns.required_date("promulgation_date")
    return Document(
        sender=sender,
        recipients=_recipients(row, mapping, notes, required=is_new),
        document_id=_document_id(sender, promulgated, code),
        code=code,
        promulgation_place=columns.text("promulgation_place"),
        promulgation_date=promulgated,
        type=_type(columns),
        subject=subject,
        content=columns.text("content"),
        signer=Signer(
            competence=columns.text("signer_competence"),
            position=columns.text("signer_position"),
            full_name=columns.text("signer_name"),
        ),
        due_date=columns.date("due_date"),
        other=_other(columns, mapping.documents),
        responses=_responses(columns),
        steering_type=_steering(columns, mapping.documents),
        to_places=columns.lines("to_places"),
        business=NEW,
    )


def _code(row: Row, notes: Notes, *, combined: bool) -> Code:
    values = row.document
    notation = text_of(values.get("notation"))
    if combined and not text_of(values.get("number")):
        code = Code.of(notation)
        values = {"number": code.number, "notation": code.notation}
    columns = NotedColumns(Columns(values, DOCUMENT), notes)
    return Code(columns.required("number"), columns.text("notation"))


def _document_id(sender: Organization, day: date | None, code: Code) -> DocumentId:
    if day is None or not code.number:
        return NO_DOCUMENT
    return official_document_id(sender.code, day, code)


def _type(columns: NotedColumns) -> DocumentType:
    """Return the type with its numbers in the tables of the standard, if it has any.

    A register's own numbers would mislead others: they stay only where its name for
    the type says nothing.
    """
    name = columns.text("type_name")
    type_, detail = columns.number("type"), columns.number("type_detail")
    kind = document_type(name, type_, detail)
    if kind is None:
        return DocumentType(type=type_, detail=detail, name=name)
    numbers = {"type": int(kind.type), "detail": kind.detail}
    return DocumentType(**numbers, name=name or kind.name)


def _steering(columns: NotedColumns, documents: OutgoingDocuments) -> int:
    """Return how the document steers; a register that says nothing steers nobody."""
    steering = columns.coded("steering_type", documents.steering_type or STEERING)
    return SteeringType.NONE if steering is None else steering


def _other(columns: NotedColumns, documents: OutgoingDocuments) -> OtherInfo:
    return OtherInfo(
        priority=columns.coded("priority", documents.priority or WORDS),
        sphere=columns.text("sphere"),
        typer_notation=columns.text("typer_notation"),
        promulgation_amount=columns.number("promulgation_amount"),
        page_amount=columns.number("page_amount"),
    )


def code_problems(row: Row, mapping: DmsMapping) -> tuple[Problem, ...]:
    """Return what `draft_of` takes out of the recipients' codes, for who mends them.

    Plain spaces around a code are not worth a word: a column of fixed width is full of
    them.
    """
    if mapping.recipients.select is not None:
        codes = [raw_text(values.get("code")) for values in row.recipients]
    else:
        listed = raw_text(row.document.get("recipients"))
        codes = listed.split(mapping.recipients.separator)
    found = {problem for code in codes for problem in cleaned(code.strip(" "))[1]}
    return tuple(sorted(found))


def _responses(columns: NotedColumns) -> tuple[ResponseFor, ...]:
    code, stated = columns.text("reply_code"), columns.text("reply_document_id")
    if not (code or stated):
        return ()
    organization, _ = cleaned(columns.required("reply_organization"))
    promulgated = columns.date("reply_date")
    document_id = DocumentId(stated)
    if not stated and promulgated:
        document_id = official_document_id(organization, promulgated, Code(code))
    response = ResponseFor(
        organization=organization,
        code=code,
        document_id=document_id or NO_DOCUMENT,
        promulgation_date=promulgated,
    )
    return (response,)


def _recipients(
    row: Row, mapping: DmsMapping, notes: Notes, *, required: bool
) -> tuple[Organization, ...]:
    """Return each body once, in whatever form its code is, in the register's order."""
    rows = _recipient_rows(row, mapping)
    if required and not rows:
        notes.problems.append(RecipientMissing(field="To"))
    read = (notes.read(_recipient, columns, otherwise=None) for columns in rows)
    found: dict[OrganizationCode, Organization] = {}
    for recipient in filter(None, read):
        found.setdefault(recipient.code.canonical, recipient)
    return tuple(found.values())


def _recipient_rows(row: Row, mapping: DmsMapping) -> Sequence[Columns]:
    if mapping.recipients.select is not None:
        return [Columns(values, RECIPIENT) for values in row.recipients]
    listed = text_of(row.document.get("recipients"))
    codes = listed.split(mapping.recipients.separator)
    return [Columns({"code": code}, RECIPIENT) for code in codes if code.strip()]


def _recipient(columns: Columns) -> Organization:
    """Return one recipient; one without an identifier would silently be left out."""
    name = columns.text("name")
    code, _ = cleaned(columns.text("code"))
    if not code or Problem.NULL in code.problems:
        field = RECIPIENT["code"].name
        raise FieldMissing(field=f'{field} "{name}"' if name else field)
    return Organization(code=code, name=name)
