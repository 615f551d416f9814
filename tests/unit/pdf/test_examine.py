from io import BytesIO

import pytest
from pyhanko.sign.fields import MDPPerm

from edoc_connector.model.pdf_signatures import (
    PdfChain,
    PdfChanges,
    PdfCoverage,
    PdfMark,
    PdfOutcome,
    PdfReport,
    PdfRevocation,
    PdfSignature,
    PdfState,
    PdfTime,
)
from edoc_connector.pdf.examine import (
    DAMAGED,
    ENCRYPTED,
    FORM_UNKNOWN,
    NO_SIGNATURE,
    TOO_MANY,
    examine,
)
from edoc_connector.pdf.judgement import NOT_AS_CLAIMED, WRONG_VALUE
from edoc_connector.pdf.trust import Trust
from edoc_connector.signature.path import Anchor
from tests.support import pdfs, pki
from tests.support.builders import SENT_AT

LETTER = pdfs.letter()
OTHERS = (Anchor(pki.der(pdfs.unknown_authority())),)


def looked_at(data: bytes, *, anchors: tuple[Anchor, ...] | None = None) -> PdfReport:
    trust = Trust(pdfs.anchors() if anchors is None else anchors)
    return examine(BytesIO(data), trust, SENT_AT).report


def signatures(data: bytes) -> tuple[PdfSignature, ...]:
    report = looked_at(data)
    assert report.state is PdfState.CHECKED
    return report.signatures


def only(data: bytes) -> PdfSignature:
    (found,) = signatures(data)
    return found


def test_an_unsigned_letter_has_no_signatures():
    assert looked_at(LETTER) == PdfReport(state=PdfState.CHECKED)


def test_a_signed_letter_says_who_signed_for_whom_and_of_how_much():
    found = only(pdfs.signed(LETTER))

    assert found.outcome is PdfOutcome.TRUSTED
    assert found.signer == pdfs.PERSON
    assert found.organization == f"Văn phòng, {pdfs.BODY} (H20.14)"
    assert (found.coverage, found.changes) == (PdfCoverage.WHOLE, PdfChanges.NONE)
    assert (found.revision, found.revisions) == (2, 2)
    assert (found.chain, found.anchor) == (PdfChain.ANCHORED, "root")
    assert found.sub_filter == "ETSI.CAdES.detached"
    assert (found.digest_algorithm, found.signature_algorithm) == (
        "sha256",
        "sha256_rsa",
    )


def test_without_a_time_stamp_the_time_is_the_word_of_the_signer():
    found = only(pdfs.signed(LETTER))

    assert found.time is PdfTime.CLAIMED
    assert found.claimed_at == pdfs.SIGNED_AT
    assert found.proven_at is None
    assert found.judged_at == pdfs.SIGNED_AT


def test_the_legacy_form_is_valid_and_its_time_is_not_proven():
    found = only(pdfs.signed(LETTER, form=pdfs.LEGACY))

    assert found.outcome is PdfOutcome.TRUSTED
    assert found.sub_filter == "adbe.pkcs7.detached"
    assert found.time is PdfTime.CLAIMED
    assert found.proven_at is None


def test_a_time_stamp_of_a_known_authority_proves_the_time():
    found = only(pdfs.signed(LETTER, stamped=True))

    assert found.time is PdfTime.PROVEN
    assert found.proven_at == pdfs.STAMPED_AT
    assert found.judged_at == pdfs.STAMPED_AT


def test_a_time_stamp_of_an_unknown_authority_does_not():
    report = looked_at(pdfs.signed(LETTER, stamped=True), anchors=())

    (found,) = report.signatures
    assert found.time is PdfTime.STAMP_UNKNOWN
    assert found.stamped_at == pdfs.STAMPED_AT
    assert found.proven_at is None
    assert found.judged_at == pdfs.SIGNED_AT


@pytest.mark.parametrize(
    ("stamps", "time"),
    [(pdfs.anchors(), PdfTime.PROVEN), (OTHERS, PdfTime.STAMP_UNKNOWN)],
)
def test_authorities_of_time_may_be_others_than_those_of_signers(stamps, time):
    trust = Trust(pdfs.anchors(), stamps)

    report = examine(BytesIO(pdfs.signed(LETTER, stamped=True)), trust, SENT_AT).report

    assert report.signatures[0].outcome is PdfOutcome.TRUSTED
    assert report.signatures[0].time is time


def test_a_time_stamp_on_something_else_is_broken():
    other = pdfs.signed(pdfs.letter("another letter"), stamped=True)

    found = only(pdfs.with_stamp_of(pdfs.signed(LETTER, stamped=True), other))

    assert found.time is PdfTime.STAMP_BROKEN
    assert found.proven_at is None


