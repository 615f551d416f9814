"""Recall, update and replacement at the sender, wherever the original stands."""

from __future__ import annotations

import pytest

from edoc_connector.bus.message import Message
from edoc_connector.errors import BusUnavailable, Unroutable
from edoc_connector.flows.outgoing.post import resend
from edoc_connector.flows.outgoing.seal import seal
from edoc_connector.model.change import ChangeState
from edoc_connector.model.delivery import (
    DeliveryEvent,
    DeliveryState,
    DocumentEvent,
    DocumentState,
)
from edoc_connector.model.document import BusinessType
from edoc_connector.model.status import StatusCode
from tests.support.changes import (
    REASON,
    asked,
    documents,
    recall,
    relay_at,
    say,
    seal_at,
    send,
    shown,
    take_at,
    update,
)
from tests.support.publishers import OneByOne
from tests.support.world import NOWHERE, RECEIVER, World


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    yield world
    world.close()


def states(sender, number=0):
    document = documents(sender)[number]
    with sender.storage.reading() as work:
        found = work.deliveries.of(document.key)
    return document.state, {it.recipient: it.state for it in found}


def waiting(sender):
    with sender.storage.reading() as work:
        return work.outbox.waiting()


# --- where the original stands ---


def test_a_recall_before_the_seal_stops_the_document_and_nothing_leaves(world):
    sender = world.sender
    sender.write(7, RECEIVER, NOWHERE)
    take_at(sender)
    recall(sender)

    take_at(sender)

    assert states(sender) == (
        DocumentState.WITHDRAWN,
        dict.fromkeys((RECEIVER, NOWHERE), DeliveryState.WITHDRAWN),
    )
    assert set(asked(sender).values()) == {ChangeState.STOPPED}
    assert states(sender, -1) == (DocumentState.WITHDRAWN, {})
    assert seal_at(sender) == 0
    assert waiting(sender) == 0
    world.run()
    assert set(shown(sender).values()) == {"Đã dừng gửi"}
    assert world.receiver.arrived() == []


def test_a_recall_of_what_is_queued_stops_it_here_and_no_packet_asks(world):
    sender = world.sender
    sender.write(7, RECEIVER)
    take_at(sender)
    seal_at(sender)
    recall(sender)

    take_at(sender)

    assert states(sender)[1] == {RECEIVER: DeliveryState.WITHDRAWN}
    assert asked(sender) == {RECEIVER: ChangeState.STOPPED}
    assert waiting(sender) == 0
    facts = sender.facts()
    assert facts.count("change:stopped") == facts.count("document:frozen") == 1


def test_a_recall_of_what_may_have_left_asks_and_sends_the_original_no_more(world):
    sender = world.sender
    sender.write(7, RECEIVER)
    take_at(sender)
    seal_at(sender)
    with pytest.raises(BusUnavailable):
        relay_at(sender, Away())
    recall(sender)

    take_at(sender)

    assert asked(sender) == {RECEIVER: ChangeState.ASKED}
    assert waiting(sender) == 0  # the packet that asks is not sealed yet
    assert states(sender)[1] == {RECEIVER: DeliveryState.SEALED}
    world.run()
    assert [it[0] for it in world.receiver.arrived()] == []


def test_a_recall_of_what_was_sent_asks_with_the_metadata_of_the_original(world):
    sender = world.sender
    sender.write(7, RECEIVER)
    take_at(sender)
    seal_at(sender)
    relay_at(sender)
    recall(sender)

    take_at(sender)
    seal_at(sender)

    original, asking = (it.document for it in documents(sender))
    assert asked(sender) == {RECEIVER: ChangeState.ASKED}
    assert asking.document_id == original.document_id
    assert (asking.code, asking.subject) == (original.code, original.subject)
    assert asking.attachments == ()
    assert asking.business.type is BusinessType.RECALL
    assert asking.business.document_id == original.document_id
    assert asking.business.reason == REASON
    (response,) = asking.responses
    assert response.document_id == original.document_id
    assert response.organization == sender.code
    assert response.promulgation_date == original.promulgation_date
    assert waiting(sender) == 1


