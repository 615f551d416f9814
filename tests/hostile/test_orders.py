"""Recalls, updates and replacements of what is somebody else's, or of long ago."""

from __future__ import annotations

import hashlib
import logging
import re
from dataclasses import replace
from datetime import timedelta

import pytest

from edoc_connector.errors import Reason
from edoc_connector.flows.requests import rulings
from edoc_connector.model.delivery import InboxState
from edoc_connector.model.document import (
    Business,
    BusinessType,
    Replacement,
    ResponseFor,
)
from edoc_connector.model.identifiers import DocumentId
from edoc_connector.model.organization_code import OrganizationCode
from edoc_connector.signature.choices import Unsealed
from tests.support.asking import ID, NEW_ID, Asker, answers, files, orders, rows, said
from tests.support.world import ONE_PDF, World

HERE = ("7", "V/v kiểm kê", "Chờ tiếp nhận")
STRANGER = OrganizationCode("H20.30")


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    yield world
    world.close()


@pytest.fixture
def owner(world):
    return Asker(world)


@pytest.fixture
def stranger(world):
    return Asker(world, STRANGER)


@pytest.mark.parametrize("act", ["recall", "update", "take_back"])
def test_nobody_changes_anothers_document(world, owner, stranger, act):
    owner.bring(owner.original())

    stranger.bring(getattr(stranger, act)())

    assert rows(world) == [HERE]
    assert files(world) == [("công văn.pdf", ONE_PDF)]
    assert said(world)[-1] == "16"
    (order,) = orders(world)
    assert (order.state, order.reason.code) == ("refused", "not-the-issuer")


@pytest.mark.parametrize("act", ["recall", "update", "take_back", "replace"])
def test_a_stranger_who_is_refused_learns_nothing_of_the_document(
    world, owner, stranger, act
):
    owner.bring(owner.original())

    stranger.bring(getattr(stranger, act)())

    answer = answers(world)[-1]
    for secret in ("H20.14", "kiểm kê", "7/UBND-VX", str(world.now.year)):
        assert secret not in answer.description


def test_a_replacement_of_anothers_document_is_a_document_and_no_more(
    world, owner, stranger
):
    owner.bring(owner.original())

    stranger.bring(stranger.replace())

    assert [row[2] for row in rows(world)] == ["Chờ tiếp nhận", "Chờ tiếp nhận"]
    assert said(world)[-1] == "16"


def test_an_account_that_speaks_for_another_changes_nothing(world, owner):
    """Sealed by the stranger, brought by the stranger, and it says From: the owner."""
    owner.bring(owner.original())
    liar = Asker(world, OrganizationCode("H20.14"), account=STRANGER, key=STRANGER)

    liar.bring(liar.recall())

    assert rows(world) == [HERE]
    assert orders(world) == []
    with world.receiver.storage.reading() as work:
        (kept,) = work.inbox.in_state(InboxState.QUARANTINED, 9)
    assert kept.account == STRANGER


def test_the_owners_recall_brought_by_another_account_changes_nothing(world, owner):
    original, recall = owner.original(), owner.recall()
    owner.bring(original)

    Asker(world, "H20.14", account=STRANGER).bring(recall)

    assert rows(world) == [HERE]
    assert orders(world) == []


def test_a_stranger_who_uses_an_id_first_does_not_keep_its_owner_from_recalling(
    world, owner, stranger
):
    original, recall = owner.original(), owner.recall()
    stranger.bring(stranger.original(subject="Chiếm mã"))

    owner.bring(recall, original)

    assert [row[1] for row in rows(world)] == ["Chiếm mã"]
    assert said(world)[-1] == "02"  # recalled by its owner before it came


def test_a_recall_of_an_id_to_come_is_only_its_senders_own(world, owner, stranger):
    stranger.bring(stranger.recall())

    owner.bring(owner.original())

    assert rows(world) == [HERE]


