"""What is done when the answer comes after the document."""

import logging
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from edoc_connector.errors import StorageUnavailable
from edoc_connector.flows.evidence import recheck as recheck_module
from edoc_connector.flows.evidence.recheck import (
    LONGEST_PAUSE,
    MOST_ATTEMPTS,
    pause_after,
    recheck,
)
from edoc_connector.flows.evidence.verdict import AGAIN_AFTER
from edoc_connector.model.verdict import Indication
from edoc_connector.signature.answers import StoredRevocation
from edoc_connector.signature.ports import Silence
from edoc_connector.storage.tables import inbox
from tests.support import pki
from tests.support.revocation import lists_with
from tests.support.world import SENDER, World
from tests.unit.flows.evidence.test_verdict import bring, told


class Awaited:
    """Nobody answers, until somebody does."""

    def __init__(self):
        self.answer = None
        self.asked = 0

    def answers(self, certificate, issuer, at):
        self.asked += 1
        if self.answer is None:
            return [Silence("http://ocsp", "it does not answer in time")]
        return self.answer.answers(certificate, issuer, at)


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    awaited = Awaited()
    world.receiver.site = replace(world.receiver.site, revocation=awaited)
    world.awaited = awaited
    yield world
    world.close()


def again(world, after=AGAIN_AFTER + timedelta(seconds=1)) -> int:
    world.now += after
    receiver = world.receiver
    return recheck(receiver.site, receiver.storage, limit=10)


def revoked(world) -> StoredRevocation:
    """The lists as they are once the sender's certificate was found stolen."""
    stolen = pki.p256_sealer(SENDER).certificate
    return lists_with(stolen, world.now - timedelta(days=1))


def kept_kinds(world) -> list[str]:
    with world.receiver.storage.reading() as work:
        packet = work.inbox.get(1).packet
        return [it.kind for it in work.evidence.of(packet)]


def facts(world) -> list[str]:
    return [it.kind for it in told(world).timeline]


def test_a_document_delivered_without_an_answer_is_proven_when_it_comes(world, caplog):
    bring(world)
    caplog.set_level(logging.INFO, logger="edoc_connector.flows.evidence.recheck")
    assert told(world).verdict.indication is Indication.INDETERMINATE
    world.awaited.answer = pki.revocation()

    assert again(world) == 1

    story = told(world)
    assert story.verdict.indication is Indication.PASSED
    assert kept_kinds(world) == ["crl", "crl"]
    assert facts(world).count("seal:judged") == 2
    assert "seal_judged" in caplog.messages


def test_it_is_judged_again_once(world):
    bring(world)
    world.awaited.answer = pki.revocation()
    again(world)
    asked = world.awaited.asked

    assert again(world) == 0
    assert world.awaited.asked == asked


def test_it_is_not_judged_again_before_it_is_time(world):
    bring(world)
    world.awaited.answer = pki.revocation()

    assert again(world, AGAIN_AFTER / 2) == 0
    assert again(world, AGAIN_AFTER) == 1


def test_a_clock_that_was_ahead_for_a_moment_does_not_put_it_off_for_a_year(world):
    year = timedelta(days=365)
    bring(world)
    assert again(world, year) == 0
    world.awaited.answer = pki.revocation()

    assert again(world, -year) == 1


def test_without_an_answer_it_waits_for_the_next_time_and_says_nothing(world):
    bring(world)

    assert again(world) == 0
    assert again(world, timedelta()) == 0
    assert facts(world).count("seal:judged") == 1
    world.awaited.answer = pki.revocation()
    assert again(world) == 0  # the pause grows
    assert again(world) == 1


def test_a_person_is_told_of_a_certificate_that_was_revoked_all_along(world, caplog):
    caplog.set_level(logging.ERROR, logger="edoc_connector")
    bring(world)
    world.awaited.answer = revoked(world)

    assert again(world) == 1

    (record,) = caplog.records
    assert record.message == "seal_refuted"
    assert record.reason == "certificate-revoked"
    assert facts(world)[-1] == "seal:refuted"
    assert again(world) == 0