def test_a_recall_where_nothing_was_got_is_moot_and_asks_nobody(world):
    sender = world.sender
    sender.write(7, NOWHERE)
    take_at(sender)
    seal_at(sender)
    relay_at(sender)
    assert states(sender)[1] == {NOWHERE: DeliveryState.UNROUTABLE}
    recall(sender)

    take_at(sender)

    assert asked(sender) == {NOWHERE: ChangeState.MOOT}
    assert states(sender)[1] == {NOWHERE: DeliveryState.WITHDRAWN}
    assert sender.facts().count("change:moot") == 1
    world.run()
    assert shown(sender) == {NOWHERE: "Đã dừng gửi"}


def test_a_copy_that_failed_does_not_hide_that_an_earlier_one_was_sent(world):
    sender = world.sender
    sender.write(7, RECEIVER)
    take_at(sender)
    seal_at(sender)
    relay_at(sender)
    repeat(sender)
    relay_at(sender, Lost())
    assert states(sender)[1] == {RECEIVER: DeliveryState.UNROUTABLE}
    recall(sender)

    take_at(sender)

    assert asked(sender) == {RECEIVER: ChangeState.ASKED}


@pytest.mark.parametrize("kind", ["Thu hồi", "Cập nhật"])
def test_whoever_refused_the_document_has_nothing_to_give_back_or_change(world, kind):
    sender = world.sender
    sender.write(7, RECEIVER)
    send(sender)
    say(world, StatusCode.REFUSED, documents(sender)[0])
    update(sender, loai_nghiep_vu=kind)

    take_at(sender)

    with sender.storage.reading() as work:
        (row,) = work.changes.of(documents(sender)[1].key)
    assert row.state is ChangeState.MOOT
    assert row.reason.details["problem"] == "it had refused the document"
    assert states(sender, -1) == (DocumentState.WITHDRAWN, {})
    assert states(sender)[1] == {RECEIVER: DeliveryState.REFUSED}


def test_a_second_document_in_its_place_goes_to_whoever_refused_the_first(world):
    sender = world.sender
    sender.write(7, RECEIVER)
    send(sender)
    say(world, StatusCode.REFUSED, documents(sender)[0])
    update(sender, 8, loai_nghiep_vu="Thay thế")

    take_at(sender)

    assert asked(sender) == {RECEIVER: ChangeState.MOOT}
    assert states(sender, -1)[1] == {RECEIVER: DeliveryState.TAKEN}
    assert documents(sender)[1].document.business.type is BusinessType.NEW


def test_each_recipient_has_a_state_of_its_own(world):
    sender = world.sender
    sender.write(7, RECEIVER, NOWHERE)
    take_at(sender)
    seal_at(sender)
    relay_at(sender)
    recall(sender)

    take_at(sender)

    assert asked(sender) == {RECEIVER: ChangeState.ASKED, NOWHERE: ChangeState.MOOT}
    assert states(sender, -1)[1] == {RECEIVER: DeliveryState.TAKEN}


def test_one_recipient_may_be_asked_and_the_others_keep_theirs(world):
    sender = world.sender
    sender.write(7, RECEIVER, NOWHERE)
    take_at(sender)
    recall(sender, 1, NOWHERE)

    take_at(sender)
    seal_at(sender)

    assert states(sender) == (
        DocumentState.SEALED,
        {RECEIVER: DeliveryState.SEALED, NOWHERE: DeliveryState.WITHDRAWN},
    )
    assert waiting(sender) == 1
    world.run()
    assert len(world.receiver.arrived()) == 1


# --- what is refused ---


def refusals(sender):
    return [
        it.reason.code for it in documents(sender) if it.state is DocumentState.REFUSED
    ]


def test_what_was_never_taken_cannot_be_recalled(world):
    recall(world.sender, row=99)

    take_at(world.sender)

    assert refusals(world.sender) == ["original-unknown"]


def test_a_row_that_was_refused_cannot_be_recalled(world):
    world.sender.write(7, RECEIVER, so=None)
    take_at(world.sender)
    recall(world.sender)

    take_at(world.sender)

    assert refusals(world.sender)[1:] == ["original-unknown"]


