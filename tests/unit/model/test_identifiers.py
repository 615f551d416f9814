"""Names that are computed."""

from __future__ import annotations

from edoc_connector.model.identifiers import (
    DeliveryKey,
    Digest,
    MessageId,
    delivery_key,
    message_id_of_answer,
    message_id_of_row,
)
from edoc_connector.model.organization_code import OrganizationCode


def test_one_revision_of_one_row_has_one_message_id_for_ever():
    first = message_id_of_row(OrganizationCode("H20"), "7", "1")

    assert first == MessageId("0908292a-fd8d-58eb-88f6-295f9de63bc2")
    assert first == message_id_of_row(OrganizationCode("H20"), "7", "1")
    assert first != message_id_of_row(OrganizationCode("H20"), "7", "2")
    assert first != message_id_of_row(OrganizationCode("H20"), "8", "1")
    assert first != message_id_of_row(OrganizationCode("H21"), "7", "1")


def test_one_answer_to_one_message_has_one_message_id():
    first = message_id_of_answer(OrganizationCode("H20"), "5", "01")

    assert first == message_id_of_answer(OrganizationCode("H20"), "5", "01")
    assert first != message_id_of_answer(OrganizationCode("H20"), "5", "02")


def test_the_same_content_for_another_recipient_is_another_delivery():
    content = Digest("a" * 64)

    here = delivery_key(content, OrganizationCode("H20"))
    there = delivery_key(content, OrganizationCode("H21"))

    assert here != there
    assert here == delivery_key(content, OrganizationCode("H20"))
    assert here == DeliveryKey(
        "dbc87e4806556f6bac1e5f3a5e8b34bc59d5f7f26f614cd73e3fe47d6be67400"
    )
