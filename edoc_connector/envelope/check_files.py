"""Looks at the files of a document: what they are called, and how large they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol
from unicodedata import normalize

from edoc_connector.envelope.check_fields import step_at
from edoc_connector.envelope.problems import Problem
from edoc_connector.envelope.quoting import brief
from edoc_connector.errors import (
    N_,
    AttachmentEmpty,
    AttachmentNameUnfit,
    AttachmentsTooLarge,
    AttachmentTooLarge,
    AttachmentTwice,
    FieldInvalid,
    FieldMissing,
)
from edoc_connector.model.file_names import hostility_of


class File(Protocol):
    """A file by its name and its size in bytes."""

    @property
    def name(self) -> str:
        """What it is called."""
        ...

    @property
    def size(self) -> int:
        """How many bytes it has."""
        ...


def name_problems(names: Iterable[str]) -> Iterator[Problem]:
    """Yield names that no receiver could use, or could tell apart."""
    seen: set[str] = set()
    for number, name in enumerate(names, start=1):
        path = _path(number)
        hostility = _hostility(name)
        if hostility:
            more = {"problem": hostility}
            yield Problem(AttachmentNameUnfit, path, brief(name), more=more)
        known = normalize("NFC", name).casefold().strip()
        if known in seen:
            yield Problem(AttachmentTwice, path, brief(name), more=_named(name))
        seen |= {known} - {""}


def id_problems(ids: Iterable[str]) -> Iterator[Problem]:
    """Yield ids by which manifest and attachments could not be joined."""
    seen: set[str] = set()
    for number, content_id in enumerate(ids, start=1):
        path = f"{step_at('Attachment', number)}/ContentId"
        if not content_id:
            yield Problem(FieldMissing, path)
        if content_id in seen:
            more = {"problem": N_("it is used twice")}
            yield Problem(FieldInvalid, path, brief(content_id), more=more)
        seen |= {content_id} - {""}


def size_problems(
    files: Sequence[File], *, most_file_bytes: int, most_bytes: int
) -> Iterator[Problem]:
    """Yield files of no bytes, and those that are too large alone or together."""
    for number, file in enumerate(files, start=1):
        if not file.size:
            more = _named(file.name)
            yield Problem(AttachmentEmpty, _path(number), "0", more=more)
        if file.size > most_file_bytes:
            size, limit, more = str(file.size), str(most_file_bytes), _named(file.name)
            yield Problem(AttachmentTooLarge, _path(number), size, limit, more)
    together = sum(file.size for file in files)
    is_alone = any(file.size > most_file_bytes for file in files)
    if together > most_bytes and not is_alone:
        yield Problem(AttachmentsTooLarge, "Attachment", str(together), str(most_bytes))


def _hostility(name: str) -> str:
    if hostile := hostility_of(name):
        return hostile
    if "/" in name or "\\" in name:
        return N_("it holds a slash")
    return N_("it is no name") if name and not name.strip(" .") else ""


def _path(number: int) -> str:
    return f"{step_at('Attachment', number)}/AttachmentName"


def _named(name: str) -> dict[str, str]:
    return {"name": brief(name)}
