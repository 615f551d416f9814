"""The packets whose bytes never change; `tests/data/regenerate.py` writes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Final

from edoc_connector.model.document import (
    Business,
    BusinessType,
    ChangedParts,
    ChangedReceiver,
    Document,
    OtherInfo,
    Replacement,
)
from edoc_connector.model.identifiers import DocumentId
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.model.stages import Envelope, TraceStamp
from tests.support import builders

FOLDER: Final = Path(__file__).parents[1] / "data" / "golden"
NODE: Final = OrganizationCode("02.29.W00")
ODT: Final = b"not a PDF: \x00\xff " * 7
SEAL: Final = (
    b'<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#" Id="seal">'
    b"<ds:SignedInfo>\n  left as it is </ds:SignedInfo></ds:Signature>"
)


def every_field() -> Document:
    """A document in which no field of the model is empty."""
    plain = builders.document()
    return replace(
        plain,
        recipients=(
            builders.organization(builders.RECIPIENT),
            builders.organization("000.14.00.H58", website=""),
        ),
        subject="a < b & c > d \"e\" 'f'\r\ng",
        other=OtherInfo(
            priority=3,
            sphere="Liên thông",
            typer_notation="VX",
            promulgation_amount=2,
            page_amount=3,
            reply_fors="9/SNV-VP",
            direction=True,
            reference_codes="8/SNV-VP",
            appendixes=("Phụ lục I", "Phụ lục II"),
        ),
        steering_type=1,
        task_codes=("NV-1", "NV-2"),
        application_type="MCDT_DT",
        business=business_of_every_kind(),
        attachments=(
            builders.attachment(description="Bản chính"),
            builders.attachment(
                ODT, name="phụ lục & 1.odt", content_type="application/odt"
            ),
        ),
    )


def business_of_every_kind() -> Business:
    """What no real packet does at once: an update that also replaces."""
    return Business(
        document_id=DocumentId("H20,2026/11/20,14/UBND-VX"),
        type=BusinessType.UPDATE,
        reason="Cập nhật văn bản điện tử",
        paper=1,
        changed=ChangedParts(
            document_info=1,
            document_receiver=1,
            receivers=(ChangedReceiver(OrganizationCode("H41"), 0),),
        ),
        replacements=(
            Replacement(
                DocumentId("H20,2026/11/19,13/UBND-VX"),
                (OrganizationCode("H41"), OrganizationCode("H14")),
            ),
        ),
        staff=builders.staff(department_id="P1", staff_id="VT1"),
    )


def envelope_with_every_field() -> Envelope:
    """That document, stamped by its sender and by a node."""
    node = TraceStamp(NODE, builders.SENT_AT + timedelta(seconds=61))
    sender = TraceStamp(builders.SENDER, builders.SENT_AT)
    return builders.envelope(every_field(), trace=(sender, node))


def packets() -> Mapping[str, bytes]:
    """Return every golden packet by file name, as written now."""
    bare = builders.document(
        promulgation_place="",
        promulgation_date=None,
        due_date=None,
        other=OtherInfo(),
        responses=(),
        steering_type=None,
        to_places=(),
        business=None,
        attachments=(),
    )
    return {
        "every-field.edxml": builders.packet_of(
            envelope_with_every_field(), files=builders.contents(ODT), seal=SEAL
        ),
        "usual.edxml": builders.packet(),
        "bare.edxml": builders.packet_of(Envelope(bare)),
        "status.edxml": builders.packet(builders.status(), seal=SEAL),
        "status-bare.edxml": builders.packet(
            builders.status(staff=None, description="")
        ),
    }
