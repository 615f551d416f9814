"""What is kept of answers about revocation, the same on both databases."""

from datetime import timedelta

import pytest

from edoc_connector.storage import shelf as module
from edoc_connector.storage.shelf import AnswerShelf
from tests.support.revocation import as_crl, as_ocsp
from tests.support.storage import NOW, digest

pytest_plugins = ("tests.support.databases",)

ISSUER, OTHER_ISSUER = digest("issuer"), digest("another issuer")
FIRST, SECOND = digest("first"), digest("second")
HOUR = timedelta(hours=1)


@pytest.fixture
def shelf(storage) -> AnswerShelf:
    return AnswerShelf(storage)


def keep(shelf, about, evidence, *, issuer=ISSUER, given_at=NOW) -> None:
    shelf.keep(about, issuer, evidence, source=f"http://{about}", given_at=given_at)


def test_an_answer_is_found_by_what_it_is_about_and_by_its_issuer(shelf) -> None:
    answer = as_ocsp(b"good")
    keep(shelf, FIRST, answer)

    assert shelf.kept([FIRST, "http://list"], ISSUER) == ((f"http://{FIRST}", answer),)
    assert shelf.kept([SECOND], ISSUER) == ()
    assert shelf.kept([FIRST], OTHER_ISSUER) == ()
    assert shelf.kept([], ISSUER) == ()


def test_a_newer_answer_takes_the_place_of_an_older_and_not_the_other_way(
    shelf,
) -> None:
    keep(shelf, FIRST, as_ocsp(b"second"), given_at=NOW + HOUR)
    keep(shelf, FIRST, as_ocsp(b"replayed"), given_at=NOW)
    assert [it.data for _, it in shelf.kept([FIRST], ISSUER)] == [b"second"]

    keep(shelf, FIRST, as_ocsp(b"third"), given_at=NOW + 2 * HOUR)
    assert [it.data for _, it in shelf.kept([FIRST], ISSUER)] == [b"third"]


def test_the_newest_comes_first(shelf) -> None:
    keep(shelf, FIRST, as_ocsp(b"older"))
    keep(shelf, "http://list", as_crl(b"newer"), given_at=NOW + HOUR)

    found = shelf.kept([FIRST, "http://list"], ISSUER)

    assert [it.data for _, it in found] == [b"newer", b"older"]


def test_another_process_finds_what_was_kept(shelf, storage) -> None:
    keep(shelf, FIRST, as_ocsp(b"good"))

    assert AnswerShelf(storage).kept([FIRST], ISSUER) == shelf.kept([FIRST], ISSUER)


def test_what_is_asked_for_often_stays_in_memory_and_memory_is_bounded(
    shelf, monkeypatch
) -> None:
    monkeypatch.setattr(module, "MOST_BYTES_IN_MEMORY", 10)
    for number in range(9):
        keep(shelf, str(number), as_ocsp(b"%d%d%d" % (number, number, number)))

    for number in (*range(9), 8):
        shelf.kept([str(number)], ISSUER)

    held = [it.data for it in shelf._near.values()]
    assert b"888" in held
    assert sum(map(len, held)) <= 10


def since(storage, certificate, *, at, issuer=ISSUER):
    with storage.work() as work:
        return work.revocations.fail(certificate, issuer, at).since


def test_an_outage_lasts_from_its_first_failure(storage) -> None:
    assert since(storage, FIRST, at=NOW) == NOW
    assert since(storage, FIRST, at=NOW + HOUR) == NOW


def test_a_new_certificate_gives_an_authority_that_is_away_no_new_time(
    storage,
) -> None:
    since(storage, FIRST, at=NOW)

    assert since(storage, SECOND, at=NOW + HOUR) == NOW
    assert since(storage, SECOND, at=NOW + HOUR, issuer=OTHER_ISSUER) == NOW + HOUR


def test_an_authority_nobody_answers_about_may_still_answer_itself(storage) -> None:
    since(storage, ISSUER, at=NOW, issuer=OTHER_ISSUER)

    assert since(storage, FIRST, at=NOW + HOUR) == NOW + HOUR
    assert since(storage, ISSUER, at=NOW + HOUR, issuer=OTHER_ISSUER) == NOW


def test_an_answer_about_one_certificate_does_not_excuse_another(
    shelf, storage
) -> None:
    since(storage, FIRST, at=NOW)
    since(storage, SECOND, at=NOW)
    since(storage, FIRST, at=NOW, issuer=OTHER_ISSUER)

    shelf.reached(FIRST, ISSUER)
    shelf.reached(FIRST, ISSUER)

    assert since(storage, FIRST, at=NOW + HOUR) == NOW + HOUR
    assert since(storage, SECOND, at=NOW + HOUR) == NOW
    assert since(storage, FIRST, at=NOW + HOUR, issuer=OTHER_ISSUER) == NOW


def test_what_is_kept_ends_no_outage_by_itself(shelf, storage) -> None:
    since(storage, FIRST, at=NOW)

    keep(shelf, FIRST, as_ocsp(b"good"))

    assert since(storage, FIRST, at=NOW + HOUR) == NOW


def test_a_clock_that_was_ahead_does_not_lengthen_an_outage(storage) -> None:
    ahead = NOW + 9999 * HOUR
    since(storage, FIRST, at=ahead)
    with storage.work() as work:
        assert work.revocations.alert(ISSUER, at=ahead, unless_since=ahead - HOUR)

    assert since(storage, FIRST, at=NOW) == NOW
    assert since(storage, FIRST, at=NOW + HOUR) == NOW
    with storage.work() as work:
        assert work.revocations.alert(ISSUER, at=NOW, unless_since=NOW - HOUR)


def test_a_person_is_told_once_until_the_time_has_passed(storage) -> None:
    since(storage, FIRST, at=NOW)

    def alert(at):
        with storage.work() as work:
            return work.revocations.alert(ISSUER, at=at, unless_since=at - HOUR)

    assert alert(NOW)
    assert not alert(NOW + HOUR / 2)
    assert alert(NOW + HOUR)
