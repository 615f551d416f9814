from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509

from edoc_connector.errors import AnswerUnusable, CertificateRevoked
from edoc_connector.model.evidence import Evidence, EvidenceKind
from edoc_connector.signature.answers import StoredRevocation
from edoc_connector.signature.ports import Answer, Silence
from edoc_connector.signature.revocation import (
    CLOCK_TOLERANCE,
    MOST_AGE,
    Outcome,
    check_revocation,
    judge,
)
from tests.support.builders import SENT_AT
from tests.support.revocation import (
    AUTHORITY_KEY,
    CRL,
    HOUR,
    LISTING,
    OCSP,
    as_crl,
    as_ocsp,
    authority,
    entry,
    issued,
    ocsp_answer,
    revocation_list,
    revoked_answer,
    sealer,
)

GOOD = as_ocsp(ocsp_answer())
REVOKED = as_ocsp(revoked_answer(SENT_AT - HOUR))
REVOKED_LATER = as_ocsp(revoked_answer(SENT_AT + HOUR, this_update=SENT_AT + 2 * HOUR))
STALE = as_ocsp(
    ocsp_answer(this_update=SENT_AT - 30 * HOUR, next_update=SENT_AT - 6 * HOUR)
)
GOOD_LIST = as_crl(revocation_list())
REVOKED_LIST = as_crl(revocation_list(entry(SENT_AT - HOUR)))


def outcome(*evidence: Evidence, at=SENT_AT, now=None, path=None) -> Outcome:
    source = StoredRevocation(evidence)
    path = path or (sealer(), authority())
    return check_revocation(path, source, at=at, now=now or at + 3 * HOUR)


def utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


def causes(found: Outcome) -> list[str]:
    (doubt,) = found.doubts
    return [cause.details["problem"] for cause in doubt.causes]


@pytest.mark.parametrize("proof", [GOOD, GOOD_LIST], ids=["ocsp", "crl"])
def test_an_answer_that_says_good_proves_the_time(proof) -> None:
    assert outcome(proof) == Outcome(evidence=(proof,))


@pytest.mark.parametrize("found", [REVOKED, REVOKED_LIST], ids=["ocsp", "crl"])
def test_what_was_revoked_before_does_not_hold(found) -> None:
    with pytest.raises(
        CertificateRevoked, match=r"was revoked at .* key was comp"
    ) as it:
        outcome(found)

    assert it.value.details["revoked_at"] == utc(SENT_AT - HOUR)


def test_the_refusal_holds_the_answers_that_say_so() -> None:
    with pytest.raises(CertificateRevoked) as it:
        outcome(GOOD, REVOKED, REVOKED_LIST, REVOKED_LATER)

    assert it.value.evidence == (REVOKED, REVOKED_LIST)


def test_what_was_revoked_at_the_very_time_does_not_hold() -> None:
    with pytest.raises(CertificateRevoked):
        outcome(as_ocsp(revoked_answer(SENT_AT)))


def test_what_was_revoked_later_held_and_is_noted() -> None:
    found = outcome(REVOKED_LATER)

    assert found.doubts == ()
    assert [note.code for note in found.notes] == ["revoked-later"]
    assert found.notes[0].details["revoked_at"] == utc(SENT_AT + HOUR)


@pytest.mark.parametrize("good", [GOOD, GOOD_LIST], ids=["ocsp", "crl"])
@pytest.mark.parametrize("bad", [REVOKED, REVOKED_LIST], ids=["ocsp", "crl"])
def test_who_says_revoked_is_believed_over_who_says_good(good, bad) -> None:
    for order in ((good, bad), (bad, good)):
        with pytest.raises(CertificateRevoked):
            outcome(*order)


def test_an_old_answer_still_proves_that_it_was_revoked() -> None:
    old = as_ocsp(
        revoked_answer(
            SENT_AT - 40 * HOUR,
            this_update=SENT_AT - 30 * HOUR,
            next_update=SENT_AT - 20 * HOUR,
        )
    )

    with pytest.raises(CertificateRevoked):
        outcome(old)


def test_an_answer_that_had_ended_proves_nothing() -> None:
    found = outcome(STALE)

    assert found.evidence == ()
    since, until = utc(SENT_AT - 30 * HOUR), utc(SENT_AT - 6 * HOUR)
    assert causes(found) == [f"it holds from {since} to {until} only"]


def test_an_answer_given_afterwards_proves_the_time_before_it() -> None:
    later = as_ocsp(
        ocsp_answer(this_update=SENT_AT + 100 * HOUR, next_update=SENT_AT + 101 * HOUR)
    )

    assert outcome(later, now=SENT_AT + 100 * HOUR).doubts == ()


def test_an_answer_without_an_end_holds_for_a_day() -> None:
    endless = as_ocsp(ocsp_answer(next_update=None, this_update=SENT_AT - MOST_AGE))
    older = as_ocsp(
        ocsp_answer(next_update=None, this_update=SENT_AT - MOST_AGE - HOUR)
    )

    assert outcome(endless).doubts == ()
    assert outcome(older).doubts


def test_an_answer_of_the_future_proves_nothing() -> None:
    ahead = SENT_AT + CLOCK_TOLERANCE
    within = as_ocsp(ocsp_answer(this_update=ahead))
    beyond = as_ocsp(ocsp_answer(this_update=ahead + timedelta(seconds=1)))

    assert outcome(within, now=SENT_AT).doubts == ()
    assert "dated in the future" in causes(outcome(beyond, now=SENT_AT))[0]


def after_expiry(remembered: bytes | None) -> Evidence:
    expiry = sealer().not_valid_after_utc
    extension = x509.UnrecognizedExtension(
        x509.ObjectIdentifier("2.5.29.60"), remembered or b"\x05\x00"
    )
    return as_crl(
        revocation_list(
            this_update=expiry + HOUR,
            next_update=expiry + 2 * HOUR,
            extra=((extension, False),),
        )
    )


