"""Seals of one batch share a look at what is kept about revocation, and no longer."""

from __future__ import annotations

from datetime import timedelta

import pytest

from edoc_connector.model.evidence import Evidence, EvidenceKind
from edoc_connector.model.identifiers import Digest
from edoc_connector.pki.crl_files import CrlFiles
from edoc_connector.pki.revocation import LiveRevocation
from edoc_connector.signature.certificate import fingerprint
from tests.support.builders import SENT_AT
from tests.support.revocation import authority, entry, revocation_list, sealer
from tests.support.shelves import MemoryShelf

GOOD = Evidence(EvidenceKind.CRL, revocation_list())
REVOKED = Evidence(EvidenceKind.CRL, revocation_list(entry(SENT_AT)))


class Counted(MemoryShelf):
    """Remembers how often somebody looked."""

    looks = 0

    def kept(self, about, issuer):
        type(self).looks += 1
        return MemoryShelf.kept(self, about, issuer)


@pytest.fixture
def shelf(monkeypatch):
    monkeypatch.setattr(Counted, "looks", 0)
    return Counted()


def keep(shelf, evidence):
    about = fingerprint(sealer())
    issuer = Digest(fingerprint(authority()))
    shelf.keep(about, issuer, evidence, source="somebody", given_at=None)


def live(shelf, **changes):
    return LiveRevocation(
        shelf=shelf, clock=lambda: SENT_AT, timeout_seconds=0.1, **changes
    )


def said(source):
    seal = source.for_one_seal()
    found = seal.answers(sealer(), authority(), SENT_AT - timedelta(minutes=1))
    return [it.evidence for it in found if hasattr(it, "evidence")]


def test_what_is_kept_is_looked_for_once_in_a_batch_and_once_in_the_next(shelf):
    keep(shelf, GOOD)
    one = live(shelf)

    for _ in range(2):
        batch = one.for_several()
        assert [said(batch) for _ in range(3)] == [[GOOD]] * 3

    assert Counted.looks == 2
    assert len(shelf.judged) == 2


def test_without_a_batch_each_seal_looks_anew(shelf):
    keep(shelf, GOOD)
    one = live(shelf)

    assert [said(one) for _ in range(3)] == [[GOOD]] * 3
    assert (Counted.looks, len(shelf.judged)) == (3, 3)


def test_a_revocation_that_another_process_keeps_counts_for_the_next_batch(shelf):
    keep(shelf, GOOD)
    one = live(shelf)
    batch = one.for_several()
    assert said(batch) == [GOOD]

    keep(shelf, REVOKED)

    assert said(batch) == [GOOD]
    assert said(one.for_several()) == [REVOKED]


def test_a_list_that_is_carried_in_counts_for_the_next_batch(shelf, tmp_path):
    path = tmp_path / "a.crl"
    path.write_bytes(GOOD.data)
    one = live(shelf, files=CrlFiles((path,)))
    batch = one.for_several()
    assert said(batch) == [GOOD]

    path.write_bytes(REVOKED.data)

    assert said(batch) == [GOOD]
    assert said(one.for_several()) == [REVOKED]