def test_a_kind_that_nobody_knows_is_told_to_the_clerk(world):
    world.sender.write(7, RECEIVER, loai_nghiep_vu="Xóa")

    take_at(world.sender)

    assert refusals(world.sender) == ["field-invalid"]


def test_a_recall_is_not_recalled_nor_made_twice(world):
    sender = world.sender
    sender.write(7, RECEIVER)
    take_at(sender)
    recall(sender)
    take_at(sender)
    recall(sender, row=2)
    recall(sender, row=1)

    take_at(sender)

    assert refusals(sender) == ["recall-of-recall", "changed-already"]


def test_who_was_no_recipient_is_not_asked(world):
    world.sender.write(7, RECEIVER)
    take_at(world.sender)
    recall(world.sender, 1, NOWHERE)

    take_at(world.sender)

    assert refusals(world.sender) == ["not-a-recipient"]


def test_an_update_of_another_number_is_refused(world):
    world.sender.write(7, RECEIVER)
    take_at(world.sender)
    update(world.sender, number=8)

    take_at(world.sender)

    assert refusals(world.sender) == ["update-of-another"]


def test_a_document_does_not_replace_itself(world):
    world.sender.write(7, RECEIVER)
    take_at(world.sender)
    update(world.sender, loai_nghiep_vu="Thay thế")

    take_at(world.sender)

    assert refusals(world.sender) == ["replaced-by-itself"]


@pytest.mark.parametrize("kind", ["Cập nhật", "Thay thế"])
def test_what_was_recalled_is_not_changed_any_more(world, kind):
    world.sender.write(7, RECEIVER)
    take_at(world.sender)
    recall(world.sender)
    take_at(world.sender)
    update(world.sender, loai_nghiep_vu=kind)

    take_at(world.sender)

    assert refusals(world.sender) == ["original-frozen"]


@pytest.mark.parametrize("kind", ["Thu hồi", "Thay thế"])
def test_what_was_taken_back_itself_replaces_nothing(world, kind):
    """By its names: receivers know a document by them."""
    sender = world.sender
    sender.write(7, RECEIVER)
    sender.write(8, RECEIVER)
    take_at(sender)
    update(sender, number=9, row=2, loai_nghiep_vu=kind)
    take_at(sender)
    update(sender, number=8, row=1, loai_nghiep_vu="Thay thế")

    take_at(sender)

    assert refusals(sender) == ["content-taken-back"]
    assert states(sender)[1] != {RECEIVER: DeliveryState.WITHDRAWN}


# --- updates and replacements ---


def test_an_update_goes_out_whole_under_the_id_of_its_original(world):
    sender = world.sender
    sender.write(7, RECEIVER)
    take_at(sender)
    update(sender, ngay_ban_hanh="2026-11-21", data=b"%PDF-1.7 corrected")

    take_at(sender)

    original, changed = (it.document for it in documents(sender))
    assert changed.document_id == original.document_id
    assert changed.subject == "V/v kiểm kê, đã sửa"
    assert changed.attachments[0].sha256 != original.attachments[0].sha256
    assert [it.code for it in changed.recipients] == [RECEIVER]
    assert changed.business.type is BusinessType.UPDATE
    assert changed.business.changed.document_info == 1
    assert changed.responses[0].document_id == original.document_id


def test_an_update_lets_the_packet_that_is_queued_leave_before_it(world):
    sender = world.sender
    sender.write(7, RECEIVER)
    take_at(sender)
    seal_at(sender)
    update(sender)
    take_at(sender)
    seal_at(sender)

    with sender.storage.work() as work:
        items = work.leases.claim(10, worker="w", now=world.clock(), lease_seconds=1.0)

    assert [it.business_type for it in items] == [0, 2]
    assert asked(sender) == {RECEIVER: ChangeState.ASKED}


