"""Whoever answers for a real authority, and wherever: the verdict is the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from edoc_connector.clock import system_clock
from edoc_connector.errors import CertificateRevoked
from edoc_connector.model.evidence import Evidence, EvidenceKind
from edoc_connector.pki.crl_files import CrlFiles
from edoc_connector.pki.revocation import LiveRevocation
from edoc_connector.signature.answers import StoredRevocation
from edoc_connector.signature.ocsp import request
from edoc_connector.signature.ports import Revocation, SharedRevocation
from edoc_connector.signature.revocation import Outcome, check_revocation
from edoc_connector.storage.shelf import AnswerShelf
from tests.support.authority import (
    CRL_ADDRESS,
    OCSP_ADDRESS,
    Identity,
    RealAuthority,
    now,
)
from tests.support.responders import Reply, Responder, responder
from tests.support.shelves import MemoryShelf

pytest_plugins = ("tests.support.databases",)


@dataclass(frozen=True, slots=True)
class Scene:
    """An authority with three certificates, and a server that speaks for it."""

    authority: RealAuthority
    good: Identity
    revoked: Identity
    silent: Identity
    responder: Identity
    rsa_responder: Identity
    web: Responder

    def ask(self, asked: bytes) -> bytes:
        return self.authority.ocsp(asked, self.responder)


@pytest.fixture(scope="module")
def authority(tmp_path_factory) -> RealAuthority:
    return RealAuthority.create(tmp_path_factory.mktemp("pki") / "authority")


@pytest.fixture(scope="module")
def identities(authority) -> dict[str, Identity]:
    issued = {
        name: authority.issue(name, kind)
        for name, kind in {
            "good": "signer",
            "revoked": "signer",
            "silent": "silent",
            "responder": "responder",
            "rsa_responder": "responder",
        }.items()
    }
    authority.revoke(issued["revoked"])
    return issued


@pytest.fixture
def scene(authority, identities) -> Iterator[Scene]:
    with responder() as web:
        yield Scene(authority=authority, web=web, **identities)


def live(instead: dict[str, str], **changes) -> LiveRevocation:
    return LiveRevocation(
        **{
            "shelf": MemoryShelf(),
            "clock": system_clock,
            "timeout_seconds": 10.0,
            "instead": instead,
        }
        | changes
    )


def by_ocsp(scene: Scene, _: Path) -> Revocation:
    return live({OCSP_ADDRESS: scene.web.at("/ocsp", scene.ask)})


def by_issuers_own_ocsp(scene: Scene, _: Path) -> Revocation:
    return live({OCSP_ADDRESS: scene.web.at("/ocsp", scene.authority.ocsp)})


def by_list(scene: Scene, _: Path) -> Revocation:
    web = scene.web
    return live(
        {
            OCSP_ADDRESS: web.at("/ocsp", Reply(status=500)),
            CRL_ADDRESS: web.at("/crl", scene.authority.crl()),
        }
    )


def by_list_in_pem(scene: Scene, _: Path) -> Revocation:
    web = scene.web
    return live(
        {
            OCSP_ADDRESS: web.at("/ocsp", Reply(status=404)),
            CRL_ADDRESS: web.at("/crl", scene.authority.crl(pem=True)),
        }
    )


def by_file(scene: Scene, folder: Path) -> Revocation:
    path = folder / "carried.crl"
    path.write_bytes(scene.authority.crl(pem=True))
    nowhere = scene.web.at("/down", Reply(status=503))
    return live({OCSP_ADDRESS: nowhere, CRL_ADDRESS: nowhere}, files=CrlFiles((path,)))


def by_what_was_kept(scene: Scene, folder: Path) -> Revocation:
    source = by_ocsp(scene, folder)
    assert isinstance(source, LiveRevocation)
    for identity in (scene.good, scene.revoked):
        list(source.answers(*scene.authority.path(identity), now()))
    nowhere = scene.web.at("/down", Reply(status=503))
    return live({OCSP_ADDRESS: nowhere, CRL_ADDRESS: nowhere}, shelf=source.shelf)


def by_one_look_for_several(scene: Scene, folder: Path) -> Revocation:
    source = by_what_was_kept(scene, folder)
    assert isinstance(source, SharedRevocation)
    return source.for_several()


def by_evidence(scene: Scene, _: Path) -> Revocation:
    issuer = scene.authority.own.x509
    asked = [
        request(one.x509, issuer, b"n" * 16) for one in (scene.good, scene.revoked)
    ]
    return StoredRevocation(
        tuple(Evidence(EvidenceKind.OCSP, scene.ask(one)) for one in asked)
    )


Making = Callable[[Scene, Path], Revocation]

SOURCES: list[Making] = [
    by_ocsp,
    by_issuers_own_ocsp,
    by_list,
    by_list_in_pem,
    by_file,
    by_what_was_kept,
    by_one_look_for_several,
    by_evidence,
]


@pytest.fixture(params=SOURCES, ids=lambda it: it.__name__)
def source(request, scene, tmp_path) -> Revocation:
    return request.param(scene, tmp_path)


def judged(scene: Scene, identity: Identity, source: Revocation) -> Outcome:
    path = scene.authority.path(identity)
    return check_revocation(path, source, at=now(), now=now())


def test_a_good_certificate_is_proven_good(scene, source) -> None:
    found = judged(scene, scene.good, source)

    assert found.doubts == ()
    assert len(found.evidence) == 1


def test_a_revoked_certificate_is_found_revoked(scene, source) -> None:
    with pytest.raises(CertificateRevoked, match="its key was compromised"):
        judged(scene, scene.revoked, source)


def test_what_was_sealed_before_it_was_revoked_holds(scene, source) -> None:
    path = scene.authority.path(scene.revoked)
    before = now() - timedelta(days=1)

    found = check_revocation(path, source, at=before, now=now())

    assert found.doubts == ()
    assert [note.code for note in found.notes] == ["revoked-later"]


def test_the_evidence_proves_the_same_offline(scene, source) -> None:
    at = now()
    path = scene.authority.path(scene.good)
    online = check_revocation(path, source, at=at, now=now())

    offline = check_revocation(
        path,
        StoredRevocation(online.evidence),
        at=at,
        now=at.replace(year=at.year + 20),
    )

    assert offline == online


# --- what only the one that asks over the network does ------------------------


def test_an_answer_is_asked_for_once_while_it_holds(scene, tmp_path) -> None:
    source = by_ocsp(scene, tmp_path)

    for _ in range(3):
        assert judged(scene, scene.good, source).doubts == ()

    assert scene.web.count("/ocsp") == 1


def test_what_one_seal_of_a_batch_has_asked_the_next_one_finds(scene, tmp_path) -> None:
    source = by_ocsp(scene, tmp_path)
    assert isinstance(source, SharedRevocation)
    batch = source.for_several()

    for _ in range(3):
        assert judged(scene, scene.good, batch).doubts == ()
    with pytest.raises(CertificateRevoked):
        judged(scene, scene.revoked, batch)

    assert scene.web.count("/ocsp") == 2


def test_one_list_serves_every_certificate_of_its_issuer(scene, tmp_path) -> None:
    source = by_list(scene, tmp_path)

    judged(scene, scene.good, source)
    with pytest.raises(CertificateRevoked):
        judged(scene, scene.revoked, source)

    assert scene.web.count("/crl") == 1


def test_the_list_is_not_asked_for_where_the_responder_answers(scene, tmp_path) -> None:
    source = by_ocsp(scene, tmp_path)
    scene.web.at("/crl", scene.authority.crl())

    judged(scene, scene.good, source)

    assert scene.web.count("/crl") == 0


def test_an_answer_that_has_ended_is_asked_for_again(scene, tmp_path) -> None:
    del tmp_path
    short = scene.web.at(
        "/ocsp", lambda it: scene.authority.ocsp(it, scene.responder, minutes=1)
    )
    source = live({OCSP_ADDRESS: short})
    path = scene.authority.path(scene.good)
    judged(scene, scene.good, source)

    later = now().replace(year=now().year + 1)
    check_revocation(path, source, at=later, now=later)

    assert scene.web.count("/ocsp") == 2


def test_a_responder_that_knows_no_nonce_is_believed(scene, tmp_path) -> None:
    del tmp_path
    stored = scene.ask(scene.authority.question(scene.good))
    source = live({OCSP_ADDRESS: scene.web.at("/ocsp", stored)})

    assert judged(scene, scene.good, source).doubts == ()


def test_an_answer_about_several_certificates_is_read(scene, tmp_path) -> None:
    del tmp_path
    asked = scene.authority.question(scene.revoked, scene.good)
    both = StoredRevocation((Evidence(EvidenceKind.OCSP, scene.ask(asked)),))

    assert judged(scene, scene.good, both).doubts == ()
    with pytest.raises(CertificateRevoked):
        judged(scene, scene.revoked, both)


def test_an_answer_signed_with_rsa_pss_is_read(scene, tmp_path) -> None:
    del tmp_path
    asked = scene.authority.question(scene.good)
    pss = ("-rsigopt", "rsa_padding_mode:pss", "-rsigopt", "rsa_pss_saltlen:digest")
    answer = scene.authority.ocsp(asked, scene.rsa_responder, options=pss)

    source = StoredRevocation((Evidence(EvidenceKind.OCSP, answer),))

    assert judged(scene, scene.good, source).doubts == ()


def test_a_certificate_that_names_nobody_needs_a_list_carried_in(
    scene, tmp_path
) -> None:
    (doubt,) = judged(scene, scene.silent, by_ocsp(scene, tmp_path)).doubts

    assert doubt.code == "revocation-not-published"
    assert judged(scene, scene.silent, by_file(scene, tmp_path)).doubts == ()


def test_a_list_carried_in_ends_an_outage(scene, tmp_path) -> None:
    source = by_file(scene, tmp_path)

    judged(scene, scene.good, source)

    assert len(source.shelf.judged) == 1


def test_processes_share_what_was_answered(scene, tmp_path, storage) -> None:
    del tmp_path
    instead = {OCSP_ADDRESS: scene.web.at("/ocsp", scene.ask)}

    for _ in range(2):  # a process each: only the database is common
        source = live(instead, shelf=AnswerShelf(storage))
        assert judged(scene, scene.good, source).doubts == ()
        assert judged(scene, scene.good, source).doubts == ()

    assert scene.web.count("/ocsp") == 1


def test_a_kept_answer_whose_file_was_lost_is_asked_for_again(scene, storage) -> None:
    instead = {OCSP_ADDRESS: scene.web.at("/ocsp", scene.ask)}
    found = judged(scene, scene.good, live(instead, shelf=AnswerShelf(storage)))
    storage.content.remove(found.evidence[0].digest)

    again = judged(scene, scene.good, live(instead, shelf=AnswerShelf(storage)))

    assert again.doubts == ()
    assert scene.web.count("/ocsp") == 2
