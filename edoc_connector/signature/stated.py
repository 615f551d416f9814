"""The content as it is sealed: what nodes may change on the way is taken out first.

Nodes of the axis trim text, drop what is empty, drop descriptions of attachments and
add the old code of a recipient as one more recipient.  Two contents that differ in
nothing else are one content here, and this form is also the one that is delivered: what
no seal covers reaches no document register.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from datetime import date, datetime
from functools import cache
from typing import Any, Final
from unicodedata import normalize

from edoc_connector.envelope.names import NODE_ALIAS
from edoc_connector.model.document import Attachment, Document, Organization
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.stages import Content
from edoc_connector.model.status import Status

SAID_OTHERWISE: Final = frozenset({type(None), bool, int, date, datetime})
"""Values that are no text: there is nothing about them to clean."""


def stated(content: Content) -> Content:
    """Return the content in the form that is sealed and delivered.

    Text in Unicode NFC, trimmed, lines ended by a line feed; entries without any value
    gone; recipients added by nodes gone; descriptions of attachments and what the
    axis's library adds to them, which no seal covers, gone.
    """
    clean = _clean(content)
    if isinstance(clean, Document) and isinstance(content, Document):
        recipients = tuple(to for to in clean.recipients if not is_added_by_node(to))
        attachments = tuple(map(_attachment, content.attachments))
        if (recipients, attachments) == (clean.recipients, clean.attachments):
            return clean
        return replace(clean, recipients=recipients, attachments=attachments)
    assert isinstance(clean, Status)  # noqa: S101  (replace() keeps the type)
    return clean


def stated_text(text: str) -> str:
    """Return one text in that form: NFC, trimmed.

    XML parsers turn every line end into a line feed, and so does this.
    """
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return (text if text.isascii() else normalize("NFC", text)).strip()


def is_added_by_node(recipient: Organization) -> bool:
    """Whether a node of the axis added it, as the alias of another recipient."""
    return stated_text(recipient.in_charge) == NODE_ALIAS


def _attachment(attachment: Attachment) -> Attachment:
    # The content id is the handle to the bytes: it stays as it is, byte for byte.
    name = stated_text(attachment.name)
    said = (name, attachment.description, attachment.field_name, attachment.mime_type)
    if said == (attachment.name, "", "", ""):
        return attachment
    return replace(attachment, name=name, description="", field_name="", mime_type="")


def _clean(value: object) -> object:
    if type(value) is str:  # an enum's text is not a sender's
        return stated_text(value)
    if type(value) in SAID_OTHERWISE:
        return value
    if isinstance(value, OrganizationCode):
        text = stated_text(value)
        return value if text == value else OrganizationCode(text)
    if isinstance(value, tuple):
        kept = tuple(one for one in map(_clean, value) if not _empty(one))
        return value if kept == value else kept
    return _clean_parts(value)


def _clean_parts(value: Any) -> object:  # noqa: ANN401  (any dataclass)
    # Most documents are clean already, and copying them is half of the work.
    changes = {
        name: new
        for name in _names(value.__class__)
        if (old := getattr(value, name))  # as most are not, and then it stays so
        and type(old) not in SAID_OTHERWISE
        and (new := stated_text(old) if type(old) is str else _clean(old)) is not old
    }
    return replace(value, **changes) if changes else value


def _empty(value: Any) -> bool:  # noqa: ANN401
    if names := _names(value.__class__):
        return all(_empty(getattr(value, name)) for name in names)
    return value is None or value is False or value in {"", ()}


@cache
def _names(kind: type[Any]) -> tuple[str, ...]:
    return tuple(one.name for one in fields(kind)) if is_dataclass(kind) else ()