def test_an_authority_may_have_forgotten_a_certificate_that_expired() -> None:
    expiry = sealer().not_valid_after_utc

    found = outcome(after_expiry(None), now=expiry + HOUR)

    assert "after the certificate had expired" in causes(found)[0]


def test_an_authority_that_forgets_nothing_is_believed_afterwards() -> None:
    expiry = sealer().not_valid_after_utc

    found = outcome(after_expiry(b"\x18\x0f20200101000000Z"), now=expiry + HOUR)

    assert found.doubts == ()


def renewed() -> x509.Certificate:
    """Another certificate of the authority, for the same key, issued by itself."""
    return issued(
        subject=authority().subject, key=AUTHORITY_KEY, authority=True, usage=LISTING
    )


def test_every_certificate_below_the_anchor_is_judged() -> None:
    lower = renewed()
    path = (sealer(), lower, authority())
    of_lower = as_ocsp(ocsp_answer(certificate=lower))

    assert outcome(GOOD, path=path).doubts[0].details["certificate"] == "CN=authority"
    assert outcome(GOOD, of_lower, GOOD, path=path).doubts == ()
    with pytest.raises(CertificateRevoked):
        outcome(
            GOOD, as_ocsp(revoked_answer(SENT_AT - HOUR, certificate=lower)), path=path
        )


def test_a_doubt_names_every_address_that_was_not_asked() -> None:
    (doubt,) = outcome().doubts

    assert doubt.code == "revocation-unknown"
    assert [dict(cause.details) for cause in doubt.causes] == [
        {"source": OCSP, "problem": "no answer was kept"},
        {"source": CRL, "problem": "no answer was kept"},
    ]
    assert doubt.details["issuer_digest"]
    assert doubt.details["certificate_digest"]


def test_a_certificate_that_names_nobody_is_another_doubt() -> None:
    silent = issued(more=())

    (doubt,) = outcome(path=(silent, authority())).doubts

    assert doubt.code == "revocation-not-published"


class Mute:
    """A source that was asked and got nothing."""

    def answers(self, *_) -> Iterator[Answer | Silence]:
        yield Silence("http://a", "it does not answer in time")
        yield Answer("http://b", as_ocsp(b"<html>"))
        yield Answer("http://c", STALE)
        yield Answer("http://d", Evidence(EvidenceKind.TIMESTAMP, b"token"))


def test_a_doubt_says_who_failed_and_how() -> None:
    path = (sealer(), authority())

    (doubt,) = check_revocation(path, Mute(), at=SENT_AT, now=SENT_AT).doubts

    said = [f"{it.details['source']} {it.details['problem']}" for it in doubt.causes]
    assert said[0] == "http://a it does not answer in time"
    assert said[1].startswith("http://b it is no answer of an OCSP responder")
    assert said[2].startswith("http://c it holds from")
    assert said[3] == "http://d it is of another kind, tst"
    assert {it.code for it in doubt.causes} == {"revocation-no-answer"}


def test_what_fails_is_forgotten_where_another_answer_proves() -> None:
    class Both(Mute):
        def answers(self, *_) -> Iterator[Answer | Silence]:
            yield from super().answers()
            yield Answer("http://e", GOOD_LIST)

    found = check_revocation((sealer(), authority()), Both(), at=SENT_AT, now=SENT_AT)

    assert found == Outcome(evidence=(GOOD_LIST,))


def test_the_same_list_is_kept_once_for_the_whole_path() -> None:
    lower = renewed()
    path = (sealer(), lower, authority())

    found = check_revocation(
        path, StoredRevocation((GOOD_LIST,)), at=SENT_AT, now=SENT_AT
    )

    assert found == Outcome(evidence=(GOOD_LIST,))


def test_judging_another_kind_of_evidence_is_refused() -> None:
    with pytest.raises(AnswerUnusable, match="another kind"):
        judge(
            Evidence(EvidenceKind.TIMESTAMP, b""),
            sealer(),
            authority(),
            at=SENT_AT,
            now=SENT_AT,
        )


def held(since, **changes):
    """What a responder says of a certificate that is on hold."""
    reason = x509.ReasonFlags.certificate_hold
    return as_ocsp(revoked_answer(since, reason=reason, **changes))


def test_a_hold_ends_with_a_newer_answer_that_says_good() -> None:
    before = held(SENT_AT - 9 * HOUR, this_update=SENT_AT - 8 * HOUR)

    for order in ((before, GOOD), (GOOD, before)):
        assert outcome(*order) == Outcome(evidence=(GOOD,))


def test_a_hold_is_not_ended_by_an_older_answer() -> None:
    now = held(SENT_AT - HOUR, this_update=SENT_AT)

    with pytest.raises(CertificateRevoked):
        outcome(GOOD, now)


def test_who_publishes_lists_that_are_not_read_is_not_taken_for_silent() -> None:
    point = x509.DistributionPoint(
        [x509.UniformResourceIdentifier("http://crl.example/others.crl")],
        None,
        None,
        [x509.DirectoryName(authority().subject)],
    )
    nameless = x509.DistributionPoint(
        None, None, None, [x509.DirectoryName(authority().subject)]
    )
    partial = issued(more=(x509.CRLDistributionPoints([point, nameless]),))

    found = check_revocation(
        (partial, authority()), StoredRevocation(()), at=SENT_AT, now=SENT_AT
    )

    (doubt,) = found.doubts
    assert doubt.code == "revocation-unknown"
    assert [it.details["source"] for it in doubt.causes] == [
        "http://crl.example/others.crl",
        "cRLDistributionPoints",
    ]
