from dataclasses import fields

import pytest

from edoc_connector.ledger import facts
from edoc_connector.ledger.facts import DocumentDelivered, DocumentTaken, Fact

KINDS = {
    "document:taken",
    "row:refused",
    "document:sealed",
    "document:stamped",
    "document:sent",
    "document:unroutable",
    "document:returned",
    "document:parked",
    "document:resent",
    "document:late",
    "document:expired",
    "receipt:late",
    "reconciliation:stated",
    "reconciliation:compared",
    "reconciliation:case",
    "reconciliation:closed",
    "receipt:accepted",
    "status:given",
    "status:withheld",
    "envelope:accepted",
    "key:used",
    "key:revoked",
    "key:restored",
    "seal:judged",
    "seal:refuted",
    "document:delivered",
    "document:redirected",
    "document:refused",
    "queue:parked",
    "queue:released",
    "quarantine:released",
    "quarantine:rejected",
    "document:frozen",
    "change:asked",
    "change:stopped",
    "change:moot",
    "change:agreed",
    "change:refused",
    "order:asked",
    "order:decided",
    "order:applied",
    "order:refused",
}


def every_fact():
    return [
        it
        for it in vars(facts).values()
        if isinstance(it, type) and it.__base__ is Fact
    ]


def test_the_kinds_are_the_ones_the_design_names_and_none_twice():
    kinds = [fact.kind for fact in every_fact()]

    assert sorted(kinds) == sorted(KINDS)


@pytest.mark.parametrize("fact", every_fact())
def test_no_fact_has_room_for_a_subject_or_a_person(fact):
    names = {field.name for field in fields(fact)}

    assert not names & {"subject", "name", "title", "content", "person", "description"}


def test_a_sent_fact_is_found_by_the_document_and_a_received_one_by_its_message():
    taken = DocumentTaken(
        document="d-1", sender="H20", row="17", revision="2", recipients=("H20.14",)
    )
    delivered = DocumentDelivered(
        message_id="m-1",
        account="H20",
        key="k",
        sender="H20",
        recipient="H20.14",
        statement="s",
        certificate="c",
        row="93",
    )

    assert taken.subject == "d-1"
    assert delivered.subject == "m-1"


def test_the_details_are_all_the_fact_says_beside_its_subject():
    taken = DocumentTaken(
        document="d-1", sender="H20", row="17", revision="2", recipients=("H20.14",)
    )

    assert taken.details == {
        "sender": "H20",
        "row": "17",
        "revision": "2",
        "recipients": ("H20.14",),
    }
