"""A row of the register becomes a document, or a clerk is told why it cannot.

Pure: values come in, a `Document` comes out, or one of the `RowBroken` errors, which
name the field in the clerk's words.  Nothing else is ever raised about a row.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from edoc_connector.dms.columns import Columns, raw_text, text_of
from edoc_connector.dms.fields import DOCUMENT, RECIPIENT
from edoc_connector.dms.mapping import DmsMapping, OutgoingDocuments
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
    Priority,
    ResponseFor,
    Signer,
    SteeringType,
    official_document_id,
)
from edoc_connector.model.identifiers import DocumentId
from edoc_connector.model.organization_code import (
    Form,
    OrganizationCode,
    Problem,
    cleaned,
)

IDENTIFIER: Final = re.compile(r"[A-Za-z0-9]+(\.[A-Za-z0-9]+)*(-[0-9]{3})?")

COMBINED: Final = re.compile(r"(\d+[A-Za-z]?(?:/\d{4}(?=/))?)/(\S.*)")
"""`15/UBND-VX`, and `28/2018/QĐ-TTg` of a legal text: the year is of the number."""

PRIORITIES: Final[Mapping[str, int]] = {
    "Thường": Priority.NORMAL,
    "Khẩn": Priority.URGENT,
    "Thượng khẩn": Priority.VERY_URGENT,
    "Hỏa tốc": Priority.EXPRESS,
    "Hoả tốc": Priority.EXPRESS,
    "Hỏa tốc hẹn giờ": Priority.EXPRESS_TIMED,
    "Hoả tốc hẹn giờ": Priority.EXPRESS_TIMED,
    **{str(int(priority)): priority for priority in Priority},
}

OPEN: Final[Mapping[str, int]] = {"": 0, "0": 0, "Thường": 0}
"""Only these are not secret where a mapping does not say what is."""

STEERING: Final[Mapping[str, int]] = {str(int(kind)): kind for kind in SteeringType}

NEW: Final = Business(type=BusinessType.NEW, reason="Văn bản điện tử mới", paper=0)


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


def document_of(row: Row, mapping: DmsMapping, sender: Organization) -> Document:
    """Return the document of a row, without its files, or raise `RowBroken`."""
    columns = Columns(row.document, DOCUMENT)
    _refuse_secrets(columns, mapping.documents)
    code = _code(columns, combined=mapping.documents.combined_code)
    subject = columns.required("subject")
    promulgated = columns.date("promulgation_date")
    if promulgated is None:
        raise FieldMissing(field=DOCUMENT["promulgation_date"].label)
    return Document(
        sender=sender,
        recipients=_recipients(row, mapping),
        document_id=official_document_id(sender.code, promulgated, code),
        code=code,
        promulgation_place=columns.text("promulgation_place"),
        promulgation_date=promulgated,
        type=DocumentType(
            type=columns.number("type"),
            detail=columns.number("type_detail"),
            name=columns.text("type_name"),
        ),
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
        steering_type=_coded(
            columns, "steering_type", mapping.documents.steering_type or STEERING
        ),
        to_places=columns.lines("to_places"),
        business=NEW,
    )


def _refuse_secrets(columns: Columns, documents: OutgoingDocuments) -> None:
    """Let nothing pass that is not known to be open (QD 28/2018, article 1)."""
    level = columns.text("secrecy")
    known = _folded({**OPEN, **documents.secrecy})
    if known.get(level.casefold(), 1) != 0:
        raise StateSecret(level=level)


def _code(columns: Columns, *, combined: bool) -> Code:
    number, notation = columns.text("number"), text_of(columns.values.get("notation"))
    if not number and combined and (found := COMBINED.fullmatch(notation)):
        parts = {"number": found[1], "notation": found[2]}
        columns = Columns(parts, columns.fields)
    return Code(columns.required("number"), columns.text("notation"))


def _coded(columns: Columns, name: str, codes: Mapping[str, int]) -> int | None:
    """Return what the register's word means, or refuse a word that nobody explained."""
    word = columns.text(name)
    if not word:
        return None
    try:
        return _folded(codes)[word.casefold()]
    except KeyError:
        raise columns.invalid(name, word) from None


def _folded(codes: Mapping[str, int]) -> Mapping[str, int]:
    return {text_of(word).casefold(): code for word, code in codes.items()}


def _other(columns: Columns, documents: OutgoingDocuments) -> OtherInfo:
    return OtherInfo(
        priority=_coded(columns, "priority", documents.priority or PRIORITIES),
        sphere=columns.text("sphere"),
        typer_notation=columns.text("typer_notation"),
        promulgation_amount=columns.number("promulgation_amount"),
        page_amount=columns.number("page_amount"),
    )


def code_problems(row: Row, mapping: DmsMapping) -> tuple[Problem, ...]:
    """Return what `document_of` takes out of the recipients' codes, for who mends them.

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


def _responses(columns: Columns) -> tuple[ResponseFor, ...]:
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


def _recipients(row: Row, mapping: DmsMapping) -> tuple[Organization, ...]:
    """Return each body once, in whatever form its code is, in the register's order."""
    found: dict[OrganizationCode, Organization] = {}
    for columns in _recipient_rows(row, mapping):
        recipient = _recipient(columns)
        found.setdefault(recipient.code.canonical, recipient)
    if not found:
        raise RecipientMissing
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
        label = RECIPIENT["code"].label
        raise FieldMissing(field=f"{label} ({name})" if name else label)
    if code.form is Form.NODE or not IDENTIFIER.fullmatch(code):
        raise columns.invalid("code", code)
    return Organization(code=code, name=name)
