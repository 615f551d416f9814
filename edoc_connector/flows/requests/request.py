"""What a packet asks of a document that was sent before, and by whose seal.

Practice names the document in three places, inconsistently (QCVN 102:2016, 2.2.4): in
Bussiness, in ResponseFor, or only in the header.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from edoc_connector.flows.plain import plain
from edoc_connector.model.change import KINDS, ChangeKind
from edoc_connector.model.document import (
    Business,
    BusinessType,
    Document,
    Replacement,
    ResponseFor,
    Unread,
)
from edoc_connector.model.identifiers import DocumentId
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.stages import VerifiedEnvelope
from edoc_connector.model.status import Status

MOST_WISH: Final = 500
MOST_TARGETS: Final = 20
"""How many documents one packet replaces at the most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request: about which documents, why, and where its answer goes.

    `sender` is whose seal it bears, or whom the broker vouches for where it `is_sealed`
    is false.
    """

    type: BusinessType
    sender: OrganizationCode
    targets: tuple[DocumentId, ...]
    wish: str
    sealed_at: datetime | None
    is_sealed: bool
    response: ResponseFor

    @property
    def kind(self) -> ChangeKind:
        """Recall, update or replacement."""
        return KINDS[self.type]

    @property
    def target(self) -> DocumentId:
        """The document it is about; of several the first."""
        return next(iter(self.targets), DocumentId(""))


def request_of(
    verified: VerifiedEnvelope, document: Document, us: OrganizationCode
) -> Request | None:
    """Return what the document asks, or None where it is simply a new one."""
    business = document.business
    if business is None or business.type not in KINDS:
        return None
    response = ResponseFor(
        organization=document.sender.code,
        code=document.code.text,
        document_id=document.document_id,
        promulgation_date=(
            None
            if isinstance(document.promulgation_date, Unread)
            else document.promulgation_date
        ),
    )
    return Request(
        type=business.type,
        sender=document.sender.code,
        targets=tuple(_targets(document, business, us)),
        wish=plain(business.reason, MOST_WISH),
        sealed_at=verified.sealed_at,
        is_sealed=verified.verdict.form.is_seal,
        response=response,
    )


def request_in_status(verified: VerifiedEnvelope, status: Status) -> Request:
    """Return the recall that a status 13 of the original's sender is (lấy lại)."""
    said = status.response_for
    return Request(
        type=BusinessType.RECALL,
        sender=status.sender.code,
        targets=(said.document_id,) if said.document_id else (),
        wish=plain(status.description, MOST_WISH),
        sealed_at=verified.sealed_at,
        is_sealed=verified.verdict.form.is_seal,
        response=ResponseFor(
            organization=status.sender.code,
            code=said.code,
            document_id=said.document_id,
            promulgation_date=(
                None
                if isinstance(said.promulgation_date, Unread)
                else said.promulgation_date
            ),
        ),
    )


def _is_for(us: OrganizationCode, replacement: Replacement) -> bool:
    """Whether it replaces the document here; who names nobody means everybody."""
    bodies = replacement.organizations
    return not bodies or any(us.is_same_body(one) for one in bodies)


def _targets(
    document: Document, business: Business, us: OrganizationCode
) -> Iterator[DocumentId]:
    replaced = [
        it.document_id
        for it in business.replacements
        if it.document_id and _is_for(us, it)
    ]
    if business.type is BusinessType.REPLACE and replaced:
        yield from dict.fromkeys(replaced[:MOST_TARGETS])
        return
    # What answers another body's document names that one too, and does not mean it.
    sender = document.sender.code
    answered = (
        it.document_id
        for it in document.responses
        if it.organization.is_same_body(sender)
    )
    named = next(filter(None, (business.document_id, *answered)), None)
    if named is not None:
        yield named
    elif business.type is not BusinessType.REPLACE and document.document_id:
        # A replacement has a name of its own and cannot mean itself.
        yield document.document_id
