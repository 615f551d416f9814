"""Letters by signers who may not sign any more: the whole way, with a real worker."""

from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography import x509

from edoc_connector.model.delivery import InboxState
from edoc_connector.model.evidence import Evidence, EvidenceKind
from edoc_connector.model.pdf_signatures import (
    PdfChain,
    PdfOutcome,
    PdfRequirement,
    PdfRevocation,
    PdfTime,
)
from edoc_connector.pdf.inspector import ChildInspector
from edoc_connector.pdf.revocation import Known
from edoc_connector.pki.crl_files import CrlFiles
from edoc_connector.pki.local import LocalRevocation
from edoc_connector.pki.shelf import NoShelf
from tests.support import pdfs, pki
from tests.support.builders import SENT_AT
from tests.support.world import RECEIVER, World

LETTER = pdfs.letter()
SIGNED = pdfs.signed(LETTER)
STAMPED = pdfs.signed(LETTER, stamped=True)
ENDED = pki.certificate(
    subject=pki.name("Đã hết hạn"),
    key=pki.rsa_key(8),
    not_after=pdfs.STAMPED_AT + timedelta(minutes=1),
)
AFTER_THE_STAMP = pdfs.STAMPED_AT + timedelta(minutes=1)


class Shelf(NoShelf):
    """Has kept these lists, whoever asks."""

    def __init__(self, *lists):
        self.lists = lists

    def kept(self, about, issuer):
        del about, issuer
        return [("http://a", Evidence(EvidenceKind.CRL, it)) for it in self.lists]


@pytest.fixture
def inspectors(tmp_path):
    made = []

    def make(lists=(), shelf=None):
        paths = tuple(tmp_path / f"{number}.crl" for number, _ in enumerate(lists))
        for path, data in zip(paths, lists, strict=True):
            path.write_bytes(data)
        source = LocalRevocation(CrlFiles(paths), shelf or NoShelf())
        known = Known(source, lambda: SENT_AT + 2 * pki.DAY)
        made.append(ChildInspector(pdfs.anchors(), tmp_path, known=known))
        return made[-1]

    yield make
    for inspector in made:
        inspector.close()


def only(inspector, data, seen_at=SENT_AT):
    (found,) = inspector.inspect([data], seen_at).signatures
    return found


def test_a_signer_on_a_list_that_was_carried_in_is_not_trusted(inspectors):
    found = only(inspectors(pdfs.crls(pdfs.person())), SIGNED)

    assert found.outcome is PdfOutcome.INTACT
    assert (found.chain, found.revocation) == (
        PdfChain.REVOKED,
        PdfRevocation.REVOKED,
    )


def test_a_signer_on_a_list_that_was_kept_is_not_trusted(inspectors):
    shelf = Shelf(*pdfs.crls(pdfs.person()))

    assert only(inspectors(shelf=shelf), SIGNED).chain is PdfChain.REVOKED


def test_a_signer_whose_authority_was_revoked_is_not_trusted(inspectors):
    lists = pdfs.crls(authorities=[pdfs.issuing()])

    assert only(inspectors(lists), SIGNED).chain is PdfChain.REVOKED


def test_lists_that_name_somebody_else_change_nothing(inspectors):
    lists = pdfs.crls(pdfs.stranger())

    assert only(inspectors(lists), SIGNED) == only(inspectors(), SIGNED)


def test_lists_that_nobody_can_read_change_nothing(inspectors):
    assert only(inspectors([b"no list"]), SIGNED).outcome is PdfOutcome.TRUSTED


def test_who_was_revoked_before_the_letter_came_cannot_claim_an_older_day(inspectors):
    lists = pdfs.crls(pdfs.person(), at=SENT_AT - timedelta(minutes=1))

    assert only(inspectors(lists), SIGNED).chain is PdfChain.REVOKED


def test_what_was_stamped_before_its_signer_was_revoked_stays_trusted(inspectors):
    lists = pdfs.crls(pdfs.person(), at=AFTER_THE_STAMP)

    assert only(inspectors(lists), STAMPED).outcome is PdfOutcome.TRUSTED


@pytest.mark.parametrize("at", [pdfs.SIGNED_AT, AFTER_THE_STAMP])
def test_the_stamp_of_an_authority_whose_key_may_be_stolen_proves_no_time(
    inspectors, at
):
    found = only(inspectors(pdfs.crls(pdfs.authority_of_time(), at=at)), STAMPED)

    assert found.outcome is PdfOutcome.INTACT
    assert found.time is PdfTime.STAMP_UNKNOWN
    assert found.proven_at is None


def test_the_stamp_of_an_authority_that_was_replaced_later_still_counts(inspectors):
    lists = pdfs.crls(
        pdfs.authority_of_time(),
        at=AFTER_THE_STAMP,
        why=x509.ReasonFlags.superseded,
    )

    assert only(inspectors(lists), STAMPED).time is PdfTime.PROVEN


def test_who_has_a_certificate_that_ended_cannot_claim_an_older_day(inspectors):
    found = only(inspectors(), pdfs.signed(LETTER, by=ENDED))

    assert found.claimed_at == pdfs.SIGNED_AT
    assert found.outcome is PdfOutcome.INTACT
    assert (found.chain, found.judged_at) == (PdfChain.OUT_OF_DATE, SENT_AT)


def test_what_was_stamped_before_its_certificate_ended_stays_trusted(inspectors):
    found = only(inspectors(), pdfs.signed(LETTER, by=ENDED, stamped=True))

    assert found.outcome is PdfOutcome.TRUSTED


def test_what_came_before_its_certificate_ended_stays_trusted(inspectors):
    found = only(inspectors(), pdfs.signed(LETTER, by=ENDED), pdfs.STAMPED_AT)

    assert found.outcome is PdfOutcome.TRUSTED


@pytest.mark.parametrize(
    ("letter", "revoked", "state"),
    [
        (SIGNED, [], InboxState.DELIVERED),
        (SIGNED, [pdfs.person()], InboxState.QUARANTINED),
        (pdfs.signed(LETTER, by=ENDED), [], InboxState.QUARANTINED),
    ],
)
def test_where_trusted_is_required_such_a_letter_is_refused(
    inspectors, tmp_path, letter, revoked, state
):
    world = World(tmp_path)
    receiver = world.receiver
    receiver.site = replace(
        receiver.site,
        pdf_require=PdfRequirement.TRUSTED,
        inspector=inspectors(pdfs.crls(*revoked)),
    )
    world.sender.write(7, RECEIVER, data=letter)

    world.run()

    with receiver.storage.reading() as work:
        (entry,) = work.inbox.recent("edoc", 10)
    assert entry.state is state
    world.close()
