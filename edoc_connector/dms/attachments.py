"""The files of a document as the register lists them, before one is opened.  Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from edoc_connector.dms.columns import Columns, Notes, one_line, raw_text
from edoc_connector.dms.fields import ATTACHMENT, ATTACHMENTS
from edoc_connector.errors import (
    AttachmentEmpty,
    AttachmentMissing,
    FieldMissing,
    RowBroken,
)

Rows = Sequence[Mapping[str, object]]

OFFICE: Final = "application/vnd.openxmlformats-officedocument"

KINDS: Final[Mapping[str, str]] = {
    ".pdf": "application/pdf",
    ".doc": "application/msword",
    ".docx": f"{OFFICE}.wordprocessingml.document",
    ".xls": "application/vnd.ms-excel",
    ".xlsx": f"{OFFICE}.spreadsheetml.sheet",
    ".ppt": "application/vnd.ms-powerpoint",
    ".pptx": f"{OFFICE}.presentationml.presentation",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
    ".rtf": "application/rtf",
    ".txt": "text/plain",
    ".xml": "application/xml",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
    ".zip": "application/zip",
    ".rar": "application/vnd.rar",
    ".7z": "application/x-7z-compressed",
}
"""Ours, because the table of the operating system differs from one to the next."""

UNKNOWN: Final = "application/octet-stream"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRow:
    """What the register says about one file; without a path it is in a column.

    `size` is 0 where the register does not say it.
    """

    attachment_id: str
    name: str
    content_type: str
    description: str
    path: str
    size: int


@dataclass(frozen=True, slots=True)
class Files:
    """The files of a document, in the register's order, and what is wrong with them."""

    files: tuple[FileRow, ...]
    problems: tuple[RowBroken, ...]


def files_of(rows: Rows, *, required: bool) -> Files:
    """Return the files that a register lists, as far as they can be read."""
    notes = Notes()
    if not rows and required:
        notes.problems.append(FieldMissing(field=ATTACHMENTS))
    columns = [Columns(values, ATTACHMENT) for values in rows]
    read = (notes.read(_file, values, otherwise=None) for values in columns)
    files = tuple(filter(None, read))
    return Files(files, tuple(notes.problems))


def _file(columns: Columns) -> FileRow:
    path = raw_text(columns.values.get("path"))
    name = _last_part(columns.text("name") or one_line(path))
    if not name:
        raise FieldMissing(field=ATTACHMENT["name"].name)
    is_told = not path and "size" in columns.values
    return FileRow(
        attachment_id=raw_text(columns.values.get("attachment_id")),
        name=name,
        content_type=columns.text("content_type") or content_type_of(name),
        description=columns.text("description"),
        path=path,
        size=_size(columns, name) if is_told else 0,
    )


def _last_part(name: str) -> str:
    return name.replace("\\", "/").rpartition("/")[2].strip()


def _size(columns: Columns, name: str) -> int:
    size = columns.number("size")
    if size is None:
        raise AttachmentMissing(name=name)
    if size == 0:
        raise AttachmentEmpty(name=name)
    return size


def content_type_of(name: str) -> str:
    """Return the content type that a file of this name should have."""
    stem, _, ending = name.rpartition(".")
    return KINDS.get(f".{ending.lower()}", UNKNOWN) if stem else UNKNOWN