def test_an_update_of_an_update_is_about_the_first_document(world):
    sender = world.sender
    sender.write(7, RECEIVER)
    take_at(sender)
    update(sender)
    take_at(sender)
    update(sender, row=2, trich_yeu="V/v kiểm kê, sửa lần hai")

    take_at(sender)

    first, _, third = documents(sender)
    assert third.changes == first.key


def test_a_replacement_stops_what_has_not_left_and_goes_out_in_its_place(world):
    sender = world.sender
    sender.write(7, RECEIVER)
    take_at(sender)
    seal_at(sender)
    update(sender, number=8, loai_nghiep_vu="Thay thế")

    take_at(sender)

    assert states(sender)[1] == {RECEIVER: DeliveryState.WITHDRAWN}
    assert asked(sender) == {RECEIVER: ChangeState.STOPPED}
    # Nobody has the original: what replaces it is new to everybody.
    assert documents(sender)[1].document.business.type is BusinessType.NEW
    world.run()
    assert [it[0] for it in world.receiver.arrived()] == ["8"]
    assert shown(sender, 1) == {RECEIVER: "Đã dừng gửi"}


def test_a_replacement_names_its_original_and_for_whom(world):
    sender = world.sender
    sender.write(7, RECEIVER)
    take_at(sender)
    seal_at(sender)
    relay_at(sender)
    update(sender, number=8, loai_nghiep_vu="Thay thế")

    take_at(sender)

    original, new = (it.document for it in documents(sender))
    assert new.document_id != original.document_id
    assert new.business.type is BusinessType.REPLACE
    assert new.business.document_id == original.document_id
    (replaced,) = new.business.replacements
    assert replaced.document_id == original.document_id
    assert replaced.organizations == (RECEIVER,)


# --- an update that has not left when its document is taken away ---


def updated(sender):
    """The document has been sent, and its update has been taken."""
    sender.write(7, RECEIVER)
    send(sender)
    update(sender, 7, 1, RECEIVER)
    take_at(sender)


def change_at(sender, number):
    with sender.storage.reading() as work:
        (row,) = work.changes.of(documents(sender)[number].key)
    return row


def test_a_recall_stops_the_update_that_is_not_sealed_yet(world):
    sender = world.sender
    updated(sender)
    recall(sender)

    take_at(sender)

    assert asked(sender, 1) == {RECEIVER: ChangeState.STOPPED}
    assert states(sender, 1) == (
        DocumentState.WITHDRAWN,
        {RECEIVER: DeliveryState.WITHDRAWN},
    )
    assert asked(sender, 2) == {RECEIVER: ChangeState.ASKED}


@pytest.mark.parametrize(
    "change", [recall, lambda it: update(it, 8, loai_nghiep_vu="Thay thế")]
)
def test_who_takes_a_document_away_stops_the_update_that_is_queued(world, change):
    sender = world.sender
    updated(sender)
    seal_at(sender)
    change(sender)

    take_at(sender)

    assert asked(sender, 1) == {RECEIVER: ChangeState.STOPPED}
    assert states(sender, 1)[1] == {RECEIVER: DeliveryState.WITHDRAWN}
    assert waiting(sender) == 0  # the packet that asks is not sealed yet
    assert asked(sender, 2) == {RECEIVER: ChangeState.ASKED}
    assert sender.facts().count("change:stopped") == 1


def test_why_an_update_was_stopped_is_told_with_it_and_at_its_row(world):
    sender = world.sender
    updated(sender)
    recall(sender)

    take_at(sender)
    world.run()

    told = change_at(sender, 1).reason.details["problem"]
    assert told == "the document was taken away before its update had left"
    assert shown(sender, 2) == {RECEIVER: "Đã dừng gửi"}


def test_what_was_stopped_for_one_recipient_still_updates_the_others(world):
    sender = world.sender
    sender.write(7, RECEIVER, NOWHERE)
    take_at(sender)
    update(sender)
    take_at(sender)
    recall(sender, 1, NOWHERE)

    take_at(sender)
    seal_at(sender)

    assert asked(sender, 1) == {
        RECEIVER: ChangeState.ASKED,
        NOWHERE: ChangeState.STOPPED,
    }
    assert states(sender, 1) == (
        DocumentState.SEALED,
        {RECEIVER: DeliveryState.SEALED, NOWHERE: DeliveryState.WITHDRAWN},
    )


