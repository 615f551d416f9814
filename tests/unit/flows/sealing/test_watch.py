"""Who renews certificates is told in time, once, and loudly at the end."""

import logging
from dataclasses import replace

import pytest
from cryptography import x509

from edoc_connector.errors import KeyRevoked
from edoc_connector.flows.sealing.keys import key_for_seal
from edoc_connector.flows.sealing.watch import DAYS, watch
from edoc_connector.model.evidence import Evidence, EvidenceKind
from edoc_connector.signature.answers import StoredRevocation
from edoc_connector.signature.path import Anchor
from tests.support import pki
from tests.support.builders import SENT_AT
from tests.support.rings import Drawer, days, key
from tests.support.world import SENDER, World

OURS = key(SENDER, ends=300)
END = SENT_AT + days(300)


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    yield world
    world.close()


@pytest.fixture
def said(caplog):
    caplog.set_level(logging.WARNING, "edoc_connector")

    def told():
        found = [
            (it.message, it.of, it.days_left, it.levelname) for it in caplog.records
        ]
        caplog.clear()
        return found

    return told


def site_at(world, before_end, *, ring=None, **changes):
    """The sender's site so many days before the end of its certificate."""
    ring = ring or Drawer(default=OURS).ring()
    values = {"policy": pki.policy(anchors=()), "revocation": None} | changes
    site = replace(world.sender.site, ring=ring, **values)
    return replace(site, clock=lambda: END - days(before_end))


def test_a_certificate_is_spoken_of_at_each_of_the_days_and_at_none_between(
    world, said
):
    heard = []
    for tenth in range(1000, -30, -1):
        site = site_at(world, tenth / 10)
        if watch(site, world.sender.storage):
            heard += said()

    assert [left for _, _, left, _ in heard] == [60, 30, 14, 7, 3, 1, 0]
    assert {of for _, of, _, _ in heard} == {"key default"}
    assert [level for *_, level in heard] == ["WARNING"] * 3 + ["ERROR"] * 4


def test_it_is_said_once_however_often_the_service_is_started(world, said):
    for _ in range(3):
        watch(site_at(world, 29.5), world.sender.storage)

    assert said() == [("certificate_expires", "key default", 29, "WARNING")]


def test_who_was_off_for_weeks_hears_the_last_word_only(world, said):
    watch(site_at(world, 61), world.sender.storage)
    watch(site_at(world, 2.5), world.sender.storage)
    watch(site_at(world, 2.4), world.sender.storage)

    assert said() == [("certificate_expires", "key default", 2, "ERROR")]


def test_a_certificate_that_has_ended_is_said_to(world, said):
    watch(site_at(world, -5), world.sender.storage)

    assert said() == [("certificate_expired", "key default", -5, "ERROR")]


def test_keys_in_reserve_and_authorities_are_watched_too(world, said):
    ring = Drawer(default=OURS, next=key(SENDER, 2, ends=310)).ring()
    anchors = (Anchor(pki.der(pki.certificate(subject=pki.name("root"), **ENDS))),)
    site = site_at(world, 10, ring=ring, policy=pki.policy(anchors=anchors))

    watch(site, world.sender.storage)

    assert {of for _, of, _, _ in said()} == {
        "key default",
        "key next",
        "CN=root",
    }


ENDS = {"not_after": END, "authority": True}


def test_an_authority_may_have_a_key_that_no_seal_may_have(world, said):
    odd = pki.certificate(subject=pki.name("odd"), key=pki.ed25519_key(), **ENDS)
    site = site_at(world, 10, policy=pki.policy(anchors=(Anchor(pki.der(odd)),)))

    watch(site, world.sender.storage)

    assert "CN=odd" in {of for _, of, _, _ in said()}


def test_the_days_are_the_ones_that_were_asked_for():
    assert DAYS == (60, 30, 14, 7, 3, 1, 0)


# --- revocation ---------------------------------------------------------------


def lists(*revoked):
    """What the authorities say: all of these are revoked, nothing else is."""
    entries = [
        x509.RevokedCertificateBuilder()
        .serial_number(x509.load_der_x509_certificate(it.certificate).serial_number)
        .revocation_date(SENT_AT - days(2))
        .build()
        for it in revoked
    ]
    made = (
        pki.crl("root", pki.p256_key(-2)),
        pki.crl("issuing", pki.p256_key(-1), *entries),
    )
    return StoredRevocation(tuple(Evidence(EvidenceKind.CRL, it) for it in made))


def asking(world, revocation):
    return site_at(world, 300, policy=pki.policy(), revocation=revocation)


def kinds(world):
    with world.sender.storage.reading() as work:
        return [it.kind for it in work.ledger.entries()]


def test_a_revoked_key_of_ours_is_noticed_once_and_seals_no_more(world, caplog):
    site = asking(world, lists(OURS))

    assert watch(site, world.sender.storage) == 1
    assert watch(site, world.sender.storage) == 0

    with pytest.raises(KeyRevoked):
        key_for_seal(site, world.sender.storage)
    assert kinds(world) == ["key:revoked"]
    assert [it.message for it in caplog.records] == ["key_revoked"]


def test_a_key_whose_hold_has_ended_seals_again(world):
    watch(asking(world, lists(OURS)), world.sender.storage)
    site = asking(world, lists())

    assert watch(site, world.sender.storage) == 1
    assert watch(site, world.sender.storage) == 0

    assert key_for_seal(site, world.sender.storage) is OURS
    assert kinds(world) == ["key:revoked", "key:restored", "key:used"]


def test_silence_changes_nothing_in_either_way(world):
    silent = asking(world, StoredRevocation(()))

    assert watch(silent, world.sender.storage) == 0
    key_for_seal(silent, world.sender.storage)
    watch(asking(world, lists(OURS)), world.sender.storage)

    assert watch(silent, world.sender.storage) == 0
    with pytest.raises(KeyRevoked):
        key_for_seal(silent, world.sender.storage)


def test_a_key_of_an_authority_that_we_do_not_trust_is_not_asked_about(world, caplog):
    site = asking(world, lists(OURS))
    alone = replace(site, policy=pki.policy(anchors=()))

    assert watch(alone, world.sender.storage) == 1
    assert watch(alone, world.sender.storage) == 0

    (record,) = caplog.records
    assert (record.message, record.key) == ("key_authority_untrusted", "default")
    assert kinds(world) == []


def test_who_has_lost_the_authority_again_is_told_again(world):
    site = asking(world, lists())
    alone = replace(site, policy=pki.policy(anchors=()))
    watch(alone, world.sender.storage)

    assert watch(site, world.sender.storage) == 0
    assert watch(alone, world.sender.storage) == 1


def test_of_a_key_that_has_ended_its_end_is_said_and_nothing_else(world, said):
    site = site_at(world, -5, revocation=lists())

    watch(site, world.sender.storage)

    assert said() == [("certificate_expired", "key default", -5, "ERROR")]


def test_who_cannot_ask_still_watches_the_days(world, said):
    assert watch(site_at(world, 1, revocation=None), world.sender.storage) == 1
    assert [left for _, _, left, _ in said()] == [1]
