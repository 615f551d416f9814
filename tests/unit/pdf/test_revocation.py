"""What a worker believed is taken back; what it could not believe stays as it is."""

from dataclasses import replace

import pytest

from edoc_connector.model.evidence import Evidence, EvidenceKind
from edoc_connector.model.pdf_signatures import (
    PdfChain,
    PdfMark,
    PdfOutcome,
    PdfSignature,
    PdfState,
)
from edoc_connector.pdf.examined import Examined, Found, not_examined
from edoc_connector.pdf.revocation import Known
from edoc_connector.signature.answers import StoredRevocation
from tests.support import pdfs, pki
from tests.support.builders import SENT_AT

SIGNATURE = PdfSignature(
    field="A",
    mark=PdfMark.SIGNATURE,
    sub_filter="ETSI.CAdES.detached",
    outcome=PdfOutcome.TRUSTED,
    chain=PdfChain.ANCHORED,
)
PATH = tuple(map(pki.der, (pdfs.person(), pdfs.issuing(), pdfs.root())))


def judged(found, *revoked):
    lists = (Evidence(EvidenceKind.CRL, it) for it in pdfs.crls(*revoked))
    known = Known(StoredRevocation(tuple(lists)), lambda: SENT_AT + 2 * pki.DAY)
    examined = Examined(state=PdfState.CHECKED, found=(found,))
    (signature,) = known.report(examined, SENT_AT).signatures
    return signature


def test_a_path_of_which_no_list_speaks_stays_trusted():
    assert judged(Found(signature=SIGNATURE, signer=PATH)) == SIGNATURE


def test_a_signature_without_a_path_stays_as_it_is():
    assert judged(Found(signature=SIGNATURE), pdfs.person()) == SIGNATURE


def test_a_path_that_nobody_can_read_is_not_trusted():
    signature = judged(Found(signature=SIGNATURE, signer=(b"no certificate",)))

    assert signature.outcome is PdfOutcome.INTACT
    assert signature.chain is PdfChain.UNFIT


@pytest.mark.parametrize("outcome", [PdfOutcome.BROKEN, PdfOutcome.CHANGED])
def test_what_is_worse_than_not_trusted_stays_so(outcome):
    signature = replace(SIGNATURE, outcome=outcome)

    judgement = judged(Found(signature=signature, signer=PATH), pdfs.person())

    assert judgement.outcome is outcome
    assert judgement.chain is PdfChain.REVOKED


def test_what_could_not_be_checked_stays_so():
    known = Known(StoredRevocation(()), lambda: SENT_AT)

    report = known.report(not_examined("late"), SENT_AT)

    assert (report.state, report.problem) == (PdfState.NOT_CHECKED, "late")
