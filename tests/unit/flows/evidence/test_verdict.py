"""What is kept of a seal that was judged, and of a packet without one."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography import x509

from edoc_connector.flows.evidence.verdict import AGAIN_AFTER
from edoc_connector.flows.incoming.opening import LONGEST_HOLD
from edoc_connector.flows.inspecting.standing import Actor
from edoc_connector.flows.inspecting.telling import tell_story
from edoc_connector.flows.sealing.packing import pack
from edoc_connector.model.delivery import InboxState
from edoc_connector.model.evidence import Evidence, EvidenceKind
from edoc_connector.model.identifiers import Digest
from edoc_connector.model.stages import Kind
from edoc_connector.model.verdict import Indication, SealForm, TimeSource
from edoc_connector.signature.answers import StoredRevocation
from edoc_connector.signature.choices import Unsealed
from edoc_connector.signature.ports import Silence
from edoc_connector.storage.content import Stored
from tests.support import pki
from tests.support.builders import SENT_AT, attachment, document, organization
from tests.support.world import ONE_PDF, RECEIVER, SENDER, Crash, World

SEAL = re.compile(rb"\s*<ds:Signature.*</ds:Signature>", re.DOTALL)


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    yield world
    world.close()


def bring(world, *, seal=True, message_id="m-1", judged=True):
    """A packet of the sender in the receiver's inbox, with its seal or without."""
    sender, receiver = world.sender, world.receiver
    sender.storage.content.add([ONE_PDF])
    content = document(
        sender=organization(SENDER),
        recipients=(organization(RECEIVER),),
        attachments=(attachment(ONE_PDF),),
    )
    packed = pack(sender.site, sender.storage, content)
    body = b"".join(sender.storage.content.chunks(packed.packet))
    stored = receiver.storage.content.add([body if seal else SEAL.sub(b"", body)])
    with receiver.storage.work() as work:
        work.inbox.add(**entry_of(world, message_id, stored))
    if judged:
        receiver.steps()


def entry_of(world, message_id, stored):
    return {
        "account": SENDER,
        "message_id": message_id,
        "kind": Kind.EDOC,
        "sender": SENDER,
        "correlation_id": "H20,2026/11/23,15/UBND-VX",
        "answers": "",
        "packet": stored.digest,
        "packet_bytes": stored.size,
        "state": InboxState.ACCEPTED,
        "reason": None,
        "at": world.clock(),
    }


class DiesAfterPut:
    """A register in which the document stands when the process dies."""

    def __init__(self, dms):
        self.dms = dms

    def __getattr__(self, name):
        return getattr(self.dms, name)

    def put(self, *arguments, **options):
        self.dms.put(*arguments, **options)
        raise Crash


def taken_back():
    """Lists by which the sender's certificate was revoked the day before."""
    mine = x509.load_der_x509_certificate(pki.p256_sealer(SENDER).certificate)
    builder = x509.RevokedCertificateBuilder().serial_number(mine.serial_number)
    entry = builder.revocation_date(SENT_AT - pki.DAY).build()
    return StoredRevocation(lists(entry))


def lists(*revoked):
    """Of both authorities above the sender's certificate."""
    both = (
        pki.crl("root", pki.p256_key(-2)),
        pki.crl("issuing", pki.p256_key(-1), *revoked),
    )
    return tuple(Evidence(EvidenceKind.CRL, one) for one in both)


def allow(world, accepted):
    policy = pki.policy(unsealed={SENDER: accepted})
    world.receiver.site = replace(world.receiver.site, policy=policy)


def told(world):
    with world.receiver.storage.reading() as work:
        return tell_story(work, "m-1")


def test_the_verdict_of_a_delivered_packet_is_kept_with_it(world):
    bring(world)

    story = told(world)

    assert story.state == InboxState.DELIVERED
    assert story.verdict.indication is Indication.PASSED
    assert story.verdict.form is SealForm.B_B
    assert story.verdict.time_source is TimeSource.RECEPTION
    assert story.verdict.proven_at < story.verdict.judged_at
    assert "seal:judged" in [it.kind for it in story.timeline]


def test_evidence_that_packets_share_is_stored_once_and_named_for_each(world):
    shared = lists()
    site = replace(world.receiver.site, revocation=StoredRevocation(shared))
    world.receiver.site = site
    storage, looked_for = world.receiver.storage, []
    has = type(storage.content).has

    def noted(content, digest):
        looked_for.append(digest)
        return has(content, digest)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(storage.content), "has", noted)
        bring(world, judged=False)
        bring(world, message_id="m-2")

    digests = {it.digest for it in shared}
    assert sorted(it for it in looked_for if it in digests) == sorted(digests)
    assert all(has(storage.content, it) for it in digests)
    with storage.reading() as work:
        packets = {work.inbox.get(number).packet for number in (1, 2)}
        assert len(packets) == 2
        for packet in packets:
            assert {it.content for it in work.evidence.of(packet)} == digests


def test_a_packet_without_a_seal_is_quarantined(world):
    bring(world, seal=False)

    assert told(world).reason.code == "seal-absent"
    assert told(world).verdict is None


