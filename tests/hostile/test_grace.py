"""Nobody gets more time than the operator gave, and nobody takes that of others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from cryptography import x509

from edoc_connector.errors import CertificateRevoked
from edoc_connector.flows.evidence.grace import within_grace
from edoc_connector.pki.crl_files import CrlFiles
from edoc_connector.pki.revocation import LiveRevocation
from edoc_connector.signature.revocation import Outcome, check_revocation
from edoc_connector.storage import Storage
from edoc_connector.storage.shelf import AnswerShelf
from tests.support import revocation as made
from tests.support.builders import SENT_AT
from tests.support.responders import Responder, responder
from tests.support.world import migrated, open_storage

pytestmark = pytest.mark.usefixtures("socket_enabled")

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
GRACE = 3 * DAY
LIST_A, LIST_B = "http://crl.example/a.crl", "http://crl.example/b.crl"


@dataclass(slots=True)
class Scene:
    """A connector whose clock is set, and servers that answer as they are told."""

    storage: Storage
    web: Responder
    now: datetime = SENT_AT
    files: CrlFiles = field(default_factory=CrlFiles)

    def judged(self, certificate: x509.Certificate, at: datetime) -> Outcome:
        """Ask as a process does that has just started."""
        instead = {
            made.OCSP: self.web.address + "/ocsp",
            LIST_A: self.web.address + "/a",
            LIST_B: self.web.address + "/b",
        }
        source = LiveRevocation(
            shelf=AnswerShelf(self.storage),
            clock=lambda: self.now,
            timeout_seconds=5,
            instead=instead,
            files=self.files,
        )
        path = (certificate, made.authority())
        return check_revocation(path, source, at=at, now=self.now)

    def goes_on(self, certificate: x509.Certificate) -> bool:
        """Whether a packet that comes now is delivered."""
        doubts = self.judged(certificate, self.now).doubts
        return within_grace(self.storage, doubts, now=self.now, grace=GRACE)


@pytest.fixture
def scene(tmp_path) -> Iterator[Scene]:
    (tmp_path / "edoc.sqlite").write_bytes(migrated())
    storage = open_storage(tmp_path)
    with responder() as web:
        yield Scene(storage, web)
    storage.close()


def of_list(address: str) -> x509.Certificate:
    """A certificate of an authority that has split its lists."""
    return made.issued(more=made.addresses((), (address,)))


def split_list(address: str, at: datetime) -> bytes:
    """The part of the authority's list that is at this address."""
    point = x509.IssuingDistributionPoint(
        full_name=[x509.UniformResourceIdentifier(address)],
        relative_name=None,
        only_contains_user_certs=False,
        only_contains_ca_certs=False,
        only_some_reasons=None,
        indirect_crl=False,
        only_contains_attribute_certs=False,
    )
    return made.revocation_list(
        this_update=at - HOUR, next_update=at + DAY, extra=((point, True),)
    )


def test_a_list_of_other_certificates_gives_a_certificate_no_new_grace(scene) -> None:
    """Whose list is blocked gains nothing by post of those whose list is not."""
    stolen, honest = of_list(LIST_A), of_list(LIST_B)
    assert scene.goes_on(stolen)

    scene.now = SENT_AT + GRACE + HOUR
    scene.web.at("/b", split_list(LIST_B, scene.now))

    assert scene.judged(honest, scene.now).doubts == ()
    assert not scene.goes_on(stolen)


@pytest.mark.parametrize("carried", [False, True], ids=["fetched", "carried in"])
def test_a_list_of_last_month_ends_no_outage_of_today(scene, tmp_path, carried) -> None:
    """Who rules the network replays an old list, and a seal that was stamped then."""
    stolen, then = made.sealer(), SENT_AT - 20 * DAY
    assert scene.goes_on(stolen)
    old = made.revocation_list(this_update=then - HOUR, next_update=then + HOUR)
    if carried:
        (tmp_path / "old.crl").write_bytes(old)
        scene.files = CrlFiles((tmp_path / "old.crl",))
    else:
        scene.web.at("/a", old)

    scene.now = SENT_AT + GRACE - HOUR
    assert scene.judged(stolen, then).doubts == ()

    scene.now = SENT_AT + GRACE + HOUR
    assert not scene.goes_on(stolen)