def test_a_signer_whose_authority_is_unknown_signed_all_the_same():
    found = only(pdfs.signed(LETTER, by=pdfs.stranger(), chain=False))

    assert found.outcome is PdfOutcome.INTACT
    assert found.chain is PdfChain.UNKNOWN
    assert (found.signer, found.organization) == ("Người lạ", "")
    assert found.anchor == ""


def test_without_any_anchor_nobody_is_known_not_even_to_the_operating_system():
    (found,) = looked_at(pdfs.signed(LETTER), anchors=()).signatures

    assert found.outcome is PdfOutcome.INTACT
    assert found.chain is PdfChain.UNKNOWN


def test_the_authority_between_may_stand_in_the_settings_only():
    assert only(pdfs.signed(LETTER, chain=False)).outcome is PdfOutcome.TRUSTED


def test_of_three_signatures_only_the_last_covers_the_whole_file():
    data = LETTER
    for field in ("Người soát", "Người ký", "Cơ quan"):
        data = pdfs.signed(data, field=field, form=pdfs.LEGACY)

    found = signatures(data)

    assert [it.field for it in found] == ["Người soát", "Người ký", "Cơ quan"]
    assert {it.outcome for it in found} == {PdfOutcome.TRUSTED}
    assert [it.coverage for it in found] == [
        PdfCoverage.REVISION,
        PdfCoverage.REVISION,
        PdfCoverage.WHOLE,
    ]
    assert [it.changes for it in found] == [
        PdfChanges.SIGNING,
        PdfChanges.SIGNING,
        PdfChanges.NONE,
    ]


def test_one_flipped_byte_breaks_the_signature():
    found = only(pdfs.flipped(pdfs.signed(LETTER)))

    assert found.outcome is PdfOutcome.BROKEN
    assert found.problem == NOT_AS_CLAIMED
    assert found.chain is PdfChain.NOT_TRIED


def test_a_value_of_another_key_is_broken():
    data = pdfs.signed(LETTER)
    other = pdfs.signed(LETTER, signing_key=9)

    found = only(other)

    assert only(data).outcome is PdfOutcome.TRUSTED
    assert found.outcome is PdfOutcome.BROKEN
    assert found.problem == WRONG_VALUE


def test_a_change_after_signing_shows():
    found = only(pdfs.changed(pdfs.signed(LETTER)))

    assert found.outcome is PdfOutcome.CHANGED
    assert (found.coverage, found.changes) == (PdfCoverage.REVISION, PdfChanges.OTHER)


def test_a_change_between_two_signatures_is_the_later_ones_to_answer_for():
    first, second = signatures(
        pdfs.signed(pdfs.changed(pdfs.signed(LETTER)), field="Second")
    )

    assert first.outcome is PdfOutcome.CHANGED
    assert second.outcome is PdfOutcome.TRUSTED
    assert second.covers_the_file


def test_a_change_of_a_letter_that_allows_none_shows():
    locked = pdfs.signed(LETTER, allows=MDPPerm.NO_CHANGES)

    assert only(locked).outcome is PdfOutcome.TRUSTED
    assert only(pdfs.changed(locked)).outcome is PdfOutcome.CHANGED


def test_evidence_that_was_added_later_is_no_change():
    signature, stamp = signatures(pdfs.archived(pdfs.signed(LETTER)))

    assert signature.outcome is PdfOutcome.TRUSTED
    assert signature.changes is PdfChanges.MAINTENANCE
    assert signature.covers_the_file
    assert stamp.mark is PdfMark.TIMESTAMP
    assert stamp.outcome is PdfOutcome.TRUSTED
    assert stamp.proven_at == pdfs.STAMPED_AT
    assert stamp.sub_filter == "ETSI.RFC3161"


def test_sha_1_is_no_longer_believed():
    found = only(pdfs.signed(LETTER, form=pdfs.LEGACY, digest="sha1"))

    assert found.outcome is PdfOutcome.INTACT
    assert found.chain is PdfChain.WEAK


def test_a_certificate_is_judged_at_the_time_of_signing():
    ended = pki.certificate(
        subject=pki.name("Đã hết hạn"),
        key=pki.rsa_key(8),
        not_after=pdfs.SIGNED_AT - pki.DAY,
    )

    found = only(pdfs.signed(LETTER, by=ended))

    assert found.outcome is PdfOutcome.INTACT
    assert found.chain is PdfChain.OUT_OF_DATE


@pytest.mark.parametrize(("ended", "chain"), [(0, "unknown"), (1, "out-of-date")])
def test_an_authority_whose_trust_had_ended_is_not_brought_back_by_the_file(
    ended, chain
):
    authorities = list(pdfs.anchors())
    authorities[ended] = Anchor(authorities[ended].der, until=pdfs.SIGNED_AT - pki.DAY)

    (found,) = looked_at(pdfs.signed(LETTER), anchors=tuple(authorities)).signatures

    assert found.outcome is PdfOutcome.INTACT
    assert found.chain == chain


