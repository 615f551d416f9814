"""What is written into the register about a document that arrived: parameters by name.

Pure.  Every value comes from the sealed content or from the seal's own verification.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from edoc_connector.clock import VIETNAM
from edoc_connector.dms.attachments import content_type_of
from edoc_connector.dms.fields import DOCUMENT, Field
from edoc_connector.dms.mapping import Incoming
from edoc_connector.errors import DmsTooNarrow
from edoc_connector.model.document import Attachment, Document, ResponseFor, Unread
from edoc_connector.model.file_names import safe_names, stored_name
from edoc_connector.model.identifiers import DeliveryKey
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.stages import Contents, VerifiedEnvelope

ELLIPSIS: Final = "…"
NOBODY: Final = OrganizationCode("")


def document_parameters(
    verified: VerifiedEnvelope,
    document: Document,
    incoming: Incoming,
    *,
    key: DeliveryKey,
    recipient: OrganizationCode,
) -> Mapping[str, object]:
    """Return the parameters of `incoming.insert`, or raise `DmsTooNarrow`."""
    values = {
        "key": key,
        "recipient": recipient,
        "attachments": len(document.attachments),
        "sealed_at": verified.sealed_at and local(verified.sealed_at),
        "seal": verified.verdict.form.value,
        "verdict": verified.verdict.indication.value,
        "at": local(verified.verified_at),
        **_stated(document),
        **_answered(document),
    }
    return _fitted(values, incoming)


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingFile:
    """A file to be kept: what is said of it, our path for it, and its bytes."""

    values: Mapping[str, object]
    path: str
    size: int
    chunks: Callable[[], Iterator[bytes]]


def incoming_files(
    contents: Contents, document: Document, incoming: Incoming, key: DeliveryKey
) -> Sequence[IncomingFile]:
    """Return the files under names that are safe and differ from each other."""
    names = safe_names(attachment.name for attachment in document.attachments)
    return [
        _incoming_file(contents, attachment, incoming, key, name=name, position=number)
        for number, (attachment, name) in enumerate(
            zip(document.attachments, names, strict=True), start=1
        )
    ]


def _incoming_file(  # noqa: PLR0913  (one call, above)
    contents: Contents,
    attachment: Attachment,
    incoming: Incoming,
    key: DeliveryKey,
    *,
    name: str,
    position: int,
) -> IncomingFile:
    values = {
        "key": key,
        "position": position,
        "name": name,
        # By the sealed name: what the packet says of the type is not sealed.
        "content_type": content_type_of(name),
        "description": attachment.description,
        "size": attachment.size,
        "sha256": attachment.sha256,
    }
    return IncomingFile(
        values=_fitted(values, incoming),
        path=f"{key[:2]}/{stored_name(key, position, name)}",
        size=attachment.size,
        chunks=lambda: contents.chunks(attachment),
    )


def local(moment: datetime) -> datetime:
    """Return the moment as a Vietnamese clock shows it, without a zone."""
    return moment.astimezone(VIETNAM).replace(tzinfo=None)


def _stated(document: Document) -> dict[str, object]:
    other, signer = document.other, document.signer
    values: dict[str, object] = {
        "document_id": document.document_id,
        "sender_code": document.sender.code,
        "sender_name": document.sender.name,
        "sender_in_charge": document.sender.in_charge,
        "code": document.code.text,
        "number": document.code.number,
        "notation": document.code.notation,
        "subject": document.subject,
        "content": document.content,
        "promulgation_place": document.promulgation_place,
        "promulgation_date": document.promulgation_date,
        "type": document.type.type,
        "type_detail": document.type.detail,
        "type_name": document.type.name,
        "signer_competence": signer.competence,
        "signer_position": signer.position,
        "signer_name": signer.full_name,
        "due_date": document.due_date,
        "priority": document.priority,
        "steering_type": document.steering_type,
        "sphere": other.sphere,
        "page_amount": other.page_amount,
        "promulgation_amount": other.promulgation_amount,
        "to_places": "; ".join(document.to_places),
    }
    return {name: _known(value) for name, value in values.items()}


def _known(value: object) -> object:
    """Return a value for its column; where nobody could read one, there is none."""
    return None if isinstance(value, Unread) else value


def _answered(document: Document) -> dict[str, object]:
    """Return the first document this one answers; registers have room for one."""
    first = next(iter(document.responses), ResponseFor(organization=NOBODY))
    return {
        "reply_organization": first.organization or None,
        "reply_code": first.code or None,
        "reply_date": _known(first.promulgation_date),
        "reply_document_id": first.document_id or None,
    }


def _fitted(values: Mapping[str, object], incoming: Incoming) -> Mapping[str, object]:
    """Return the values in the register's words, no text longer than its column."""
    fitted = dict(values)
    for name, words in incoming.values.items():
        if name in fitted:
            fitted[name] = words.get(str(fitted[name]), fitted[name])
    for name, limit in incoming.limits.items():
        if name in fitted:
            fitted[name] = _limited(name, fitted[name], limit, incoming)
    return fitted


def _limited(name: str, value: object, limit: int, incoming: Incoming) -> object:
    if not isinstance(value, str) or len(value) <= limit:
        return value
    if name not in incoming.cut:
        field = DOCUMENT.get(name, Field(name)).name
        raise DmsTooNarrow(field=field, length=len(value), limit=limit)
    return cut(value, limit)


def cut(text: str, limit: int) -> str:
    """Return a text that fits, and shows where it was cut off."""
    return text if len(text) <= limit else text[: limit - 1] + ELLIPSIS
