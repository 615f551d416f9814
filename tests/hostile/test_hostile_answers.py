"""Answers about revocation are values or our errors, whatever bytes they have."""

from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from edoc_connector.errors import AnswerUnusable
from edoc_connector.model.evidence import Evidence, EvidenceKind
from edoc_connector.signature.revocation import judge
from tests.support.builders import SENT_AT
from tests.support.pki import p256_key
from tests.support.revocation import (
    as_crl,
    as_ocsp,
    authority,
    entry,
    ocsp_answer,
    responder,
    revocation_list,
    revoked_answer,
    sealer,
)

ANSWERS = (
    as_ocsp(ocsp_answer()),
    as_ocsp(revoked_answer(SENT_AT)),
    as_ocsp(ocsp_answer(signer=responder(), key=p256_key(-11), brought=(responder(),))),
    as_crl(revocation_list()),
    as_crl(revocation_list(entry(SENT_AT))),
)
KINDS = st.sampled_from((EvidenceKind.OCSP, EvidenceKind.CRL))
PROOFS = [
    judge(it, sealer(), authority(), at=SENT_AT, now=SENT_AT).revoked for it in ANSWERS
]


def judged(kind: EvidenceKind, data: bytes) -> object:
    """Judge it, or say why not in our own words."""
    with suppress(AnswerUnusable):
        evidence = Evidence(kind, data)
        said = judge(evidence, sealer(), authority(), at=SENT_AT, now=SENT_AT)
        return said.revoked
    return "unusable"


@given(
    number=st.integers(0, len(ANSWERS) - 1),
    share=st.floats(0, 1, exclude_max=True),
    byte=st.integers(0, 255),
)
def test_one_changed_byte_never_turns_an_answer(number, share, byte) -> None:
    answer = ANSWERS[number]
    position = int(share * len(answer.data))
    data = answer.data[:position] + bytes([byte]) + answer.data[position + 1 :]

    assert judged(answer.kind, data) in ("unusable", PROOFS[number])


@given(answer=st.sampled_from(ANSWERS), share=st.floats(0, 1, exclude_max=True))
def test_an_answer_cut_short_proves_nothing(answer, share) -> None:
    data = answer.data[: int(share * len(answer.data))]

    assert judged(answer.kind, data) == "unusable"


@given(KINDS, st.binary(max_size=300))
def test_any_bytes_at_all_end_in_our_words(kind, data) -> None:
    assert judged(kind, data) == "unusable"


@given(KINDS, st.sampled_from(ANSWERS))
def test_an_answer_is_nothing_but_what_it_is(kind, answer) -> None:
    if kind is not answer.kind:
        assert judged(kind, answer.data) == "unusable"
