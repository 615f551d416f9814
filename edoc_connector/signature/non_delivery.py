"""Signs a statement of non-delivery: a standard signature that stands alone.

It has the form of a seal (`profile`), so `xmlsec1 --verify` accepts it and `openssl`
can check it by hand; `schemas/non-delivery.xsd` describes what is signed.
"""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import Final

from edoc_connector.model.document import Organization
from edoc_connector.model.non_delivery import NAMESPACE, NonDelivery, Told, Tried
from edoc_connector.signature import profile
from edoc_connector.signature.fields import Fields
from edoc_connector.signature.ports import SealKey
from edoc_connector.signature.stated import stated_text
from edoc_connector.signature.statement import elements

OPENING: Final = (
    '<ds:Object xmlns:ds="http://www.w3.org/2000/09/xmldsig#" Id="statement">'
    f'<NonDelivery xmlns="{NAMESPACE}">'
)
CLOSING: Final = "</NonDelivery></ds:Object>"


def sign_non_delivery(stated: NonDelivery, key: SealKey) -> bytes:
    """Return the statement inside its `ds:Signature`."""
    statement = f"{OPENING}{elements(_fields(stated))}{CLOSING}".encode()
    properties = profile.signed_properties(
        stated.stated_at, sha256(key.certificate).digest()
    )
    info = profile.signed_info(
        key.algorithm,
        statement_digest=sha256(statement).digest(),
        properties_digest=sha256(properties).digest(),
    )
    return profile.signature(
        signed_info=info,
        value=key.sign(info),
        certificate=key.certificate,
        statement=statement,
        properties=properties,
    )


def _fields(stated: NonDelivery) -> Fields:
    return _filled(
        ("Outcome", stated.outcome),
        ("StatedAt", profile.moment(stated.stated_at)),
        ("LastDeadline", profile.moment(stated.deadline)),
        ("From", _organization(stated.sender)),
        ("To", _organization(stated.recipient)),
        (
            "Document",
            _filled(
                ("Code", stated.label),
                ("Subject", stated.subject),
                ("DocumentId", stated.document_id),
                ("MessageId", stated.message_id),
                ("Priority", str(stated.priority)),
                ("PacketSha256", stated.packet or ""),
            ),
        ),
        ("TakenAt", profile.moment(stated.taken_at)),
        ("LateAt", profile.moment(stated.late_at) if stated.late_at else ""),
        ("FailedAttempts", str(stated.attempts)),
        ("LastFailure", stated.failure),
        *(("Tried", _tried(one)) for one in stated.tried),
        *(("Answer", _told(one)) for one in stated.told),
    )


def _organization(it: Organization) -> Fields:
    return _filled(("OrganId", it.code), ("OrganName", it.name))


def _tried(one: Tried) -> Fields:
    return _filled(
        ("At", profile.moment(one.at)), ("What", one.kind), ("Detail", one.detail)
    )


def _told(one: Told) -> Fields:
    return _filled(
        ("At", profile.moment(one.received_at)),
        ("StatedAt", _distant(one.stated_at)),
        ("StatusCode", one.code),
        ("Description", one.description),
        ("MessageId", one.receipt),
    )


def _distant(at: datetime) -> str:
    """Return a moment that somebody else states: it may lie beyond our calendar."""
    try:
        return profile.moment(at)
    except OverflowError:
        return at.isoformat(timespec="seconds")


def _filled(*fields: tuple[str, str | Fields]) -> Fields:
    """Return fields in NFC, trimmed, without those that are empty."""
    clean = (
        (name, stated_text(value) if isinstance(value, str) else value)
        for name, value in fields
    )
    return tuple((name, value) for name, value in clean if value)
