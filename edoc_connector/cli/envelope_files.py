"""The attachments of a packet as files of a folder, out of it and into it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pybase64

from edoc_connector.cli.files import read_file, write_new
from edoc_connector.envelope.json_form import JsonFile
from edoc_connector.errors import N_, EnvelopeJsonInvalid, NotWritable
from edoc_connector.model.document import Document
from edoc_connector.model.file_names import safe_names
from edoc_connector.model.stages import Contents


def extract(document: Document, contents: Contents, folder: Path) -> Iterator[JsonFile]:
    """Write each attachment under a harmless name; overwrite nothing.

    Raises `AlreadyThere` or `NotWritable`.
    """
    _make(folder)
    names = safe_names(attachment.name for attachment in document.attachments)
    for attachment, name in zip(document.attachments, names, strict=True):
        write_new(folder.absolute() / name, contents.chunks(attachment))
        yield JsonFile(
            content_id=attachment.content_id, path=str((folder / name).absolute())
        )


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise NotWritable(path=folder, problem=error.strerror) from error


def collected(files: Iterable[JsonFile], folder: Path) -> Mapping[str, bytes]:
    """Return the bytes of files by content id; relative paths begin in the folder.

    Raises `EnvelopeJsonInvalid` or `FileUnreadable`.
    """
    return {file.content_id: _bytes(file, folder) for file in files}


def _bytes(file: JsonFile, folder: Path) -> bytes:
    if file.path:
        return read_file(folder.absolute() / file.path)
    try:
        return pybase64.b64decode(file.base64, validate=True)
    except ValueError as error:
        because = N_("the file {name} is not base64")
        raise EnvelopeJsonInvalid(because=because, name=file.content_id) from error