def test_an_outage_ends_with_an_answer_that_holds(scene) -> None:
    assert scene.goes_on(made.sealer())

    scene.now = SENT_AT + GRACE - HOUR
    scene.web.at(
        "/a",
        made.revocation_list(this_update=scene.now - HOUR, next_update=scene.now),
    )
    assert scene.judged(made.sealer(), scene.now).doubts == ()

    scene.now = SENT_AT + GRACE + HOUR
    assert scene.goes_on(made.sealer())


def test_one_certificate_with_a_dead_address_takes_nobody_elses_grace(scene) -> None:
    """While others of its authority can be judged, the authority is not away."""
    of_a, of_b = made.issued(), made.issued()
    week = made.ocsp_answer(certificate=of_b, next_update=SENT_AT + 7 * DAY)
    scene.web.at("/ocsp", week)
    assert scene.judged(of_b, SENT_AT).doubts == ()
    scene.web.pages.clear()
    assert scene.goes_on(of_a)

    scene.now = SENT_AT + 6 * DAY  # every packet of B is proven by what was kept
    assert scene.judged(of_b, scene.now).doubts == ()

    scene.now = SENT_AT + 8 * DAY  # its responder is away for the first time
    assert scene.goes_on(of_b)
    assert not scene.goes_on(of_a)


def test_a_clock_that_was_ahead_for_a_moment_gives_no_grace_of_a_year(scene) -> None:
    scene.now = SENT_AT + 300 * DAY
    assert scene.goes_on(made.sealer())
    scene.now = SENT_AT
    assert scene.goes_on(made.sealer())

    scene.now = SENT_AT + 30 * DAY
    assert not scene.goes_on(made.sealer())


def test_a_certificate_seals_again_after_its_hold_has_ended(scene) -> None:
    hold = x509.ReasonFlags.certificate_hold
    scene.web.at("/ocsp", made.revoked_answer(SENT_AT - 2 * HOUR, reason=hold))
    for _ in range(2):
        with pytest.raises(CertificateRevoked):
            scene.judged(made.sealer(), scene.now)
    assert scene.web.count("/ocsp") == 1

    scene.now = SENT_AT + 10 * DAY
    good = made.ocsp_answer(
        this_update=scene.now - HOUR, next_update=scene.now + 23 * HOUR
    )
    scene.web.at("/ocsp", good)

    assert scene.judged(made.sealer(), scene.now).doubts == ()
    assert scene.judged(made.sealer(), scene.now).doubts == ()
    assert scene.web.count("/ocsp") == 2


def test_a_good_that_is_to_hold_for_long_is_asked_for_anew_after_a_day(scene) -> None:
    week = SENT_AT + 7 * DAY
    scene.web.at("/ocsp", made.ocsp_answer(next_update=week))
    assert scene.judged(made.sealer(), SENT_AT).doubts == ()
    assert scene.judged(made.sealer(), SENT_AT).doubts == ()
    assert scene.web.count("/ocsp") == 1

    scene.now = SENT_AT + 2 * DAY
    scene.web.at("/ocsp", made.revoked_answer(SENT_AT + DAY))

    assert scene.judged(made.sealer(), SENT_AT - 2 * HOUR).doubts == ()
    assert scene.web.count("/ocsp") == 1
    with pytest.raises(CertificateRevoked):
        scene.judged(made.sealer(), scene.now)


def test_who_gives_nothing_newer_is_not_asked_for_every_packet(scene) -> None:
    scene.web.at("/a", made.revocation_list(next_update=SENT_AT + 7 * DAY))
    scene.now = SENT_AT + 2 * DAY
    certificate = of_list(LIST_A)
    path = (certificate, made.authority())
    source = LiveRevocation(
        shelf=AnswerShelf(scene.storage),
        clock=lambda: scene.now,
        timeout_seconds=5,
        instead={LIST_A: scene.web.address + "/a"},
    )

    for _ in range(9):
        scene.now += HOUR
        check_revocation(path, source, at=scene.now, now=scene.now)

    assert scene.web.count("/a") == 2
