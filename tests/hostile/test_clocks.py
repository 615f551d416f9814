"""Family: clocks that are wrong, by accident or on purpose; the sender's, and ours."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from edoc_connector.envelope.read import read
from edoc_connector.errors import CertificateUntrusted, SealedInFuture
from edoc_connector.flows.inspecting.telling import tell_story
from edoc_connector.flows.outgoing.post import resend
from edoc_connector.model.stages import VerifiedEnvelope
from edoc_connector.model.verdict import Indication
from edoc_connector.signature.policy import Policy
from edoc_connector.signature.sign import seal
from edoc_connector.signature.verify import verify
from tests.support.builders import (
    SENDER,
    SENT_AT,
    contents,
    envelope,
    packet_of,
)
from tests.support.pki import (
    AUTHORITY_USAGE,
    DAY,
    certificate,
    name,
    p256_key,
    policy,
    revocation,
    rsa_key,
    sealer,
    trusted,
)
from tests.support.seals import DRAFT, MAX_PACKET_BYTES, sealed_packet
from tests.support.world import RECEIVER, World

YEAR = 365 * DAY


def judged(
    packet: bytes, *, at: datetime, now: datetime, trust: Policy | None = None
) -> VerifiedEnvelope:
    """What a receiver makes of it who got it at one time and judges it at another."""
    return verify(
        read(packet, max_bytes=MAX_PACKET_BYTES),
        trust or policy(),
        account=SENDER,
        received_at=at,
        now=now,
        revocation=revocation(),
    )


def sealed_at(moment: datetime, key) -> bytes:
    """A packet whose sender's clock showed this."""
    sent = envelope()
    dated = replace(sent, trace=(replace(sent.trace[0], at=moment),))
    return packet_of(dated, files=contents(DRAFT), seal=seal(dated, key).seal)


# --- the sender's -------------------------------------------------------------


def expired_key():
    """Of a certificate that was good until last week."""
    issued = certificate(not_before=SENT_AT - YEAR, not_after=SENT_AT - 7 * DAY)
    return sealer(rsa_key(), issued)


def test_who_sets_his_clock_back_to_use_an_expired_key_is_judged_by_ours() -> None:
    old = sealed_at(SENT_AT - 10 * DAY, expired_key())

    with pytest.raises(CertificateUntrusted, match="valid from"):
        judged(old, at=SENT_AT, now=SENT_AT)


def test_a_sender_whose_clock_is_fast_is_told_so() -> None:
    early = sealed_at(SENT_AT + DAY, sealer(rsa_key(), certificate()))

    with pytest.raises(SealedInFuture, match="check both clocks"):
        judged(early, at=SENT_AT, now=SENT_AT)


def test_an_old_date_of_a_good_key_is_the_sealers_word_and_marked_as_such() -> None:
    """Nothing proves when it was sealed but the time at which it came."""
    old = sealed_at(SENT_AT - 5 * DAY, sealer(rsa_key(), certificate()))

    verdict = judged(old, at=SENT_AT, now=SENT_AT).verdict

    assert verdict.proven_at == SENT_AT


# --- ours ---------------------------------------------------------------------


@pytest.mark.parametrize("back", [DAY, YEAR], ids=["a day", "a year"])
def test_while_our_clock_is_set_back_nothing_new_is_believed(back) -> None:
    packet = sealed_packet()

    with pytest.raises(SealedInFuture, match="check both clocks"):
        judged(packet, at=SENT_AT - back, now=SENT_AT - back)

    assert judged(packet, at=SENT_AT, now=SENT_AT)


def old_authorities() -> Policy:
    """The same authorities, who have been there for years."""
    since = {"not_before": SENT_AT - 10 * YEAR, "authority": True}
    root = certificate(
        subject=name("root"),
        key=p256_key(-2),
        issuer=name("root"),
        issuer_key=p256_key(-2),
        usage=AUTHORITY_USAGE,
        **since,
    )
    issuing = certificate(
        subject=name("issuing"),
        key=p256_key(-1),
        issuer=name("root"),
        issuer_key=p256_key(-2),
        usage=AUTHORITY_USAGE,
        **since,
    )
    return policy(anchors=trusted(root, issuing))


def test_while_our_clock_is_set_back_an_expired_key_never_passes_unmarked() -> None:
    """Answers of today are of the future then, so nothing proves that it is good."""
    back = SENT_AT - 60 * DAY
    old = sealed_at(back, expired_key())

    verdict = judged(old, at=back, now=back, trust=old_authorities()).verdict

    assert verdict.indication is Indication.INDETERMINATE
    assert "in the future" in str(verdict.doubts)


def test_what_came_while_the_certificate_was_good_stays_good_however_late_we_judge():
    packet = sealed_packet()

    for later in (DAY, YEAR, 10 * YEAR):
        assert judged(packet, at=SENT_AT, now=SENT_AT + later)


def test_after_our_clock_is_right_again_the_same_document_is_delivered_once(tmp_path):
    world = World(tmp_path)
    right = world.receiver.site
    slow = replace(right, clock=lambda: world.clock() - DAY)
    world.receiver.site = slow
    world.sender.write(7, RECEIVER)
    world.run()
    assert world.receiver.arrived() == []

    world.receiver.site = right
    with world.sender.storage.reading() as work:
        story = tell_story(work, "7/UBND-VX")
    resend(world.sender.storage, story.id, at=world.clock())
    world.run()

    assert [row[0] for row in world.receiver.arrived()] == ["7"]
    world.close()