def test_a_body_that_cannot_seal_yet_is_delivered_and_marked(world):
    allow(world, Unsealed.ACCEPT_ABSENT)

    bring(world, seal=False)

    story = told(world)
    assert story.state == InboxState.DELIVERED
    assert story.verdict.form is SealForm.ABSENT
    assert story.verdict.indication is Indication.INDETERMINATE
    assert story.verdict.certificate == ""
    assert "INDETERMINATE" in [it.text for it in story.timeline]


class Silent:
    """Responders that are away."""

    def answers(self, *_question):
        return [Silence("http://ocsp.ca.gov.vn", "connection refused")]


def silence(world):
    world.receiver.site = replace(world.receiver.site, revocation=Silent())


def held(world):
    with world.receiver.storage.reading() as work:
        return work.inbox.get(1)


def test_while_nobody_answers_the_post_goes_on_for_a_time_and_is_marked(world):
    silence(world)

    bring(world)

    story = told(world)
    assert story.state == InboxState.DELIVERED
    assert story.verdict.indication is Indication.INDETERMINATE
    assert {it.code for it in story.verdict.doubts} == {"revocation-unknown"}


def test_when_the_time_is_over_a_packet_waits_and_nobody_is_told(world):
    silence(world)
    world.receiver.site = replace(world.receiver.site, grace=timedelta(seconds=-1))

    bring(world)

    assert held(world).state == InboxState.ACCEPTED
    assert held(world).reason.code == "revocation-unknown"
    assert held(world).retry_at == pytest.approx(
        world.clock() + AGAIN_AFTER, abs=AGAIN_AFTER / 10
    )
    assert world.receiver.arrived() == []
    with world.receiver.storage.reading() as work:
        assert not work.answers.of(1)
    assert told(world).must_act is Actor.OPERATOR


def test_a_packet_that_waited_is_delivered_when_somebody_answers(world):
    silence(world)
    world.receiver.site = replace(world.receiver.site, grace=timedelta(seconds=-1))
    bring(world)
    world.receiver.site = replace(world.receiver.site, revocation=pki.revocation())

    world.receiver.steps()
    assert held(world).state == InboxState.ACCEPTED  # it is not its turn yet
    world.now += AGAIN_AFTER
    world.receiver.steps()

    assert held(world).state == InboxState.DELIVERED
    assert (held(world).reason, held(world).retry_at) == (None, None)
    assert told(world).verdict.indication is Indication.PASSED


def test_a_packet_that_waits_does_not_keep_the_others(world):
    silence(world)
    world.receiver.site = replace(world.receiver.site, grace=timedelta(seconds=-1))
    bring(world)
    world.receiver.site = replace(world.receiver.site, revocation=pki.revocation())

    bring(world, message_id="m-2")

    assert held(world).state == InboxState.ACCEPTED
    assert len(world.receiver.arrived()) == 1


def test_the_evidence_of_many_packets_is_stored_once(world):
    bring(world)
    bring(world, message_id="m-2")

    with world.receiver.storage.reading() as work:
        kept = work.evidence.of(held(world).packet)

    assert {it.kind for it in kept} == {EvidenceKind.CRL}
    assert len(kept) == 2


def test_a_verdict_stands_when_the_process_dies_before_the_register_is_written_of(
    world,
):
    """What became known in between is told later, not taken for a refusal."""
    dms = world.receiver.dms
    world.receiver.dms = DiesAfterPut(dms)
    with suppress(Crash):
        bring(world)
    world.receiver.dms = dms
    assert held(world).state == InboxState.ACCEPTED
    assert len(world.receiver.arrived()) == 1
    world.receiver.site = replace(world.receiver.site, revocation=taken_back())

    world.receiver.steps()

    assert held(world).state == InboxState.DELIVERED
    assert told(world).verdict.indication is Indication.PASSED
    assert [it.kind for it in told(world).timeline].count("seal:judged") == 1


def test_new_packets_are_judged_before_those_that_were_held(world):
    silence(world)
    world.receiver.site = replace(world.receiver.site, grace=timedelta(seconds=-1))
    bring(world)
    bring(world, message_id="m-2")
    world.now += 2 * AGAIN_AFTER
    with world.receiver.storage.work() as work:
        work.inbox.add(**entry_of(world, "m-3", Stored(Digest("ab" * 32), 1)))

    with world.receiver.storage.reading() as work:
        order = [it.message_id for it in work.inbox.to_judge(10, at=world.clock())]

    assert order == ["m-3", "m-1", "m-2"]


def test_a_packet_that_is_held_again_waits_longer_and_is_not_said_again(world, caplog):
    silence(world)
    world.receiver.site = replace(world.receiver.site, grace=timedelta(seconds=-1))
    bring(world)
    first = held(world).retry_at - world.now
    world.now += timedelta(days=1)

    world.receiver.steps()

    assert held(world).retry_at - world.now > first
    assert held(world).retry_at - world.now <= LONGEST_HOLD
    (held_once,) = [it for it in caplog.records if it.message == "envelope_held"]
    assert held_once.address == "http://ocsp.ca.gov.vn"


def test_a_refusal_for_a_revoked_certificate_keeps_its_proof(world):
    world.receiver.site = replace(world.receiver.site, revocation=taken_back())

    bring(world)

    with world.receiver.storage.reading() as work:
        kept = work.evidence.of(held(world).packet)
    assert held(world).reason.code == "certificate-revoked"
    assert {it.kind for it in kept} == {EvidenceKind.CRL}