def test_a_replacement_of_an_id_to_come_is_only_its_senders_own(world, owner, stranger):
    stranger.bring(stranger.replace())

    owner.bring(owner.original())

    assert rows(world)[-1] == HERE


def test_an_update_does_not_smuggle_in_anothers_id(world, owner, stranger):
    owner.bring(owner.original(document_id=NEW_ID, subject="Của chủ"))
    stranger.bring(stranger.original())

    stranger.bring(stranger.update(document_id=NEW_ID))

    ids = world.receiver.ask("SELECT ma_van_ban, ma_don_vi_gui FROM van_ban_den")
    assert ids == [(NEW_ID, "H20.14"), (ID, "H20.30")]
    owner.bring(owner.recall(NEW_ID))
    assert [row[2] for row in rows(world)] == ["Đã thu hồi", "Chờ tiếp nhận"]


def test_an_update_that_names_two_documents_means_the_one_in_business(
    world, owner, stranger
):
    owner.bring(owner.original())
    named = Business(type=BusinessType.UPDATE, document_id=ID, reason="x")
    own = ResponseFor(organization=STRANGER, document_id=NEW_ID)

    stranger.bring(stranger.update(business=named, responses=(own,)))

    assert rows(world) == [HERE]
    assert said(world)[-1] == "16"


def test_an_old_recall_that_is_replayed_leaves_the_new_issue_alone(world, owner):
    original, recall = owner.original(), owner.recall()
    again = owner.original(subject="Phát hành lại")
    owner.bring(original, recall, again)

    owner.bring(replace(recall, message_id="replayed-1"))

    assert [row[2] for row in rows(world)] == ["Đã thu hồi", "Chờ tiếp nhận"]


def test_an_old_recall_replayed_after_a_replacement_leaves_the_new_document_alone(
    world, owner
):
    original, recall, newer = owner.original(), owner.recall(), owner.replace()
    owner.bring(original, recall, newer)

    owner.bring(replace(recall, message_id="replayed-1"))

    assert [row[2] for row in rows(world)] == ["Đã thu hồi", "Chờ tiếp nhận"]
    assert said(world)[-1] == "15"


def test_an_old_update_that_is_replayed_does_not_bring_back_what_it_said(world, owner):
    original = owner.original()
    first, second = owner.update("Lần một"), owner.update("Lần hai")
    owner.bring(original, first, second)

    owner.bring(replace(first, message_id="replayed-1"))

    assert rows(world)[0][1] == "Lần hai"


def test_a_13_of_a_stranger_about_nothing_here_is_remembered_for_it_alone(
    world, owner, stranger
):
    stranger.bring(stranger.take_back())

    owner.bring(owner.original())

    assert rows(world) == [HERE]


def test_a_13_for_another_body_is_no_request_to_us(world, owner):
    owner.bring(owner.original())
    elsewhere = ResponseFor(
        organization=OrganizationCode("H20.99"), code="7/UBND-VX", document_id=ID
    )

    owner.bring(owner.take_back(response_for=elsewhere))

    assert rows(world) == [HERE]
    assert orders(world) == []


def test_a_flood_of_recalls_of_unknown_documents_is_bounded(
    world, stranger, monkeypatch
):
    monkeypatch.setattr(rulings, "MOST_REMEMBERED", 3)

    for number in range(5):
        stranger.bring(stranger.recall(DocumentId(f"H20.30,2026/11/20,{number}/X")))

    states = [order.state for order in orders(world)]
    assert states == ["agreed"] * 3 + ["refused"] * 2
    assert orders(world)[-1].reason.code == "recalls-too-many"
    # Refused means forgotten: the document comes as if nobody had recalled it.
    last = DocumentId("H20.30,2026/11/20,4/X")
    with world.receiver.storage.reading() as work:
        found = rulings.recall_of(work, STRANGER, last, sealed_at=None)
    assert found is None