def test_an_update_that_was_set_aside_is_stopped_as_well(world):
    sender = world.sender
    updated(sender)
    with sender.storage.work() as work:
        key = documents(sender)[1].key
        work.documents.move(key, DocumentEvent.PARK, seen=DocumentState.TAKEN)
        work.deliveries.move(key, RECEIVER, DeliveryEvent.PARK, at=world.clock())
    recall(sender)

    take_at(sender)

    assert asked(sender, 1) == {RECEIVER: ChangeState.STOPPED}
    assert states(sender, 1)[0] is DocumentState.WITHDRAWN


def test_an_update_that_may_have_left_is_not_called_stopped(world):
    sender = world.sender
    updated(sender)
    seal_at(sender)
    with pytest.raises(BusUnavailable):
        relay_at(sender, Away())
    recall(sender)

    take_at(sender)

    assert asked(sender, 1) == {RECEIVER: ChangeState.ASKED}
    assert states(sender, 1)[1] == {RECEIVER: DeliveryState.SEALED}
    assert waiting(sender) == 1


def test_an_update_that_was_agreed_to_stays_agreed(world):
    sender = world.sender
    updated(sender)
    world.run()
    recall(sender)

    take_at(sender)

    assert asked(sender, 1) == {RECEIVER: ChangeState.AGREED}
    assert sender.facts().count("change:stopped") == 0


def test_a_document_that_replaces_is_its_own_and_no_recall_of_the_old_stops_it(world):
    sender = world.sender
    sender.write(7, RECEIVER, NOWHERE)
    send(sender)
    update(sender, 8, 1, RECEIVER, loai_nghiep_vu="Thay thế")
    take_at(sender)
    recall(sender)

    take_at(sender)
    world.run()

    assert states(sender, 1)[1] == {RECEIVER: DeliveryState.DELIVERED}
    assert "8" in [number for number, *_ in world.receiver.arrived()]


# --- relay, at the same moment ---


class Away(OneByOne):
    """A broker that is not there."""

    def publish(self, _message: Message):
        raise BusUnavailable(address="amqp://axis", problem="away")


class Lost(OneByOne):
    """A broker that has lost the mailbox."""

    def publish(self, message: Message):
        raise Unroutable(recipient=message.recipient)


class Meanwhile(OneByOne):
    """A publisher during whose work a person does something."""

    def __init__(self, publisher, act):
        super().__init__()
        self._publisher, self._act = publisher, act

    def publish(self, message):
        self._publisher.publish(message)
        self._act()


def test_a_recall_while_the_packet_is_on_the_wire_asks_and_the_loop_goes_on(world):
    sender = world.sender
    sender.write(7, RECEIVER)
    take_at(sender)
    seal_at(sender)
    recall(sender)

    relay_at(sender, Meanwhile(sender.publisher, lambda: take_at(sender)))

    assert states(sender)[1] == {RECEIVER: DeliveryState.SENT}
    assert asked(sender) == {RECEIVER: ChangeState.ASKED}
    assert sender.facts().count("document:sent") == 1
    assert waiting(sender) == 0


def test_a_recall_between_seeing_and_sealing_keeps_the_document_from_leaving(world):
    sender = world.sender
    sender.write(7, RECEIVER)
    take_at(sender)
    recall(sender)
    slow = Meanwhile2(sender.storage, lambda: take_at(sender))

    seal(sender.site, slow, limit=1)

    assert states(sender)[0] is DocumentState.WITHDRAWN
    assert waiting(sender) == 0


class Meanwhile2:
    """A storage during whose first look a person does something."""

    def __init__(self, inner, act):
        self._inner, self._act = inner, act

    def __getattr__(self, name):
        if name == "work" and self._act:
            act, self._act = self._act, None
            act()
        return getattr(self._inner, name)


def repeat(sender):
    """Somebody has the first document sent again."""
    resend(sender.storage, documents(sender)[0].key, at=sender.site.clock())