def test_a_certificate_for_something_else_does_not_sign():
    cipher = pki.certificate(
        subject=pki.name("Mã hóa"),
        key=pki.rsa_key(8),
        usage=pki.usage(
            digital_signature=False, content_commitment=False, key_encipherment=True
        ),
    )

    assert only(pdfs.signed(LETTER, by=cipher)).chain is PdfChain.UNFIT


def test_a_list_in_the_file_that_does_not_name_the_signer_says_good():
    found = only(pdfs.with_evidence(pdfs.signed(LETTER), pdfs.crls()))

    assert found.outcome is PdfOutcome.TRUSTED
    assert found.revocation is PdfRevocation.GOOD


def test_a_list_in_the_file_that_names_the_signer_says_revoked():
    revoked = pdfs.crls(pdfs.person())

    found = only(pdfs.with_evidence(pdfs.signed(LETTER), revoked))

    assert found.outcome is PdfOutcome.INTACT
    assert found.chain is PdfChain.REVOKED
    assert found.revocation is PdfRevocation.REVOKED


def test_evidence_that_the_signature_itself_carries_counts_too():
    data = pdfs.signed(LETTER, form=pdfs.LEGACY, evidence=True)

    assert only(data).revocation is PdfRevocation.GOOD


@pytest.mark.parametrize(
    ("revoked", "revocation", "chain"),
    [
        ((), PdfRevocation.UNKNOWN, PdfChain.ANCHORED),
        ((pdfs.person(),), PdfRevocation.REVOKED, PdfChain.REVOKED),
    ],
)
def test_evidence_on_one_certificate_of_the_chain_can_only_revoke(
    revoked, revocation, chain
):
    of_signers = pdfs.crls(*revoked)[1:]

    found = only(pdfs.with_evidence(pdfs.signed(LETTER), of_signers))

    assert (found.revocation, found.chain) == (revocation, chain)


def test_without_evidence_in_the_file_revocation_is_unknown():
    assert only(pdfs.signed(LETTER)).revocation is PdfRevocation.UNKNOWN


def test_evidence_that_nobody_can_read_says_nothing():
    damaged = pdfs.with_evidence(pdfs.signed(LETTER), [b"no list"])

    assert only(damaged).revocation is PdfRevocation.UNKNOWN


def test_a_form_of_signature_that_is_not_supported_is_named_and_not_left_out():
    data = pdfs.signed(LETTER).replace(
        b"/SubFilter /ETSI.CAdES.detached", b"/SubFilter /adbe.pkcs7.sha1    "
    )

    found = only(data)

    assert found.outcome is PdfOutcome.UNREADABLE
    assert found.sub_filter == "adbe.pkcs7.sha1"
    assert found.problem == FORM_UNKNOWN


def test_a_value_that_is_no_signature_is_named():
    data = pdfs.signed(LETTER)
    begin, _, _ = pdfs.hole(data)
    data = data[: begin + 1] + b"0000" + data[begin + 5 :]

    found = only(data)

    assert found.outcome is PdfOutcome.UNREADABLE
    assert found.problem == NO_SIGNATURE


def test_a_signature_that_names_another_certificate_is_broken():
    data = pdfs.with_other_certificate(pdfs.signed(LETTER))

    assert only(data).outcome is PdfOutcome.BROKEN


def test_what_word_writes_is_read_too():
    """Word writes hybrid references, at which pyHanko's strict reader gives up."""
    found = only(pdfs.signed(pdfs.hybrid(LETTER)))

    assert found.outcome is PdfOutcome.TRUSTED
    assert found.coverage is PdfCoverage.WHOLE


def test_a_letter_with_a_password_is_not_read():
    report = looked_at(pdfs.encrypted(LETTER, "secret"))

    assert report == PdfReport(state=PdfState.UNREADABLE, problem=ENCRYPTED)


def test_a_letter_that_only_may_not_be_printed_is_read():
    assert looked_at(pdfs.encrypted(LETTER, "")).state is PdfState.CHECKED


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\3\4",
        b"%PDF-1.7\n",
        pdfs.signed(LETTER)[:3000],
        pdfs.signed(LETTER)[:-30],
    ],
)
def test_what_is_cut_off_or_no_pdf_is_unreadable(data):
    report = looked_at(data)

    assert report == PdfReport(state=PdfState.UNREADABLE, problem=DAMAGED)


def test_nobody_looks_at_more_signatures_than_a_letter_can_have(monkeypatch):
    monkeypatch.setattr("edoc_connector.pdf.examine.MOST_SIGNATURES", 0)

    report = looked_at(pdfs.signed(LETTER))

    assert report == PdfReport(state=PdfState.UNREADABLE, problem=TOO_MANY)
