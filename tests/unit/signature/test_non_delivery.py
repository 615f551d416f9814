"""A statement of non-delivery says everything it was given, and stands alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from importlib.resources import files

import pytest
from lxml import etree

from edoc_connector.envelope.non_delivery import read_non_delivery
from edoc_connector.errors import EnvelopeMalformed
from edoc_connector.model.document import Organization
from edoc_connector.model.identifiers import Digest, DocumentId, MessageId
from edoc_connector.model.non_delivery import NonDelivery, Outcome, Told, Tried
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.signature.non_delivery import sign_non_delivery
from tests.support.builders import SENT_AT
from tests.support.pki import p256_sealer


def stated(**changes):
    values = {
        "sender": Organization(code=OrganizationCode("H20.14"), name="Sở Nội vụ"),
        "recipient": Organization(code=OrganizationCode("H20.28")),
        "message_id": MessageId("m-1"),
        "document_id": DocumentId("H20.14,2026/11/23,7/UBND-VX"),
        "label": "7/UBND-VX",
        "subject": "V/v <kiểm kê> & báo cáo",
        "priority": 3,
        "packet": Digest("ab" * 32),
        "outcome": Outcome.NO_RECEIPT,
        "taken_at": SENT_AT,
        "late_at": SENT_AT + timedelta(hours=1),
        "deadline": SENT_AT + timedelta(days=3),
        "stated_at": SENT_AT + timedelta(days=3, seconds=1),
        "attempts": 4,
        "failure": "đầy hộp thư",
        "tried": (Tried(at=SENT_AT, kind="document:sent"),),
        "told": (
            Told(
                received_at=SENT_AT,
                stated_at=SENT_AT,
                code="02",
                description="sai nơi nhận",
                receipt=MessageId("r-1"),
            ),
        ),
    }
    return NonDelivery(**(values | changes))


def said(statement):
    return read_non_delivery(sign_non_delivery(statement, p256_sealer()))


def test_all_of_it_is_said_in_its_order():
    assert [path for path, _ in said(stated())] == [
        "Outcome",
        "StatedAt",
        "LastDeadline",
        "From/OrganId",
        "From/OrganName",
        "To/OrganId",
        "Document/Code",
        "Document/Subject",
        "Document/DocumentId",
        "Document/MessageId",
        "Document/Priority",
        "Document/PacketSha256",
        "TakenAt",
        "LateAt",
        "FailedAttempts",
        "LastFailure",
        "Tried/At",
        "Tried/What",
        "Answer/At",
        "Answer/StatedAt",
        "Answer/StatusCode",
        "Answer/Description",
        "Answer/MessageId",
    ]


def test_text_of_others_stays_text():
    subject = "</Subject><Outcome>delivered</Outcome> &amp;"

    values = said(stated(subject=subject))

    assert dict(values)["Document/Subject"] == subject
    assert [value for path, value in values if path == "Outcome"] == ["no-receipt"]


@pytest.mark.parametrize(
    "changes", [{}, {"late_at": None, "packet": None, "tried": (), "told": ()}]
)
def test_what_is_signed_is_what_the_schema_describes(changes):
    schema = files("edoc_connector.schemas") / "non-delivery.xsd"
    signed = etree.fromstring(sign_non_delivery(stated(**changes), p256_sealer()))

    (statement,) = signed.iter("{*}NonDelivery")

    etree.XMLSchema(etree.fromstring(schema.read_bytes())).assertValid(statement)


def test_moments_are_those_of_vietnam():
    at = datetime(2026, 11, 23, 17, 30, tzinfo=UTC)

    assert dict(said(stated(stated_at=at)))["StatedAt"] == "2026-11-24T00:30:00+07:00"


def test_a_receiver_may_state_a_time_at_the_end_of_the_calendar():
    told = Told(
        received_at=SENT_AT,
        stated_at=datetime.max.replace(tzinfo=UTC),
        code="02",
        description="",
        receipt=MessageId("r-1"),
    )

    values = dict(said(stated(told=(told,))))

    assert values["Answer/StatedAt"] == "9999-12-31T23:59:59+00:00"


def test_bytes_that_are_none_are_refused():
    with pytest.raises(EnvelopeMalformed):
        read_non_delivery(b"<not closed")
