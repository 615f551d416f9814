"""A verdict on revocation depends on the proven time and the answers, on no more."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from edoc_connector.errors import CertificateRevoked
from edoc_connector.model.evidence import Evidence
from edoc_connector.signature.answers import StoredRevocation
from edoc_connector.signature.revocation import Outcome, check_revocation
from tests.support.builders import SENT_AT
from tests.support.revocation import (
    as_crl,
    as_ocsp,
    authority,
    entry,
    ocsp_answer,
    revocation_list,
    revoked_answer,
    sealer,
)

DAY = timedelta(days=1)
YEARS = timedelta(days=3650)
OFFSETS = st.integers(-5, 5).map(lambda days: days * DAY)


@st.composite
def answers(draw: st.DrawFn) -> Evidence:
    """An authentic answer, of any of these days, that says anything."""
    this_update = SENT_AT + draw(OFFSETS)
    dates = {"this_update": this_update, "next_update": this_update + 2 * DAY}
    revoked_at = draw(st.none() | st.integers(0, 3).map(lambda it: it * DAY))
    if draw(st.booleans()):
        entries = [] if revoked_at is None else [entry(this_update - revoked_at)]
        return as_crl(revocation_list(*entries, **dates))
    if revoked_at is None:
        return as_ocsp(ocsp_answer(**dates))
    return as_ocsp(revoked_answer(this_update - revoked_at, **dates))


def verdict(evidence, *, at, now) -> Outcome | str:
    source = StoredRevocation(tuple(evidence))
    try:
        return check_revocation((sealer(), authority()), source, at=at, now=now)
    except CertificateRevoked as error:
        return str(error)


def kind(found: Outcome | str) -> str:
    return "revoked" if isinstance(found, str) else str(bool(found.doubts))


@given(st.lists(answers(), max_size=4), OFFSETS)
def test_the_verdict_is_the_same_years_later(evidence, offset) -> None:
    at, then = SENT_AT + offset, SENT_AT + 6 * DAY

    assert verdict(evidence, at=at, now=then) == verdict(
        evidence, at=at, now=then + YEARS
    )


@given(st.lists(answers(), max_size=4), OFFSETS)
def test_what_proved_it_proves_it_again_offline(evidence, offset) -> None:
    at, now = SENT_AT + offset, SENT_AT + 6 * DAY
    first = verdict(evidence, at=at, now=now)

    if isinstance(first, Outcome) and not first.doubts:
        assert verdict(first.evidence, at=at, now=now + YEARS) == first


@given(st.lists(answers(), max_size=4), OFFSETS, st.randoms())
def test_the_order_of_the_answers_does_not_matter(evidence, offset, random) -> None:
    at, now = SENT_AT + offset, SENT_AT + 6 * DAY
    shuffled = random.sample(evidence, len(evidence))

    assert kind(verdict(evidence, at=at, now=now)) == kind(
        verdict(shuffled, at=at, now=now)
    )


@given(st.lists(answers(), max_size=3), answers(), OFFSETS)
def test_more_answers_never_make_a_revoked_certificate_hold(
    evidence, more, offset
) -> None:
    at, now = SENT_AT + offset, SENT_AT + 6 * DAY

    if isinstance(verdict(evidence, at=at, now=now), str):
        assert isinstance(verdict([*evidence, more], at=at, now=now), str)