def test_a_flood_of_one_sender_does_not_use_up_what_another_may_recall(
    world, owner, stranger, monkeypatch
):
    monkeypatch.setattr(rulings, "MOST_REMEMBERED", 1)
    stranger.bring(*(stranger.recall(DocumentId(f"x-{it}")) for it in range(3)))

    owner.bring(owner.recall())

    assert orders(world)[-1].state == "agreed"


def test_a_packet_that_replaces_everything_replaces_only_what_is_its_own(
    world, owner, stranger
):
    owner.bring(owner.original())
    stranger.bring(stranger.original(document_id=NEW_ID, subject="Của mình"))
    greedy = Business(
        type=BusinessType.REPLACE,
        reason="x",
        replacements=tuple(
            Replacement(it) for it in (ID, NEW_ID, *(f"x-{n}" for n in range(99)))
        ),
    )
    third = DocumentId("H20.30,2026/11/20,9/UBND-VX")

    stranger.bring(stranger.replace(business=greedy, document_id=third))

    assert [row[2] for row in rows(world)] == [
        "Chờ tiếp nhận",
        "Đã bị thay thế",
        "Chờ tiếp nhận",
    ]


def test_a_recall_that_nobody_sealed_waits_for_a_person(tmp_path):
    world = World(tmp_path)
    policy = replace(
        world.receiver.site.policy,
        unsealed={OrganizationCode("H20.14"): Unsealed.ACCEPT_ABSENT},
    )
    world.receiver.site = replace(world.receiver.site, policy=policy)
    owner = Asker(world)
    owner.bring(owner.original())

    owner.bring(unsealed(owner.recall()))

    (order,) = orders(world)
    assert (order.state, order.reason.code) == ("asked", "change-unproven")
    assert rows(world) == [HERE]
    world.close()


def unsealed(message):
    """The same packet after a node took its seal away."""
    body = re.sub(
        rb"<(ds:)?Signature[ >].*</(ds:)?Signature>", b"", message.body, flags=re.DOTALL
    )
    assert body != message.body
    digest = hashlib.sha256(body).hexdigest()
    return replace(message, body=body, packet_digest=digest, packet_bytes=len(body))


def test_no_word_of_a_request_is_in_log_or_ledger(world, owner, caplog):
    caplog.set_level(logging.DEBUG)
    owner.bring(owner.original(), owner.update(), owner.recall(), owner.replace())

    with world.receiver.storage.reading() as work:
        facts = "".join(str(entry.details) for entry in work.ledger.entries())
    logged = "".join(str(vars(record)) for record in caplog.records)
    for word in ("Gửi nhầm", "kiểm kê", "Sai trích yếu", "Thay bằng"):
        assert word not in facts
        assert word not in logged


def test_what_is_recalled_while_it_is_half_way_in_does_not_stay(world, owner):
    """A crash left the row in the register; the recall is judged before the rest."""
    original, recall = owner.original(), owner.recall()
    receiver, put = world.receiver, world.receiver.dms.put

    class Dying:
        def __init__(self, dms):
            self.dms = dms

        def __getattr__(self, name):
            return getattr(self.dms, name)

        def put(self, *arguments, **options):
            put(*arguments, **options)
            raise KeyboardInterrupt

    whole, receiver.dms = receiver.dms, Dying(receiver.dms)
    with pytest.raises(KeyboardInterrupt):
        owner.bring(original)
    receiver.dms = whole
    with receiver.storage.work() as work:  # the urgent one overtakes
        (entry,) = work.inbox.in_state(InboxState.ACCEPTED, 9)
        later = world.now + timedelta(hours=1)
        work.inbox.hold(entry.id, Reason("revocation-unknown"), until=later)
    owner.bring(recall)
    world.now += timedelta(hours=2)
    receiver.steps()

    assert rows(world) == [("7", "V/v kiểm kê", "Đã thu hồi")]
    with receiver.storage.reading() as work:
        (arrival,) = work.arrivals.of(entry.id)
    assert arrival.status == "13"
