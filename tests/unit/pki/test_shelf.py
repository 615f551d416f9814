"""One look at the shelf serves a batch, and never longer."""

from __future__ import annotations

from edoc_connector.model.evidence import Evidence, EvidenceKind
from edoc_connector.pki.shelf import OneLook
from tests.support.shelves import MemoryShelf

ISSUER = "issuer"
GOOD = Evidence(EvidenceKind.OCSP, b"good")
REVOKED = Evidence(EvidenceKind.OCSP, b"revoked")


class Counted(MemoryShelf):
    looks = 0

    def kept(self, about, issuer):
        Counted.looks += 1
        return MemoryShelf.kept(self, about, issuer)


def keep(shelf, evidence, about="a"):
    shelf.keep(about, ISSUER, evidence, source="somebody", given_at=None)


def test_what_several_seals_ask_is_looked_for_once(monkeypatch):
    monkeypatch.setattr(Counted, "looks", 0)
    shelf = Counted()
    keep(shelf, GOOD)
    one = OneLook(shelf)

    found = [one.kept(["a", "b"], ISSUER) for _ in range(3)]

    assert found == [[("somebody", GOOD)]] * 3
    assert Counted.looks == 1
    assert one.kept(["b"], ISSUER) == []


def test_what_is_kept_meanwhile_is_seen_by_the_next_seal():
    shelf = MemoryShelf()
    one = OneLook(shelf)
    assert one.kept(["a"], ISSUER) == []

    keep(one, REVOKED)

    assert one.kept(["a"], ISSUER) == [("somebody", REVOKED)]
    assert shelf.kept(["a"], ISSUER) == [("somebody", REVOKED)]


def test_what_another_process_keeps_is_seen_by_the_next_batch():
    shelf = MemoryShelf()
    OneLook(shelf).kept(["a"], ISSUER)

    keep(shelf, REVOKED)

    assert OneLook(shelf).kept(["a"], ISSUER) == [("somebody", REVOKED)]


def test_each_certificate_is_noted_once():
    shelf = MemoryShelf()
    one = OneLook(shelf)

    for certificate in ("x", "y", "x"):
        one.reached(certificate, ISSUER)

    assert shelf.judged == ["x", "y"]
