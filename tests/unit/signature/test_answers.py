from edoc_connector.model.evidence import Evidence, EvidenceKind
from edoc_connector.signature.answers import StoredRevocation
from tests.support.builders import SENT_AT
from tests.support.revocation import as_crl, as_ocsp, authority, sealer


def test_what_was_kept_answers_and_is_called_by_its_digest() -> None:
    kept = (as_ocsp(b"a"), Evidence(EvidenceKind.TIMESTAMP, b"t"), as_crl(b"b"))

    found = [*StoredRevocation(kept).answers(sealer(), authority(), SENT_AT)]

    assert [it.evidence for it in found] == [kept[0], kept[2]]
    assert found[0].source == f"{kept[0].digest[:12]}.ocsp"
