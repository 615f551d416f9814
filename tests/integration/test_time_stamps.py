"""A document, a time stamping service, and every mood the service can be in.

The departments, their packets and HTTP are real; the authority is `openssl cms` by the
clock of the departments, or `openssl ts`, which knows only that of this computer.
"""

from __future__ import annotations

from base64 import b64decode
from dataclasses import replace
from datetime import timedelta

import pytest

from edoc_connector.envelope.read import read
from edoc_connector.flows.sealing.stamping import Stamping
from edoc_connector.model.evidence import EvidenceKind
from edoc_connector.model.verdict import SealForm, TimeSource
from edoc_connector.pki.timestamp import HttpTimeStamper
from edoc_connector.signature.answers import StoredRevocation
from edoc_connector.signature.timestamp import ProvenTime, prove_time
from tests.support import pki, seal_forms, timestamping
from tests.support.timestamping import Authority, Service, openssl_says
from tests.support.world import ONE_PDF, RECEIVER, World


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    for department in (world.sender, world.receiver):
        policy = replace(
            department.site.policy, timestamp_anchors=pki.trusted(timestamping.root())
        )
        evidence = (
            *pki.revocation().evidence,
            *seal_forms.revocation().evidence,
        )
        department.site = replace(
            department.site, policy=policy, revocation=StoredRevocation(evidence)
        )
    yield world
    world.close()


@pytest.fixture
def service(world):
    def answer(query):
        info = timestamping.request_of(query)
        token = Authority().token(
            b"", imprint=info.imprint, at=world.now, nonce=info.nonce
        )
        return timestamping.replying(token)

    with Service(answer) as service:
        yield service


def stamping_at(department, service, **changes):
    site = department.site
    stamper = HttpTimeStamper(url=service.url, trust=site.policy, clock=site.clock)
    values = {
        "stamper": stamper,
        "wait_seconds": 20.0,
        "timeout_seconds": 20.0,
        "at_once": 4,
        "attempts": 9,
    }
    return Stamping(**values | changes)


def verdict_at(receiver):
    with receiver.storage.reading() as work:
        (entry,) = work.inbox.recent("edoc", 10)
        return work.verdicts.latest(entry.id)


def sent_by(sender):
    with sender.storage.reading() as work:
        (document,) = work.documents.recent(10)
        kept = work.evidence.of(document.packet)
    tokens = [
        b"".join(sender.storage.content.chunks(one.content))
        for one in kept
        if one.kind is EvidenceKind.TIMESTAMP
    ]
    return document, tokens


def test_a_document_arrives_with_a_time_that_is_proven(world, service):
    world.sender.stamping = stamping_at(world.sender, service)
    world.sender.write(7, RECEIVER)

    world.run()

    assert world.receiver.arrived() == [("7", "V/v kiểm kê văn bản 7", ONE_PDF)]
    assert sent_by(world.sender)[0].seal_form is SealForm.B_T
    verdict = verdict_at(world.receiver)
    assert (verdict.form, verdict.time_source) == (SealForm.B_T, TimeSource.TIMESTAMP)


def test_while_the_service_holds_its_answers_back_the_post_goes_on(
    world, service, tmp_path
):
    service.held.clear()
    world.sender.stamping = stamping_at(
        world.sender, service, wait_seconds=0.3, timeout_seconds=0.3
    )
    world.sender.write(7, RECEIVER)

    world.run()

    assert world.receiver.arrived() == [("7", "V/v kiểm kê văn bản 7", ONE_PDF)]
    document, tokens = sent_by(world.sender)
    assert (document.seal_form, tokens) == (SealForm.B_B, [])
    assert verdict_at(world.receiver).form is SealForm.B_B

    service.held.set()
    world.sender.stamping = stamping_at(world.sender, service)
    world.now += timedelta(minutes=2)
    world.run()

    document, (token,) = sent_by(world.sender)
    packet = b"".join(world.sender.storage.content.chunks(document.packet))
    seal = read(packet, max_bytes=1 << 26).seal
    value = b64decode(seal.signature_value)
    found = prove_time(
        [token],
        value,
        world.sender.site.policy,
        sealed_at=document.taken_at,
        now=world.now,
    )
    assert isinstance(found, ProvenTime)
    assert openssl_says(token, value, tmp_path) == "OK"
    assert "document:stamped" in world.sender.facts()


def test_a_service_that_is_down_costs_one_wait_for_all_documents(world, service):
    service.__exit__()
    world.sender.stamping = stamping_at(world.sender, service)
    for number in range(9):
        world.sender.write(number, RECEIVER)

    world.run()

    assert len(world.receiver.arrived()) == 9
    facts = world.sender.facts()
    assert facts.count("document:sealed") == 9
    assert "document:stamped" not in facts