def test_whoever_looks_at_the_document_sees_that_its_seal_failed(world):
    bring(world)
    world.awaited.answer = revoked(world)
    again(world)

    verdict = told(world).verdict

    assert verdict.indication is Indication.FAILED
    assert [it.code for it in verdict.doubts] == ["certificate-revoked"]


def test_the_answers_that_refute_a_seal_are_kept_with_the_packet(world):
    bring(world)
    world.awaited.answer = revoked(world)
    again(world)

    _, issued = world.awaited.answer.evidence
    with world.receiver.storage.reading() as work:
        (kept,) = work.evidence.of(work.inbox.get(1).packet)
        fact = [*work.ledger.entries()][-1]

    assert (kept.kind, kept.content) == ("crl", issued.digest)
    assert [*fact.details["evidence"]] == [issued.digest]
    data = world.receiver.storage.content.chunks(kept.content)
    assert b"".join(data) == issued.data


def test_a_packet_that_cannot_be_read_does_not_keep_the_others(world, caplog):
    bring(world)
    bring(world, message_id="m-2")
    world.awaited.answer = pki.revocation()
    unreadable(world, 1)

    assert again(world) == 1

    assert "packet_not_rechecked" in caplog.messages
    assert told(world).verdict.indication is Indication.INDETERMINATE
    assert again(world, timedelta()) == 0


def unreadable(world, inbox_id):
    """Name a content that is not there."""
    with world.receiver.storage.work() as work:
        work.inbox._rows.connection.execute(
            sa.update(inbox).where(inbox.c.id == inbox_id).values(packet="0" * 64)
        )


def test_a_defect_of_ours_does_not_keep_the_others(world, monkeypatch):
    bring(world)
    bring(world, message_id="m-2")
    world.awaited.answer = pki.revocation()
    verify_entry, defects = recheck_module.verify_entry, [ZeroDivisionError()]

    def verify(*arguments):
        if defects:
            raise defects.pop()
        return verify_entry(*arguments)

    monkeypatch.setattr(recheck_module, "verify_entry", verify)

    assert again(world) == 1


def test_what_only_has_to_wait_stops_the_round(world, monkeypatch):
    bring(world)

    def wait(*_):
        raise StorageUnavailable(place="edoc", problem="it is away")

    monkeypatch.setattr(recheck_module, "verify_entry", wait)

    with pytest.raises(StorageUnavailable):
        again(world)


def test_a_setting_that_was_changed_refutes_nothing(world, caplog):
    bring(world)
    receiver = world.receiver
    site = receiver.site
    receiver.site = replace(site, policy=pki.policy(anchors=()))
    world.awaited.answer = revoked(world)

    assert again(world) == 0

    assert "seal:refuted" not in facts(world)
    assert "packet_not_rechecked" in caplog.messages
    receiver.site = site
    assert again(world, timedelta(hours=1)) == 1
    assert facts(world)[-1] == "seal:refuted"


def test_the_pauses_grow_to_a_day():
    minutes = [pause_after(it) / timedelta(minutes=1) for it in range(9)]

    assert minutes == [30, 60, 120, 240, 480, 960, 1440, 1440, 1440]
    assert pause_after(10**6) == LONGEST_PAUSE


def test_an_authority_that_never_answers_is_given_up_after_months(world, caplog):
    bring(world)
    tried = 0
    while not again(world, LONGEST_PAUSE):
        tried += 1

    assert tried == MOST_ATTEMPTS - 1
    assert "recheck_given_up" in caplog.messages
    assert told(world).verdict.indication is Indication.INDETERMINATE
    asked = world.awaited.asked
    assert again(world, LONGEST_PAUSE) == 0
    assert world.awaited.asked == asked


def test_what_was_proven_at_once_is_not_judged_again(world):
    world.awaited.answer = pki.revocation()
    bring(world)
    asked = world.awaited.asked

    assert again(world) == 0
    assert world.awaited.asked == asked
